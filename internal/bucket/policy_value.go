package bucket

import (
	"context"
	"encoding/json"
	"fmt"

	awspolicy "github.com/hashicorp/awspolicyequivalence"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// policyType is a string that holds a policy and compares by its meaning.
type policyType struct{ basetypes.StringType }

func (policyType) String() string { return "bucket.policyType" }

func (policyType) ValueType(context.Context) attr.Value { return policyValue{} }

func (t policyType) Equal(o attr.Type) bool {
	_, same := o.(policyType)
	return same
}

func (policyType) ValueFromString(_ context.Context, s basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return policyValue{s}, nil
}

func (t policyType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	v, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	s, ok := v.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("unexpected value %T", v)
	}
	return policyValue{s}, nil
}

type policyValue struct{ basetypes.StringValue }

func newPolicyValue(s string) policyValue { return policyValue{basetypes.NewStringValue(s)} }

func (policyValue) Type(context.Context) attr.Type { return policyType{} }

func (v policyValue) Equal(o attr.Value) bool {
	other, ok := o.(policyValue)
	return ok && v.StringValue.Equal(other.StringValue)
}

// StringSemanticEquals keeps the user's text while the server's means the same.
func (v policyValue) StringSemanticEquals(_ context.Context, o basetypes.StringValuable) (bool, diag.Diagnostics) {
	other, ok := o.(policyValue)
	return ok && samePolicy(v.ValueString(), other.ValueString()), nil
}

// samePolicy compares two policies by meaning. The library takes "*" and
// {"AWS": "*"} for different principals, and servers answer in either form.
func samePolicy(a, b string) bool {
	same, err := awspolicy.PoliciesAreEquivalent(mapPrincipals(a), mapPrincipals(b))
	return err == nil && same
}

// mapPrincipals writes every principal as a map, and every form of "anybody" as
// {"AWS": "*"}. To the library all principals that are no maps, and none at
// all, are the same: it would not see "*" become NotPrincipal.
func mapPrincipals(policy string) string {
	var document map[string]any
	if json.Unmarshal([]byte(policy), &document) != nil {
		return policy
	}
	statements, many := document["Statement"].([]any)
	if !many {
		statements = []any{document["Statement"]}
	}
	for _, s := range statements {
		statement, ok := s.(map[string]any)
		if !ok {
			continue
		}
		for _, name := range []string{"Principal", "NotPrincipal"} {
			principal := statement[name]
			if _, isMap := principal.(map[string]any); isAnybody(principal) {
				statement[name] = map[string]any{"AWS": "*"}
			} else if principal != nil && !isMap {
				statement[name] = map[string]any{"AWS": principal}
			}
		}
	}
	text, err := json.Marshal(document)
	if err != nil {
		return policy
	}
	return string(text)
}

func isAnybody(principal any) bool {
	switch p := principal.(type) {
	case string:
		return p == "*"
	case []any:
		return len(p) == 1 && isAnybody(p[0])
	case map[string]any:
		return len(p) == 1 && isAnybody(p["AWS"])
	}
	return false
}

// sameMeaning plans the state's text while the configuration's means the same:
// while planning, the framework compares letter by letter.
type sameMeaning struct{}

func (sameMeaning) Description(context.Context) string { return "compares by meaning" }

func (m sameMeaning) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameMeaning) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if samePolicy(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
