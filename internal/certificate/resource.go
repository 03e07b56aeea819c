// Package certificate is the TLS certificates of an account, for the custom
// domains of CDN endpoints.
//
// Reading order: resource.go, request.go (making one), plan.go, check.go and
// pem.go (mistakes that are found while planning), remove.go.
package certificate

import (
	"context"
	"strings"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const summary = "A TLS certificate, for the custom domain of a `spaces_cdn`: one that DigitalOcean gets from Let's Encrypt and renews, or one of your own.\n\n" +
	"A certificate is known by its name. Nothing of it can be changed, so that a change makes a new one, and it cannot be deleted while a CDN endpoint or a load balancer uses it: to replace one that is in use, give it a `name_prefix` and `create_before_destroy`.\n\n" +
	"Let's Encrypt certificates are for domains whose DNS is DigitalOcean's. When one is renewed it has another `id`, `not_after` and `sha1_fingerprint`; that is no change to apply.\n\n" +
	"It needs the provider's `token`, with the scopes `certificate:create`, `certificate:read` and `certificate:delete`."

// The two types of certificates.
const (
	custom      = "custom"
	letsEncrypt = "lets_encrypt"
)

// How long operations take at most unless the user says otherwise.
const (
	createLimit = 15 * time.Minute // Let's Encrypt takes minutes
	deleteLimit = 2 * time.Minute  // what used it may have let go a moment ago
)

// Resource manages certificates.
func Resource() resource.Resource {
	return certificates{tfkit.NewResource(tfkit.ResourceSpec[model]{
		Name:     "certificate",
		Schema:   schema.Schema{MarkdownDescription: summary, Attributes: attributes()},
		Identity: []string{"name"},
		Create:   create,
		Read:     read,
		Delete:   remove,
		Settle: func(_ *spaces.Clients, m *model) time.Duration {
			limit, _ := m.Timeouts.Create(context.Background(), createLimit) // a malformed one is refused by its validator
			return limit
		},
		Timeouts: func(m *model) timeouts.Value { return m.Timeouts },
	})}
}

// certificates adds to the common lifecycle what is validated and planned of a
// certificate as a whole.
type certificates struct{ *tfkit.Resource[model] }

type model struct {
	facts
	NamePrefix          types.String   `tfsdk:"name_prefix"`
	PrivateKeyWO        types.String   `tfsdk:"private_key_wo"` // null but in a configuration
	PrivateKeyWOVersion types.Int64    `tfsdk:"private_key_wo_version"`
	LeafCertificate     types.String   `tfsdk:"leaf_certificate"`
	CertificateChain    types.String   `tfsdk:"certificate_chain"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`

	made bool // by this operation, which waits until it can be used
}

// facts are what the resource and the data source both tell of a certificate.
type facts struct {
	Name            types.String `tfsdk:"name"`
	Type            types.String `tfsdk:"type"`
	DNSNames        []string     `tfsdk:"dns_names"`
	ID              types.String `tfsdk:"id"`
	State           types.String `tfsdk:"state"`
	NotAfter        types.String `tfsdk:"not_after"`
	SHA1Fingerprint types.String `tfsdk:"sha1_fingerprint"`
	CreatedAt       types.String `tfsdk:"created_at"`
}

func attributes() map[string]schema.Attribute {
	all := factAttributes()
	all["name_prefix"] = schema.StringAttribute{
		MarkdownDescription: "What a made-up name begins with. Either this or `name` is given. With `create_before_destroy` it lets a certificate be replaced while it is in use.",
		Optional:            true,
		Validators:          []validator.String{tfkit.NotEmpty(), nameRule},
		PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplaceIf(otherPrefix, aboutPrefix, aboutPrefix)},
	}
	all["private_key_wo"] = schema.StringAttribute{
		MarkdownDescription: "Private key of a `custom` certificate, in PEM and not encrypted. It is kept neither in the state nor in the plan. It needs Terraform 1.11 or newer, and `private_key_wo_version`.",
		Optional:            true, WriteOnly: true,
		Validators: []validator.String{tfkit.NotEmpty()},
	}
	all["private_key_wo_version"] = schema.Int64Attribute{
		MarkdownDescription: "Any number; changing it uploads everything again, as a new certificate. A change of `private_key_wo` alone cannot be seen.",
		Optional:            true,
	}
	all["leaf_certificate"] = tfkit.OptionalString("The `custom` certificate itself, in PEM. One from Cloudflare's Origin CA is refused. Changing it makes a new certificate; another way to write the same one in PEM does not.")
	all["certificate_chain"] = tfkit.OptionalString("The certificates between `leaf_certificate` and its root, in PEM: first the one that issued the leaf, then the one that issued that, and so on. Changing it makes a new certificate.")
	all["timeouts"] = tfkit.TimeoutsOf(timeouts.Opts{
		Create: true, CreateDescription: "How long Let's Encrypt may take to issue it, such as `30m`. The default is 15 minutes.",
		Delete: true, DeleteDescription: "How long to wait for what uses the certificate to let it go, such as `5m`. The default is 2 minutes. It has to be applied before it counts.",
	})
	return all
}

func factAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{
			MarkdownDescription: "Name of the certificate, unique in the account. Either this or `name_prefix` is given. Changing it makes a new certificate.",
			Optional:            true, Computed: true,
			Validators:    []validator.String{tfkit.NotEmpty(), nameRule},
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIfConfigured()},
		},
		"type": schema.StringAttribute{
			MarkdownDescription: "`custom` (the default), which takes `leaf_certificate` and `private_key_wo`, or `lets_encrypt`, which takes `dns_names`. Changing it makes a new certificate.",
			Optional:            true, Computed: true, Default: stringdefault.StaticString(custom),
			Validators:    tfkit.OptionalString("", custom, letsEncrypt).Validators,
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"dns_names": schema.SetAttribute{
			MarkdownDescription: "Domains that a `lets_encrypt` certificate is for, such as `example.com` or `*.example.com`, which covers `www.example.com` and not `example.com`. " +
				"Changing them makes a new certificate, unless they mean the same. Those of a `custom` certificate are in the certificate itself, and not told here.",
			ElementType: types.StringType, Optional: true,
			Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(domainRule)},
		},
		"id":               tfkit.ComputedString("ID of the certificate, a UUID. One of Let's Encrypt has another ID after each renewal."),
		"state":            tfkit.ComputedString("`verified`, or `pending` or `error` for a certificate that Let's Encrypt has not issued."),
		"not_after":        tfkit.ComputedString("When it expires, in RFC 3339."),
		"sha1_fingerprint": tfkit.ComputedString("SHA-1 of the certificate, in hexadecimal."),
		"created_at":       tfkit.ComputedString("When it was made, in RFC 3339."),
	}
}

// read finds the certificate by its name. While one is being made, it is not
// there before Let's Encrypt has issued it.
func read(ctx context.Context, cl *spaces.Clients, m *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	c, err := spaces.CertificateNamed(ctx, api, m.Name.ValueString())
	if err != nil {
		return err
	}
	if m.made {
		if err := issued(c); err != nil {
			return err
		}
	}
	m.take(c)
	return nil
}

// issued says why a certificate cannot be used.
func issued(c *godo.Certificate) error {
	switch c.State {
	case "pending":
		return spaces.Fail(spaces.Busy, "Let's Encrypt has not issued the certificate %q yet: its state is pending. If it stays so, check that the DNS of each domain is DigitalOcean's (%s); timeouts.create allows more time.", c.Name, strings.Join(c.DNSNames, ", "))
	case "error":
		return spaces.Fail(spaces.Other, "Let's Encrypt did not issue the certificate %q: its state is error. DigitalOcean's API tells no reason. Most often the DNS of a domain is not DigitalOcean's, or its CAA records exclude Let's Encrypt, or too many certificates were asked for it in a week; check %s. "+
			"The certificate is kept as tainted and replaced by the next apply.", c.Name, strings.Join(c.DNSNames, ", "))
	}
	return nil
}

// take takes over what the API says. What the state knows of a custom
// certificate is no longer so when there is another one in its place.
func (m *model) take(c *godo.Certificate) {
	was := m.SHA1Fingerprint.ValueString()
	if c.Type == custom && was != "" && was != c.SHA1Fingerprint {
		m.LeafCertificate, m.CertificateChain, m.PrivateKeyWOVersion = types.StringNull(), types.StringNull(), types.Int64Null()
	}
	names := m.DNSNames
	m.facts.take(c)
	switch {
	case c.Type == custom:
		m.DNSNames = nil
	case coveredBy(names, m.DNSNames):
		m.DNSNames = names // as they are configured
	}
}

func (f *facts) take(c *godo.Certificate) {
	f.Name, f.Type, f.ID, f.State = types.StringValue(c.Name), types.StringValue(c.Type), types.StringValue(c.ID), types.StringValue(c.State)
	f.NotAfter, f.SHA1Fingerprint, f.CreatedAt = tfkit.OrNull(c.NotAfter), tfkit.OrNull(c.SHA1Fingerprint), tfkit.OrNull(c.Created)
	f.DNSNames = nil
	for _, name := range c.DNSNames {
		if name != "" { // as the API has it for custom certificates
			f.DNSNames = append(f.DNSNames, name)
		}
	}
}
