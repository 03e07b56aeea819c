package cdn_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// What can be known to be wrong is found while planning, without a call.
func TestAccCDN_mistakes(t *testing.T) {
	e := acctest.New(t)
	const origin = "origin = \"site.nyc3.digitaloceanspaces.com\"\n"
	cdn := func(arguments string) string {
		return e.Config("resource \"spaces_cdn\" \"test\" {\n" + arguments + "}\n")
	}
	flush := func(arguments string) string {
		return e.Config("resource \"spaces_cdn_flush\" \"test\" {\n" + arguments + "}\n")
	}
	data := func(arguments string) string {
		return e.Config("data \"spaces_cdn\" \"test\" {\n" + arguments + "}\n")
	}
	var steps []resource.TestStep
	for _, c := range []struct{ hcl, says string }{
		{cdn("origin = \"my.site.nyc3.digitaloceanspaces.com\"\n"), `my.site has a dot in its name`},
		{cdn("origin = \"site.nyc3-static.digitaloceanspaces.com\"\n"), `a bucket's website`},
		{cdn("origin = \"site.nyc3.example.com\"\n"), `not the host name of a bucket`},
		{cdn(origin + "ttl = 100\n"), `(?i)must be one of`},
		{cdn(origin + "ttl = 0\n"), `(?i)must be one of`},
		{cdn(origin + "custom_domain = \"a.example.com\"\n"), `takes a certificate: set certificate_name`},
		{cdn(origin + "certificate_name = \"a\"\n"), `certificate_name is set and custom_domain is not`},
		{cdn(origin + "certificate_id = \"a\"\n"), `certificate_id is set and custom_domain is not`},
		{cdn(origin + "custom_domain = \"a.example.com\"\ncertificate_name = \"a\"\ncertificate_id = \"b\"\n"), `Keep certificate_name`},
		{cdn(origin + "custom_domain = \"https://a.example.com\"\ncertificate_name = \"a\"\n"), `leave out the scheme`},
		{cdn(origin + "custom_domain = \"\"\n"), `not a domain`},
		{flush("cdn_id = \"a\"\nfiles = [\"/index.html\"]\n"), `begins with a slash`},
		{flush("cdn_id = \"a\"\nfiles = []\n"), `at least 1`},
		{flush("cdn_id = \"a\"\nfiles = [\"*.css\"]\n"), `wildcard elsewhere`},
		{flush("cdn_id = \"\"\n"), `Empty value`},
		{data(""), `one \(and only one\)`},
		{data("id = \"a\"\n" + origin), `one \(and only one\)`},
	} {
		steps = append(steps, resource.TestStep{Config: c.hcl, PlanOnly: true, ExpectError: regexp.MustCompile(strings.ReplaceAll(c.says, " ", `\s+`))})
	}
	e.Steps(steps...)
	if e.Local == nil {
		return
	}
	for _, r := range e.Local.Requests() {
		if strings.Contains(r.Operation, "CDN") {
			t.Errorf("the API was asked: %v", r)
		}
	}
}
