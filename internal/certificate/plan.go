package certificate

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ModifyPlan says which changes make a new certificate, and refuses to upload
// an expired one. One that is there may expire without blocking any plan.
func (r certificates) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.Resource.ModifyPlan(ctx, req, resp)
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	config, diags := valuesOf(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	var changed []string
	if !req.State.Raw.IsNull() {
		state, diags := valuesOf(ctx, req.State)
		resp.Diagnostics.Append(diags...)
		var sha1 types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("sha1_fingerprint"), &sha1)...)
		if resp.Diagnostics.HasError() {
			return
		}
		changed = replaces(ctx, config, state, sha1.ValueString())
		for _, name := range changed {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root(name))
		}
		if len(changed) == 0 && !state.names.IsNull() && !config.names.IsNull() {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("dns_names"), state.names)...) // another way to say the same
		}
	}
	if req.State.Raw.IsNull() || len(changed) > 0 {
		if at, text := config.parts.expired(time.Now()); text != "" {
			resp.Diagnostics.AddAttributeError(path.Root(at), "Expired", text)
		}
	}
}

// replaces names the attributes whose change makes a new certificate. What was
// imported is known by its fingerprint: the API tells no PEM.
func replaces(ctx context.Context, config, state values, sha1 string) []string {
	var changed []string
	if !config.names.Equal(state.names) && !sameNames(listed(ctx, config.names), listed(ctx, state.names)) {
		changed = append(changed, "dns_names")
	}
	if state.parts.leaf.IsNull() && known(config.parts.leaf) && state.kind.ValueString() == custom {
		if fingerprint(config.parts.leaf) != plain(sha1) {
			changed = append(changed, "leaf_certificate")
		}
		return changed
	}
	if !samePEM(config.parts.leaf, state.parts.leaf) {
		changed = append(changed, "leaf_certificate")
	}
	if !samePEM(config.parts.chain, state.parts.chain) {
		changed = append(changed, "certificate_chain")
	}
	if !config.version.Equal(state.version) {
		changed = append(changed, "private_key_wo_version")
	}
	return changed
}

// listed are the known strings of a set, or one that is like no domain where
// some are not known.
func listed(ctx context.Context, set types.Set) []string {
	var names []types.String
	if set.IsUnknown() || set.ElementsAs(ctx, &names, false).HasError() {
		return []string{"?"}
	}
	var all []string
	for _, name := range names {
		if name.IsUnknown() {
			return []string{"?"}
		}
		all = append(all, name.ValueString())
	}
	return all
}

// plain is a fingerprint in lower case and without colons.
func plain(fingerprint string) string {
	return strings.ToLower(strings.ReplaceAll(fingerprint, ":", ""))
}
