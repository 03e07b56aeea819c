package certificate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// remove deletes the certificate that has the name now: its ID may be another
// one since the state was refreshed. What is in use is waited for, since what
// used it may have let it go a moment ago.
func remove(ctx context.Context, cl *spaces.Clients, m *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	limit, _ := m.Timeouts.Delete(ctx, deleteLimit) // a malformed one is refused by its validator
	var id string
	err = cl.Patience.Until(ctx, limit, func(ctx context.Context) error {
		c, err := spaces.CertificateNamed(ctx, api, m.Name.ValueString())
		if err != nil {
			return err
		}
		id = c.ID
		_, err = api.Certificates.Delete(ctx, id)
		if inUse(err) {
			return spaces.NotYet(err)
		}
		return err
	})
	if spaces.KindOf(err) == spaces.Denied || inUse(err) {
		return explain(ctx, api, m.Name.ValueString(), id, err)
	}
	return err
}

// inUse knows a certificate in use by the API's message: its status is that of
// a missing scope, 403, or another.
func inUse(err error) bool {
	var api *godo.ErrorResponse
	return errors.As(err, &api) && strings.Contains(strings.ToLower(api.Message), "in use")
}

// explain says who uses a certificate, and how one in use is replaced.
func explain(ctx context.Context, api *godo.Client, name, id string, cause error) error {
	var users []string
	if !errors.Is(ctx.Err(), context.Canceled) {
		users = endpointsWith(ctx, api, id)
	}
	by := "something, such as a CDN endpoint or a load balancer"
	switch {
	case len(users) > 0:
		by = strings.Join(users, " and ")
	case !inUse(cause):
		return cause // the token may not delete it
	}
	return fmt.Errorf("the certificate %q is in use by %s, and cannot be deleted while it is. Nothing was deleted.\n\n"+
		"Take it from what uses it first; custom_domain and certificate_name of a spaces_cdn can be removed together. To replace a certificate that is in use, give it name_prefix in place of name and a lifecycle block with create_before_destroy = true, "+
		"and use its name by reference: the new one is then made and put to use before the old one is deleted.\n\n%w", name, by, cause)
}

// endpointsWith are the CDN endpoints that use a certificate, as far as can be told.
func endpointsWith(ctx context.Context, api *godo.Client, id string) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	var users []string
	for e, err := range spaces.Pages(ctx, api.CDNs.List) {
		if err != nil {
			break
		}
		if e.CertificateID == id {
			users = append(users, fmt.Sprintf("the CDN endpoint %s (%s)", e.ID, e.CustomDomain))
		}
	}
	return users
}
