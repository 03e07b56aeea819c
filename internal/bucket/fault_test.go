package bucket_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// looks are the requests that ask whether a bucket is there.
func looks(_ *http.Request, operation string) bool {
	return operation == "HeadBucket" || operation == "GetBucketLocation"
}

// Buckets whose creation goes wrong on the way, and which all end in the state.
func TestLocalBucketCreatedInSpite(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	n := func(name string) string { return e.Name + "-" + name }
	for _, f := range []localspaces.Fault{
		{Operation: "CreateBucket", Bucket: n("lost"), CutAfter: true, Times: 1}, // made, but nobody was told
		{Operation: "CreateBucket", Bucket: n("cut"), Cut: true, Times: 1},
		{Operation: "CreateBucket", Bucket: n("busy"), Status: 503, Times: 2},
		{Match: looks, Bucket: n("hidden"), Stale: true, Times: 8}, // made, but not to be seen
		{Operation: "PutBucketVersioning", Bucket: n("late"), Status: 404, Times: 3},
		{Operation: "GetBucketVersioning", Bucket: n("late"), Status: 404, Times: 3},
	} {
		e.Local.Fail(f)
	}
	hcl := e.Config(`
locals {
  buckets = ["late", "lost", "cut", "busy", "hidden"]
}

resource "spaces_bucket" "test" {
  count = length(local.buckets)
  name  = "${var.name}-${local.buckets[count.index]}"
}

resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test[0].name
  status = "Enabled"
}
`)
	e.Steps(after(resource.TestStep{Config: hcl}, func(context.Context) error {
		for name, want := range map[string][2]int{"lost": {0, 1}, "cut": {0, 2}, "busy": {503, 3}} {
			if all, failed := requests(e, "CreateBucket", n(name)), requests(e, "CreateBucket", n(name), want[0]); all != want[1] || failed == 0 {
				return fmt.Errorf("%s: %d CreateBucket, %d of which failed", name, all, failed)
			}
		}
		if missed := requests(e, "HeadBucket", n("hidden"), 404); missed < 3 {
			return fmt.Errorf("the bucket was hidden from %d looks only", missed)
		}
		if missed := requests(e, "PutBucketVersioning", n("late"), 404); missed != 3 {
			return fmt.Errorf("PutBucketVersioning was refused %d times", missed)
		}
		return nil
	}))
}

// A bucket that was made but cannot be read back is in the state, not lost.
func TestLocalBucketNotReadBack(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Patience.Birth = time.Second
	hcl := e.Provider("max_retries = 0") + fmt.Sprintf("resource \"spaces_bucket\" \"test\" {\n  name = %q\n}\n", e.Name)
	cancel := e.Local.Fail(localspaces.Fault{Operation: "HeadBucket", Skip: 1, Status: 503})
	e.Steps(
		fails(hcl, "Could not read back spaces_bucket "+e.Region()+"/"+e.Name, "after waiting for", "503", "requests_per_second"),
		before(planned(hcl, addr, plancheck.ResourceActionReplace), func() { cancel() }), // tainted
	)
}

// Only the server's own word that there is no such bucket empties the state.
func TestLocalBucketNotGone(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := e.Provider("max_retries = 0") + fmt.Sprintf("resource \"spaces_bucket\" \"test\" {\n  name = %q\n}\n", e.Name)
	var cancel func()
	step := func(f localspaces.Fault, parts ...string) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() {
				if cancel != nil {
					cancel()
				}
				f.Match, f.Bucket = looks, e.Name
				cancel = e.Local.Fail(f)
			},
			Config: hcl, PlanOnly: true, ExpectError: says(append([]string{"Could not read spaces_bucket " + e.Region() + "/" + e.Name}, parts...)...),
		}
	}
	e.Steps(
		resource.TestStep{Config: hcl},
		step(localspaces.Fault{Status: 403}, "AccessDenied"),
		step(localspaces.Fault{Status: 503}, "503"),
		step(localspaces.Fault{Status: 404, Code: "PageNotFound"}, "PageNotFound"), // a proxy's, say
		before(same(hcl), func() { cancel() }),
	)
}

// A key that may only read a bucket can refresh it. What it may not read is an
// error there and nowhere else, and stays in the state.
func TestLocalLimitedKey(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddKey("LIMITED", "limited-secret", localspaces.Grant{Bucket: e.Name, Permission: "read"})
	documents := `
resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}

resource "spaces_bucket_cors_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules  = [{ allowed_methods = ["GET"], allowed_origins = ["*"] }]
}
`
	full := e.Config(documents)
	limited := *e
	limited.AccessKey, limited.SecretKey = "LIMITED", "limited-secret"
	denied := resource.TestStep{Config: limited.Config(documents), PlanOnly: true}
	denied.ExpectError = says("Could not read spaces_bucket_cors_configuration "+e.Region()+"/"+e.Name, "AccessDenied", "The key is valid but may not do this")
	e.Steps(
		resource.TestStep{Config: full},
		denied,
		same(full),
		after(resource.TestStep{Config: full}, func(context.Context) error {
			if requests(e, "GetBucketVersioning", e.Name, 200) == 0 {
				return fmt.Errorf("versioning was not read")
			}
			return nil
		}),
	)
	for _, r := range e.Local.Requests() {
		if r.AccessKey == "LIMITED" && r.Status == 403 && r.Operation != "GetBucketCors" {
			t.Errorf("the limited key was refused %s", r.Operation)
		}
	}
}

// inRegion matches the requests to one region of the local Spaces.
func inRegion(region string) func(*http.Request, string) bool {
	return func(r *http.Request, _ string) bool { return strings.HasPrefix(r.Host, region+".") }
}
