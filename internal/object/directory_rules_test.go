package object

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func ruleOf(pattern string, set func(*directoryRule)) directoryRule {
	r := directoryRule{Pattern: types.StringValue(pattern), Metadata: types.MapNull(types.StringType)}
	set(&r)
	return r
}

func TestRulebook(t *testing.T) {
	t.Parallel()
	metadata := func(key string) types.Map {
		return types.MapValueMust(types.StringType, mapOf(map[string]string{key: "1"}))
	}
	rules := []directoryRule{
		ruleOf("**", func(r *directoryRule) {
			r.CacheControl, r.ACL, r.Metadata = types.StringValue("short"), types.StringValue("private"), metadata("a")
		}),
		ruleOf("assets", func(r *directoryRule) { r.CacheControl = types.StringValue("long") }),
		ruleOf("**/*.gz", func(r *directoryRule) {
			r.ContentEncoding, r.Metadata = types.StringValue("gzip"), metadata("b")
		}),
		ruleOf("none", func(r *directoryRule) { r.ContentType = types.StringValue("x/y") }),
	}
	book := rulebookOf(rules)
	for path, want := range map[string]string{
		"index.html":    `{"cache_control":"short","metadata":{"a":"1"},"acl":"private"}`,
		"assets/a/b.js": `{"cache_control":"long","metadata":{"a":"1"},"acl":"private"}`,
		"assets/a.gz":   `{"cache_control":"long","content_encoding":"gzip","metadata":{"b":"1"},"acl":"private"}`,
	} {
		if _, got := book.of(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if _, got := rulebookOf(rules[1:]).of("index.html"); got != none {
		t.Errorf("no rule matches, and yet there is %s", got)
	}
}

func TestExtras_pages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path, contentType string
		page              bool
	}{
		{"index.html", "", true},
		{"a.HTM", "", true},
		{"a.css", "", false},
		{"about", "", false},
		{"about", "text/html", true},
		{"a.html", "text/plain", false},
	} {
		x := extras{ContentType: test.contentType}
		if got := x.isPage(test.path); got != test.page {
			t.Errorf("%s of type %q: %t", test.path, test.contentType, got)
		}
	}
}
