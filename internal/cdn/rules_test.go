package cdn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// says is what a rule has to say: "" nothing, else this.
func says(t *testing.T, value, got, want string) {
	t.Helper()
	if want == "" && got != "" || want != "" && !strings.Contains(got, want) {
		t.Errorf("%q: %q, want %q in it", value, got, want)
	}
}

func TestOrigin(t *testing.T) {
	for origin, want := range map[string]string{
		"site.nyc3.digitaloceanspaces.com":         "",
		"site.new7.digitaloceanspaces.com":         "",
		"my-static.nyc3.digitaloceanspaces.com":    "",
		"cdn.nyc3.digitaloceanspaces.com":          "",
		"nyc3.nyc3.digitaloceanspaces.com":         "",
		"a.cdn.nyc3.digitaloceanspaces.com":        "a.cdn has a dot in its name",
		"a-b.ams3.digitaloceanspaces.com":          "",
		"my.site.nyc3.digitaloceanspaces.com":      "The bucket my.site has a dot in its name",
		"site.nyc3.cdn.digitaloceanspaces.com":     "Leave out the .cdn part",
		"site.nyc3-static.digitaloceanspaces.com":  "a bucket's website",
		"https://site.nyc3.digitaloceanspaces.com": "is a URL",
		"site.nyc3.digitaloceanspaces.com/":        "has a path",
		"nyc3.digitaloceanspaces.com/site":         "has a path",
		"nyc3.digitaloceanspaces.com":              "not the host name of a bucket",
		"Site.nyc3.digitaloceanspaces.com":         "capital letters",
		"site.nyc3.digitaloceanspaces.com ":        "blanks",
		"site.nyc3.digitaloceanspaces.com:443":     "has a port",
		"site.digitaloceanspaces.com":              "not the host name of a bucket",
		"s_.nyc3.digitaloceanspaces.com":           "cannot be a bucket's name",
		"site.nyc3.localhost:9000":                 "not the host name of a bucket: that is BUCKET.REGION.digitaloceanspaces.com",
		"example.com":                              "not the host name of a bucket",
		"site":                                     "not the host name of a bucket",
		"":                                         "not the host name of a bucket",
	} {
		got := originRule.Wrong(origin)
		if got == "" {
			got = wrongOriginFor(spaces.New(spaces.Config{Endpoint: spacesItself}), types.StringValue(origin))
		}
		says(t, origin, got, want)
	}
}

// The hosts of another endpoint are those of buckets too.
func TestOrigin_endpoint(t *testing.T) {
	local, err := spaces.ParseEndpoint("http://{region}.localhost:9000")
	if err != nil {
		t.Fatal(err)
	}
	cl := spaces.New(spaces.Config{Endpoint: local})
	for origin, want := range map[string]string{
		"site.nyc3.localhost:9000":         "",
		"site.nyc3.digitaloceanspaces.com": "",
		"my.site.nyc3.localhost:9000":      "has a dot in its name",
		"site.nyc3.localhost":              "that is BUCKET.REGION.localhost:9000",
		"site.nyc3.cdn.localhost:9000":     "Leave out the .cdn part",
		"site.nyc3-static.localhost:9000":  "a bucket's website",
	} {
		got := originRule.Wrong(origin)
		if got == "" {
			got = wrongOriginFor(cl, types.StringValue(origin))
		}
		says(t, origin, got, want)
	}
	cl.Unknown = []string{"endpoint"}
	says(t, "an endpoint that is not known", wrongOriginFor(cl, types.StringValue("site.nyc3.example.com")), "")
	says(t, "unknown", wrongOriginFor(cl, types.StringUnknown()), "")
}

func TestDomain(t *testing.T) {
	for domain, want := range map[string]string{
		"static.example.com":                   "",
		"xn--bcher-kva.example":                "",
		"https://static.example.com":           "leave out the scheme",
		"static.example.com:443":               "leave out the scheme, the port",
		"*.example.com":                        "one domain",
		"Static.example.com":                   "lower-case",
		"example":                              "not a domain",
		"static.example.com.":                  "not a domain",
		"bücher.example":                       "xn--",
		"site.nyc3.cdn.digitaloceanspaces.com": "one of Spaces' own",
		"":                                     "not a domain",
	} {
		says(t, domain, domainRule.Wrong(domain), want)
	}
}

func TestFile(t *testing.T) {
	for file, want := range map[string]string{
		"*":                "",
		"index.html":       "",
		"images/*":         "",
		"a b/ü+&.png":      "",
		"app.js?v=2":       "",
		"a//b":             "",
		"":                 "is empty",
		"/index.html":      `write "index.html"`,
		"https://x.test/a": "is a URL",
		"*.css":            "has a wildcard elsewhere",
		"images/*.png":     "has a wildcard elsewhere",
		"images*":          "has a wildcard elsewhere",
		"a/**":             "has a wildcard elsewhere",
		"images/":          `write "images/*"`,
		"a\nb":             "control character",
	} {
		says(t, file, fileRule.Wrong(file), want)
	}
}

func TestDistinct(t *testing.T) {
	for _, c := range [][2][]string{
		{nil, {"*"}},
		{{"a", "*", "b"}, {"*"}},
		{{"b", "a", "b"}, {"b", "a"}},
	} {
		if got := distinct(c[0]); !slices.Equal(got, c[1]) {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

// One of name and ID is configured, the other follows, and an ID that was
// renewed is not put back.
func TestCertificatePlan(t *testing.T) {
	null, unknown := types.StringNull(), types.StringUnknown()
	s := types.StringValue
	for _, c := range []struct{ config, state, want pair }{
		{pair{null, null}, pair{s("n"), s("i")}, pair{null, null}},
		{pair{s("n"), null}, pair{null, null}, pair{s("n"), unknown}},
		{pair{s("n"), null}, pair{s("n"), s("i")}, pair{s("n"), s("i")}},
		{pair{s("m"), null}, pair{s("n"), s("i")}, pair{s("m"), unknown}},
		{pair{null, s("i")}, pair{null, null}, pair{unknown, s("i")}},
		{pair{null, s("i")}, pair{s("n"), s("i")}, pair{s("n"), s("i")}},
		{pair{null, s("i")}, pair{null, s("i")}, pair{null, s("i")}}, // nobody can tell the name
		{pair{null, s("j")}, pair{s("n"), s("i")}, pair{unknown, s("j")}},
		{pair{unknown, null}, pair{s("n"), s("i")}, pair{unknown, unknown}},
		{pair{null, unknown}, pair{s("n"), s("i")}, pair{unknown, unknown}},
		{pair{unknown, unknown}, pair{null, null}, pair{unknown, unknown}},
		{pair{s(fromCloudflare), null}, pair{null, null}, pair{s(fromCloudflare), s(fromCloudflare)}},
		{pair{null, s(fromCloudflare)}, pair{s("n"), s("i")}, pair{s(fromCloudflare), s(fromCloudflare)}},
	} {
		if got := c.config.plan(c.state); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v after %v: %v, want %v", c.config, c.state, got, c.want)
		}
	}
}
