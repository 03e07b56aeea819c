package object_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// madeBucket makes the bucket of a test behind Terraform's back, so that all
// requests are the directory's.
func madeBucket(e *acctest.Env) {
	e.Behind(func(ctx context.Context, c *s3.Client) error {
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &e.Name})
		return err
	})()
}

// alone is a directory in such a bucket.
func alone(source, arguments string) string {
	return fmt.Sprintf("resource \"spaces_directory\" \"test\" {\n  bucket = var.name\n  source = %q\n  %s\n}\n", source, arguments)
}

// many makes a directory of small files.
func many(t *testing.T, n int) string {
	t.Helper()
	root := t.TempDir()
	for i := range n {
		dir := filepath.Join(root, fmt.Sprint(i%7))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("%05d.txt", i)), fmt.Sprint(i))
	}
	return root
}

// requests counts those since the last time, by operation.
func requests(e *acctest.Env) map[string]int {
	e.T.Helper()
	count := map[string]int{}
	for _, r := range e.Local.Requests() {
		count[r.Operation]++
	}
	e.Local.ResetRequests()
	return count
}

func wantRequests(e *acctest.Env, when string, want map[string]int) {
	e.T.Helper()
	if got := requests(e); fmt.Sprint(got) != fmt.Sprint(want) {
		e.T.Errorf("%s: %v, want %v", when, got, want)
	}
}

// One changed file is one PUT, a refresh is a listing in pages of 1,000, and no
// request is made a file but its upload.
func TestLocalDirectory_requests(t *testing.T) {
	const n = 1500
	for _, track := range []bool{true, false} {
		t.Run(fmt.Sprint("track_files=", track), func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			madeBucket(e)
			root := many(t, n)
			configuration := func(acl string) string { return alone(root, fmt.Sprintf("track_files = %t\n  acl = %q", track, acl)) }
			tf := e.CLI(configuration("private"))
			e.Local.ResetRequests()

			tf.Run("apply", "-auto-approve")
			wantRequests(e, "first apply", map[string]int{"PutObject": n})
			if said := tf.Run("plan"); !strings.Contains(said, "No changes") {
				t.Error(said)
			}
			wantRequests(e, "plan", map[string]int{"ListObjects": 2})

			write(t, filepath.Join(root, "3/00003.txt"), "changed")
			tf.Run("apply", "-auto-approve")
			wantRequests(e, "one file changed", map[string]int{"ListObjects": 2, "PutObject": 1})

			tf.Write("main.tf", e.Config(configuration("public-read")))
			tf.Run("apply", "-auto-approve")
			wantRequests(e, "another ACL", map[string]int{"ListObjects": 2, "PutObjectAcl": n})

			tf.Run("destroy", "-auto-approve")
			wantRequests(e, "destroy", map[string]int{"ListObjects": 2, "DeleteObjects": 2})
			holds(e, nil)()
		})
	}
}

// What failed is named, the rest is uploaded and in the state, and the next
// apply goes on.
func TestLocalDirectory_partly(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	root := folder(t, map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e.html": "5"})
	tf := e.CLI(alone(root, `prefix = "site/"`))
	fails := func(key string) func() {
		return e.Local.Fail(localspaces.Fault{Operation: "PutObject", Key: key, Status: 400, Code: "InvalidRequest"})
	}
	apply := func() (string, error) {
		said, err := tf.Command("apply", "-auto-approve").CombinedOutput()
		return acctest.Flat(string(said)), err
	}

	mend := fails("site/b")
	said, err := apply()
	if err == nil || !strings.Contains(said, `1 of 5 files could not be uploaded: "b": Spaces answered InvalidRequest`) || !strings.Contains(said, "terraform untaint") {
		t.Fatalf("%v: %s", err, said)
	}
	holds(e, map[string]string{"site/a": "1", "site/c": "3", "site/d": "4", "site/e.html": "5"})()
	mend()
	tf.Run("untaint", "spaces_directory.test")
	requests(e)
	if said, err := apply(); err != nil {
		t.Fatal(said)
	}
	wantRequests(e, "after untaint", map[string]int{"ListObjects": 1, "PutObject": 1})

	// Of an update too. Nothing is deleted before all is there.
	files(t, root, map[string]string{"a": "new a", "b": "new b", "c": ""})
	mend = fails("site/b")
	if said, err = apply(); err == nil || !strings.Contains(said, `1 of 2 files could not be uploaded`) || !strings.Contains(said, "The next apply goes on") {
		t.Fatalf("%v: %s", err, said)
	}
	holds(e, map[string]string{"site/a": "new a", "site/b": "2", "site/c": "3", "site/d": "4", "site/e.html": "5"})()
	mend()
	requests(e)
	if said, err := apply(); err != nil {
		t.Fatal(said)
	}
	wantRequests(e, "the rest", map[string]int{"ListObjects": 1, "PutObject": 1, "DeleteObjects": 1})
	holds(e, map[string]string{"site/a": "new a", "site/b": "new b", "site/d": "4", "site/e.html": "5"})()

	// And of arguments: those of the state are the old ones until all is done.
	tf.Write("main.tf", e.Config(alone(root, "prefix = \"site/\"\n  acl = \"public-read\"")))
	mend = e.Local.Fail(localspaces.Fault{Operation: "PutObjectAcl", Key: "site/d", Status: 400, Code: "InvalidRequest"})
	if said, err = apply(); err == nil || !strings.Contains(said, `"d": Spaces answered InvalidRequest`) {
		t.Fatalf("%v: %s", err, said)
	}
	mend()
	requests(e)
	if said, err := apply(); err != nil {
		t.Fatal(said)
	}
	wantRequests(e, "the last ACL", map[string]int{"ListObjects": 1, "PutObjectAcl": 1})

	mend = e.Local.Fail(localspaces.Fault{Operation: "DeleteObjects", Status: 403})
	files(t, root, map[string]string{"a": ""})
	if said, err = apply(); err == nil || !strings.Contains(said, "AccessDenied") {
		t.Fatalf("%v: %s", err, said)
	}
	mend()
	tf.Run("apply", "-auto-approve")
	holds(e, map[string]string{"site/b": "new b", "site/d": "4", "site/e.html": "5"})()
	tf.Run("destroy", "-auto-approve")
	holds(e, nil)()
}

// What was uploaded before the time was up is in the state.
func TestLocalDirectory_timeout(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	root := folder(t, map[string]string{"a": "1", "b": "2", "c": "3"})
	tf := e.CLI(alone(root, "timeouts = { create = \"5s\" }"))
	mend := e.Local.Fail(localspaces.Fault{Operation: "PutObject", Key: "b", Delay: 8 * time.Second})
	said, err := tf.Command("apply", "-auto-approve").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "longer than its timeout allows: 2 of 3 files are uploaded") {
		t.Fatalf("%v: %s", err, said)
	}
	mend()
	tf.Run("untaint", "spaces_directory.test")
	requests(e)
	tf.Run("apply", "-auto-approve")
	wantRequests(e, "the rest", map[string]int{"ListObjects": 1, "PutObject": 1})
}

// A failure that every file would meet is not met by every file.
func TestLocalDirectory_denied(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	const n = 1000
	tf := e.CLI(alone(many(t, n), ""))
	e.Local.Fail(localspaces.Fault{Operation: "PutObject", Status: 403})
	e.Local.ResetRequests()
	said, err := tf.Command("apply", "-auto-approve").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "not tried after that") || !strings.Contains(string(said), "AccessDenied") {
		t.Errorf("%v: %s", err, said)
	}
	if got := requests(e)["PutObject"]; got > n/2 {
		t.Errorf("%d requests were refused before it gave up", got)
	}
}

// A file that changes after the plan is not uploaded as something else.
func TestLocalDirectory_changedMeanwhile(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	root := folder(t, map[string]string{"a": "1"})
	tf := e.CLI(alone(root, ""))
	tf.Run("plan", "-out=planned")
	files(t, root, map[string]string{"a": "2"})
	if said, err := tf.Command("apply", "planned").CombinedOutput(); err == nil {
		t.Errorf("it was applied:\n%s", said)
	}
	holds(e, nil)()
}

// Pages go last, and what is no longer there is deleted after them.
func TestLocalDirectory_order(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	root := folder(t, map[string]string{"a.html": "1", "b.css": "2", "c/d.html": "3", "z.js": "4", "old.css": "5"})
	tf := e.CLI(alone(root, ""))
	order := func(want string) {
		t.Helper()
		var got strings.Builder
		for _, r := range e.Local.Requests() {
			switch {
			case r.Operation == "DeleteObjects":
				got.WriteString("-")
			case r.Operation == "PutObject" && strings.HasSuffix(r.Key, ".html"):
				got.WriteString("h")
			case r.Operation == "PutObject":
				got.WriteString("a")
			}
		}
		if got.String() != want {
			t.Errorf("the order was %s, want %s", &got, want)
		}
		e.Local.ResetRequests()
	}
	e.Local.ResetRequests()
	tf.Run("apply", "-auto-approve")
	order("aaahh")
	files(t, root, map[string]string{"a.html": "x", "b.css": "y", "old.css": ""})
	tf.Run("apply", "-auto-approve")
	order("ah-")
}

// A listing that lags behind is no drift.
func TestLocalDirectory_staleListing(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	root := folder(t, map[string]string{"a": "1"})
	hcl := directory(e, root, "")
	stale := func() { e.Local.Fail(localspaces.Fault{Operation: "ListObjects", Stale: true, Times: 1}) }
	e.Steps(
		applied(hcl, plancheck.ResourceActionCreate),
		after(stale, noChange(hcl)),
		after(func() { files(t, root, map[string]string{"a": "2"}) }, applied(hcl, plancheck.ResourceActionUpdate)),
		after(stale, noChange(hcl)),
	)
}

// A refresh that fails changes nothing.
func TestLocalDirectory_refreshFails(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	tf := e.CLI(alone(many(t, 1100), ""))
	tf.Run("apply", "-auto-approve")
	before, err := os.ReadFile(filepath.Join(tf.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	mend := e.Local.Fail(localspaces.Fault{Operation: "ListObjects", Status: 403, Skip: 1}) // the second page
	if said, err := tf.Command("apply", "-auto-approve").CombinedOutput(); err == nil {
		t.Errorf("%s", said)
	}
	mend()
	now, err := os.ReadFile(filepath.Join(tf.Dir, "terraform.tfstate"))
	if err != nil || string(now) != string(before) {
		t.Errorf("the state is another than before (%v)", err)
	}
	if said := tf.Run("plan"); !strings.Contains(said, "No changes") {
		t.Error(said)
	}
}

// Without a map of files a warning says what has changed.
func TestLocalDirectory_untracked(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	tf := e.CLI(alone(many(t, 3000), "track_files = false"))
	tf.Run("apply", "-auto-approve")
	erase(e, "0/00000.txt")()
	put(e, s3.PutObjectInput{Key: aws.String("1/00001.txt")}, "x")()
	said := tf.Run("plan")
	for _, want := range []string{`"0/00000.txt" was deleted`, `"1/00001.txt" has another content`, "0 to add, 1 to change", "file_count", "content_hash"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in\n%s", want, said)
		}
	}
	if strings.Count(said, ".txt") > 2 {
		t.Errorf("more files are named than have changed:\n%s", said)
	}
	requests(e)
	tf.Run("apply", "-auto-approve")
	wantRequests(e, "what has changed", map[string]int{"ListObjects": 6, "PutObject": 2}) // a change is looked at twice
}

// Runs side by side leave whole objects, and only their own deletions.
func TestLocalDirectory_together(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	var running sync.WaitGroup
	const n = 3
	names := []string{"a", "b", "c"}
	for i := range n {
		all := map[string]string{fmt.Sprint("own-", i): "own"}
		for _, name := range names {
			all[name] = strings.Repeat(fmt.Sprint(i), 1000)
		}
		tf := e.CLI(alone(folder(t, all), ""))
		running.Go(func() {
			if out, err := tf.Command("apply", "-auto-approve").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	running.Wait()
	for _, name := range names {
		stored(e, name, func(_ *s3.GetObjectOutput, body string) error {
			if len(body) != 1000 || strings.Trim(body, body[:1]) != "" {
				t.Errorf("%s holds parts of several", name)
			}
			return nil
		})()
	}
	for i := range n {
		stored(e, fmt.Sprint("own-", i), func(*s3.GetObjectOutput, string) error { return nil })()
	}
}

// What the plan does not show in files is named by warnings.
func TestLocalDirectory_warnings(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	put(e, s3.PutObjectInput{Key: aws.String("site/old")}, "x")()
	root := folder(t, map[string]string{"a": "1", ".git/config": "2", "x/terraform.tfstate": "3", ".env": "4", ".gitignore": "5"})
	tf := e.CLI(alone(root, "prefix = \"site\"\n  delete_extraneous = true"))
	said := tf.Run("plan")
	for _, want := range []string{`1 object to be deleted`, `"site/old"`, `".git/config"`, `"x/terraform.tfstate"`, `".env"`} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in\n%s", want, said)
		}
	}
	if strings.Count(said, ".gitignore") != 1 { // as a key
		t.Error(said)
	}
	empty := e.CLI(alone(t.TempDir(), ""))
	if said := empty.Run("apply", "-auto-approve"); !strings.Contains(said, "Nothing to upload") {
		t.Error(said)
	}
}

// The bucket is gone: so is the directory.
func TestAccDirectory_bucketGone(t *testing.T) {
	e := acctest.New(t)
	hcl := directory(e, folder(t, map[string]string{"a": "1"}), "")
	e.Steps(
		applied(hcl, plancheck.ResourceActionCreate),
		after(e.RemoveBucket(e.Name), resource.TestStep{Config: hcl}),
		after(holds(e, map[string]string{"a": "1"}), noChange(hcl)),
	)
}

// Keys that delete_extraneous has never seen are not deleted: what a plan did
// not know, its apply leaves alone.
func TestLocalDirectory_extraneousAfterPlan(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	madeBucket(e)
	root := folder(t, map[string]string{"a": "1"})
	tf := e.CLI(alone(root, "delete_extraneous = true"))
	tf.Run("apply", "-auto-approve")
	files(t, root, map[string]string{"a": "2"})
	put(e, s3.PutObjectInput{Key: aws.String("seen")}, "x")()
	tf.Run("plan", "-out=planned")
	put(e, s3.PutObjectInput{Key: aws.String("unseen")}, "x")()
	tf.Run("apply", "planned")
	holds(e, map[string]string{"a": "2", "unseen": "x"})()
}
