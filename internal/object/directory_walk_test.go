package object

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// tree makes a directory. A value that begins with -> is where a symbolic link
// leads to; $OUT in it is another directory, which has a file f.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root, out := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "f"), []byte("out"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		at := filepath.Join(root, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(at), 0o700)
		if to, link := strings.CutPrefix(text, "->"); link && err == nil {
			err = os.Symlink(strings.ReplaceAll(strings.ReplaceAll(to, "$OUT", out), "$ROOT", root), at)
		} else if err == nil {
			err = os.WriteFile(at, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func patterns(all ...string) types.List {
	if len(all) == 0 {
		return types.ListNull(types.StringType)
	}
	var values []attr.Value
	for _, p := range all {
		values = append(values, types.StringValue(p))
	}
	return types.ListValueMust(types.StringType, values)
}

func TestWalk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name             string
		files            map[string]string
		include, exclude []string
		want             []string
		wrong            []string // of which each has to be said
	}{
		{name: "all", files: map[string]string{"b": "", "a/c/d": "1", "a/b": "2", ".well-known/x": "3"}, want: []string{".well-known/x", "a/b", "a/c/d", "b"}},
		{name: "odd names", files: map[string]string{"a b": "", "ü+%#?&": "", "u\u0308": "", `back\slash`: "", "~": "", "-": ""}, want: []string{"-", "a b", `back\slash`, "u\u0308", "~", "ü+%#?&"}},
		{name: "top only", files: map[string]string{"a.html": "", "x/b.html": "", "c.css": ""}, include: []string{"*.html"}, want: []string{"a.html"}},
		{name: "every depth", files: map[string]string{"a.html": "", "x/y/b.html": "", "c.css": ""}, include: []string{"**/*.html"}, want: []string{"a.html", "x/y/b.html"}},
		{name: "either", files: map[string]string{"a.html": "", "b.css": "", "c.js": ""}, include: []string{"*.{html,css}"}, want: []string{"a.html", "b.css"}},
		{name: "exclude wins", files: map[string]string{"a.html": "", "x/b.html": ""}, include: []string{"**/*.html"}, exclude: []string{"x/**"}, want: []string{"a.html"}},
		{name: "a directory by its name", files: map[string]string{".git/config": "", ".git/x/y": "", "a": "", "b/.git/c": ""}, exclude: []string{".git"}, want: []string{"a", "b/.git/c"}},
		{name: "a directory by its name and a slash", files: map[string]string{"x/a": "", "b": ""}, exclude: []string{"x/"}, want: []string{"b"}},
		{name: "a directory at every depth", files: map[string]string{"node_modules/a": "", "b/node_modules/c": "", "d": ""}, exclude: []string{"**/node_modules"}, want: []string{"d"}},
		{name: "a directory included", files: map[string]string{"x/a/b": "", "c": ""}, include: []string{"x"}, want: []string{"x/a/b"}},
		{name: "a star is one name", files: map[string]string{"x/a": "", "b": ""}, exclude: []string{"*"}, want: []string{"x/a"}},
		{name: "all excluded", files: map[string]string{"x/a": "", "b": ""}, exclude: []string{"**"}, want: nil},

		{name: "link to a file", files: map[string]string{"a": "1", "b": "->a"}, want: []string{"a", "b"}},
		{name: "link to a directory", files: map[string]string{"x/a": "1", "y": "->x"}, want: []string{"x/a", "y/a"}},
		{name: "link of links", files: map[string]string{"a": "1", "b": "->a", "x/c": "->../b"}, want: []string{"a", "b", "x/c"}},
		{name: "absolute link inside", files: map[string]string{"x/a": "1", "b": "->$ROOT/x/a"}, want: []string{"b", "x/a"}},
		{name: "link out of the directory", files: map[string]string{"a": "", "b": "->$OUT/f"}, wrong: []string{`"b"`, "leads out of the directory, to"}},
		{name: "link to a directory outside", files: map[string]string{"a": "", "b": "->$OUT"}, wrong: []string{`"b"`, "leads out"}},
		{name: "link upwards", files: map[string]string{"x/y": "->../.."}, wrong: []string{`"x/y"`, "leads out"}},
		{name: "link to the directory itself", files: map[string]string{"a": "", "x/y": "->.."}, wrong: []string{`"x/y"`, "back to a directory that it is in"}},
		{name: "links in a circle of directories", files: map[string]string{"x/a": "->../y", "y/b": "->../x"}, wrong: []string{`"x/a/b"`, "back to"}},
		{name: "link to itself", files: map[string]string{"a": "->a"}, wrong: []string{`"a"`, "cannot be followed"}},
		{name: "link to nothing", files: map[string]string{"a": "->b"}, wrong: []string{`"a"`, "leads to nothing"}},
		{name: "bad links, excluded", files: map[string]string{"a": "1", "b": "->$OUT", "c": "->none", "d/e": "->.."}, exclude: []string{"b", "c", "d/**"}, want: []string{"a"}},
		{name: "bad links, not included", files: map[string]string{"a.css": "1", "b": "->$OUT/f", "c": "->none"}, include: []string{"**/*.css"}, want: []string{"a.css"}},

		{name: "not UTF-8", files: map[string]string{"a": "", "b\xff": ""}, wrong: []string{`"b\xff"`, "not UTF-8"}},
		{name: "all are named", files: map[string]string{"a\xff": "", "b": "->none"}, wrong: []string{"2 entries", `"a\xff"`, `"b"`, "exclude"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := tree(t, test.files)
			files, err := walk(t.Context(), root, newFilter(patterns(test.include...), patterns(test.exclude...)))
			for _, says := range test.wrong {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("%v, and not %s", err, says)
				}
			}
			if len(test.wrong) > 0 {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range files {
				got = append(got, f.path)
				if _, err := os.ReadFile(f.name); err != nil {
					t.Error(err)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestWalk_noSuchFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if _, err := walk(t.Context(), filepath.Join(root, "none"), filter{}); !errors.As(err, new(errNothing)) || !strings.Contains(err.Error(), "There is no directory") {
		t.Errorf("a missing directory: %v", err)
	}
	if _, err := walk(t.Context(), "none", filter{}); err == nil || !strings.Contains(err.Error(), "${path.module}/none") {
		t.Errorf("a missing directory here: %v", err)
	}
	plain := filepath.Join(root, "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := walk(t.Context(), plain, filter{}); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("a file: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	if files, err := walk(t.Context(), link, filter{}); err != nil || len(files) != 1 {
		t.Errorf("a link to the directory: %v, %v", files, err)
	}
}

func TestWalk_noRegularFile(t *testing.T) {
	t.Parallel()
	root, err := os.MkdirTemp("", "w") //nolint:usetesting // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	socket, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(root, "s"))
	if err != nil {
		t.Skip(err)
	}
	defer socket.Close()
	if _, err := walk(t.Context(), root, filter{}); err == nil || !strings.Contains(err.Error(), `"s": it is no regular file but a socket`) {
		t.Error(err)
	}
	if _, err := walk(t.Context(), root, newFilter(patterns(), patterns("s"))); err != nil {
		t.Error(err)
	}
}

func TestSurvey_unreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root can read everything")
	}
	root := tree(t, map[string]string{"a": "1", "b": "2", "x/c": "3"})
	for _, name := range []string{"b", "x"} {
		if err := os.Chmod(filepath.Join(root, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	m := directory{Source: types.StringValue(root), Rules: types.ListNull(types.StringType)}
	if _, err := m.survey(t.Context(), nil); err == nil || !strings.Contains(err.Error(), `"x/": the directory cannot be read: permission denied`) {
		t.Error(err)
	}
	m.Exclude = patterns("x")
	if _, err := m.survey(t.Context(), nil); err == nil || !strings.Contains(err.Error(), `"b": `) || !strings.Contains(err.Error(), "permission denied") {
		t.Error(err)
	}
	if err := os.Chmod(filepath.Join(root, "x"), 0o700); err != nil { // or it cannot be removed
		t.Fatal(err)
	}
}

func TestGlobRule(t *testing.T) {
	t.Parallel()
	for pattern, says := range map[string]string{
		"**": "", "*.html": "", "a/**/b": "", "[ab]?": "", "{a,b}": "", `\*`: "", ".git": "", "x/": "",
		"": "empty", "[a": "malformed", "{a": "malformed", `a\`: "malformed", "/a": "below source", "./a": "below source", "../a": "below source",
	} {
		if got := globRule.Wrong(pattern); (got == "") != (says == "") || !strings.Contains(got, says) {
			t.Errorf("%q: %q", pattern, got)
		}
	}
}
