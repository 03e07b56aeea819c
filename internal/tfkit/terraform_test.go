package tfkit_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// The lifecycle as Terraform lives it, when Spaces misbehaves. What can be
// shown without Terraform is in lifecycle_test.go.

func TestMain(m *testing.M) {
	acctest.Unset("SPACES_", "DIGITALOCEAN_")
	m.Run()
}

const addr = "spaces_bucket_versioning.test"

// versioned is a bucket with its versioning, on a provider that does not hide
// faults by retrying.
func versioned(e *acctest.Env, status string) string {
	return e.Provider("max_retries = 0") + fmt.Sprintf(`
resource "spaces_bucket" "test" {
  name = %q
}

resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = %q
}
`, e.Name, status)
}

// says matches parts in their order, wherever Terraform breaks lines.
func says(parts ...string) *regexp.Regexp {
	for i, p := range parts {
		parts[i] = strings.Join(strings.Fields(regexp.QuoteMeta(p)), `[\s│]+`)
	}
	return regexp.MustCompile(`(?s)` + strings.Join(parts, ".*"))
}

func planned(hcl string, action plancheck.ResourceActionType) resource.TestStep {
	return acctest.Expect(addr, hcl, action)
}

// same is a configuration that plans nothing. The refresh it starts with has
// to have kept the state.
func same(hcl string) resource.TestStep { return resource.TestStep{Config: hcl, PlanOnly: true} }

var before = acctest.After

func status(e *acctest.Env, want string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		out, err := e.S3(e.Region()).GetBucketVersioning(context.Background(), &s3.GetBucketVersioningInput{Bucket: &e.Name})
		if err != nil {
			return err
		}
		if string(out.Status) != want {
			return fmt.Errorf("versioning is %q, want %q", out.Status, want)
		}
		return nil
	}
}

func requests(e *acctest.Env, operation string) int {
	n := 0
	for _, r := range e.Local.Requests() {
		if r.Operation == operation && r.Bucket == e.Name {
			n++
		}
	}
	return n
}

func TestLocalReadFailsAfterCreate(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Patience.Write, e.Patience.Birth = 500*time.Millisecond, 500*time.Millisecond
	hcl := versioned(e, "Enabled")
	stop := e.Local.Fail(localspaces.Fault{Operation: "GetBucketVersioning", Status: 503})
	e.Steps(
		resource.TestStep{Config: hcl, ExpectError: says("Could not read back spaces_bucket_versioning "+e.Region()+"/"+e.Name, "After waiting for", "SlowDown")},
		// It is in the state, tainted: nothing is lost, and nothing is made twice.
		before(stop, planned(hcl, plancheck.ResourceActionDestroyBeforeCreate)),
		same(hcl),
	)
}

// Neither a write that cannot be read yet, nor a bucket that its sub-resources
// do not know yet, is more than a wait.
func TestLocalReadsLagBehindWrites(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.Fail(localspaces.Fault{Operation: "PutBucketVersioning", Status: 404, Code: "NoSuchBucket", Times: 2})
	e.Local.Fail(localspaces.Fault{Operation: "GetBucketVersioning", Status: 404, Code: "NoSuchBucket", Times: 2})
	e.Local.Fail(localspaces.Fault{Operation: "PutBucketPolicy", Status: 404, Code: "NoSuchKey", Times: 2}) // how Spaces says it there
	e.Local.Fail(localspaces.Fault{Operation: "GetBucketPolicy", Stale: true, Times: 2})
	hcl := func(status string) string {
		return versioned(e, status) + `
resource "spaces_bucket_policy" "test" {
  bucket = spaces_bucket.test.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${spaces_bucket.test.arn}/*"
    }]
  })
}
`
	}
	var written int
	e.Steps(
		resource.TestStep{Config: hcl("Enabled"), Check: resource.ComposeTestCheckFunc(status(e, "Enabled"), func(*terraform.State) error {
			for operation, least := range map[string]int{"PutBucketVersioning": 3, "GetBucketVersioning": 3, "PutBucketPolicy": 3, "GetBucketPolicy": 3} {
				if n := requests(e, operation); n < least {
					return fmt.Errorf("%d %s, want at least %d", n, operation, least)
				}
			}
			written = requests(e, "PutBucketVersioning")
			return nil
		})},
		before(func() {
			e.Local.Fail(localspaces.Fault{Operation: "GetBucketVersioning", Stale: true, Skip: 1, Times: 4}) // the refresh comes first
		}, planned(hcl("Suspended"), plancheck.ResourceActionUpdate)),
		resource.TestStep{Config: hcl("Suspended"), PlanOnly: true, PreConfig: func() {
			if n := requests(e, "PutBucketVersioning") - written; n != 1 {
				t.Errorf("it was written %d times, want once", n)
			}
		}},
	)
}

// proxy stands between Terraform and the local Spaces, and answers in its
// place when it is told to.
type proxy struct {
	answer atomic.Pointer[http.HandlerFunc]
}

func newProxy(t *testing.T, e *acctest.Env) *proxy {
	t.Helper()
	p := &proxy{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := p.answer.Load(); answer != nil {
			(*answer)(w, r)
			return
		}
		e.Local.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	_, port, err := net.SplitHostPort(web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	e.Endpoint = "http://{region}.localhost:" + port
	return p
}

func (p *proxy) says(status int, body string) func() {
	return func() {
		answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
		p.answer.Store(&answer)
	}
}

func (p *proxy) silent() { p.answer.Store(nil) }

// Only Spaces' own word, given twice, takes something out of the state.
func TestLocalRefreshThatFailsKeepsTheState(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	p := newProxy(t, e)
	hcl := versioned(e, "Enabled")
	var stop func()
	fault := func(f localspaces.Fault) func() {
		return func() {
			f.Bucket = e.Name
			stop = e.Local.Fail(f)
		}
	}
	steps := []resource.TestStep{{Config: hcl}}
	for _, c := range []struct {
		begin, end func()
		says       string
	}{
		{fault(localspaces.Fault{Operation: "GetBucketVersioning", Status: 403}), func() { stop() }, "Could not read spaces_bucket_versioning"},
		{fault(localspaces.Fault{Status: 500}), func() { stop() }, "Could not read spaces_bucket"},
		{fault(localspaces.Fault{Cut: true}), func() { stop() }, "No answer came"},
		{p.says(404, ""), p.silent, "nothing is taken for gone"},
		{p.says(404, "<html><body><h1>404 Not Found</h1></body></html>"), p.silent, "nothing is taken for gone"},
		{p.says(404, "404 page not found\n"), p.silent, "nothing is taken for gone"},
		{p.says(301, ""), p.silent, "redirects are not followed"},
	} {
		steps = append(steps,
			resource.TestStep{Config: hcl, PlanOnly: true, PreConfig: c.begin, ExpectError: says(c.says)},
			before(c.end, same(hcl)),
		)
	}
	// Not even its word, given once.
	steps = append(steps,
		before(fault(localspaces.Fault{Operation: "GetBucketVersioning", Status: 404, Code: "NoSuchBucket", Times: 1}), same(hcl)),
		before(fault(localspaces.Fault{Operation: "GetBucketLocation", Status: 404, Code: "NoSuchBucket", Times: 1}), same(hcl)),
	)
	e.Steps(steps...)
}

func TestLocalUpdateThatFailsKeepsTheOldState(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	var stop func()
	e.Steps(
		resource.TestStep{Config: versioned(e, "Enabled")},
		before(func() { stop = e.Local.Fail(localspaces.Fault{Operation: "PutBucketVersioning", Status: 403}) }, resource.TestStep{
			Config: versioned(e, "Suspended"), ExpectError: says("Could not update spaces_bucket_versioning "+e.Region()+"/"+e.Name, "AccessDenied"),
		}),
		same(versioned(e, "Enabled")),
		before(func() { stop() }, planned(versioned(e, "Suspended"), plancheck.ResourceActionUpdate)),
	)
}

// keyed has a provider whose keys another resource makes, in the same run.
func keyed(e *acctest.Env, generation int, region string) string {
	return fmt.Sprintf(`
resource "terraform_data" "key" {
  input = { access_key = %q, secret_key = %q, endpoint = %q, generation = %d }
}

provider "spaces" {
  endpoint   = terraform_data.key.output.endpoint
  region     = %q
  access_key = terraform_data.key.output.access_key
  secret_key = terraform_data.key.output.secret_key
}

resource "terraform_data" "region" {
  input = %q
}

resource "spaces_bucket" "test" {
  name   = %q
  region = terraform_data.region.output
}

resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  region = spaces_bucket.test.region
  status = "Enabled"
}
`, e.AccessKey, e.SecretKey, e.Endpoint, generation, e.Region(), region, e.Name)
}

func TestLocalProviderNotKnownWhilePlanning(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Steps(
		// All in one apply, in a region that is known only then.
		resource.TestStep{Config: keyed(e, 1, e.Regions[1]), Check: func(*terraform.State) error {
			_, err := e.S3(e.Regions[1]).HeadBucket(context.Background(), &s3.HeadBucketInput{Bucket: &e.Name})
			return err
		}},
		same(keyed(e, 1, e.Regions[1])),
		// The key's resource changes, so nothing can be refreshed while planning:
		// the state stays as it was, and nothing of it is made anew.
		resource.TestStep{Config: keyed(e, 2, e.Regions[1]), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("spaces_bucket.test", plancheck.ResourceActionNoop),
			plancheck.ExpectResourceAction(addr, plancheck.ResourceActionNoop),
		}}},
		same(keyed(e, 2, e.Regions[1])),
	)
}

func TestLocalAnotherDefaultRegionReplaces(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := versioned(e, "Enabled")
	moved := strings.Replace(hcl, fmt.Sprintf("region         = %q", e.Region()), fmt.Sprintf("region         = %q", e.Regions[1]), 1)
	if moved == hcl {
		t.Fatal("the provider block has no region")
	}
	e.Steps(
		resource.TestStep{Config: hcl},
		resource.TestStep{Config: moved, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("spaces_bucket.test", plancheck.ResourceActionReplace),
			plancheck.ExpectResourceAction(addr, plancheck.ResourceActionReplace),
		}}},
		same(moved),
	)
}

// What is erased behind Terraform's back is seen, by the oldest Terraform too,
// which keeps no identity.
func TestAccErasedIsMadeAnew(t *testing.T) {
	e := acctest.New(t)
	hcl := versioned(e, "Enabled")
	e.Steps(
		resource.TestStep{Config: hcl},
		resource.TestStep{Config: hcl, PlanOnly: true, ExpectNonEmptyPlan: true, PreConfig: e.Behind(func(ctx context.Context, c *s3.Client) error {
			_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket: &e.Name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusSuspended},
			})
			return err
		})},
		planned(hcl, plancheck.ResourceActionUpdate),
		before(e.RemoveBucket(e.Name), planned(hcl, plancheck.ResourceActionCreate)),
	)
}
