package tfkit

import (
	"context"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func texts(values ...string) []attr.Value {
	var all []attr.Value
	for _, v := range values {
		all = append(all, types.StringValue(v))
	}
	return all
}

func set(values ...string) attr.Value {
	return types.SetValueMust(types.StringType, texts(values...))
}

func list(values ...string) attr.Value {
	return types.ListValueMust(types.StringType, texts(values...))
}

func object(attributes map[string]attr.Value) attr.Value {
	kinds := map[string]attr.Type{}
	for name, v := range attributes {
		kinds[name] = v.Type(context.Background())
	}
	return types.ObjectValueMust(kinds, attributes)
}

// rules is a list of objects, as documents have it.
func rules(all ...attr.Value) attr.Value {
	return types.ListValueMust(all[0].Type(context.Background()), all)
}

func rule(days attr.Value, methods ...string) attr.Value {
	return object(map[string]attr.Value{
		"expiration": object(map[string]attr.Value{"days": days}),
		"methods":    set(methods...),
	})
}

// setOf is a set of objects.
func setOf(all ...attr.Value) attr.Value {
	return types.SetValueMust(all[0].Type(context.Background()), all)
}

func texMap(pairs ...string) attr.Value {
	all := map[string]attr.Value{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = types.StringValue(pairs[i+1])
	}
	return types.MapValueMust(types.StringType, all)
}

func TestCompare(t *testing.T) {
	t.Parallel()
	day := func(n int32) attr.Value { return types.Int32Value(n) }
	for _, c := range []struct {
		name         string
		planned, got attr.Value
		at           string // "" when they agree; "." for the whole
	}{
		{"the same", types.StringValue("a"), types.StringValue("a"), ""},
		{"another", types.StringValue("a"), types.StringValue("b"), "."},
		{"another case", types.StringValue("a"), types.StringValue("A"), "."},
		{"number", types.Int32Value(1), types.Int32Value(2), "."},
		{"switch", types.BoolValue(true), types.BoolValue(false), "."},

		{"unknown agrees with a value", types.StringUnknown(), types.StringValue("a"), ""},
		{"unknown agrees with null", types.StringUnknown(), types.StringNull(), ""},
		{"unknown object", types.ObjectUnknown(nil), object(map[string]attr.Value{"x": day(1)}), ""},
		{"an unknown answer agrees with nothing", types.StringValue("a"), types.StringUnknown(), "."},
		{"null agrees with null", types.StringNull(), types.StringNull(), ""},
		{"null is not empty", types.StringNull(), types.StringValue(""), "."},
		{"empty is not null", types.StringValue(""), types.StringNull(), "."},
		{"null set, empty set", types.SetNull(types.StringType), set(), "."},
		{"empty set, null set", set(), types.SetNull(types.StringType), "."},
		{"empty list, null list", list(), types.ListNull(types.StringType), "."},
		{"null map, empty map", types.MapNull(types.StringType), texMap(), "."},
		{"planned, and gone", types.StringValue("a"), types.StringNull(), "."},
		{"not planned, and there", types.StringNull(), types.StringValue("a"), "."},

		{"set in another order", set("GET", "PUT", "HEAD"), set("HEAD", "GET", "PUT"), ""},
		{"set with one more", set("GET"), set("GET", "PUT"), "."},
		{"set with one less", set("GET", "PUT"), set("GET"), "."},
		{"set with another", set("GET", "PUT"), set("GET", "HEAD"), "."},
		{"set with an unknown element", types.SetValueMust(types.StringType, []attr.Value{types.StringUnknown(), types.StringValue("b")}), set("b", "c"), ""},
		{"list in another order", list("a", "b"), list("b", "a"), "[0]"},
		{"list that is longer", list("a"), list("a", "b"), "."},
		{"list that differs at its end", list("a", "b"), list("a", "c"), "[1]"},
		{"list with an unknown element", types.ListValueMust(types.StringType, []attr.Value{types.StringUnknown()}), list("b"), ""},
		{"map", texMap("a", "1", "b", "2"), texMap("b", "2", "a", "1"), ""},
		{"map with another value", texMap("a", "1", "b", "2"), texMap("a", "1", "b", "3"), `["b"]`},
		{"map with another key", texMap("a", "1", "b", "2"), texMap("a", "1", "c", "2"), `["b"]`},
		{"map with one more", texMap("a", "1"), texMap("a", "1", "c", "2"), "."},

		{"nested", rules(rule(day(1), "GET"), rule(day(2), "PUT", "GET")), rules(rule(day(1), "GET"), rule(day(2), "GET", "PUT")), ""},
		{"nested value", rules(rule(day(1), "GET"), rule(day(2), "PUT")), rules(rule(day(1), "GET"), rule(day(3), "PUT")), "[1].expiration.days"},
		{"nested set", rules(rule(day(1), "GET")), rules(rule(day(1), "PUT")), "[0].methods"},
		{"nested unknown", rules(rule(types.Int32Unknown(), "GET")), rules(rule(day(9), "GET")), ""},
		{"nested null", rules(rule(types.Int32Null(), "GET")), rules(rule(day(9), "GET")), "[0].expiration.days"},
		{"set of objects in another order", setOf(rule(day(1), "a", "b"), rule(day(2), "c")), setOf(rule(day(2), "c"), rule(day(1), "b", "a")), ""},
		{"set of objects with an unknown in one", setOf(rule(types.Int32Unknown(), "a"), rule(day(2), "c")), setOf(rule(day(2), "c"), rule(day(7), "a")), ""},
		{"set of objects, one twice", setOf(rule(types.Int32Unknown(), "a"), rule(day(2), "a")), setOf(rule(day(3), "a"), rule(day(4), "a")), "."},

		{"the same meaning", jsontypes.NewNormalizedValue(`{"a":1,"b":2}`), jsontypes.NewNormalizedValue(`{ "b": 2, "a": 1 }`), ""},
		{"another meaning", jsontypes.NewNormalizedValue(`{"a":1}`), jsontypes.NewNormalizedValue(`{"a":2}`), "."},
		{"the same meaning, nested", object(map[string]attr.Value{"p": jsontypes.NewNormalizedValue(`[1]`)}), object(map[string]attr.Value{"p": jsontypes.NewNormalizedValue(`[ 1 ]`)}), ""},
		{"a meaning, and nothing", jsontypes.NewNormalizedValue(`{}`), jsontypes.NewNormalizedNull(), "."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at, differs := compare(t.Context(), "", c.planned, c.got)
			if differs != (c.at != "") || differs && at != c.at && (at != "" || c.at != ".") {
				t.Errorf("at %q, differs %t; want %q", at, differs, c.at)
			}
		})
	}
}

func TestDiffersAtNamesThePlace(t *testing.T) {
	t.Parallel()
	s := schema.Schema{Attributes: map[string]schema.Attribute{
		"name":  RequiredString("Name."),
		"owner": ComputedString("Owner."),
		"rules": RequiredList("Rules.", map[string]schema.Attribute{
			"prefix":  OptionalString("Prefix."),
			"methods": RequiredSet("Methods."),
		}),
		"policy": schema.StringAttribute{Optional: true, CustomType: jsontypes.NormalizedType{}},
	}}
	kind := s.Type().TerraformType(t.Context()).(tftypes.Object)
	ruleKind := kind.AttributeTypes["rules"].(tftypes.List).ElementType
	text := func(v any) tftypes.Value { return tftypes.NewValue(tftypes.String, v) }
	value := func(name, owner, prefix, policy any, methods ...string) tftypes.Value {
		var all []tftypes.Value
		for _, m := range methods {
			all = append(all, text(m))
		}
		return tftypes.NewValue(kind, map[string]tftypes.Value{
			"name": text(name), "owner": text(owner), "policy": text(policy),
			"rules": tftypes.NewValue(kind.AttributeTypes["rules"], []tftypes.Value{tftypes.NewValue(ruleKind, map[string]tftypes.Value{
				"prefix": text(prefix), "methods": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, all),
			})}),
		})
	}
	plan := value("a", tftypes.UnknownValue, "logs/", `{"a":1,"b":[2]}`, "GET", "PUT")
	for i, c := range []struct {
		got  tftypes.Value
		want string
	}{
		{value("a", "me", "logs/", `{ "b": [2], "a": 1 }`, "PUT", "GET"), ""},
		{value("b", "me", "logs/", `{"a":1,"b":[2]}`, "GET", "PUT"), "name"},
		{value("a", "me", nil, `{"a":1,"b":[2]}`, "GET", "PUT"), "rules[0].prefix"},
		{value("a", "me", "logs/", `{"a":1,"b":[2]}`, "GET"), "rules[0].methods"},
		{value("a", "me", "logs/", `{"a":1,"b":[3]}`, "GET", "PUT"), "policy"},
		{value("a", nil, "logs/", nil, "GET", "PUT"), "policy"},
	} {
		t.Run(fmt.Sprint(i, " ", c.want), func(t *testing.T) {
			t.Parallel()
			at, err := differsAt(t.Context(), tfsdk.Plan{Schema: s, Raw: plan}, tfsdk.State{Schema: s, Raw: c.got})
			if err != nil || at != c.want {
				t.Errorf("%q, %v; want %q", at, err, c.want)
			}
		})
	}
}
