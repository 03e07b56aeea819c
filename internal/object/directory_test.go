package object_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// directory is a bucket with a directory, whose arguments are given. The bucket
// can only be destroyed when the directory leaves nothing there.
func directory(e *acctest.Env, source, arguments string) string {
	return e.Config(fmt.Sprintf(`
resource "spaces_bucket" "test" {
  name = var.name
}
resource "spaces_directory" "test" {
  bucket = spaces_bucket.test.name
  source = %q
  %s
}
`, source, arguments))
}

// files writes files into a directory; "" removes one.
func files(t *testing.T, root string, all map[string]string) {
	t.Helper()
	for name, text := range all {
		at := filepath.Join(root, filepath.FromSlash(name))
		if text == "" {
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, at, text)
	}
}

// folder makes a directory of files.
func folder(t *testing.T, all map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files(t, root, all)
	return root
}

func applied(hcl string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: hcl, ConfigStateChecks: checks,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("spaces_directory.test", action)}},
	}
}

func attribute(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("spaces_directory.test", tfjsonpath.New(name), want)
}

func hashOf(content string) string {
	all := sha256.Sum256([]byte(content))
	return hex.EncodeToString(all[:])
}

// hashes are those of contents that no rule adds to.
func hashes(contents map[string]string) statecheck.StateCheck {
	all := map[string]knownvalue.Check{}
	for key, content := range contents {
		all[key] = knownvalue.StringExact(hashOf(content))
	}
	return attribute("files", knownvalue.MapExact(all))
}

// holds checks what is in the bucket: all keys, and what is in them.
func holds(e *acctest.Env, want map[string]string) func() {
	return e.Behind(func(ctx context.Context, c *s3.Client) error {
		got := map[string]bool{}
		for page, err := range spaces.Objects(ctx, c, spaces.ObjectsInput{Bucket: e.Name}) {
			if err != nil {
				return err
			}
			for _, o := range page.Objects {
				got[*o.Key] = true
				if _, wanted := want[*o.Key]; !wanted {
					e.T.Errorf("there is %q", *o.Key)
				}
			}
		}
		for key, content := range want {
			if !got[key] {
				e.T.Errorf("there is no %q", key)
				continue
			}
			stored(e, key, func(_ *s3.GetObjectOutput, body string) error {
				if body != content {
					e.T.Errorf("%q holds %q, want %q", key, body, content)
				}
				return nil
			})()
		}
		return nil
	})
}

// erase deletes an object behind Terraform's back.
func erase(e *acctest.Env, key string) func() {
	return e.Behind(func(ctx context.Context, c *s3.Client) error {
		_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &e.Name, Key: &key})
		return err
	})
}

func together(all ...func()) func() {
	return func() {
		for _, do := range all {
			do()
		}
	}
}

func TestAccDirectory(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{
		"index.html": "<h1>1</h1>", "css/a.css": "a", "css/b.css": "b", ".well-known/x": "x", "a b/ü+%#?&.js": "js", "日本": "語",
	})
	write(t, filepath.Join(root, "empty"), "")
	if err := os.MkdirAll(filepath.Join(root, "nothing/in/here"), 0o700); err != nil {
		t.Fatal(err)
	}
	there := map[string]string{
		"site/index.html": "<h1>1</h1>", "site/css/a.css": "a", "site/css/b.css": "b", "site/.well-known/x": "x",
		"site/a b/ü+%#?&.js": "js", "site/日本": "語", "site/empty": "",
	}
	plain := directory(e, root, `prefix = "site/"`)
	served := func(key, name, want string) func() {
		return stored(e, key, func(out *s3.GetObjectOutput, _ string) error {
			got := map[string]*string{
				"Content-Type": out.ContentType, "Cache-Control": out.CacheControl, "Content-Encoding": out.ContentEncoding,
				"Content-Disposition": out.ContentDisposition, "x-amz-meta-by": aws.String(out.Metadata["by"]),
			}[name]
			if aws.ToString(got) != want {
				e.T.Errorf("%s of %s is %q, want %q", name, key, aws.ToString(got), want)
			}
			return nil
		})
	}
	change := func() {
		files(t, root, map[string]string{"index.html": "<h1>2</h1>", "css/b.css": "", "css/c.css": "c"})
		there["site/index.html"], there["site/css/c.css"] = "<h1>2</h1>", "c"
		delete(there, "site/css/b.css")
	}
	// The last rule that has an argument decides on it.
	ruled := directory(e, root, `prefix = "site/"
  acl    = "public-read"
  rules = [
    { pattern = "**", cache_control = "max-age=60", metadata = { by = "us" } },
    { pattern = "**/*.css", cache_control = "max-age=9", content_encoding = "identity", acl = "private" },
    { pattern = "css/a.css", content_type = "text/x-a", content_disposition = "attachment" },
  ]`)
	acl := func(key, want string) func() {
		return e.Behind(func(ctx context.Context, c *s3.Client) error {
			out, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: &e.Name, Key: &key})
			if err == nil && spaces.CannedACL(out.Grants, out.Owner) != want {
				e.T.Errorf("the ACL of %s is not %s", key, want)
			}
			return err
		})
	}
	e.Steps(
		applied(plain, plancheck.ResourceActionCreate, hashes(there), attribute("file_count", knownvalue.Int64Exact(7)), attribute("total_size", knownvalue.Int64Exact(18))),
		after(together(
			holds(e, there), served("site/index.html", "Content-Type", "text/html; charset=utf-8"),
			served("site/a b/ü+%#?&.js", "Content-Type", "text/javascript; charset=utf-8"), acl("site/index.html", "private"),
		), noChange(plain)),
		after(change, applied(plain, plancheck.ResourceActionUpdate, attribute("file_count", knownvalue.Int64Exact(7)))),
		after(func() { holds(e, there)() }, noChange(plain)),
		applied(ruled, plancheck.ResourceActionUpdate),
		after(together(
			served("site/index.html", "Cache-Control", "max-age=60"), served("site/index.html", "x-amz-meta-by", "us"), acl("site/index.html", "public-read"),
			served("site/css/c.css", "Cache-Control", "max-age=9"), served("site/css/c.css", "Content-Type", "text/css; charset=utf-8"), acl("site/css/c.css", "private"),
			served("site/css/a.css", "Content-Type", "text/x-a"), served("site/css/a.css", "Content-Disposition", "attachment"), served("site/css/a.css", "Content-Encoding", "identity"),
			func() { holds(e, there)() },
		), noChange(ruled)),
		applied(plain, plancheck.ResourceActionUpdate),
		after(together(served("site/css/a.css", "Cache-Control", ""), acl("site/index.html", "private")), noChange(plain)),
	)
}

// A change is seen key by key, and put right, and so is one that is not ours.
func TestAccDirectory_drift(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1", "b": "2", "c": "3"})
	there := map[string]string{"site/a": "1", "site/b": "2", "site/c": "3"}
	hcl := directory(e, root, `prefix = "site/"`)
	seen := resource.TestStep{
		RefreshState: true, ExpectNonEmptyPlan: true,
		RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{plancheck.ExpectResourceAction("spaces_directory.test", plancheck.ResourceActionUpdate)}},
	}
	e.Steps(
		applied(hcl, plancheck.ResourceActionCreate),
		after(together(put(e, s3.PutObjectInput{Key: aws.String("site/a")}, "changed"), erase(e, "site/b"), put(e, s3.PutObjectInput{Key: aws.String("site/z")}, "z")), seen),
		applied(hcl, plancheck.ResourceActionUpdate, hashes(there)),
		after(together(holds(e, map[string]string{"site/a": "1", "site/b": "2", "site/c": "3", "site/z": "z"}), erase(e, "site/z")), noChange(hcl)),
		after(together(erase(e, "site/a"), erase(e, "site/b"), erase(e, "site/c")), applied(hcl, plancheck.ResourceActionUpdate, hashes(there))),
		after(holds(e, there), noChange(hcl)),
	)
}

func TestAccDirectory_deleteExtraneous(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1", "skip/b": "local"})
	other := map[string]string{"other": "o", "site": "s", "site-old/x": "x", "site/keep/x": "k", "site/skip/x": "s", "site/folder/": ""}
	with := func(extraneous map[string]string) map[string]string {
		all := map[string]string{"site/a": "1"}
		for _, some := range []map[string]string{other, extraneous} {
			for key, content := range some {
				all[key] = content
			}
		}
		return all
	}
	putAll := func(all map[string]string) func() {
		return func() {
			for key, content := range all {
				put(e, s3.PutObjectInput{Key: &key}, content)()
			}
		}
	}
	bucket := e.Config("resource \"spaces_bucket\" \"test\" {\n  name = var.name\n}\n")
	const skip = `exclude = ["keep/**", "skip"]`
	on, off := directory(e, root, "prefix = \"site\"\ndelete_extraneous = true\n"+skip), directory(e, root, "prefix = \"site\"\n"+skip)
	extra := map[string]string{"site/x": "x", "site/y/z": "z"}
	foreign := attribute("files", knownvalue.MapPartial(map[string]knownvalue.Check{"site/new": knownvalue.StringRegexp(regexp.MustCompile("not uploaded by Terraform, ETag [0-9a-f]{32}"))}))
	e.Steps(
		resource.TestStep{Config: bucket},
		after(together(putAll(other), putAll(extra)), applied(on, plancheck.ResourceActionCreate, hashes(map[string]string{"site/a": "1"}))),
		after(holds(e, with(nil)), noChange(on)),
		applied(off, plancheck.ResourceActionUpdate),
		after(putAll(extra), noChange(off)),
		applied(on, plancheck.ResourceActionUpdate),
		after(together(holds(e, with(nil)), putAll(map[string]string{"site/new": "n"})), resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true}),
		resource.TestStep{Config: on, PlanOnly: true, ExpectNonEmptyPlan: true, ConfigStateChecks: []statecheck.StateCheck{foreign}},
		applied(on, plancheck.ResourceActionUpdate, hashes(map[string]string{"site/a": "1"})),
		after(holds(e, with(nil)), noChange(on)),
		// What is not the directory's is left when that is destroyed.
		resource.TestStep{Config: bucket},
		after(together(holds(e, other), e.Behind(func(ctx context.Context, c *s3.Client) error { return spaces.Empty(ctx, c, e.Name) })), resource.TestStep{Config: bucket}),
	)
}

func TestAccDirectory_prefix(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1"})
	top, site, slash := directory(e, root, ""), directory(e, root, `prefix = "site"`), directory(e, root, `prefix = "site/"`)
	e.Steps(
		applied(top, plancheck.ResourceActionCreate, hashes(map[string]string{"a": "1"})),
		noChange(directory(e, root, `prefix = ""`)),
		applied(site, plancheck.ResourceActionDestroyBeforeCreate, hashes(map[string]string{"site/a": "1"})),
		after(holds(e, map[string]string{"site/a": "1"}), noChange(slash)),
		noChange(site),
	)
}

func TestAccDirectory_versioned(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1", "b": "2"})
	hcl := func(more string) string {
		return e.Config(fmt.Sprintf(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}
resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
`+more, root))
	}
	with := hcl(`
resource "spaces_directory" "test" {
  bucket = spaces_bucket_versioning.test.bucket
  source = %q
}
`)
	count := func(key string, wantKept, wantMarkers int) func() {
		return func() {
			if kept, markers := versions(e, key); kept != wantKept || markers != wantMarkers {
				t.Errorf("%s has %d versions and %d markers, want %d and %d", key, kept, markers, wantKept, wantMarkers)
			}
		}
	}
	e.Steps(
		applied(with, plancheck.ResourceActionCreate),
		after(func() { files(t, root, map[string]string{"a": "new", "b": ""}) }, applied(with, plancheck.ResourceActionUpdate)),
		after(together(count("a", 2, 0), count("b", 1, 1)), noChange(with)),
		resource.TestStep{Config: hcl("# %q\n")},
		after(together(count("a", 2, 1), count("b", 1, 1)), noChange(hcl("# %q\n"))),
	)
}

// What is there with the same content is not uploaded again.
func TestAccDirectory_import(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"same": "1", "other": "2", "new": "3"})
	bucket := e.Config("resource \"spaces_bucket\" \"test\" {\n  name = var.name\n}\n")
	hcl := directory(e, root, "prefix = \"site/\"\nacl = \"public-read\"")
	before := together(
		put(e, s3.PutObjectInput{Key: aws.String("site/same"), ContentType: aws.String("x/adopted")}, "1"),
		put(e, s3.PutObjectInput{Key: aws.String("site/other"), ContentType: aws.String("x/overwritten")}, "other"),
		put(e, s3.PutObjectInput{Key: aws.String("site/foreign")}, "f"),
	)
	imported := resource.TestStep{
		Config: hcl + fmt.Sprintf("import {\n  to = spaces_directory.test\n  id = \"%s/${var.name}/site/\"\n}\n", e.Region()),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("spaces_directory.test", plancheck.ResourceActionUpdate),
		}},
		ConfigStateChecks: []statecheck.StateCheck{hashes(map[string]string{"site/same": "1", "site/other": "2", "site/new": "3"})},
	}
	typed := func(key, want string) func() {
		return stored(e, key, func(out *s3.GetObjectOutput, _ string) error {
			if got := aws.ToString(out.ContentType); got != want {
				t.Errorf("the type of %s is %s, want %s", key, got, want)
			}
			return nil
		})
	}
	e.Steps(
		resource.TestStep{Config: bucket},
		after(before, imported),
		after(together(
			holds(e, map[string]string{"site/same": "1", "site/other": "2", "site/new": "3", "site/foreign": "f"}),
			typed("site/same", "x/adopted"), typed("site/other", "text/plain; charset=utf-8"),
			func() {
				if err := visit(e, url(e, "site/same"), "1"); err != nil {
					t.Error(err)
				}
			},
			erase(e, "site/foreign"),
		), noChange(hcl)),
	)
}

func TestAccDirectory_importNothing(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1"})
	e.Steps(
		resource.TestStep{Config: e.Config("resource \"spaces_bucket\" \"test\" {\n  name = var.name\n}\n")},
		resource.TestStep{
			Config:      directory(e, root, "") + fmt.Sprintf("import {\n  to = spaces_directory.test\n  id = \"%s/${var.name}\"\n}\n", e.Region()),
			ExpectError: regexp.MustCompile("Cannot import non-existent remote object"),
		},
	)
}

// A destroy needs no files, and nothing else goes on without them.
func TestAccDirectory_noFiles(t *testing.T) {
	e := acctest.New(t)
	root := filepath.Join(t.TempDir(), "site")
	files(t, root, map[string]string{"a": "1"})
	hcl := directory(e, root, "")
	gone := func() {
		if err := os.RemoveAll(root); err != nil {
			t.Fatal(err)
		}
	}
	empty := func() { files(t, root, map[string]string{"a": ""}) }
	e.Steps(
		applied(hcl, plancheck.ResourceActionCreate),
		after(empty, resource.TestStep{Config: hcl, ExpectError: regexp.MustCompile(`There is no file in`)}),
		after(gone, resource.TestStep{Config: hcl, ExpectError: regexp.MustCompile(`There is no directory`)}),
		after(holds(e, map[string]string{"a": "1"}), resource.TestStep{Config: hcl, Destroy: true}),
	)
}

// A directory that another resource makes is read when it is applied.
func TestAccDirectory_unknownSource(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1"})
	hcl := func(name string) string {
		return strings.Replace(directory(e, root, ""), fmt.Sprintf("%q", root), "terraform_data.test.output", 1) +
			fmt.Sprintf("resource \"terraform_data\" \"test\" {\n  input            = %q\n  triggers_replace = %q\n}\n", root, name)
	}
	e.Steps(
		applied(hcl("1"), plancheck.ResourceActionCreate, hashes(map[string]string{"a": "1"})),
		noChange(hcl("1")),
		after(func() { files(t, root, map[string]string{"b": "2"}) }, applied(hcl("2"), plancheck.ResourceActionUpdate, hashes(map[string]string{"a": "1", "b": "2"}))),
		noChange(hcl("2")),
	)
}

func TestAccDirectory_trackFiles(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1", "b": "2"})
	untracked, tracked := directory(e, root, "track_files = false"), directory(e, root, "")
	e.Steps(
		applied(untracked, plancheck.ResourceActionCreate, attribute("files", knownvalue.Null()), attribute("file_count", knownvalue.Int64Exact(2))),
		after(put(e, s3.PutObjectInput{Key: aws.String("a")}, "x"), applied(untracked, plancheck.ResourceActionUpdate, attribute("files", knownvalue.Null()))),
		after(holds(e, map[string]string{"a": "1", "b": "2"}), noChange(untracked)),
		applied(tracked, plancheck.ResourceActionUpdate, hashes(map[string]string{"a": "1", "b": "2"})),
		applied(untracked, plancheck.ResourceActionUpdate, attribute("files", knownvalue.Null())),
	)
}

// What is wrong is said while planning, before anything is made.
func TestAccDirectory_mistakes(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a": "1"})
	control := folder(t, map[string]string{"b": "1"})
	write(t, filepath.Join(control, "a\tb"), "x")
	linked := folder(t, map[string]string{"a": "1"})
	if err := os.Symlink(root, filepath.Join(linked, "out")); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat(strings.Repeat("k", 200)+"/", 5)
	var steps []resource.TestStep
	for _, test := range []struct{ source, arguments, says string }{
		{filepath.Join(root, "none"), "", "There is no directory"},
		{filepath.Join(root, "a"), "", "is a file, and source has to be a directory.*spaces_object"},
		{"", "", "source is an empty string"},
		{linked, "", `"out".*leads out of the directory.*exclude`},
		{control, "", `"a\\tb".*control character`},
		{root, fmt.Sprintf("prefix = %q", long+strings.Repeat("k", 30)), "1,024"},
		{root, `prefix = "/site"`, `begins with a slash`},
		{root, `include = ["[a"]`, `"\[a" is malformed`},
		{root, `exclude = ["/a"]`, `"/a" matches nothing`},
		{root, `include = []`, `at least 1`},
		{root, `rules = [{ pattern = "" }]`, `pattern is empty`},
		{root, `rules = [{ pattern = "**", cache_control = "a\nb" }]`, `control character`},
		{root, `rules = [{ pattern = "**", metadata = { Author = "x" } }]`, `(?i)lower case`},
		{root, `rules = [{ pattern = "**", acl = "public" }]`, `must be one of`},
		{root, `acl = "public-read-write"`, `must be one of`},
	} {
		steps = append(steps, resource.TestStep{
			Config: directory(e, test.source, test.arguments), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)` + strings.ReplaceAll(test.says, " ", `\s+`)),
		})
	}
	e.Steps(steps...)
}

// Keys that a directory has lost by a change of its patterns are deleted: they
// are its own.
func TestAccDirectory_patterns(t *testing.T) {
	e := acctest.New(t)
	root := folder(t, map[string]string{"a.html": "1", "a.map": "2", "x/b.html": "3", ".git/config": "4"})
	all, some := directory(e, root, `exclude = [".git"]`), directory(e, root, "include = [\"**/*.html\"]\nexclude = [\"x\"]")
	e.Steps(
		applied(all, plancheck.ResourceActionCreate, hashes(map[string]string{"a.html": "1", "a.map": "2", "x/b.html": "3"})),
		applied(some, plancheck.ResourceActionUpdate, hashes(map[string]string{"a.html": "1"})),
		after(holds(e, map[string]string{"a.html": "1"}), noChange(some)),
	)
}
