package object

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ValidateConfig wants one content, and no key without a version. What is unknown may turn out to be null.
func (objects) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var given, unknown []string
	for _, name := range []string{"source", "content", "content_base64", "content_wo"} {
		var v types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &v)...)
		switch {
		case v.IsUnknown():
			unknown = append(unknown, name)
		case !v.IsNull():
			given = append(given, name)
		}
	}
	validateKey(ctx, req.Config, &resp.Diagnostics)
	var version types.Int64
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("content_wo_version"), &version)...)
	if resp.Diagnostics.HasError() {
		return
	}
	const rule = "An object takes exactly one of source (a path), content (text), content_base64 (bytes) and content_wo (text that is not kept in the state)."
	switch {
	case len(given) > 1:
		resp.Diagnostics.AddAttributeError(path.Root(given[1]), "More than one content", fmt.Sprintf("%s Here %s and %s are set.", rule, given[0], given[1]))
	case len(given)+len(unknown) == 0:
		resp.Diagnostics.AddAttributeError(path.Root("source"), "No content", rule+" Here none of them is set. For an empty object write content = \"\".")
	case slices.Equal(append(given, unknown...), []string{"content_wo"}) && version.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("content_wo_version"), "No content_wo_version",
			"content_wo needs content_wo_version beside it: Terraform keeps nothing of content_wo, so a new number is what says that it has changed. Start with 1.")
	case len(given) == 1 && given[0] != "content_wo" && !version.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("content_wo_version"), "No content_wo", "content_wo_version only goes with content_wo, and here "+given[0]+" is set.")
	}
}

func validateKey(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) {
	var key types.String
	var version types.Int64
	diags.Append(config.GetAttribute(ctx, path.Root("customer_key_wo"), &key)...)
	diags.Append(config.GetAttribute(ctx, path.Root("customer_key_wo_version"), &version)...)
	switch {
	case key.IsUnknown() || version.IsUnknown():
	case version.IsNull() && !key.IsNull():
		diags.AddAttributeError(path.Root("customer_key_wo_version"), "No customer_key_wo_version",
			"customer_key_wo needs customer_key_wo_version beside it: Terraform keeps nothing of customer_key_wo, so a new number is what says that it has changed. Start with 1.")
	case key.IsNull() && !version.IsNull():
		diags.AddAttributeError(path.Root("customer_key_wo_version"), "No customer_key_wo", "customer_key_wo_version only goes with customer_key_wo, which is not set here.")
	}
}

// content is what there is to upload. A write-only one is only there while
// creating and updating.
func (m *model) content(ctx context.Context) (content, error) {
	switch {
	case !m.Source.IsNull():
		return content{path: m.Source.ValueString()}, nil
	case !m.Content.IsNull():
		return content{memory: []byte(m.Content.ValueString())}, nil
	case !m.ContentBase64.IsNull():
		memory, err := base64.StdEncoding.DecodeString(m.ContentBase64.ValueString())
		return content{memory: memory}, err
	}
	secret, err := tfkit.WriteOnly(ctx, "content_wo")
	if err == nil && secret.IsNull() {
		err = spaces.Fail(spaces.Other, "None of source, content, content_base64 and content_wo has a value: it was not known until now, and turned out to be null.")
	}
	return content{memory: []byte(secret.ValueString())}, err
}
