package tfkit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	data "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestReadOnly(t *testing.T) {
	t.Parallel()
	inner := map[string]schema.Attribute{
		"id":   RequiredString("ID."),
		"days": OptionalInt("Days.", 1),
		"deep": OptionalObject("Deep.", map[string]schema.Attribute{"tags": OptionalSet("Tags.")}),
	}
	given := map[string]schema.Attribute{
		"text":     RequiredString("Text.", "a", "b"),
		"secret":   schema.StringAttribute{MarkdownDescription: "Secret.", Computed: true, Sensitive: true},
		"policy":   schema.StringAttribute{MarkdownDescription: "Policy.", Required: true, CustomType: jsontypes.NormalizedType{}},
		"computed": ComputedString("Computed."),
		"flag":     Flag("Flag.", true),
		"int32":    OptionalInt("Number.", 0),
		"int64":    schema.Int64Attribute{MarkdownDescription: "Large number.", Optional: true},
		"set":      RequiredSet("Set.", "GET"),
		"list":     schema.ListAttribute{MarkdownDescription: "List.", ElementType: types.StringType, Optional: true},
		"map":      OptionalMap("Map."),
		"object":   OptionalObject("Object.", inner),
		"objects":  RequiredList("Objects.", inner),
		"some":     schema.SetNestedAttribute{MarkdownDescription: "Some.", Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: inner}},
	}
	got := ReadOnly("What it is.", WithBucket(given), "bucket")
	if got.MarkdownDescription != "What it is." {
		t.Errorf("summary %q", got.MarkdownDescription)
	}
	if len(got.Attributes) != len(given)+2 {
		t.Errorf("%d attributes, want %d", len(got.Attributes), len(given)+2)
	}

	// The same types, so that the same model fits both.
	resource := schema.Schema{Attributes: WithBucket(given)}
	if r, d := resource.Type(), got.Type(); !r.Equal(d) {
		t.Errorf("types differ:\nresource    %s\ndata source %s", r, d)
	}

	// Only what locates it can be set, and what is refused there is refused here.
	var check func(at string, attributes map[string]data.Attribute)
	check = func(at string, attributes map[string]data.Attribute) {
		for name, a := range attributes {
			at := strings.TrimPrefix(at+"."+name, ".")
			kind := fmt.Sprintf("required %t, optional %t, computed %t", a.IsRequired(), a.IsOptional(), a.IsComputed())
			want := "required false, optional false, computed true"
			switch at {
			case "bucket":
				want = "required true, optional false, computed false"
			case "region":
				want = "required false, optional true, computed true"
			}
			if kind != want {
				t.Errorf("%s: %s, want %s", at, kind, want)
			}
			if a.GetMarkdownDescription() == "" {
				t.Errorf("%s has no description", at)
			}
			if a.IsSensitive() != (at == "secret") {
				t.Errorf("%s: sensitive %t", at, a.IsSensitive())
			}
			switch a := a.(type) {
			case data.SingleNestedAttribute:
				check(at, a.Attributes)
			case data.ListNestedAttribute:
				check(at, a.NestedObject.Attributes)
			case data.SetNestedAttribute:
				check(at, a.NestedObject.Attributes)
			}
		}
	}
	check("", got.Attributes)
	for _, name := range []string{"region", "bucket"} {
		if a := got.Attributes[name].(data.StringAttribute); len(a.Validators) == 0 || strings.Contains(a.MarkdownDescription, "new resource") {
			t.Errorf("%s: %d validators, %q", name, len(a.Validators), a.MarkdownDescription)
		}
	}

	func() {
		defer func() {
			if p := fmt.Sprint(recover()); !strings.Contains(p, "Float64Attribute of odd") {
				t.Errorf("an attribute that cannot be converted: %s", p)
			}
		}()
		ReadOnly("", map[string]schema.Attribute{"odd": schema.Float64Attribute{}})
	}()
}
