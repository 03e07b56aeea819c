package cdn_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const flushAddr = "spaces_cdn_flush.test"

// page is an object that is public and can be cached.
func page(content, more string) string {
	return fmt.Sprintf(`
resource "spaces_object" "page" {
  bucket  = spaces_bucket.test.name
  key     = "index.html"
  content = %q
  acl     = "public-read"
  %s
}
`, content, more)
}

// visit asks the endpoint for the page, as visitors do.
func visit(e *acctest.Env) (string, error) {
	req, err := http.NewRequestWithContext(e.T.Context(), http.MethodGet, strings.Replace(e.BucketURL(e.Name), "."+e.Region()+".", "."+e.Region()+".cdn.", 1)+"/index.html", nil)
	if err != nil {
		return "", err
	}
	resp, err := e.HTTP().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// served checks what a visitor gets.
func served(e *acctest.Env, want string) func() {
	return func() {
		e.T.Helper()
		if got, err := visit(e); err != nil || got != want {
			e.T.Fatalf("the CDN serves %q (%v), want %q", got, err, want)
		}
	}
}

// besieged has a visitor ask all the time, from before a step on, so that what
// is purged too early is cached again as it was. The upload takes its time.
func besieged(e *acctest.Env) (begin, end func()) {
	var wait sync.WaitGroup
	ctx, cancel := context.WithCancel(e.T.Context())
	heal := func() {}
	begin = func() {
		heal = e.Local.Fail(localspaces.Fault{Operation: "PutObject", Delay: 500 * time.Millisecond})
		wait.Go(func() {
			for ctx.Err() == nil {
				if _, err := visit(e); err != nil && ctx.Err() == nil {
					e.T.Error(err)
					return
				}
				_ = spaces.Pause(ctx, 5*time.Millisecond)
			}
		})
	}
	return begin, func() { cancel(); wait.Wait(); heal() }
}

// A flush that refers to objects in its triggers is done after them.
func TestLocalCDNFlush_afterUploads(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := func(content string) string {
		return config(e, "ttl = 604800", page(content, ""), `
resource "spaces_cdn_flush" "test" {
  cdn_id   = spaces_cdn.test.id
  triggers = { page = spaces_object.page.content_sha256 }
}
`)
	}
	begin, end := besieged(e)
	e.Steps(
		resource.TestStep{Config: hcl("old")},
		after(served(e, "old"), resource.TestStep{Config: hcl("old"), PlanOnly: true}),
		after(begin, resource.TestStep{
			Config:           hcl("new"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(flushAddr, plancheck.ResourceActionReplace)}},
		}),
		after(func() { end(); served(e, "new")() }, resource.TestStep{Config: hcl("new"), PlanOnly: true}),
	)
}

// The same by an action, without a resource. What is not purged stays cached.
func TestLocalCDNFlush_action(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := func(content, trigger, by string) string {
		return config(e, "ttl = 604800", page(content, trigger), fmt.Sprintf(`
action "spaces_cdn_flush" "test" {
  config {
    %s
  }
}
`, by))
	}
	const trigger = `
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.spaces_cdn_flush.test]
    }
  }
`
	const byID, byOrigin = "cdn_id = spaces_cdn.test.id", "origin = spaces_bucket.test.domain_name\n    files = [\"index.html\"]"
	begin, end := besieged(e)
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: hcl("old", trigger, byOrigin)},
			after(served(e, "old"), resource.TestStep{Config: hcl("new", "", byOrigin)}),
			after(served(e, "old"), resource.TestStep{Config: hcl("newer", trigger, byOrigin)}),
			after(served(e, "newer"), resource.TestStep{Config: hcl("newer", trigger, byOrigin), PlanOnly: true}),
			after(begin, resource.TestStep{Config: hcl("newest", trigger, byOrigin)}),
			after(func() { end(); served(e, "newest")() }, resource.TestStep{Config: hcl("newest", trigger, byID), PlanOnly: true}),
		},
	})
}

// The action can be run by hand, and tells how far it is.
func TestLocalCDNFlush_invoked(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI("")
	if version := regexp.MustCompile(`^Terraform v1\.(\d+)`).FindStringSubmatch(cli.Run("version")); version == nil || len(version[1]) < 2 || version[1] < "14" {
		t.Skip("there are actions from Terraform 1.14 on")
	}
	cli.Write("main.tf", config(e, "", `
action "spaces_cdn_flush" "test" {
  config {
    cdn_id = spaces_cdn.test.id
    files  = [for i in range(60) : "a/${i}"]
  }
}
`))
	cli.Run("apply", "-auto-approve", "-input=false")
	said := cli.Run("apply", "-invoke=action.spaces_cdn_flush.test", "-auto-approve", "-input=false")
	for _, want := range []string{"Purged 50 of 60 paths", "Purged 60 of 60 paths"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	cli.Run("destroy", "-auto-approve", "-input=false")
}

// Many paths go in batches, each within DigitalOcean's limit, and what ends one
// of them does not end the purge.
func TestLocalCDNFlush_batches(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{PurgeTime: 50 * time.Millisecond})
	hcl := func(files string) string {
		return config(e, "", fmt.Sprintf(`
resource "spaces_cdn_flush" "test" {
  cdn_id = spaces_cdn.test.id
  files  = %s
}
`, files))
	}
	e.Local.Fail(localspaces.Fault{Operation: "PurgeCDNCache", Times: 1, Status: http.StatusNotFound}) // it was made a moment ago
	e.Local.Fail(localspaces.Fault{Operation: "PurgeCDNCache", Skip: 2, Times: 1, CutAfter: true})
	e.Local.Fail(localspaces.Fault{Operation: "PurgeCDNCache", Skip: 4, Times: 5, Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"0"}}})
	sizes := func(want ...int) func() {
		return func() {
			t.Helper()
			var got []int
			for _, p := range e.Local.Purges() {
				got = append(got, len(p.Files))
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("purges of %v paths, want %v", got, want)
			}
		}
	}
	e.Steps(
		resource.TestStep{Config: hcl(`concat([for i in range(120) : "a/${i}"], ["b/*", "a/7"])`)},
		after(sizes(50, 50, 50, 21), resource.TestStep{Config: hcl(`["a/*"]`)}), // the second one's answer was lost
		after(sizes(50, 50, 50, 21, 1), resource.TestStep{Config: hcl(`["a/*"]`), PlanOnly: true}),
	)
}

func TestLocalCDNFlush_mistakes(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddToken("poor", "cdn:read")
	flush := func(id string) string {
		return e.Config("resource \"spaces_cdn_flush\" \"test\" {\n  cdn_id = \"" + id + "\"\n}\n")
	}
	e.Steps(
		resource.TestStep{Config: flush("00000000-0000-4000-8000-000000000000"), ExpectError: regexp.MustCompile(`no CDN endpoint\s+with the ID 0000`)},
		resource.TestStep{Config: flush("../certificates"), ExpectError: regexp.MustCompile(`cannot be the ID of a CDN endpoint`)},
		resource.TestStep{
			Config:      strings.Replace(flush("00000000-0000-4000-8000-000000000000"), fmt.Sprintf("token = %q", e.Token), `token = "poor"`, 1),
			ExpectError: regexp.MustCompile(`scope\s+cdn:delete`),
		},
	)
}
