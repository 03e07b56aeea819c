package certificate

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// values are the attributes that have to fit each other, each of which may be
// unknown.
type values struct {
	name, prefix, kind types.String
	names              types.Set
	parts              parts
	version            types.Int64
}

// source is a configuration, a plan or a state.
type source interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

var (
	_ source = tfsdk.Config{}
	_ source = tfsdk.State{}
)

func valuesOf(ctx context.Context, from source) (values, diag.Diagnostics) {
	var v values
	var diags diag.Diagnostics
	for name, target := range map[string]any{
		"name": &v.name, "name_prefix": &v.prefix, "type": &v.kind, "dns_names": &v.names,
		"leaf_certificate": &v.parts.leaf, "certificate_chain": &v.parts.chain, "private_key_wo": &v.parts.key,
		"private_key_wo_version": &v.version,
	} {
		diags.Append(from.GetAttribute(ctx, path.Root(name), target)...)
	}
	if v.kind.IsNull() {
		v.kind = types.StringValue(custom)
	}
	return v, diags
}

// ValidateConfig wants a name, what the type takes and nothing else, and PEM
// that fits. What is unknown may turn out to be null.
func (certificates) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	v, diags := valuesOf(ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	wrong := func(name, title, text string) {
		resp.Diagnostics.AddAttributeError(path.Root(name), title, text)
	}
	switch {
	case known(v.name) && known(v.prefix):
		wrong("name_prefix", "Two names", "name and name_prefix are both set: a certificate has the name, or one that is made up and begins with the prefix. Remove one of them.")
	case v.name.IsNull() && v.prefix.IsNull():
		wrong("name", "No name", "A certificate takes a name, or a name_prefix for a name that is made up. To replace a certificate while it is in use, take name_prefix.")
	}
	if v.kind.IsUnknown() {
		return
	}
	kind := v.kind.ValueString()
	takes := map[string]attr.Value{"leaf_certificate": v.parts.leaf, "private_key_wo": v.parts.key, "private_key_wo_version": v.version}
	refuses := map[string]attr.Value{"dns_names": v.names}
	why := "its domains are those in leaf_certificate. For a certificate of Let's Encrypt set type = \"lets_encrypt\""
	if kind == letsEncrypt {
		takes, refuses = refuses, takes
		refuses["certificate_chain"] = v.parts.chain
		why = "DigitalOcean gets it from Let's Encrypt, key and all. To upload one of your own set type = \"custom\""
	}
	for name, value := range refuses {
		if !value.IsNull() {
			wrong(name, "Does not go with the type", fmt.Sprintf("A certificate of type %s takes no %s: %s.", kind, name, why))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for name, value := range takes {
		if value.IsNull() {
			wrong(name, "Missing for the type", fmt.Sprintf("A certificate of type %s needs %s.%s", kind, name, about[name]))
		}
	}
	if at, text := v.parts.wrong(); text != "" && kind == custom {
		wrong(at, "Not a certificate that can be uploaded", text)
	}
}

var about = map[string]string{
	"private_key_wo":         " It is kept nowhere, so that it is needed only when a certificate is made, but has to be in the configuration.",
	"private_key_wo_version": " Terraform keeps nothing of private_key_wo, so a new number is what says that it has changed. Start with 1.",
	"dns_names":              " These are the domains that it is for.",
}
