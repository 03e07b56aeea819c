package certificate

import (
	"context"
	"fmt"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// create makes a certificate where there is none of its name. A request that
// may have been carried out is not sent again, for nothing says that the API
// refuses a second certificate of a name: what it made is looked for.
func create(ctx context.Context, cl *spaces.Clients, m *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	if m.Name.IsUnknown() || m.Name.IsNull() {
		m.Name = types.StringValue(tfkit.MadeUpName(m.NamePrefix.ValueString()))
	}
	wanted, err := m.request(ctx)
	if err != nil {
		return err
	}
	if err := refuseExisting(ctx, api, m.Name.ValueString()); err != nil {
		return err
	}
	made, err := spaces.One(api.Certificates.Create(ctx, wanted))
	if spaces.Doubtful(err) {
		if found := appeared(ctx, cl, api, wanted.Name); found != nil {
			made, err = found, nil
		} else {
			err = fmt.Errorf("no certificate named %q has appeared, but one may still do; in that case import it or delete it: %w", wanted.Name, err)
		}
	}
	if err != nil {
		return err
	}
	m.ID, m.made = types.StringValue(made.ID), true
	return nil
}

// request is what the API is asked for. The private key comes from the
// configuration, and goes nowhere else.
func (m *model) request(ctx context.Context) (*godo.CertificateRequest, error) {
	wanted := &godo.CertificateRequest{Name: m.Name.ValueString(), Type: m.Type.ValueString()}
	if wanted.Type == letsEncrypt {
		wanted.DNSNames = m.DNSNames
		return wanted, nil
	}
	key, err := tfkit.WriteOnly(ctx, "private_key_wo")
	if err != nil {
		return nil, err
	}
	p := parts{leaf: m.LeafCertificate, chain: m.CertificateChain, key: key}
	if at, wrong := p.wrong(); wrong != "" { // it was not known while planning
		return nil, spaces.Fail(spaces.Other, "%s: %s", at, wrong)
	}
	if at, wrong := p.expired(time.Now()); wrong != "" {
		return nil, spaces.Fail(spaces.Other, "%s: %s", at, wrong)
	}
	wanted.PrivateKey, wanted.LeafCertificate, wanted.CertificateChain = key.ValueString(), m.LeafCertificate.ValueString(), m.CertificateChain.ValueString()
	return wanted, nil
}

func refuseExisting(ctx context.Context, api *godo.Client, name string) error {
	c, err := spaces.CertificateNamed(ctx, api, name)
	if spaces.KindOf(err) == spaces.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return spaces.Fail(spaces.Exists, "There is a certificate named %q already: its ID is %s and its type is %s. One that Terraform did not make is never taken over silently.\n\n"+
		"If this is the replacement of a certificate that is in use, with create_before_destroy, the new one needs another name: use name_prefix and not name. To manage the one that is there, import it:\n\n"+
		"  terraform import spaces_certificate.NAME %[1]q", name, c.ID, c.Type)
}

// appeared is the certificate that a request without an answer has made, or
// nil; there was none of that name before. It also looks when the user has
// cancelled, so that what exists gets into the state.
func appeared(ctx context.Context, cl *spaces.Clients, api *godo.Client, name string) *godo.Certificate {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	var found *godo.Certificate
	err := cl.Patience.Until(ctx, cl.Patience.Write/6, func(ctx context.Context) (err error) {
		found, err = spaces.CertificateNamed(ctx, api, name)
		if spaces.KindOf(err) == spaces.NotFound {
			return spaces.NotYet(err)
		}
		return err
	})
	if err != nil {
		return nil
	}
	return found
}
