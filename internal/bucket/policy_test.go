package bucket_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// Another spelling of the same policy plans nothing, another policy does.
func TestAccPolicyMeaning(t *testing.T) {
	e := acctest.New(t)
	hcl := func(policies ...string) string {
		var b strings.Builder
		for i, p := range policies {
			fmt.Fprintf(&b, `
resource "spaces_bucket" "b%[1]d" {
  name = "${var.name}-%[1]d"
}

resource "spaces_bucket_policy" "b%[1]d" {
  bucket = spaces_bucket.b%[1]d.name
  policy = <<-EOT
%[2]s
  EOT
}
`, i, strings.ReplaceAll(p, "BUCKET", fmt.Sprintf("%s-%d", e.Name, i)))
		}
		return e.Config(b.String())
	}
	const (
		plain = `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]}
		]}`
		spaced = `{
			"Statement": [{
				"Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"],
				"Action":   ["s3:ListBucket", "s3:GetObject"],
				"Principal": {"AWS": ["*"]}, "Effect": "Allow"
			}],
			"Version": "2012-10-17"
		}`
		reordered = `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::BUCKET/*", "arn:aws:s3:::BUCKET"]}
		]}`
		single = `{"Version": "2012-10-17", "Statement":
			{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]}
		}`
		anybody = `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]}
		]}`
		narrower = `{"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/*"}
		]}`
	)
	e.Steps(
		resource.TestStep{Config: hcl(plain, plain, plain, plain)},
		same(hcl(spaced, reordered, single, anybody)),
		resource.TestStep{
			Config: hcl(anybody), ResourceName: "spaces_bucket_policy.b0", ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			ImportStateId: e.Region() + "/" + e.Name + "-0",
		},
		planned(hcl(narrower, plain, plain, plain), "spaces_bucket_policy.b0", plancheck.ResourceActionUpdate,
			plancheck.ExpectResourceAction("spaces_bucket_policy.b1", plancheck.ResourceActionNoop)),
	)
}

func TestAccPolicyMistakes(t *testing.T) {
	mistakes{
		"json":   {"policy = <<-EOT\n{\n  \"Version\": \"2012-10-17\"\n  \"Statement\": []\n}\nEOT", `It is no JSON object: line 3, character 3: invalid character '"' after object key:value pair. jsonencode({…}) writes one.`},
		"effect": {`policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::example/*" }] })`, `Statement[0] needs an Effect, which is "Allow" or "Deny".`},
	}.refused(t, "spaces_bucket_policy", `bucket = "example"`)
}
