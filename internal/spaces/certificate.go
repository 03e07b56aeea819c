package spaces

import (
	"context"
	"net/url"
	"strings"

	"github.com/digitalocean/godo"
)

// CertificateNamed is the certificate of a name, or of kind NotFound. The name
// is what stays: the ID of a certificate of Let's Encrypt is another one after
// each renewal. Two of one name are an error, because nothing tells which of
// them is meant; the API describes names as unique.
func CertificateNamed(ctx context.Context, api *godo.Client, name string) (*godo.Certificate, error) {
	if name == "" {
		return nil, ErrNotFound
	}
	var found []godo.Certificate
	// godo puts the name into the query as it is.
	for c, err := range Pages(ctx, func(ctx context.Context, page *godo.ListOptions) ([]godo.Certificate, *godo.Response, error) {
		return api.Certificates.ListByName(ctx, url.QueryEscape(name), page)
	}) {
		if err != nil {
			return nil, err
		}
		if c.Name == name { // whatever the server makes of the query
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return nil, Fail(NotFound, "There is no certificate named %q.", name)
	case 1:
		return &found[0], nil
	}
	var ids []string
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	return nil, Fail(Other, "There are %d certificates named %q, and nothing tells which of them is meant: their IDs are %s. Delete the others, under Settings, Security in the control panel.",
		len(found), name, strings.Join(ids, ", "))
}
