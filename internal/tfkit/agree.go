package tfkit

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// differsAt compares what was planned with what was read, as Terraform will,
// and names the first place where they differ: "rules[0].prefix". Unknown
// agrees with anything, sets have no order, and custom types compare by meaning.
func differsAt(ctx context.Context, plan tfsdk.Plan, seen tfsdk.State) (string, error) {
	planned, err := plan.Schema.Type().ValueFromTerraform(ctx, plan.Raw)
	if err != nil {
		return "", err
	}
	got, err := seen.Schema.Type().ValueFromTerraform(ctx, seen.Raw)
	if err != nil {
		return "", err
	}
	at, _ := compare(ctx, "", planned, got)
	return at, nil
}

// compare returns the place of the first difference, and whether there is one.
func compare(ctx context.Context, at string, planned, got attr.Value) (string, bool) {
	if planned.IsUnknown() || planned.Equal(got) {
		return "", false
	}
	if planned.IsNull() || got.IsNull() || got.IsUnknown() {
		return at, true
	}
	switch planned := planned.(type) {
	case basetypes.StringValuableWithSemanticEquals:
		if g, ok := got.(basetypes.StringValuable); ok {
			if same, diags := planned.StringSemanticEquals(ctx, g); same && !diags.HasError() {
				return "", false
			}
		}
	case basetypes.ObjectValue:
		g, ok := got.(basetypes.ObjectValue)
		if !ok {
			return at, true
		}
		want, has := planned.Attributes(), g.Attributes()
		for _, name := range sortedKeys(want) {
			if place, differs := compare(ctx, join(at, name), want[name], has[name]); differs {
				return place, true
			}
		}
		return "", false
	case basetypes.ListValue:
		g, ok := got.(basetypes.ListValue)
		if !ok || len(planned.Elements()) != len(g.Elements()) {
			return at, true
		}
		for i, e := range planned.Elements() {
			if place, differs := compare(ctx, fmt.Sprintf("%s[%d]", at, i), e, g.Elements()[i]); differs {
				return place, true
			}
		}
		return "", false
	case basetypes.MapValue:
		g, ok := got.(basetypes.MapValue)
		if !ok || len(planned.Elements()) != len(g.Elements()) {
			return at, true
		}
		want, has := planned.Elements(), g.Elements() // each call copies the map
		for _, key := range sortedKeys(want) {
			e, found := has[key]
			if !found {
				return fmt.Sprintf("%s[%q]", at, key), true
			}
			if place, differs := compare(ctx, fmt.Sprintf("%s[%q]", at, key), want[key], e); differs {
				return place, true
			}
		}
		return "", false
	case basetypes.SetValue:
		g, ok := got.(basetypes.SetValue)
		if !ok || len(planned.Elements()) != len(g.Elements()) {
			return at, true
		}
		rest := slices.Clone(g.Elements())
		take := func(fits func(attr.Value) bool) bool {
			i := slices.IndexFunc(rest, fits)
			if i >= 0 {
				rest = slices.Delete(rest, i, i+1)
			}
			return i >= 0
		}
		var loose []attr.Value // elements that may fit several, having unknown parts
		for _, e := range planned.Elements() {
			if !take(e.Equal) {
				loose = append(loose, e)
			}
		}
		for _, e := range loose {
			if !take(func(r attr.Value) bool { _, differs := compare(ctx, "", e, r); return !differs }) {
				return at, true
			}
		}
		return "", false
	}
	return at, true
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
