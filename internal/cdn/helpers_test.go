package cdn_test

import (
	"strings"
	"testing"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

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

// expect is a step that applies a configuration with a certain action.
func expect(hcl string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: hcl, ConfigStateChecks: checks,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(addr, action)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
	}
}

// unchanged is a step in which nothing is planned.
func unchanged(hcl string, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: hcl, ConfigStateChecks: checks,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
	}
}

// after does something before a step.
func after(do func(), step resource.TestStep) resource.TestStep {
	step.PreConfig = do
	return step
}

// is checks the endpoint's strings in the state; "" is null, and "*" anything.
func is(attributes map[string]string) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for name, value := range attributes {
		check := knownvalue.Check(knownvalue.StringExact(value))
		switch value {
		case "":
			check = knownvalue.Null()
		case "*":
			check = knownvalue.NotNull()
		}
		checks = append(checks, statecheck.ExpectKnownValue(addr, tfjsonpath.New(name), check))
	}
	return checks
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
