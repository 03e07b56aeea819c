package certificate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/certificate"
)

const addr = "spaces_certificate.test"

// withWriteOnly are the command lines that know write-only arguments.
var withWriteOnly = []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}

// config is a certificate with those arguments.
func config(e *acctest.Env, arguments ...string) string {
	return e.Config("resource \"spaces_certificate\" \"test\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n")
}

// ofLetsEncrypt is a certificate for domains.
func ofLetsEncrypt(e *acctest.Env, domains string, more ...string) string {
	return config(e, append([]string{"name = var.name", `type = "lets_encrypt"`, "dns_names = " + domains}, more...)...)
}

// own are the arguments for a certificate of one's own.
func own(leaf, chain, key string, version int) string {
	arguments := fmt.Sprintf("leaf_certificate = %q\n  private_key_wo = %q\n  private_key_wo_version = %d\n", leaf, key, version)
	if chain != "" {
		arguments += fmt.Sprintf("  certificate_chain = %q\n", chain)
	}
	return arguments
}

// issue makes a certificate for a domain, and its key.
func issue(t *testing.T) (leaf, key string) {
	return certificate.NewAuthority(t, "Test").Leaf("static.example.com", time.Now().AddDate(0, 3, 0))
}

// Steps on the certificate under test.
var unchanged, after = acctest.Unchanged, acctest.After

func expect(hcl string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return acctest.Expect(addr, hcl, action, checks...)
}

func is(attributes map[string]string) []statecheck.StateCheck {
	return acctest.InState(addr, attributes)
}

// all are the certificates that the API has.
func all(e *acctest.Env) []godo.Certificate {
	e.T.Helper()
	list, _, err := e.API().Certificates.List(e.T.Context(), &godo.ListOptions{PerPage: 200})
	if err != nil {
		e.T.Fatal(err)
	}
	return list
}

// removeAll deletes all of them behind Terraform's back.
func removeAll(e *acctest.Env) func() {
	return func() {
		e.T.Helper()
		for _, c := range all(e) {
			if _, err := e.API().Certificates.Delete(e.T.Context(), c.ID); err != nil {
				e.T.Fatal(err)
			}
		}
	}
}

// add makes one behind Terraform's back.
func add(e *acctest.Env, wanted *godo.CertificateRequest) func() {
	return func() {
		e.T.Helper()
		if _, _, err := e.API().Certificates.Create(e.T.Context(), wanted); err != nil {
			e.T.Fatal(err)
		}
	}
}
