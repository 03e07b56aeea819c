package provider

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// repository is where links to the project's own files begin, for pages of the
// registry, which has only docs/.
const repository = "https://github.com/do-spaces/terraform-provider-spaces/"

// files are those below the root that end with one of the suffixes, less what
// is built and what tools leave.
func files(t *testing.T, suffixes ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if d.IsDir() && (slices.Contains([]string{"build", "dist"}, below) || strings.HasPrefix(d.Name(), ".") && below != ".") {
			return fs.SkipDir
		}
		if !d.IsDir() && slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) }) {
			found = append(found, filepath.ToSlash(below))
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("no files %v (%v)", suffixes, err)
	}
	return found
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)[^\n]*\n(.*?)^```$")

// All HCL parses: that of the examples, and that of the pages.
func TestHCL(t *testing.T) {
	parses := func(text, name string) {
		t.Helper()
		if _, diags := hclsyntax.ParseConfig([]byte(text), name, hcl.InitialPos); diags.HasErrors() {
			t.Errorf("%v", diags)
		}
	}
	for _, name := range files(t, ".tf", ".hcl", ".tfvars") {
		parses(has(t, name), name)
	}
	blocks := 0
	for _, name := range files(t, ".md") {
		text := has(t, name)
		for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
			if language := text[m[2]:m[3]]; slices.Contains([]string{"terraform", "hcl", "tf"}, language) {
				blocks++
				parses(strings.Repeat("\n", strings.Count(text[:m[4]], "\n"))+text[m[4]:m[5]], name)
			}
		}
	}
	if blocks == 0 {
		t.Error("no page has HCL")
	}
}

// No page links to what is not there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	links := 0
	for _, name := range files(t, ".md") {
		if strings.HasPrefix(name, "templates/") {
			continue // their links are right where make generate puts them, in docs/
		}
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(has(t, name), ""), -1) {
			links++
			if reason := dead(t, name, m[1]); reason != "" {
				t.Errorf("%s links to %s, %s", name, m[1], reason)
			}
		}
	}
	if links == 0 {
		t.Error("no page has links")
	}
}

// dead says what is wrong with a link of a page. Of other sites nothing is known.
func dead(t *testing.T, page, link string) string {
	t.Helper()
	target, anchor, _ := strings.Cut(link, "#")
	switch own, found := strings.CutPrefix(target, repository); {
	case found && strings.HasPrefix(own, "issues"), found && strings.HasPrefix(own, "releases"):
		return ""
	case found:
		_, own, _ = strings.Cut(own, "/main/") // after blob or tree
		target = own
	case strings.Contains(target, "://"), strings.HasPrefix(target, "mailto:"):
		return ""
	case target == "":
		target = page
	default:
		target = path.Join(path.Dir(page), target)
	}
	info, err := os.Stat(filepath.Join(root, target))
	switch {
	case err != nil && strings.HasPrefix(page, "docs/"):
		return "and there is no " + target + ": if it is new, make generate"
	case err != nil:
		return "and there is no " + target
	case anchor == "" || info.IsDir():
		return ""
	case !slices.Contains(anchors(has(t, target)), anchor):
		return "and " + target + " has no such heading"
	}
	return ""
}

// anchors are where a page can be entered: its headings, by GitHub's rule, and
// what tfplugindocs marks.
func anchors(text string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^#+ +(.+)$`).FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1]))
	}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// What can be imported says so, both ways.
func TestImportSections(t *testing.T) {
	_, kinds := kinds(t)
	for _, k := range kinds {
		for _, name := range slices.Sorted(maps.Keys(k.identities)) {
			page := path.Join("docs", k.folder, strings.TrimPrefix(name, "spaces_")+".md")
			text := has(t, page)
			if text == "" {
				continue
			}
			for _, want := range []string{"## Import", "terraform import " + name + ".", "identity = {"} {
				if !strings.Contains(strings.ReplaceAll(text, "import '", "import "), want) {
					t.Errorf("%s does not say how to import: there is no %q in it", page, want)
				}
			}
		}
	}
}

// The guide's headings in backticks are parts of messages that the provider
// has. An ellipsis is for what differs.
func TestTroubleshooting(t *testing.T) {
	var source strings.Builder
	for _, name := range files(t, ".go") {
		if !strings.HasSuffix(name, "_test.go") {
			source.WriteString(has(t, name))
		}
	}
	code := regexp.MustCompile(`" ?\+\s*"`).ReplaceAllString(source.String(), "")
	headings := regexp.MustCompile("(?m)^### `(.+)`$").FindAllStringSubmatch(has(t, "templates/guides/troubleshooting.md"), -1)
	if len(headings) == 0 {
		t.Error("it has no such heading")
	}
	for _, m := range headings {
		for part := range strings.SplitSeq(m[1], "…") {
			if !strings.Contains(code, strings.TrimSpace(part)) {
				t.Errorf("no message has %q", part)
			}
		}
	}
}

// A checker that finds nothing would pass for good.
func TestDead(t *testing.T) {
	const page = "docs/index.md"
	for link, want := range map[string]bool{
		"resources/bucket.md": false, "resources/bucket.md#schema": false, "#schema": false, "https://example.com/none": false,
		repository + "blob/main/README.md": false, repository + "tree/main/examples": false,
		"resources/none.md": true, "resources/bucket.md#none": true, "#none": true, repository + "blob/main/NONE.md": true,
	} {
		if got := dead(t, page, link) != ""; got != want {
			t.Errorf("%s: dead is %t", link, got)
		}
	}
}
