package tfkit

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// WriteOnly reads a write-only argument of the resource that is being created
// or updated. It is in the configuration and nowhere else, and does not belong
// into a model: those get saved.
func WriteOnly(ctx context.Context, name string) (types.String, error) {
	var v types.String
	config, ok := ctx.Value(configKey{}).(tfsdk.Config)
	if !ok {
		return v, errors.New("there is a configuration only while creating and updating. This is a bug in the provider")
	}
	return v, asError(config.GetAttribute(ctx, path.Root(name), &v))
}

type configKey struct{}

// withConfig lets an operation read WriteOnly.
func withConfig(ctx context.Context, config tfsdk.Config) context.Context {
	return context.WithValue(ctx, configKey{}, config)
}
