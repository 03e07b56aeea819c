package bucket_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// A change of origins has been reported to reach only the state (#1129 of
// DigitalOcean's own provider).
func TestAccCORSOrigins(t *testing.T) {
	e := acctest.New(t)
	hcl := func(origins ...string) string {
		return e.Config(fmt.Sprintf(`
resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_cors_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [{
    allowed_methods = ["PUT", "GET"]
    allowed_origins = ["%s"]
  }]
}
`, strings.Join(origins, `", "`)))
	}
	server := func(want ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			out, err := e.S3(e.Region()).GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &e.Name})
			if err != nil {
				return err
			}
			got := slices.Sorted(slices.Values(out.CORSRules[0].AllowedOrigins))
			if len(out.CORSRules) != 1 || !slices.Equal(got, want) {
				return fmt.Errorf("the server allows %q, not %q", got, want)
			}
			return nil
		}
	}
	const a, b, c = "https://a.example.com", "https://b.example.com", "http://localhost:3000"
	e.Steps(
		after(resource.TestStep{Config: hcl(b, a)}, server(a, b)),
		same(hcl(a, b)),
		after(planned(hcl(a, c), "spaces_bucket_cors_configuration.test", plancheck.ResourceActionUpdate), server(c, a)),
	)
}

func TestAccCORSMistakes(t *testing.T) {
	rule := func(origin, more string) string {
		return fmt.Sprintf(`rules = [{ allowed_methods = ["GET"], allowed_origins = [%q]%s }]`, origin, more)
	}
	mistakes{
		"method":     {`rules = [{ allowed_methods = ["PATCH"], allowed_origins = ["*"] }]`, `must be one of: ["GET" "PUT" "POST" "DELETE" "HEAD"], got: "PATCH"`},
		"lower_case": {`rules = [{ allowed_methods = ["get"], allowed_origins = ["*"] }]`, `must be one of: ["GET" "PUT" "POST" "DELETE" "HEAD"], got: "get"`},
		"no_scheme":  {rule("www.example.com", ""), `"www.example.com" has no scheme, and browsers send one: write https://www.example.com`},
		"path":       {rule("https://www.example.com/", ""), `goes on after the host, and an origin is scheme, host and port only: write https://www.example.com.`},
		"two_stars":  {rule("https://*.example.*", ""), `has more than one *`},
		"no_origins": {`rules = [{ allowed_methods = ["GET"], allowed_origins = [] }]`, `set must contain at least 1 elements`},
		"no_headers": {rule("*", `, allowed_headers = []`), `set must contain at least 1 elements`},
		"empty":      {rule("", ""), `is an empty string`},
		"negative":   {rule("*", `, max_age_seconds = -1`), `max_age_seconds value must be at least 0`},
		"id":         {rule("*", `, id = "`+strings.Repeat("i", 256)+`"`), `string length must be at most 255`},
		"many":       {`rules = [for i in range(101) : { allowed_methods = ["GET"], allowed_origins = ["*"] }]`, `list must contain at most 100 elements, got: 101`},
		"no_rules":   {`rules = []`, `list must contain at least 1 elements`},
	}.refused(t, "spaces_bucket_cors_configuration", `bucket = "example"`)
}
