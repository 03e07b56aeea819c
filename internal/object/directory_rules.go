package object

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"path"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// globRule refuses patterns that can match nothing.
var globRule = tfkit.Rule{
	Title: "Not a pattern", Wants: "must be a pattern for paths below source, such as **/*.html",
	Wrong: func(pattern string) string {
		switch {
		case pattern == "":
			return "The pattern is empty. To match every file write **."
		case !doublestar.ValidatePattern(pattern):
			return fmt.Sprintf("%q is malformed: a bracket or brace is not closed, or it ends with a backslash. To match one of *?[{\\ itself, put a backslash before it.", pattern)
		case strings.HasPrefix(pattern, "/"), strings.HasPrefix(pattern, "./"), strings.HasPrefix(pattern, "../"):
			return fmt.Sprintf("%q matches nothing: patterns are compared with paths below source, such as css/site.css. Write it without what is before the first name.", pattern)
		}
		return ""
	},
}

// glob is a pattern. One that ends with a plain name takes the file of that
// name, or everything below the directory of that name.
type glob struct{ exact, below string }

func newGlob(pattern string) glob {
	pattern, folder := strings.CutSuffix(pattern, "/")
	g := glob{exact: pattern}
	if folder || !strings.ContainsAny(path.Base(pattern), `*?[{\`) {
		g.below = pattern + "/**"
	}
	return g
}

func (g glob) matches(path string) bool {
	return doublestar.MatchUnvalidated(g.exact, path) || g.below != "" && doublestar.MatchUnvalidated(g.below, path)
}

// all says whether it matches whatever is in a directory.
func (g glob) all(dir string) bool {
	for _, pattern := range []string{g.exact, g.below} {
		if (pattern == "**" || strings.HasSuffix(pattern, "/**")) && doublestar.MatchUnvalidated(pattern, dir) {
			return true
		}
	}
	return false
}

// filter is include and exclude.
type filter struct{ include, exclude []glob }

func newFilter(include, exclude types.List) filter {
	return filter{globs(include), globs(exclude)}
}

func globs(patterns types.List) []glob {
	var all []glob
	for _, p := range patterns.Elements() {
		if s, ok := p.(types.String); ok {
			all = append(all, newGlob(s.ValueString()))
		}
	}
	return all
}

func anyMatches(globs []glob, path string) bool {
	for _, g := range globs {
		if g.matches(path) {
			return true
		}
	}
	return false
}

func (f filter) excludes(path string) bool { return anyMatches(f.exclude, path) }

func (f filter) takes(path string) bool {
	return (len(f.include) == 0 || anyMatches(f.include, path)) && !f.excludes(path)
}

// excludesAll spares the walk a directory.
func (f filter) excludesAll(dir string) bool {
	for _, g := range f.exclude {
		if g.all(dir) {
			return true
		}
	}
	return false
}

// directoryRule is what files that match a pattern get.
type directoryRule struct {
	Pattern            types.String `tfsdk:"pattern"`
	CacheControl       types.String `tfsdk:"cache_control"`
	ContentType        types.String `tfsdk:"content_type"`
	ContentEncoding    types.String `tfsdk:"content_encoding"`
	ContentDisposition types.String `tfsdk:"content_disposition"`
	Metadata           types.Map    `tfsdk:"metadata"`
	ACL                types.String `tfsdk:"acl"`
}

// extras are what rules add to a content. Their JSON, which json makes the same
// every time, is a part of the hash of a file and of the manifest: a field that
// is renamed uploads everything again.
type extras struct {
	CacheControl       string            `json:"cache_control,omitempty"`
	ContentType        string            `json:"content_type,omitempty"`
	ContentEncoding    string            `json:"content_encoding,omitempty"`
	ContentDisposition string            `json:"content_disposition,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"`
	ACL                string            `json:"acl,omitempty"`
}

// none are those of a file that no rule matches.
const none = "{}"

func (x extras) text() string {
	text, err := json.Marshal(x)
	if err != nil {
		panic(err) // strings only
	}
	return string(text)
}

// withoutACL are the parts that only an upload can change.
func withoutACL(text string) (string, error) {
	if !strings.Contains(text, `"acl"`) {
		return text, nil
	}
	var x extras
	err := json.Unmarshal([]byte(text), &x)
	x.ACL = ""
	return x.text(), err
}

// rulebook finds the extras of a path.
type rulebook struct {
	rules []directoryRule
	globs []glob
	found map[string]*extras // by the rules that match: most files share theirs
	texts map[*extras]string
}

func newRulebook(ctx context.Context, list types.List) (*rulebook, error) {
	var rules []directoryRule
	if diags := list.ElementsAs(ctx, &rules, false); diags.HasError() {
		return nil, fmt.Errorf("%s: %s", diags[0].Summary(), diags[0].Detail())
	}
	return rulebookOf(rules), nil
}

func rulebookOf(rules []directoryRule) *rulebook {
	b := &rulebook{rules: rules, found: map[string]*extras{}, texts: map[*extras]string{}}
	for _, r := range rules {
		b.globs = append(b.globs, newGlob(r.Pattern.ValueString()))
	}
	return b
}

// of merges the rules that match: of each argument, the last one's.
func (b *rulebook) of(path string) (*extras, string) {
	matching := make([]byte, len(b.globs))
	for i, g := range b.globs {
		if g.matches(path) {
			matching[i] = 1
		}
	}
	x, known := b.found[string(matching)]
	if known {
		return x, b.texts[x]
	}
	x = &extras{}
	for i, r := range b.rules {
		if matching[i] == 0 {
			continue
		}
		override(&x.CacheControl, r.CacheControl)
		override(&x.ContentType, r.ContentType)
		override(&x.ContentEncoding, r.ContentEncoding)
		override(&x.ContentDisposition, r.ContentDisposition)
		override(&x.ACL, r.ACL)
		if !r.Metadata.IsNull() {
			x.Metadata = plain(r.Metadata)
		}
	}
	b.found[string(matching)], b.texts[x] = x, x.text()
	return x, b.texts[x]
}

func override(field *string, by types.String) {
	if !by.IsNull() {
		*field = by.ValueString()
	}
}

// headers are a PUT of a file, without what is in it. The type of one that no
// rule gives a type is found when it is sent.
func (x *extras) headers(bucket, key, acl string) *s3.PutObjectInput {
	return &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, ACL: s3types.ObjectCannedACL(acl),
		CacheControl: given(x.CacheControl), ContentType: given(x.ContentType),
		ContentEncoding: given(x.ContentEncoding), ContentDisposition: given(x.ContentDisposition),
		Metadata: x.Metadata,
	}
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// isPage says whether a file is one that refers to others: those are uploaded
// last, so that a site never refers to what is not there yet.
func (x *extras) isPage(path string) bool {
	media := x.ContentType
	if media == "" {
		media = ContentType(path)
	}
	media, _, _ = mime.ParseMediaType(media)
	return media == "text/html" || media == "application/xhtml+xml"
}
