package bucket_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// A written policy is taken by the server, does what it says, and is the same
// text however its sets are ordered.
func TestAccPolicyDocument(t *testing.T) {
	e := acctest.New(t)
	hcl := func(actions string) string {
		return e.Config(`
resource "spaces_bucket" "b" {
  name = var.name
}

data "spaces_policy_document" "b" {
  bucket = spaces_bucket.b.name
  statements = [{
    sid        = "Read"
    principals = ["*"]
    actions    = ` + actions + `
    resources  = [spaces_bucket.b.arn, "${spaces_bucket.b.arn}/public/*"]
  }]
}

resource "spaces_bucket_policy" "b" {
  bucket = spaces_bucket.b.name
  policy = data.spaces_policy_document.b.json
}

resource "spaces_object" "b" {
  count   = 2
  bucket  = spaces_bucket.b.name
  key     = ["public/a.txt", "secret/a.txt"][count.index]
  content = "a"
}
`)
	}
	e.Steps(
		resource.TestStep{Config: hcl(`["s3:GetObject", "s3:ListBucket"]`)},
		resource.TestStep{
			PreConfig: func() {
				for key, status := range map[string]int{"public/a.txt": 200, "secret/a.txt": 403} {
					if _, err := ask(t.Context(), e, "GET", key, status, nil); err != nil {
						t.Error(err)
					}
				}
			},
			Config:           hcl(`["s3:ListBucket", "s3:GetObject"]`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{Config: hcl(`["s3:GetObjekt"]`), ExpectError: regexp.MustCompile(`(?s)Could not read spaces_policy_document.*s3:GetObjekt.*s3:GetObject is one`)},
	)
}

// What locks out the owner is allowed, and said.
func TestLocalPolicyDocumentWarns(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	said := e.CLI(`
data "spaces_policy_document" "closed" {
  statements = [{
    effect     = "Deny"
    principals = ["*"]
    actions    = ["*"]
    resources  = ["arn:aws:s3:::${var.name}", "arn:aws:s3:::${var.name}/*"]
  }]
}
`).Run("plan")
	if !strings.Contains(said, "Warning: A policy that denies everybody") {
		t.Errorf("there is no warning:\n%s", said)
	}
}
