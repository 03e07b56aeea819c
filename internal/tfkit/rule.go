package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Rule validates strings, while planning: it says what it wants, and what is
// wrong with one that is otherwise, or "".
type Rule struct {
	Title, Wants string
	Wrong        func(value string) string
}

// Description says what the rule wants.
func (r Rule) Description(context.Context) string { return r.Wants }

// MarkdownDescription says what the rule wants.
func (r Rule) MarkdownDescription(context.Context) string { return r.Wants }

// ValidateString complains about what is wrong.
func (r Rule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if wrong := r.Wrong(req.ConfigValue.ValueString()); wrong != "" {
		resp.Diagnostics.AddAttributeError(req.Path, r.Title, wrong)
	}
}
