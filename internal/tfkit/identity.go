package tfkit

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// IdentitySchema is made of the attributes that locate the resource. The
// region and a prefix may be left out of an import, as they may be of a
// configuration.
func (r *Resource[M]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema.Attributes = map[string]identityschema.Attribute{}
	for _, name := range r.spec.Identity {
		description := ""
		if a, found := r.spec.Schema.Attributes[name]; found {
			description = a.GetMarkdownDescription()
		}
		resp.IdentitySchema.Attributes[name] = identityschema.StringAttribute{
			Description:       description,
			RequiredForImport: name != "region" && name != "prefix",
			OptionalForImport: name == "region" || name == "prefix",
		}
	}
}

// ImportState takes an ID or an identity apart; Read does the rest.
func (r *Resource[M]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	parts := map[string]string{}
	if req.ID != "" {
		var err error
		if parts, err = parseID(req.ID, r.spec.Identity); err != nil {
			refuse(&resp.Diagnostics, fmt.Sprintf("%q does not name a %s", req.ID, typeName(r.spec.Name)), err)
			return
		}
	} else {
		for _, name := range r.spec.Identity {
			var v types.String
			if failed(&resp.Diagnostics, req.Identity.GetAttribute(ctx, path.Root(name), &v)) {
				return
			}
			parts[name] = v.ValueString()
		}
	}
	for _, name := range r.spec.Identity {
		value := parts[name]
		if name == "region" {
			value = strings.ToLower(value)
			if value == "" && r.clients != nil {
				value = r.clients.Region
			}
			if value == "" {
				resp.Diagnostics.Append(noRegion())
				return
			}
		}
		if failed(&resp.Diagnostics, resp.State.SetAttribute(ctx, path.Root(name), value)) {
			return
		}
	}
	failed(&resp.Diagnostics, r.setIdentity(ctx, &resp.State, resp.Identity))
}

// parseID reads REGION/BUCKET/KEY for as many parts as the names have. Commas
// may stand for the slashes before the key, as in DigitalOcean's own provider,
// and s3://BUCKET/KEY, or the bucket alone, leaves the region to the provider.
func parseID(id string, names []string) (map[string]string, error) {
	form := strings.ToUpper(strings.Join(names, "/"))
	rest, schemed := strings.CutPrefix(id, "s3://")
	given := names
	if names[0] == "region" {
		first, _, _ := strings.Cut(strings.Replace(rest, ",", "/", 1), "/")
		alone := len(names) == 2 && first == rest
		if schemed || alone {
			given = names[1:]
		} else if !spaces.RegionShape.MatchString(strings.ToLower(first)) {
			return nil, fmt.Errorf("the form is %s, and %q has not the shape of a region such as nyc3", form, first)
		}
	}
	if !schemed {
		head, tail := rest, ""
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			head, tail = rest[:slash], rest[slash:]
		}
		rest = strings.Replace(head, ",", "/", len(given)-1) + tail
	}
	values := strings.SplitN(rest, "/", len(given))
	parts := map[string]string{}
	for i, name := range given {
		if i >= len(values) || values[i] == "" {
			if name == "prefix" {
				continue // all of the bucket
			}
			return nil, fmt.Errorf("the form is %s, and the %s is missing", form, name)
		}
		if name == "bucket" || name == "name" {
			values[i] = strings.TrimSuffix(values[i], "/")
			if strings.Contains(values[i], "/") {
				return nil, fmt.Errorf("the form is %s, and %q goes on after the bucket", form, values[i])
			}
		}
		parts[name] = values[i]
	}
	return parts, nil
}

// setIdentity copies the attributes that locate the resource out of its state.
func (r *Resource[M]) setIdentity(ctx context.Context, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	if identity == nil {
		return diags
	}
	for _, name := range r.spec.Identity {
		var v types.String
		diags.Append(state.GetAttribute(ctx, path.Root(name), &v)...)
		if name == "region" && !v.IsNull() {
			v = types.StringValue(strings.ToLower(v.ValueString()))
		}
		diags.Append(identity.SetAttribute(ctx, path.Root(name), v)...)
	}
	return diags
}

// where names the resource in messages: its import ID.
func (r *Resource[M]) where(ctx context.Context, get getter) string {
	return joined(ctx, r.spec.Identity, get)
}

type getter func(context.Context, path.Path, any) diag.Diagnostics

func joined(ctx context.Context, names []string, get getter) string {
	var parts []string
	for _, name := range names {
		var v types.String
		if get(ctx, path.Root(name), &v).HasError() || v.IsNull() || v.IsUnknown() {
			continue
		}
		parts = append(parts, v.ValueString())
	}
	return strings.Join(parts, "/")
}
