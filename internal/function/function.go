// Package function has the provider's functions. They are pure: what they
// return follows from their arguments alone.
package function

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// pure is a function by its name, its definition and what it computes.
type pure struct {
	name    string
	about   function.Definition
	compute func(context.Context, function.ArgumentsData) (any, *function.FuncError)
}

func (f pure) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = f.name
}

func (f pure) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = f.about
}

func (f pure) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	result, err := f.compute(ctx, req.Arguments)
	if err == nil {
		err = resp.Result.Set(ctx, result)
	}
	resp.Error = err
}

// endpoint is the address of Spaces itself, on which host names are built.
var endpoint = must(spaces.ParseEndpoint(spaces.DefaultEndpoint))

func must[T any](value T, err error) T {
	if err != nil {
		panic(err) // of a constant: found by any test
	}
	return value
}

// argument is a rule for an argument.
type argument struct{ tfkit.Rule }

// ValidateParameterString complains about what is wrong.
func (a argument) ValidateParameterString(_ context.Context, req function.StringParameterValidatorRequest, resp *function.StringParameterValidatorResponse) {
	if req.Value.IsNull() || req.Value.IsUnknown() {
		return
	}
	if wrong := a.Wrong(req.Value.ValueString()); wrong != "" {
		resp.Error = function.NewArgumentFuncError(req.ArgumentPosition, wrong)
	}
}

var regionParameter = function.StringParameter{
	Name: "region", MarkdownDescription: "Region of the bucket, for example `nyc3`.",
	Validators: []function.StringParameterValidator{argument{tfkit.RegionRule}},
}

var bucketParameter = function.StringParameter{
	Name: "bucket", MarkdownDescription: "Name of the bucket.",
	Validators: []function.StringParameterValidator{argument{tfkit.BucketRule}},
}
