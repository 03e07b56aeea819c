package cdn_test

import (
	"strings"
	"testing"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const addr = "spaces_cdn.test"

const bucketConfig = `
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}
`

// config is a bucket and its CDN endpoint, with arguments beside the origin.
func config(e *acctest.Env, arguments string, more ...string) string {
	hcl := bucketConfig + `
resource "spaces_cdn" "test" {
  origin = spaces_bucket.test.domain_name
  ` + arguments + `
}
`
	for _, m := range more {
		hcl += m
	}
	return e.Config(hcl)
}

// Steps on the endpoint under test.
var unchanged, after = acctest.Unchanged, acctest.After

func expect(hcl string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return acctest.Expect(addr, hcl, action, checks...)
}

func is(attributes map[string]string) []statecheck.StateCheck {
	return acctest.InState(addr, attributes)
}

// endpoint is the bucket's endpoint as the API has it, which has to be there.
func endpoint(e *acctest.Env) *godo.CDN {
	e.T.Helper()
	found := endpoints(e)
	if len(found) != 1 {
		e.T.Fatalf("there are %d endpoints", len(found))
	}
	return &found[0]
}

// endpoints are those of the test's buckets.
func endpoints(e *acctest.Env) []godo.CDN {
	e.T.Helper()
	var found []godo.CDN
	for c, err := range spaces.Pages(e.T.Context(), e.API().CDNs.List) {
		if err != nil {
			e.T.Fatal(err)
		}
		if strings.HasPrefix(c.Origin, e.Name) {
			found = append(found, c)
		}
	}
	return found
}

// certificates are made behind Terraform's back, by name.
func certificates(t *testing.T, e *acctest.Env, names ...string) (ids map[string]string) {
	t.Helper()
	ids = map[string]string{}
	for _, name := range names {
		c, _, err := e.API().Certificates.Create(t.Context(), &godo.CertificateRequest{Name: name, Type: "lets_encrypt", DNSNames: []string{"*.example.com"}})
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = c.ID
	}
	return ids
}
