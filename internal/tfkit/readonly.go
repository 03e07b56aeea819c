package tfkit

import (
	"fmt"
	"slices"

	data "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// ReadOnly makes a data source's schema of a resource's attributes: those named
// have to be given, the region may be, and the rest is read.
func ReadOnly(summary string, attributes map[string]schema.Attribute, given ...string) data.Schema {
	all := readOnly(attributes)
	for name, a := range all {
		s, isString := a.(data.StringAttribute)
		if !isString {
			continue
		}
		from, _ := attributes[name].(schema.StringAttribute)
		switch {
		case name == "region":
			s.Optional, s.Validators = true, from.Validators
			s.MarkdownDescription = "Region of the bucket, for example `nyc3`. The default is the provider's `region`."
			all[name] = s
		case slices.Contains(given, name):
			s.Computed, s.Required, s.Validators = false, true, from.Validators
			all[name] = s
		}
	}
	if b, found := all["bucket"].(data.StringAttribute); found {
		b.MarkdownDescription = "Name of the bucket."
		all["bucket"] = b
	}
	return data.Schema{MarkdownDescription: summary, Attributes: all}
}

func readOnly(attributes map[string]schema.Attribute) map[string]data.Attribute {
	all := make(map[string]data.Attribute, len(attributes))
	for name, a := range attributes {
		about := a.GetMarkdownDescription()
		switch a := a.(type) {
		case schema.StringAttribute:
			all[name] = data.StringAttribute{MarkdownDescription: about, Computed: true, CustomType: a.CustomType, Sensitive: a.Sensitive}
		case schema.BoolAttribute:
			all[name] = data.BoolAttribute{MarkdownDescription: about, Computed: true}
		case schema.Int32Attribute:
			all[name] = data.Int32Attribute{MarkdownDescription: about, Computed: true}
		case schema.Int64Attribute:
			all[name] = data.Int64Attribute{MarkdownDescription: about, Computed: true}
		case schema.SetAttribute:
			all[name] = data.SetAttribute{MarkdownDescription: about, Computed: true, ElementType: a.ElementType}
		case schema.ListAttribute:
			all[name] = data.ListAttribute{MarkdownDescription: about, Computed: true, ElementType: a.ElementType}
		case schema.MapAttribute:
			all[name] = data.MapAttribute{MarkdownDescription: about, Computed: true, ElementType: a.ElementType}
		case schema.SingleNestedAttribute:
			all[name] = data.SingleNestedAttribute{MarkdownDescription: about, Computed: true, Attributes: readOnly(a.Attributes)}
		case schema.ListNestedAttribute:
			all[name] = data.ListNestedAttribute{MarkdownDescription: about, Computed: true, NestedObject: data.NestedAttributeObject{Attributes: readOnly(a.NestedObject.Attributes)}}
		case schema.SetNestedAttribute:
			all[name] = data.SetNestedAttribute{MarkdownDescription: about, Computed: true, NestedObject: data.NestedAttributeObject{Attributes: readOnly(a.NestedObject.Attributes)}}
		default:
			panic(fmt.Sprintf("no data source attribute for %T of %s", a, name)) // found by any test that starts the provider
		}
	}
	return all
}
