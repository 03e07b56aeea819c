package certificate_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/certificate"
)

// What can be known to be wrong is found while planning, without a call.
func TestLocalCertificate_mistakes(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	leaf, key := issue(t)
	_, foreign := issue(t)
	expired, expiredKey := certificate.NewAuthority(t, "Test").Leaf("static.example.com", time.Now().Add(-time.Hour))
	origin, originKey := certificate.NewAuthority(t, "CloudFlare Origin Certificate").Leaf("static.example.com", time.Now().Add(time.Hour))
	const named, lets = "name = var.name\n  ", "type = \"lets_encrypt\"\n  "
	steps := []resource.TestStep{}
	for _, c := range []struct{ arguments, says string }{
		{own(leaf, "", key, 1), `takes a name, or a name_prefix`},
		{named + "name_prefix = \"a\"\n" + own(leaf, "", key, 1), `name and name_prefix are both set`},
		{"name = \"\"\n" + own(leaf, "", key, 1), `Empty value`},
		{named, `needs leaf_certificate`},
		{named + "leaf_certificate = " + quoted(leaf), `needs private_key_wo.`},
		{named + "leaf_certificate = " + quoted(leaf) + "\nprivate_key_wo = " + quoted(key), `needs private_key_wo_version.*Start with 1`},
		{named + "dns_names = [\"example.com\"]\n", `type custom takes no dns_names.*set type = "lets_encrypt"`},
		{named + lets, `type lets_encrypt needs dns_names`},
		{named + lets + "dns_names = []\n", `at least 1 elements`},
		{named + lets + "dns_names = [\"https://example.com\"]\n", `leave out the scheme`},
		{named + lets + "dns_names = [\"example.com\"]\n" + own(leaf, "", key, 1), `type lets_encrypt takes no (leaf_certificate|private_key_wo)`},
		{named + "type = \"acme\"\n", `one of`},
		{named + own(leaf, "", foreign, 1), `not the private key of leaf_certificate`},
		{named + own(expired, "", expiredKey, 1), `has expired on`},
		{named + own(origin, "", originKey, 1), `Cloudflare's Origin CA`},
		{named + own(leaf+key, "", key, 1), `A private key is in it`},
		{named + lets + "dns_names = [\"example.com\"]\ntimeouts = { create = \"soon\" }", `(?i)duration`},
	} {
		steps = append(steps, resource.TestStep{Config: config(e, c.arguments), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)` + strings.ReplaceAll(c.says, " ", `\s+`))})
	}
	e.Run(resource.TestCase{TerraformVersionChecks: withWriteOnly, Steps: steps})
	for _, r := range e.Local.Requests() {
		if strings.Contains(r.Operation, "Certificate") {
			t.Errorf("the API was asked: %v", r)
		}
	}
}

// What is there may expire without blocking a plan; it is replaced as any other.
func TestLocalCertificate_expires(t *testing.T) {
	yesterday := func() time.Time { return time.Now().AddDate(0, 0, -1) } // when it could be uploaded
	e := acctest.NewLocal(t, acctest.Options{Now: yesterday})
	authority := certificate.NewAuthority(t, "Test")
	leaf, key := authority.Leaf("static.example.com", time.Now().Add(-time.Hour))
	fresh, freshKey := authority.Leaf("static.example.com", time.Now().Add(time.Hour))
	hcl := config(e, "name = var.name", own(leaf, "", key, 1))
	e.Run(resource.TestCase{
		TerraformVersionChecks: withWriteOnly,
		Steps: []resource.TestStep{
			{
				PreConfig: add(e, &godo.CertificateRequest{Name: e.Name, Type: "custom", PrivateKey: key, LeafCertificate: leaf}), ResourceName: addr, Config: hcl,
				ImportState: true, ImportStateId: e.Name, ImportStatePersist: true,
			},
			expect(hcl, update),
			unchanged(hcl),
			expect(config(e, "name = var.name", own(fresh, "", freshKey, 1)), replace),
		},
	})
}

func quoted(pem string) string { return `"` + strings.ReplaceAll(pem, "\n", `\n`) + `"` }
