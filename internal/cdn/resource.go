// Package cdn is Spaces' CDN: endpoints that serve a bucket from the edge, and
// purging their caches.
//
// Reading order: resource.go, create.go, certificate.go (an endpoint's certificate, by
// name or by ID), origin.go, purge.go, and what is made of them.
package cdn

import (
	"context"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const summary = "A CDN endpoint: it serves a bucket's public objects from caches near their visitors, under a host name of its own and, if there is one, a custom domain.\n\n" +
	"A bucket has at most one. Buckets with a dot in their name and Cold Storage buckets can have none, and a bucket's website is not served through it. " +
	"What was cached stays until its time is over: `spaces_cdn_flush` (a resource, and an action) purges it earlier.\n\n" +
	"It needs the provider's `token`, with the scopes `cdn:create`, `cdn:read`, `cdn:update` and `cdn:delete`, and `certificate:read` for a custom domain. " +
	"DigitalOcean allows 5 calls about CDN endpoints in 10 seconds, so many of them take their time."

// Resource manages CDN endpoints.
func Resource() resource.Resource {
	return endpoints{tfkit.NewResource(tfkit.ResourceSpec[model]{
		Name:     "cdn",
		Schema:   schema.Schema{MarkdownDescription: summary, Attributes: attributes()},
		Identity: []string{"id"},
		Create:   create,
		Update:   update,
		Read:     read,
		Delete:   remove,
	})}
}

// endpoints adds to the common lifecycle what takes the provider to check, and
// what is planned of the certificate.
type endpoints struct{ *tfkit.Resource[model] }

// model is an endpoint in the resource, the data source and the list.
type model struct {
	ID              types.String `tfsdk:"id"`
	Origin          types.String `tfsdk:"origin"`
	TTL             types.Int64  `tfsdk:"ttl"`
	CustomDomain    types.String `tfsdk:"custom_domain"`
	CertificateName types.String `tfsdk:"certificate_name"`
	CertificateID   types.String `tfsdk:"certificate_id"`
	Endpoint        types.String `tfsdk:"endpoint"`
	CreatedAt       types.String `tfsdk:"created_at"`
}

// The TTLs that there are, in seconds.
var ttls = []int64{60, 600, defaultTTL, 86400, 604800}

const defaultTTL = 3600

func attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": tfkit.ComputedString("ID of the endpoint, a UUID."),
		"origin": schema.StringAttribute{
			MarkdownDescription: "Host name of the bucket that is served, `BUCKET.REGION.digitaloceanspaces.com`, as the `domain_name` of a `spaces_bucket`. Changing it makes a new endpoint.",
			Required:            true,
			Validators:          []validator.String{originRule},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"ttl": schema.Int64Attribute{
			MarkdownDescription: "How long an object stays in the cache, in seconds: `60`, `600`, `3600` (the default), `86400` or `604800`. The object's own `cache_control` comes first.",
			Optional:            true, Computed: true, Default: int64default.StaticInt64(defaultTTL),
			Validators: []validator.Int64{int64validator.OneOf(ttls...)},
		},
		"custom_domain": schema.StringAttribute{
			MarkdownDescription: "A domain of yours that the endpoint serves too, such as `static.example.com`. It takes a certificate: `certificate_name` or `certificate_id`. " +
				"Its DNS needs a CNAME record to `endpoint`; where the DNS is DigitalOcean's and the certificate is of Let's Encrypt, DigitalOcean makes that record itself.",
			Optional:   true,
			Validators: []validator.String{domainRule},
		},
		"certificate_name": schema.StringAttribute{
			MarkdownDescription: "Name of the certificate for `custom_domain`, as the `name` of a `spaces_certificate`; or `needs-cloudflare-cert`, which has one made by Cloudflare. " +
				"The name stays when a certificate of Let's Encrypt is renewed, so it is to be preferred to `certificate_id`.",
			Optional: true, Computed: true,
			Validators: []validator.String{tfkit.NotEmpty()},
		},
		"certificate_id": schema.StringAttribute{
			MarkdownDescription: "ID of the certificate for `custom_domain`, or `needs-cloudflare-cert`. A certificate of Let's Encrypt has another ID after each renewal.",
			Optional:            true, Computed: true,
			Validators: []validator.String{tfkit.NotEmpty()},
		},
		"endpoint":   tfkit.ComputedString("Host name of the endpoint, such as `BUCKET.REGION.cdn.digitaloceanspaces.com`."),
		"created_at": tfkit.ComputedString("When it was made, in RFC 3339."),
	}
}

func read(ctx context.Context, cl *spaces.Clients, m *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	if err := checkID(m.ID.ValueString()); err != nil {
		return err
	}
	e, err := spaces.One(api.CDNs.Get(ctx, m.ID.ValueString()))
	if err != nil {
		return err
	}
	return m.fill(ctx, api, e)
}

// fill takes over what the API says of an endpoint.
func (m *model) fill(ctx context.Context, api *godo.Client, e *godo.CDN) error {
	m.ID, m.Origin, m.Endpoint = types.StringValue(e.ID), types.StringValue(e.Origin), types.StringValue(e.Endpoint)
	m.TTL, m.CreatedAt = types.Int64Value(int64(e.TTL)), types.StringValue(e.CreatedAt.UTC().Format(time.RFC3339))
	m.CustomDomain = tfkit.OrNull(e.CustomDomain)
	return m.nameCertificate(ctx, api, e.CertificateID)
}

// update sends what changes and nothing else. godo sends a domain together with
// its certificate, and empty strings take them away; a TTL it sends alone.
func update(ctx context.Context, cl *spaces.Clients, plan, state *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	id := state.ID.ValueString()
	if !plan.TTL.Equal(state.TTL) {
		if _, _, err := api.CDNs.UpdateTTL(ctx, id, &godo.CDNUpdateTTLRequest{TTL: uint32(plan.TTL.ValueInt64())}); err != nil {
			return err
		}
	}
	certificate, err := plan.certificate(ctx, api)
	if err != nil {
		return err
	}
	if !plan.CustomDomain.Equal(state.CustomDomain) || certificate != state.CertificateID.ValueString() {
		if _, _, err := api.CDNs.UpdateCustomDomain(ctx, id, &godo.CDNUpdateCustomDomainRequest{
			CustomDomain: plan.CustomDomain.ValueString(), CertificateID: certificate,
		}); err != nil {
			return err
		}
	}
	plan.CertificateID = tfkit.OrNull(certificate)
	return nil
}

func remove(ctx context.Context, cl *spaces.Clients, m *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	_, err = api.CDNs.Delete(ctx, m.ID.ValueString())
	return err
}

// find is the first endpoint that is wanted, or of kind NotFound. The API has
// no filter for them.
func find(ctx context.Context, api *godo.Client, wanted func(*godo.CDN) bool) (*godo.CDN, error) {
	for e, err := range spaces.Pages(ctx, api.CDNs.List) {
		if err != nil {
			return nil, err
		}
		if wanted(&e) {
			return &e, nil
		}
	}
	return nil, spaces.ErrNotFound
}

func checkID(id string) error { return spaces.CheckAPIID("the ID of a CDN endpoint", id) }
