package object_test

import (
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// linkConfig is a bucket, an object with an awkward key, and links to it.
func linkConfig(e *acctest.Env, links map[string]string) string {
	hcl := e.Config(bucketConfig + `
resource "spaces_object" "test" {
  bucket  = spaces_bucket.test.name
  key     = "folder/a b+c&d=é.txt"
  content = "text"
}
`)
	for name, arguments := range links {
		hcl += fmt.Sprintf(`
data "spaces_presigned_url" %q {
  bucket = spaces_object.test.bucket
  key    = spaces_object.test.key
  %s
}
`, name, arguments)
	}
	return hcl
}

// use makes a request to a link, and returns the answer with its body.
func use(e *acctest.Env, method, link, body string, header ...string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(e.T.Context(), method, link, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := e.HTTP().Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func TestAccPresignedURL(t *testing.T) {
	e := acctest.New(t)
	hcl := linkConfig(e, map[string]string{
		"get":  `response_content_disposition = "attachment; filename=\"a b.txt\""` + "\n  response_content_type = \"application/x-test\"",
		"head": `method = "HEAD"`,
		"put":  "method = \"PUT\"\n  content_type = \"text/x-test\"\n  expires_in = 300",
		"any":  `method = "PUT"`,
		"gone": `method = "DELETE"`,
		"old":  "signed_at = \"2020-01-01T00:00:00Z\"\n  expires_in = \"15m\"",
	})
	type visit struct {
		link, method, body string
		header             []string
		status             int
		wants              string
	}
	visits := func(all ...visit) resource.TestCheckFunc {
		return func(s *terraform.State) error {
			for _, v := range all {
				link := s.RootModule().Resources["data.spaces_presigned_url."+v.link].Primary.Attributes["url"]
				resp, body, err := use(e, v.method, link, v.body, v.header...)
				if err != nil {
					return err
				}
				if resp.StatusCode/100 != v.status/100 || v.status/100 == 4 && resp.StatusCode != v.status || v.wants != "" && body != v.wants {
					return fmt.Errorf("%s of the link %s: %s %s, want %d %s", v.method, v.link, resp.Status, body, v.status, v.wants)
				}
				if v.link == "get" && v.wants != "" {
					for name, want := range map[string]string{"Content-Disposition": `attachment; filename="a b.txt"`, "Content-Type": "application/x-test"} {
						if got := resp.Header.Get(name); got != want {
							return fmt.Errorf("%s: %q, want %q", name, got, want)
						}
					}
				}
			}
			return nil
		}
	}
	e.Steps(resource.TestStep{
		Config: hcl,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.spaces_presigned_url.old", tfjsonpath.New("expires_at"), knownvalue.StringExact("2020-01-01T00:15:00Z")),
			statecheck.ExpectKnownValue("data.spaces_presigned_url.old", tfjsonpath.New("url"), knownvalue.StringRegexp(regexp.MustCompile(`X-Amz-Date=20200101T000000Z&X-Amz-Expires=900&`))),
		},
		Check: visits(
			visit{link: "get", method: "GET", status: 200, wants: "text"},
			visit{link: "head", method: "HEAD", status: 200},
			visit{link: "head", method: "GET", status: 403},
			visit{link: "get", method: "PUT", body: "x", status: 403},
			visit{link: "old", method: "GET", status: 403},
			visit{link: "put", method: "PUT", body: "other", status: 403},
			visit{link: "put", method: "PUT", body: "other", header: []string{"Content-Type", "text/x-test"}, status: 200},
			visit{link: "get", method: "GET", status: 200, wants: "other"},
			visit{link: "any", method: "PUT", body: "any", header: []string{"Content-Type", "text/plain"}, status: 200},
			visit{link: "get", method: "GET", status: 200, wants: "any"},
			visit{link: "gone", method: "DELETE", status: 204},
			visit{link: "get", method: "GET", status: 404},
		),
		ExpectNonEmptyPlan: true, // the object is gone
	})
}

// The link through another host has the same signature: under its own name the
// bucket answers it.
func TestLocalPresignedURL_host(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Steps(resource.TestStep{
		Config: linkConfig(e, map[string]string{"cdn": `host = "assets.example.com"`}),
		Check: func(s *terraform.State) error {
			link, err := neturl.Parse(s.RootModule().Resources["data.spaces_presigned_url.cdn"].Primary.Attributes["url"])
			if err != nil {
				return err
			}
			if link.Host != "assets.example.com" {
				return fmt.Errorf("the link goes to %s", link.Host)
			}
			bucket, err := neturl.Parse(e.BucketURL(e.Name))
			if err != nil {
				return err
			}
			link.Host = bucket.Host
			if _, body, err := use(e, http.MethodGet, link.String(), ""); err != nil || body != "text" {
				return fmt.Errorf("it answers %q (%w)", body, err)
			}
			return nil
		},
	})
}

func TestAccPresignedURL_stable(t *testing.T) {
	e := acctest.New(t)
	hcl := linkConfig(e, map[string]string{"fixed": `signed_at = "2026-01-31T00:00:00+01:00"`}) + `
resource "terraform_data" "link" {
  input = data.spaces_presigned_url.fixed.url
}
`
	e.Steps(resource.TestStep{Config: hcl}, noChange(hcl))
}

func TestLocalPresignedURL_mistakes(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	for _, c := range []struct{ arguments, says string }{
		{`expires_in = "8d"`, `"8d" is no number of seconds, such as 900, and no duration`},
		{`expires_in = "169h"`, `at most seven days`},
		{`expires_in = 0`, `at least one`},
		{`method = "POST"`, `must be one of`},
		{`content_type = "text/plain"`, `the method is GET`},
		{"method = \"PUT\"\n response_content_type = \"text/plain\"", `for links that read, with the method GET or HEAD; here it is PUT`},
		{"method = \"PUT\"\n version_id = \"1\"", `an upload makes a new one`},
		{"method = \"DELETE\"\n content_type = \"text/plain\"", `the method is DELETE`},
		{`host = "https://assets.example.com/"`, `is to be a host name alone`},
		{`signed_at = "yesterday"`, `no time in RFC 3339`},
	} {
		t.Run(c.arguments, func(t *testing.T) {
			words := strings.Fields(regexp.QuoteMeta(c.says))
			e.T = t
			e.Steps(resource.TestStep{Config: linkConfig(e, map[string]string{"test": c.arguments}), ExpectError: regexp.MustCompile(strings.Join(words, `\s+`)), PlanOnly: true})
		})
	}
}

func TestAccPresignedURL_ephemeral(t *testing.T) {
	e := acctest.New(t)
	hcl := linkConfig(e, nil) + `
ephemeral "spaces_presigned_url" "test" {
  bucket = spaces_object.test.bucket
  key    = spaces_object.test.key
}

ephemeral "spaces_object" "test" {
  bucket     = spaces_object.test.bucket
  key        = spaces_object.test.key
  version_id = spaces_object.test.version_id
}

provider "echo" {
  data = {
    link   = ephemeral.spaces_presigned_url.test
    object = ephemeral.spaces_object.test
  }
}

resource "echo" "test" {}
`
	echoed := func(name string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("object").AtMapKey(name), check)
	}
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
		Steps: []resource.TestStep{{
			Config: hcl,
			ConfigStateChecks: []statecheck.StateCheck{
				echoed("body", knownvalue.StringExact("text")), echoed("body_base64", knownvalue.StringExact("dGV4dA==")),
				echoed("size", knownvalue.Int64Exact(4)), echoed("etag", knownvalue.StringExact("1cb251ec0d568de6a929b520c4aed8d1")),
				echoed("content_type", knownvalue.StringExact("text/plain; charset=utf-8")), echoed("version_id", knownvalue.Null()),
			},
			Check: func(s *terraform.State) error {
				link := s.RootModule().Resources["echo.test"].Primary.Attributes["data.link.url"]
				if _, body, err := use(e, http.MethodGet, link, ""); err != nil || body != "text" {
					return fmt.Errorf("the link %s answers %q (%w)", link, body, err)
				}
				return nil
			},
		}},
	})
}

func TestLocalEphemeralObject_limits(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	read := func(arguments string) string {
		return linkConfig(e, nil) + `
ephemeral "spaces_object" "test" {
  bucket     = spaces_object.test.bucket
  key        = spaces_object.test.key
  version_id = spaces_object.test.version_id
  ` + arguments + `
}
`
	}
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
		Steps: []resource.TestStep{
			{Config: read("max_body_size = 3"), ExpectError: regexp.MustCompile(`4 bytes, and\s+max_body_size\s+is 3`)},
			{Config: read("max_body_size = 67108865"), ExpectError: regexp.MustCompile(`must be between 0 and\s+67108864`)},
			{Config: read("max_body_size = 4")},
		},
	})
}
