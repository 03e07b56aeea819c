package tfkit

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// These constructors return ordinary attributes of the framework. They exist so
// that absence has one spelling, null: an empty string or list is refused.
// With values given, only those are allowed.

// RequiredString is a string that has to be there.
func RequiredString(description string, values ...string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: describe(description, values), Required: true, Validators: oneOf(values)}
}

// OptionalString is a string that may be absent.
func OptionalString(description string, values ...string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: describe(description, values), Optional: true, Validators: oneOf(values)}
}

// ComputedString is known after the first apply and stays.
func ComputedString(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Computed: true,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// OptionalInt is a whole number of at least a minimum.
func OptionalInt(description string, minimum int32) schema.Int32Attribute {
	return schema.Int32Attribute{MarkdownDescription: description, Optional: true, Validators: []validator.Int32{int32validator.AtLeast(minimum)}}
}

// Flag is a switch with a default.
func Flag(description string, byDefault bool) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: fmt.Sprintf("%s The default is `%t`.", description, byDefault),
		Optional:            true, Computed: true, Default: booldefault.StaticBool(byDefault),
	}
}

// RequiredSet is a set of strings with at least one.
func RequiredSet(description string, values ...string) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: describe(description, values), ElementType: types.StringType, Required: true,
		Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(oneOf(values)...)},
	}
}

// OptionalSet is a set of strings that may be absent, but not empty.
func OptionalSet(description string, values ...string) schema.SetAttribute {
	a := RequiredSet(description, values...)
	a.Required, a.Optional = false, true
	return a
}

// OptionalMap is a map of strings that may be absent, but not empty.
func OptionalMap(description string) schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: description, ElementType: types.StringType, Optional: true,
		Validators: []validator.Map{mapvalidator.SizeAtLeast(1)},
	}
}

// RequiredList is a list of objects with at least one.
func RequiredList(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: description, Required: true,
		Validators:   []validator.List{listvalidator.SizeAtLeast(1)},
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// OptionalList is a list of objects that may be absent, but not empty.
func OptionalList(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	a := RequiredList(description, attributes)
	a.Required, a.Optional = false, true
	return a
}

// OptionalObject is one object that may be absent.
func OptionalObject(description string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{MarkdownDescription: description, Optional: true, Attributes: attributes}
}

// Timeouts are the library's, described: what each operation does, or "" where
// there is none to limit.
func Timeouts(create, update, remove string) schema.SingleNestedAttribute {
	about := func(operation, more string) string {
		return fmt.Sprintf("How long %s may take, such as `30m` or `2h30m`.%s The default is a day.", operation, more)
	}
	return TimeoutsOf(timeouts.Opts{
		Create: create != "", CreateDescription: about(create, ""),
		Update: update != "", UpdateDescription: about(update, ""),
		Delete: remove != "", DeleteDescription: about(remove, " It has to be applied before it counts."),
	})
}

// TimeoutsOf are Timeouts with other limits than a day, which the descriptions tell.
func TimeoutsOf(opts timeouts.Opts) schema.SingleNestedAttribute {
	a, ok := timeouts.Attributes(context.Background(), opts).(schema.SingleNestedAttribute)
	if !ok {
		panic("the timeouts library returns another kind of attribute now") // found by any test that starts the provider
	}
	a.MarkdownDescription = "How long operations may take before they are given up."
	return a
}

// oneOf is what every string has to be: not empty, and one of the values where
// there are any.
func oneOf(values []string) []validator.String {
	if len(values) == 0 {
		return []validator.String{notEmpty{}}
	}
	return []validator.String{stringvalidator.OneOf(values...)}
}

func describe(description string, values []string) string {
	if len(values) == 0 {
		return description
	}
	return fmt.Sprintf("%s One of `%s`.", description, strings.Join(values, "`, `"))
}

// notEmpty refuses "", which would be a second spelling of absence.
type notEmpty struct{}

func (notEmpty) Description(context.Context) string { return "must not be empty" }

func (v notEmpty) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (notEmpty) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && req.ConfigValue.ValueString() == "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Empty value",
			fmt.Sprintf("%s is an empty string, which means nothing here. Give it a value; to leave it out, remove it or set it to null.", req.Path))
	}
}

// NotEmpty is for attributes that are written as literals.
func NotEmpty() validator.String { return notEmpty{} }

// OrNull is a string whose absence an API spells "".
func OrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// Each maps a list one by one, as between the SDK's rules and a model's.
// An empty list becomes nil, which is null.
func Each[A, B any](all []A, one func(A) B) []B {
	if len(all) == 0 {
		return nil
	}
	mapped := make([]B, len(all))
	for i, a := range all {
		mapped[i] = one(a)
	}
	return mapped
}
