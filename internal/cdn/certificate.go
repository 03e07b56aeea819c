package cdn

import (
	"context"
	"fmt"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// fromCloudflare stands for a certificate that DigitalOcean has Cloudflare
// make. The API sends it where the ID of a certificate would be, and takes it.
const fromCloudflare = "needs-cloudflare-cert"

// ValidateConfig wants a domain and its certificate together. What is unknown
// may turn out to be null.
func (endpoints) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var domain, name, id types.String
	for attribute, value := range map[string]*types.String{"custom_domain": &domain, "certificate_name": &name, "certificate_id": &id} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attribute), value)...)
	}
	given := func(v types.String) bool { return !v.IsNull() && !v.IsUnknown() }
	switch {
	case given(name) && given(id):
		resp.Diagnostics.AddAttributeError(path.Root("certificate_id"), "Two certificates",
			"certificate_name and certificate_id are both set, and they are two ways to name one certificate. Keep certificate_name: it stays when a certificate of Let's Encrypt is renewed.")
	case given(domain) && name.IsNull() && id.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("custom_domain"), "A domain without a certificate",
			fmt.Sprintf("custom_domain is %q, and a custom domain takes a certificate: set certificate_name to the name of a spaces_certificate that covers it, or to %q.", domain.ValueString(), fromCloudflare))
	case domain.IsNull() && given(name), domain.IsNull() && given(id):
		at := "certificate_name"
		if given(id) {
			at = "certificate_id"
		}
		resp.Diagnostics.AddAttributeError(path.Root(at), "A certificate without a domain",
			at+" is set and custom_domain is not. The endpoint's own host name has a certificate already: set custom_domain too, or remove "+at+".")
	}
}

// ModifyPlan checks the origin and plans the certificate: one of its name and
// its ID is configured and the other follows, or neither is, and then there is
// to be none.
func (r endpoints) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.Resource.ModifyPlan(ctx, req, resp)
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	var origin types.String
	var config, state pair
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("origin"), &origin)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("certificate_name"), &config.name)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("certificate_id"), &config.id)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("certificate_name"), &state.name)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("certificate_id"), &state.id)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if wrong := wrongOriginFor(r.Clients(), origin); wrong != "" {
		resp.Diagnostics.AddAttributeError(path.Root("origin"), originRule.Title, wrong)
	}
	plan := config.plan(state)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("certificate_name"), plan.name)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("certificate_id"), plan.id)...)
}

// pair is a certificate's name and ID.
type pair struct{ name, id types.String }

// plan is what is planned of what is configured.
func (config pair) plan(state pair) pair {
	switch {
	case config.name.IsNull() && config.id.IsNull():
		return pair{types.StringNull(), types.StringNull()}
	case config.name.ValueString() == fromCloudflare, config.id.ValueString() == fromCloudflare:
		return pair{types.StringValue(fromCloudflare), types.StringValue(fromCloudflare)}
	case !config.name.IsNull() && config.name.Equal(state.name), !config.id.IsNull() && config.id.Equal(state.id):
		return state
	case config.id.IsNull():
		return pair{config.name, types.StringUnknown()}
	}
	return pair{types.StringUnknown(), config.id}
}

// certificate is the ID that the API is to have, or "".
func (m *model) certificate(ctx context.Context, api *godo.Client) (string, error) {
	if !m.CertificateID.IsUnknown() {
		return m.CertificateID.ValueString(), nil
	}
	name := m.CertificateName.ValueString()
	if name == fromCloudflare { // it was not known until now
		return name, nil
	}
	c, err := spaces.CertificateNamed(ctx, api, name)
	if spaces.KindOf(err) == spaces.NotFound {
		return "", spaces.Fail(spaces.Other, "There is no certificate named %q, which certificate_name asks for. A certificate of this configuration is there in time if it is named by reference, as spaces_certificate.example.name.", name)
	}
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// nameCertificate takes over which certificate an endpoint has, and looks up
// its name unless that is known: certificates are never renamed. The name is
// null where nobody can tell it.
func (m *model) nameCertificate(ctx context.Context, api *godo.Client, id string) error {
	before := pair{m.CertificateName, m.CertificateID}
	known := before.name.ValueString() != ""
	m.CertificateID, m.CertificateName = tfkit.OrNull(id), types.StringNull()
	switch {
	case id == "":
		return nil
	case id == fromCloudflare:
		m.CertificateName = m.CertificateID
		return nil
	case known && before.id.ValueString() == id:
		m.CertificateName = before.name
		return nil
	}
	if err := spaces.CheckAPIID("the ID of a certificate", id); err != nil {
		return err
	}
	c, err := spaces.One(api.Certificates.Get(ctx, id))
	switch kind := spaces.KindOf(err); {
	case kind == spaces.NotFound, kind == spaces.Denied && !known:
		return nil
	case err != nil:
		return err
	}
	m.CertificateName = types.StringValue(c.Name)
	return nil
}
