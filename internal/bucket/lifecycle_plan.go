package bucket

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

var lifecycleAttributes = map[string]schema.Attribute{"rules": lifecycleRules()}

func lifecycleRules() schema.ListNestedAttribute {
	id := tfkit.OptionalString("A name for the rule, up to 255 characters. The default is one such as `rule-1`.")
	id.Computed = true
	id.Validators = append(id.Validators, stringvalidator.LengthAtMost(255))
	date := tfkit.OptionalString("Day on which all objects expire, such as `2027-01-31`. Objects that are written later expire at once.")
	date.Validators = append(date.Validators, dayRule)
	days := func(description string) schema.Int32Attribute {
		a := tfkit.OptionalInt(description, 1)
		a.Optional, a.Required = false, true
		return a
	}
	rules := tfkit.RequiredList("The rules, up to 1,000. Their order means nothing.", map[string]schema.Attribute{
		"id":      id,
		"enabled": tfkit.Flag("Whether the rule is applied.", true),
		"prefix":  tfkit.OptionalString("The rule is for keys that begin with this. The default is every key."),
		"expiration": tfkit.OptionalObject("When objects expire: exactly one of the three. In a versioned bucket expiry adds a delete marker.", map[string]schema.Attribute{
			"days": tfkit.OptionalInt("Days after their creation.", 1),
			"date": date,
			"expired_object_delete_marker": schema.BoolAttribute{
				MarkdownDescription: "`true` removes delete markers that have no version left behind them.", Optional: true,
			},
		}),
		"noncurrent_version_expiration": tfkit.OptionalObject("When earlier versions expire.", map[string]schema.Attribute{
			"noncurrent_days": days("Days after a newer version took their place."),
		}),
		"abort_incomplete_multipart_upload": tfkit.OptionalObject("When unfinished uploads are removed. Spaces itself removes them after 30 days.", map[string]schema.Attribute{
			"days_after_initiation": days("Days after the upload began."),
		}),
	})
	rules.Validators = append(rules.Validators, listvalidator.SizeAtMost(1000), ruleValidator{})
	rules.PlanModifiers = []planmodifier.List{ruleIDs{}}
	return rules
}

var dayRule = tfkit.Rule{
	Title: "Not a day", Wants: "must be a day, such as 2027-01-31",
	Wrong: func(day string) string {
		if _, err := parseDay(day); err != nil {
			return fmt.Sprintf("%s.", err)
		}
		return ""
	},
}

// ruleValidator checks what concerns a whole rule, or all of them.
type ruleValidator struct{}

func (ruleValidator) Description(context.Context) string {
	return "each rule needs an action, and an ID of its own"
}

func (v ruleValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (ruleValidator) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	seen := map[string]int{}
	for i, e := range req.ConfigValue.Elements() {
		rule, ok := e.(types.Object)
		if !ok || rule.IsNull() || rule.IsUnknown() {
			continue
		}
		at, a := req.Path.AtListIndex(i), rule.Attributes()
		if a["expiration"].IsNull() && a["noncurrent_version_expiration"].IsNull() && a["abort_incomplete_multipart_upload"].IsNull() {
			resp.Diagnostics.AddAttributeError(at, "A rule without an action",
				"The rule does nothing: give it at least one of expiration, noncurrent_version_expiration and abort_incomplete_multipart_upload.")
		}
		if id, ok := a["id"].(types.String); ok && !id.IsNull() && !id.IsUnknown() {
			if first, taken := seen[id.ValueString()]; taken {
				resp.Diagnostics.AddAttributeError(at.AtName("id"), "Two rules with one ID",
					fmt.Sprintf("rules[%d] has the ID %q too, and IDs have to differ.", first, id.ValueString()))
			}
			seen[id.ValueString()] = i
		}
		e, ok := a["expiration"].(types.Object)
		if !ok || e.IsNull() || e.IsUnknown() {
			continue
		}
		given := 0
		for _, v := range e.Attributes() {
			if v.IsUnknown() {
				given = 1 // it may be the one
				break
			}
			if !v.IsNull() {
				given++
			}
		}
		if given != 1 {
			resp.Diagnostics.AddAttributeError(at.AtName("expiration"), "Not one way to expire",
				fmt.Sprintf("%d of days, date and expired_object_delete_marker are given, and a rule takes exactly one. To have two, write two rules.", given))
		}
		if m, ok := e.Attributes()["expired_object_delete_marker"].(types.Bool); ok && !m.IsNull() && !m.IsUnknown() && !m.ValueBool() {
			resp.Diagnostics.AddAttributeError(at.AtName("expiration").AtName("expired_object_delete_marker"), "A switch that is off",
				"false means nothing here: leave it out.")
		}
	}
}

// ruleIDs plans the IDs of rules that have none in the configuration, so that
// a plan shows only what changes, and plans the state where all that changed is
// the order, which means nothing.
type ruleIDs struct{}

func (ruleIDs) Description(context.Context) string {
	return "names rules without an ID, and ignores their order"
}

func (m ruleIDs) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (ruleIDs) PlanModifyList(ctx context.Context, req planmodifier.ListRequest, resp *planmodifier.ListResponse) {
	if req.PlanValue.IsNull() || req.PlanValue.IsUnknown() || req.ConfigValue.IsUnknown() {
		return
	}
	config, state := req.ConfigValue.Elements(), req.StateValue.Elements()
	plan := slices.Clone(req.PlanValue.Elements())
	ids := make([]string, len(plan))
	claimed := map[string]bool{}
	claim := func(i int, id string) {
		if id != "" && ids[i] == "" && !claimed[id] {
			ids[i], claimed[id] = id, true
		}
	}
	unknown := false
	for i := range plan {
		given := idOf(config[i])
		if given.IsUnknown() || !wholly(plan[i]) {
			unknown = true
		}
		claim(i, given.ValueString())
	}
	for i := range plan { // the state's rule that says the same
		for _, s := range state {
			if ids[i] == "" && idOf(config[i]).IsNull() && sameButID(plan[i], s) {
				claim(i, idOf(s).ValueString())
			}
		}
	}
	// What is still unknown may turn out to be another's match, and a planned
	// ID must not change when it does: leave the rest open.
	for i := range plan {
		if ids[i] == "" && !unknown {
			if i < len(state) {
				claim(i, idOf(state[i]).ValueString())
			}
			for n := 1; ids[i] == ""; n++ {
				claim(i, fmt.Sprintf("rule-%d", n))
			}
		}
		if idOf(config[i]).IsNull() {
			id := types.StringUnknown()
			if ids[i] != "" {
				id = types.StringValue(ids[i])
			}
			rule, diags := withID(plan[i], id)
			resp.Diagnostics.Append(diags...)
			plan[i] = rule
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if permutation(plan, state) {
		resp.PlanValue = req.StateValue
		return
	}
	planned, diags := types.ListValue(req.PlanValue.ElementType(ctx), plan)
	resp.Diagnostics.Append(diags...)
	resp.PlanValue = planned
}

// wholly says whether all of a rule but its ID is known.
func wholly(rule attr.Value) bool {
	o, ok := rule.(types.Object)
	if !ok || o.IsUnknown() {
		return false
	}
	for name, v := range o.Attributes() {
		if nested, ok := v.(types.Object); ok && !nested.IsNull() && !nested.IsUnknown() {
			if !wholly(nested) {
				return false
			}
		} else if name != "id" && v.IsUnknown() {
			return false
		}
	}
	return true
}

func idOf(rule attr.Value) types.String {
	if o, ok := rule.(types.Object); ok && !o.IsUnknown() {
		if id, ok := o.Attributes()["id"].(types.String); ok {
			return id
		}
	}
	return types.StringUnknown()
}

func withID(rule attr.Value, id types.String) (attr.Value, diag.Diagnostics) {
	o, ok := rule.(types.Object)
	if !ok || o.IsUnknown() || o.IsNull() {
		return rule, nil
	}
	attributes := o.Attributes() // a copy
	attributes["id"] = id
	return types.ObjectValue(o.AttributeTypes(context.Background()), attributes)
}

func sameButID(a, b attr.Value) bool {
	a, _ = withID(a, types.StringNull())
	b, _ = withID(b, types.StringNull())
	return a.Equal(b)
}

func permutation(a, b []attr.Value) bool {
	if len(a) != len(b) {
		return false
	}
	rest := slices.Clone(b)
	for _, e := range a {
		i := slices.IndexFunc(rest, e.Equal)
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}
