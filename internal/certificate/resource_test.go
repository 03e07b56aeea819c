package certificate_test

import (
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
	"github.com/do-spaces/terraform-provider-spaces/internal/certificate"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const (
	create     = plancheck.ResourceActionCreate
	update     = plancheck.ResourceActionUpdate
	replace    = plancheck.ResourceActionReplace
	newThenOld = plancheck.ResourceActionCreateBeforeDestroy
)

func TestLocalCertificate_letsEncrypt(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{CertificateDelay: 300 * time.Millisecond})
	hcl := ofLetsEncrypt(e, `["*.example.com", "example.com"]`)
	names := func(names ...string) statecheck.StateCheck {
		var want []knownvalue.Check
		for _, name := range names {
			want = append(want, knownvalue.StringExact(name))
		}
		return statecheck.ExpectKnownValue(addr, tfjsonpath.New("dns_names"), knownvalue.SetExact(want))
	}
	var id string
	e.Run(resource.TestCase{
		CheckDestroy: func(*terraform.State) error {
			if left := all(e); len(left) > 0 {
				return fmt.Errorf("left are %v", left)
			}
			return nil
		},
		Steps: []resource.TestStep{
			expect(hcl, create, append(is(map[string]string{
				"id": "*", "state": "verified", "not_after": "*", "sha1_fingerprint": "*", "created_at": "*", "type": "lets_encrypt", "leaf_certificate": "",
			}), names("*.example.com", "example.com"))...),
			{
				ResourceName: addr, ImportState: true, ImportStateVerify: true,
				ImportStateId: e.Name, ImportStateVerifyIdentifierAttribute: "name",
			},
			unchanged(ofLetsEncrypt(e, `["example.com", "www.example.com", "*.Example.com"]`), names("*.example.com", "example.com")), // the same ones
			after(func() { // it is renewed
				var err error
				if id, err = e.Local.RenewCertificate(e.Name); err != nil {
					t.Fatal(err)
				}
			}, unchanged(hcl)),
			{RefreshState: true, Check: func(s *terraform.State) error {
				if got := s.RootModule().Resources[addr].Primary.Attributes["id"]; got != id {
					return fmt.Errorf("the ID is %s, want %s", got, id)
				}
				return nil
			}},
			expect(ofLetsEncrypt(e, `["*.example.com"]`), replace, names("*.example.com")),
			after(removeAll(e), expect(ofLetsEncrypt(e, `["*.example.com"]`), create)), // deleted elsewhere
			{
				Config: ofLetsEncrypt(e, `["*.example.com"]`) + `
data "spaces_certificate" "test" {
  name = spaces_certificate.test.name
}

output "same" {
  value = data.spaces_certificate.test == { for k, v in spaces_certificate.test : k => v if contains(keys(data.spaces_certificate.test), k) }
}
`,
				Check: resource.TestCheckOutput("same", "true"),
			},
		},
	})
}

// A certificate that cannot be had, or not in time, stays in the state to be
// replaced.
func TestLocalCertificate_notIssued(t *testing.T) {
	t.Run("never", func(t *testing.T) {
		e := acctest.NewLocal(t, acctest.Options{})
		e.Steps(
			resource.TestStep{Config: ofLetsEncrypt(e, `["example.invalid"]`), ExpectError: regexp.MustCompile(`(?s)did not issue.*check\s+example.invalid`)},
			expect(ofLetsEncrypt(e, `["example.com"]`), replace, is(map[string]string{"state": "verified"})...),
		)
	})
	t.Run("not in time", func(t *testing.T) {
		e := acctest.NewLocal(t, acctest.Options{CertificateDelay: time.Hour})
		hcl := ofLetsEncrypt(e, `["example.com"]`, `timeouts = { create = "1s" }`)
		e.Steps(
			resource.TestStep{Config: hcl, ExpectError: regexp.MustCompile(`(?s)has not issued.*timeouts.create\s+allows\s+more time`)},
			after(func() {
				if left := all(e); len(left) != 1 {
					t.Fatalf("there are %v", left)
				}
				go func() {
					for spaces.Pause(t.Context(), 100*time.Millisecond) == nil {
						e.Pass(10 * time.Minute)
					}
				}()
			}, expect(ofLetsEncrypt(e, `["example.com"]`, `timeouts = { create = "30s" }`), replace, is(map[string]string{"state": "verified"})...)),
		)
	})
}

func TestLocalCertificate_custom(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	issuing := certificate.NewAuthority(t, "Root").Under("Issuing")
	leaf, key := issuing.Leaf("static.example.com", time.Now().AddDate(0, 3, 0))
	leaf2, key2 := issuing.Leaf("static.example.com", time.Now().AddDate(0, 3, 0))
	hcl := func(arguments string) string { return config(e, "name = var.name", arguments) }
	full := hcl(own(leaf, issuing.PEM(), key, 1))
	const updated = "leaf_certificate"
	e.Run(resource.TestCase{
		TerraformVersionChecks: withWriteOnly,
		Steps: []resource.TestStep{
			expect(full, create, is(map[string]string{"state": "verified", "type": "custom", "not_after": "*", "private_key_wo": "", updated: leaf})...),
			unchanged(full),
			expect(hcl(own("\n"+leaf, issuing.PEM()+"\n", key, 1)), update), // the same, written otherwise
			expect(full, update),
			expect(hcl(own(leaf, issuing.PEM(), key, 2)), replace),
			expect(hcl(own(leaf, "", key, 2)), replace),
			expect(hcl(own(leaf2, "", key2, 2)), replace),
			{
				ResourceName: addr, ImportState: true, ImportStateVerify: true,
				ImportStateId: e.Name, ImportStateVerifyIdentifierAttribute: "name",
				ImportStateVerifyIgnore: []string{"leaf_certificate", "private_key_wo_version"}, // which the API does not tell
			},
			after(func() { // another one takes its name, elsewhere
				removeAll(e)()
				add(e, &godo.CertificateRequest{Name: e.Name, Type: "custom", PrivateKey: key, LeafCertificate: leaf})()
			}, expect(hcl(own(leaf2, "", key2, 2)), replace)),
		},
	})
}

// After an import the configuration is taken over, if it is of the certificate
// that is there.
func TestLocalCertificate_imported(t *testing.T) {
	leaf, key := issue(t)
	other, otherKey := issue(t)
	for _, c := range []struct {
		name      string
		arguments string
		action    plancheck.ResourceActionType
	}{
		{"the same", own(leaf, "", key, 7), update},
		{"another", own(other, "", otherKey, 7), replace},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			hcl := config(e, "name_prefix = \""+acctest.Prefix+"\"", c.arguments)
			e.Run(resource.TestCase{
				TerraformVersionChecks: withWriteOnly,
				Steps: []resource.TestStep{
					{
						PreConfig: add(e, &godo.CertificateRequest{Name: e.Name, Type: "custom", PrivateKey: key, LeafCertificate: leaf}),
						Config:    hcl, ResourceName: addr, ImportState: true, ImportStateId: e.Name, ImportStatePersist: true,
					},
					expect(hcl, c.action),
				},
			})
		})
	}
}

// A certificate in use is replaced by one of another name, which its endpoint
// takes over before it goes.
func TestLocalCertificate_replacedInUse(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := func(domain string) string {
		return inUse(e, `name_prefix = "site-"
  type = "lets_encrypt"
  dns_names = ["`+domain+`"]
  lifecycle {
    create_before_destroy = true
  }`)
	}
	e.Steps(
		expect(hcl("*.example.com"), create),
		expect(hcl("static.example.com"), newThenOld),
		after(func() {
			if left := all(e); len(left) != 1 || !strings.HasPrefix(left[0].Name, "site-") {
				t.Fatalf("there are %v", left)
			}
		}, unchanged(hcl("static.example.com"))),
	)
}

// inUse is a certificate that a CDN endpoint uses.
func inUse(e *acctest.Env, arguments string) string {
	return config(e, arguments) + `
resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_cdn" "test" {
  origin           = spaces_bucket.test.domain_name
  custom_domain    = "static.example.com"
  certificate_name = spaces_certificate.test.name
}
`
}

// What is in use cannot be deleted; it is said what uses it, and it is waited for.
func TestLocalCertificate_deletedInUse(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddToken("poor", "certificate:read", "certificate:create", "cdn:read")
	const bucket = "resource \"spaces_bucket\" \"test\" {\n  name = var.name\n}\n"
	without := e.Config(bucket)
	with := func(limit string) string {
		return ofLetsEncrypt(e, `["*.example.com"]`, fmt.Sprintf("timeouts = { delete = %q }", limit)) + bucket
	}
	var endpoint string
	use := func() {
		c, _, err := e.API().CDNs.Create(t.Context(), &godo.CDNCreateRequest{
			Origin: strings.TrimPrefix(e.BucketURL(e.Name), "http://"), TTL: 60, CustomDomain: "static.example.com", CertificateID: all(e)[0].ID,
		})
		if err != nil {
			t.Fatal(err)
		}
		endpoint = c.ID
	}
	letGo := func() {
		time.AfterFunc(time.Second, func() {
			if _, err := e.API().CDNs.Delete(t.Context(), endpoint); err != nil {
				t.Error(err)
			}
		})
	}
	e.Steps(
		resource.TestStep{Config: with("1s")},
		after(use, resource.TestStep{
			Config:      without,
			ExpectError: regexp.MustCompile(`(?s)in use by the\s+CDN\s+endpoint\s+[0-9a-f-]{36}\s+\(static.example.com\).*name_prefix.*Message: The certificate is in use`),
		}),
		resource.TestStep{Config: with("1m")},
		after(letGo, resource.TestStep{Config: without}),
		resource.TestStep{Config: with("1s"), Check: func(*terraform.State) error { // made anew, so that one was deleted
			if left := all(e); len(left) != 1 {
				return fmt.Errorf("there are %v", left)
			}
			return nil
		}},
		resource.TestStep{
			Config:      strings.Replace(without, fmt.Sprintf("token = %q", e.Token), `token = "poor"`, 1),
			ExpectError: regexp.MustCompile(`scope\s+certificate:delete`),
		},
		resource.TestStep{Config: without},
	)
}

func TestLocalCertificate_faults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault localspaces.Fault
		fails string
	}{
		{"made, but the answer is lost", localspaces.Fault{Operation: "CreateCertificate", Times: 1, CutAfter: true}, ""},
		{"not made, and no answer", localspaces.Fault{Operation: "CreateCertificate", Times: 1, Cut: true}, `(?s)No certificate named.*has\s+appeared`},
		{"not there for a while", localspaces.Fault{Operation: "ListCertificates", Skip: 1, Times: 2, Status: http.StatusNotFound}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			defer e.Local.Fail(c.fault)()
			step := expect(ofLetsEncrypt(e, `["example.com"]`), create)
			if c.fails != "" {
				step = resource.TestStep{Config: step.Config, ExpectError: regexp.MustCompile(c.fails)}
			}
			e.Steps(step)
			posts := 0
			for _, r := range e.Local.Requests() {
				if r.Operation == "CreateCertificate" {
					posts++
				}
			}
			if posts != 1 {
				t.Errorf("%d POSTs, want 1: a second one could make a second certificate", posts)
			}
		})
	}
}

func TestLocalCertificate_names(t *testing.T) {
	for _, name := range []string{"a & b=c", "100% ünïcode?", "a+b#c"} {
		t.Run(name, func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			hcl := config(e, fmt.Sprintf("name = %q", name), `type = "lets_encrypt"`, `dns_names = ["example.com"]`)
			e.Steps(
				after(add(e, &godo.CertificateRequest{Name: "a", Type: "lets_encrypt", DNSNames: []string{"other.example.com"}}),
					expect(hcl, create, is(map[string]string{"name": name})...)),
				resource.TestStep{
					ResourceName: addr, ImportState: true, ImportStateVerify: true,
					ImportStateId: name, ImportStateVerifyIdentifierAttribute: "name",
				},
				resource.TestStep{Config: e.Config(""), Check: func(*terraform.State) error {
					if left := all(e); len(left) != 1 || left[0].Name != "a" {
						return errors.New("another certificate was deleted")
					}
					return nil
				}},
			)
		})
	}
}

// What is there already is never taken over.
func TestLocalCertificate_existing(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Steps(
		resource.TestStep{
			PreConfig:   add(e, &godo.CertificateRequest{Name: e.Name, Type: "lets_encrypt", DNSNames: []string{"example.com"}}),
			Config:      ofLetsEncrypt(e, `["example.com"]`),
			ExpectError: regexp.MustCompile(`(?s)already.*name_prefix.*terraform\s+import\s+spaces_certificate.NAME`),
		},
		resource.TestStep{
			Config:      e.Config("data \"spaces_certificate\" \"test\" {\n  name = \"none\"\n}\n"),
			ExpectError: regexp.MustCompile(`There is no certificate named\s+"none"`),
		},
	)
}
