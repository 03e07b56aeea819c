package bucket_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

const website = "spaces_bucket_website_configuration.test"

// websiteOf is a public bucket with a website.
func websiteOf(e *acctest.Env, arguments string) string {
	return e.Config(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}

resource "spaces_bucket_acl" "test" {
  bucket = spaces_bucket.test.name
  acl    = "public-read"
}

resource "spaces_bucket_policy" "test" {
  bucket = spaces_bucket.test.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${spaces_bucket.test.arn}/*" }]
  })
}

resource "spaces_bucket_website_configuration" "test" {
  bucket = spaces_bucket.test.name
` + arguments + `
}
`)
}

// A visitor without a key sees what was configured.
func TestAccWebsiteVisit(t *testing.T) {
	e := acctest.New(t)
	e.Need("website")
	_, host, _ := strings.Cut(e.Endpoint, "://")
	host = e.Name + "." + e.Region() + "-static." + strings.TrimPrefix(host, "{region}.")
	scheme, _, _ := strings.Cut(e.Endpoint, "://")
	// visit wants a status, and a page's text or the end of a redirect's target.
	visit := func(ctx context.Context, path string, status int, want string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+host+path, nil)
		if err != nil {
			return err
		}
		resp, err := e.HTTP().Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		got := string(body)
		if resp.StatusCode/100 == 3 {
			to, err := resp.Location()
			if err != nil {
				return err
			}
			got = to.String()
		}
		if resp.StatusCode != status || !strings.HasSuffix(got, want) {
			return fmt.Errorf("%s answered %d %q, not %d %q", path, resp.StatusCode, got, status, want)
		}
		return nil
	}
	pages := resource.TestStep{
		Config: websiteOf(e, `
  index_document = "index.html"
  error_document = "404.html"
  routing_rules = [
    {
      condition = { key_prefix_equals = "old/" }
      redirect  = { replace_key_prefix_with = "new/", http_redirect_code = "302" }
    },
    {
      condition = { http_error_code_returned_equals = "404", key_prefix_equals = "gone/" }
      redirect  = { host_name = "archive.example.com", protocol = "https", replace_key_with = "index.html" }
    },
  ]
`),
		Check: resource.TestCheckResourceAttr(website, "website_endpoint", host),
	}
	pages.PostApplyFunc = func() {
		for _, key := range []string{"index.html", "new/index.html", "404.html"} {
			_, err := e.S3(e.Region()).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &e.Name, Key: &key, Body: strings.NewReader(key), ContentType: aws.String("text/html")})
			must(t, err)
		}
		must(t, visit(t.Context(), "/", 200, "index.html"))
		must(t, visit(t.Context(), "/new/", 200, "new/index.html"))
		must(t, visit(t.Context(), "/missing", 404, "404.html"))
		must(t, visit(t.Context(), "/gone/page", 301, "https://archive.example.com/index.html"))
		must(t, visit(t.Context(), "/old/page", 302, "://"+host+"/new/page"))
	}
	e.Steps(
		pages,
		after(planned(websiteOf(e, `redirect_all_requests_to = { host_name = "www.example.com", protocol = "https" }`), website, plancheck.ResourceActionUpdate),
			func(ctx context.Context) error { return visit(ctx, "/a/b", 301, "https://www.example.com/a/b") }),
		// A rule without a condition is for every request.
		after(resource.TestStep{Config: websiteOf(e, `
  index_document = "index.html"
  routing_rules  = [{ redirect = { host_name = "www.example.org", protocol = "https", http_redirect_code = "308" } }]
`)}, func(ctx context.Context) error { return visit(ctx, "/a/b", 308, "https://www.example.org/a/b") }),
		resource.TestStep{
			ResourceName: website, ImportState: true, ImportStateId: e.Region() + "/" + e.Name,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "bucket",
		},
	)
}

func TestAccWebsiteMistakes(t *testing.T) {
	rule := func(hcl string) string {
		return "index_document = \"index.html\"\nrouting_rules = [{ " + hcl + " }]"
	}
	mistakes{
		"neither":    {``, `No attribute specified when one (and only one) of`},
		"both":       {"index_document = \"index.html\"\nredirect_all_requests_to = { host_name = \"example.com\" }", `2 attributes specified when one (and only one) of`},
		"error":      {"error_document = \"404.html\"\nredirect_all_requests_to = { host_name = \"example.com\" }", `"redirect_all_requests_to" cannot be specified when "error_document" is specified`},
		"rules":      {"routing_rules = [{ redirect = { host_name = \"example.org\" } }]\nredirect_all_requests_to = { host_name = \"example.com\" }", `"routing_rules" cannot be specified when "redirect_all_requests_to" is specified`},
		"slash":      {`index_document = "/index.html"`, `must not contain a slash`},
		"url":        {`redirect_all_requests_to = { host_name = "https://example.com/" }`, `has a slash or a blank, and a host name has neither`},
		"protocol":   {`redirect_all_requests_to = { host_name = "example.com", protocol = "HTTPS" }`, `must be one of: ["http" "https"], got: "HTTPS"`},
		"both_keys":  {rule(`redirect = { replace_key_with = "a", replace_key_prefix_with = "b" }`), `cannot be specified when`},
		"code":       {rule(`redirect = { replace_key_with = "a", http_redirect_code = "200" }`), `must be a status from "301" to "308"`},
		"error_code": {rule(`redirect = { replace_key_with = "a" }, condition = { http_error_code_returned_equals = "200" }`), `must be a status from "400" to "599"`},
		"redirect":   {rule(`redirect = {}`), `routing_rules[0].redirect says nothing: give it at least one of host_name, http_redirect_code,`},
		"condition":  {rule(`redirect = { replace_key_with = "a" }, condition = {}`), `routing_rules[0].condition says nothing: give it at least one of http_error_code_returned_equals, key_prefix_equals.`},
		"rule_url":   {rule(`redirect = { host_name = "http://example.com" }`), `has a slash or a blank`},
	}.refused(t, "spaces_bucket_website_configuration", `bucket = "example"`)
}
