package cdn_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func TestAccCDN(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	ttl := func(seconds int64) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(addr, tfjsonpath.New("ttl"), knownvalue.Int64Exact(seconds))
	}
	read := `
data "spaces_cdn" "id" {
  id = spaces_cdn.test.id
}

data "spaces_cdn" "origin" {
  origin = spaces_cdn.test.origin
}

data "spaces_cdns" "all" {
  depends_on = [spaces_cdn.test]
}

output "same" {
  value = data.spaces_cdn.id == data.spaces_cdn.origin && contains(data.spaces_cdns.all.cdns, data.spaces_cdn.id)
}

output "id" {
  value = data.spaces_cdn.origin.id
}

output "expected" {
  value = spaces_cdn.test.id
}
`
	e.Run(resource.TestCase{
		CheckDestroy: func(*terraform.State) error { return noEndpoints(e) },
		Steps: []resource.TestStep{
			expect(config(e, ""), plancheck.ResourceActionCreate, append(is(map[string]string{
				"id": "*", "endpoint": "*", "created_at": "*", "custom_domain": "", "certificate_name": "", "certificate_id": "",
			}), ttl(3600))...),
			unchanged(config(e, "")),
			{
				ResourceName: addr, ImportState: true, ImportStateVerify: true,
				ImportStateIdFunc: func(*terraform.State) (string, error) { return endpoint(e).ID, nil },
			},
			expect(config(e, "ttl = 600"), plancheck.ResourceActionUpdate, ttl(600)),
			{
				Config: config(e, "ttl = 600", read),
				Check: resource.ComposeTestCheckFunc(
					resource.TestCheckOutput("same", "true"),
					func(s *terraform.State) error {
						if out := s.RootModule().Outputs; out["id"].Value != out["expected"].Value {
							return errors.New("another endpoint was found")
						}
						return nil
					},
				),
			},
			after(func() { // its TTL is changed elsewhere
				if _, _, err := e.API().CDNs.UpdateTTL(t.Context(), endpoint(e).ID, &godo.CDNUpdateTTLRequest{TTL: 60}); err != nil {
					t.Fatal(err)
				}
			}, expect(config(e, "ttl = 600"), plancheck.ResourceActionUpdate, ttl(600))),
			after(func() { // and it is deleted elsewhere
				if _, err := e.API().CDNs.Delete(t.Context(), endpoint(e).ID); err != nil {
					t.Fatal(err)
				}
			}, expect(config(e, ""), plancheck.ResourceActionCreate, ttl(3600))),
		},
	})
}

func noEndpoints(e *acctest.Env) error {
	if len(endpoints(e)) > 0 {
		return errors.New("an endpoint is left")
	}
	return nil
}

// Domain and certificate change together, alone and in any order, and go away.
func TestLocalCDN_domain(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	const odd, cloudflare = "three & a/half?", "needs-cloudflare-cert"
	ids := certificates(t, e, "one", "two", odd)
	name := func(n string) string { return fmt.Sprintf("certificate_name = %q", n) }
	id := func(n string) string { return fmt.Sprintf("certificate_id = %q", n) }
	with := func(domain string, more ...string) string {
		return config(e, fmt.Sprintf("custom_domain = %q\n", domain)+strings.Join(more, "\n"))
	}
	has := func(domain, name, id string) []statecheck.StateCheck {
		return append(is(map[string]string{"custom_domain": domain, "certificate_name": name, "certificate_id": id}), stored{e, domain, id})
	}
	attach := func(domain, id string) func() { // elsewhere
		return func() {
			if _, _, err := e.API().CDNs.UpdateCustomDomain(t.Context(), endpoint(e).ID, &godo.CDNUpdateCustomDomainRequest{CustomDomain: domain, CertificateID: id}); err != nil {
				t.Fatal(err)
			}
		}
	}
	const update = plancheck.ResourceActionUpdate
	final := with("e.example.com", name("two"), "ttl = 60")
	hasFinal := has("e.example.com", "two", ids["two"])
	e.Steps(
		expect(with("a.example.com", name("one")), plancheck.ResourceActionCreate, has("a.example.com", "one", ids["one"])...),
		expect(with("a.example.com", name("two")), update, has("a.example.com", "two", ids["two"])...),
		expect(with("b.example.com", name("two")), update, has("b.example.com", "two", ids["two"])...),
		expect(with("c.example.com", name("one")), update, has("c.example.com", "one", ids["one"])...),
		expect(with("c.example.com", id(ids["two"])), update, has("c.example.com", "two", ids["two"])...),
		unchanged(with("c.example.com", name("two")), has("c.example.com", "two", ids["two"])...), // the same one, named otherwise
		expect(with("c.example.com", id(ids["one"])), update, has("c.example.com", "one", ids["one"])...),
		expect(with("c.example.com", name(odd)), update, has("c.example.com", odd, ids[odd])...),
		expect(with("c.example.com", name(cloudflare)), update, has("c.example.com", cloudflare, cloudflare)...),
		unchanged(with("c.example.com", id(cloudflare))),
		expect(config(e, ""), update, has("", "", "")...),
		expect(with("d.example.com", id(cloudflare)), update, has("d.example.com", cloudflare, cloudflare)...),
		expect(config(e, "ttl = 86400"), update, has("", "", "")...), // with another TTL
		expect(final, update, hasFinal...),
		resource.TestStep{
			ResourceName: addr, ImportState: true, ImportStateVerify: true,
			ImportStateIdFunc: func(*terraform.State) (string, error) { return endpoint(e).ID, nil },
		},
		// What is changed elsewhere is seen and put right.
		after(attach("", ""), expect(final, update, hasFinal...)),
		after(attach("e.example.com", ids["one"]), expect(final, update, hasFinal...)),
		after(attach("f.example.com", ids["one"]), expect(with("e.example.com", id(ids["two"]), "ttl = 60"), update, hasFinal...)),
		after(attach("f.example.com", ids["one"]), expect(config(e, "ttl = 60"), update, has("", "", "")...)),
	)
}

// stored checks what the API has.
type stored struct {
	e                   *acctest.Env
	domain, certificate string
}

func (s stored) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	if c := endpoint(s.e); c.CustomDomain != s.domain || c.CertificateID != s.certificate {
		resp.Error = fmt.Errorf("the API has the domain %q and the certificate %q, and not %q and %q", c.CustomDomain, c.CertificateID, s.domain, s.certificate)
	}
}

// A certificate of Let's Encrypt has another ID once it is renewed, and nothing
// is to be done about that, however it is named.
func TestLocalCDN_renewal(t *testing.T) {
	for _, c := range []struct{ name, argument string }{
		{"name", "certificate_name = spaces_certificate.test.name"},
		{"id", "certificate_id = spaces_certificate.test.id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			hcl := config(e, "custom_domain = \"static.example.com\"\n"+c.argument, `
resource "spaces_certificate" "test" {
  name      = var.name
  type      = "lets_encrypt"
  dns_names = ["*.example.com"]
}
`)
			e.Steps(
				expect(hcl, plancheck.ResourceActionCreate, is(map[string]string{"certificate_name": e.Name, "certificate_id": "*"})...),
				after(func() {
					if _, err := e.Local.RenewCertificate(e.Name); err != nil {
						t.Fatal(err)
					}
				}, unchanged(hcl)),
			)
		})
	}
}

// What the API does to requests does not cost an endpoint, nor make two.
func TestLocalCDN_faults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault localspaces.Fault
		sent  int // POSTs
	}{
		{"not there for a while", localspaces.Fault{Operation: "GetCDNEndpoint", Times: 3, Status: http.StatusNotFound}, 1},
		{"made, but the answer is lost", localspaces.Fault{Operation: "CreateCDNEndpoint", Times: 1, CutAfter: true}, 1},
		{"not made, and no answer", localspaces.Fault{Operation: "CreateCDNEndpoint", Times: 1, Cut: true}, 2},
		{"a passing fault", localspaces.Fault{Operation: "CreateCDNEndpoint", Times: 1, Status: http.StatusBadGateway}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			defer e.Local.Fail(c.fault)()
			e.Steps(expect(config(e, "ttl = 60"), plancheck.ResourceActionCreate))
			posts := 0
			for _, r := range e.Local.Requests() {
				if r.Operation == "CreateCDNEndpoint" {
					posts++
				}
			}
			if posts != c.sent {
				t.Errorf("%d POSTs, want %d", posts, c.sent)
			}
		})
	}
}

// Nothing but the API's own "not found" takes an endpoint out of the state.
func TestLocalCDN_notGone(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddToken("poor", "cdn:create")
	hcl := config(e, "")
	failing := func(f localspaces.Fault) func() {
		f.Operation = "GetCDNEndpoint"
		return func() { t.Cleanup(e.Local.Fail(f)) }
	}
	e.Steps(
		expect(hcl, plancheck.ResourceActionCreate),
		resource.TestStep{
			PreConfig: failing(localspaces.Fault{Times: 1, Status: http.StatusUnprocessableEntity}), Config: hcl,
			ExpectError: regexp.MustCompile(`422`),
		},
		resource.TestStep{
			Config:      strings.Replace(hcl, fmt.Sprintf("token = %q", e.Token), `token = "poor"`, 1),
			ExpectError: regexp.MustCompile(`scope\s+cdn:read`),
		},
		unchanged(hcl),
	)
}

func TestLocalCDN_mistakesFoundByTheAPI(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddToken("poor", "cdn:read")
	var found string
	e.Steps(
		resource.TestStep{
			Config: config(e, "custom_domain = \"a.example.com\"\ncertificate_name = \"none\""), ExpectError: regexp.MustCompile(`There is no certificate\s+named "none"`),
		},
		resource.TestStep{
			Config:      strings.Replace(config(e, ""), fmt.Sprintf("token = %q", e.Token), `token = "poor"`, 1),
			ExpectError: regexp.MustCompile(`scope\s+cdn:create`),
		},
		resource.TestStep{Config: e.Config(bucketConfig)},
		resource.TestStep{
			PreConfig: func() {
				c, _, err := e.API().CDNs.Create(t.Context(), &godo.CDNCreateRequest{Origin: strings.TrimPrefix(e.BucketURL(e.Name), "http://"), TTL: 60})
				if err != nil {
					t.Fatal(err)
				}
				found = c.ID
			},
			Config: config(e, ""), ExpectError: regexp.MustCompile(`(?s)never taken over silently.*terraform import spaces_cdn.NAME [0-9a-f-]{36}`),
		},
		after(func() { // so it can be imported
			if endpoint(e).ID != found {
				t.Fatal("the endpoint is another one now")
			}
			if _, err := e.API().CDNs.Delete(t.Context(), found); err != nil {
				t.Fatal(err)
			}
		}, resource.TestStep{Config: config(e, "")}),
		resource.TestStep{
			Config:      config(e, "", "data \"spaces_cdn\" \"none\" {\n  custom_domain = \"none.example.com\"\n}\n"),
			ExpectError: regexp.MustCompile(`no CDN endpoint with the\s+custom domain none.example.com`),
		},
	)
}

// DigitalOcean's limit of CDN calls is waited for, whatever max_retries is.
func TestLocalCDN_limited(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	free := fmt.Sprint(time.Now().Add(2 * time.Second).Unix())
	e.Local.Fail(localspaces.Fault{
		Match: func(_ *http.Request, operation string) bool { return strings.Contains(operation, "CDN") },
		Times: 6, Status: http.StatusTooManyRequests, Header: http.Header{"Ratelimit-Reset": {free}},
	})
	e.Steps(expect(strings.Replace(config(e, ""), `provider "spaces" {`, "provider \"spaces\" {\n  max_retries = 0", 1), plancheck.ResourceActionCreate))
}

// An endpoint that was deleted a moment ago can still be in the way.
func TestLocalCDN_replaced(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.Fail(localspaces.Fault{Operation: "CreateCDNEndpoint", Times: 2, Status: http.StatusConflict})
	e.Steps(expect(config(e, ""), plancheck.ResourceActionCreate))
}
