package bucket_test

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const emptyBucket = `
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}
resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
`

func emptyAction(arguments string) string {
	return `
action "spaces_bucket_empty" "test" {
  config {
    bucket = spaces_bucket.test.name
    ` + arguments + `
  }
}
`
}

// leave puts two versions of each key, hides one behind a marker and starts an
// upload of each.
func leave(e *acctest.Env, keys ...string) {
	e.T.Helper()
	ctx, c := e.T.Context(), e.S3(e.Region())
	for _, key := range keys {
		for range 2 {
			if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &e.Name, Key: &key, Body: strings.NewReader("x")}); err != nil {
				e.T.Fatal(err)
			}
		}
		if _, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &e.Name, Key: &key}); err != nil {
			e.T.Fatal(err)
		}
	}
	if _, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &e.Name, Key: &keys[0]}); err != nil {
		e.T.Fatal(err)
	}
}

// kept are the keys of all versions, markers and uploads that are left.
func kept(e *acctest.Env) map[string]int {
	e.T.Helper()
	keys := map[string]int{}
	for page, err := range spaces.Versions(e.T.Context(), e.S3(e.Region()), e.Name, "") {
		if err != nil {
			e.T.Fatal(err)
		}
		for _, v := range page {
			keys[v.Key]++
		}
	}
	out, err := e.S3(e.Region()).ListMultipartUploads(e.T.Context(), &s3.ListMultipartUploadsInput{Bucket: &e.Name})
	if err != nil {
		e.T.Fatal(err)
	}
	for _, u := range out.Uploads {
		keys[*u.Key]++
	}
	return keys
}

func TestAccEmptyAction(t *testing.T) {
	e := acctest.New(t)
	cli := e.CLI(emptyBucket + emptyAction(`prefix = "logs/"`) + `
action "spaces_bucket_empty" "all" {
  config {
    bucket = spaces_bucket.test.name
  }
}
`)
	cli.NeedActions()
	cli.Run("apply", "-auto-approve")
	defer cli.Run("destroy", "-auto-approve")
	leave(e, "logs/a", "logs/b c+d%20", "logs", "log/a", "other/logs/a")

	said := cli.Run("apply", "-auto-approve", "-invoke=action.spaces_bucket_empty.test")
	if !strings.Contains(acctest.Flat(said), `Deleted 1 object, 3 earlier versions, 1 delete marker and 2 unfinished uploads, which was all in the bucket `+e.Name+` that begins with "logs/"`) {
		t.Errorf("said:\n%s", said)
	}
	if left := kept(e); len(left) != 3 || left["logs"] != 3 || left["log/a"] != 3 || left["other/logs/a"] != 3 {
		t.Errorf("left: %v", left)
	}
	cli.Run("apply", "-auto-approve", "-invoke=action.spaces_bucket_empty.all")
	if left := kept(e); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if said := cli.Run("apply", "-auto-approve", "-invoke=action.spaces_bucket_empty.all"); !strings.Contains(said, "Deleted nothing, which was all in the bucket") {
		t.Errorf("said:\n%s", said)
	}
}

// Each version counts by itself.
func TestLocalEmptyAction_olderThanDays(t *testing.T) {
	var ago time.Duration
	e := acctest.NewLocal(t, acctest.Options{Now: func() time.Time { return time.Now().Add(-ago) }})
	triggered := func(input string) string {
		return e.Config(emptyBucket + emptyAction(`older_than_days = 10`) + fmt.Sprintf(`
resource "terraform_data" "test" {
  input = %q
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.spaces_bucket_empty.test]
    }
  }
}
`, input))
	}
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: triggered("one")},
			{
				PreConfig: func() {
					ago = 11 * 24 * time.Hour
					leave(e, "old", "both")
					ago = 9 * 24 * time.Hour
					leave(e, "young", "both")
					ago = 0
				},
				Config: triggered("two"),
				Check: func(*terraform.State) error {
					// Of "young": two versions, a marker and an upload; of "both" the later two versions and upload.
					if left := kept(e); len(left) != 2 || left["young"] != 4 || left["both"] != 3 {
						return fmt.Errorf("left: %v", left)
					}
					return nil
				},
			},
		},
	})
}

// One key that cannot be deleted is named, and the others are gone.
func TestLocalEmptyAction_fails(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI(emptyBucket + emptyAction(""))
	cli.NeedActions()
	cli.Run("apply", "-auto-approve")
	leave(e, "a")
	defer cli.Run("destroy", "-auto-approve")
	stop := e.Local.Fail(localspaces.Fault{Operation: "AbortMultipartUpload", Status: 403})
	defer stop()
	out, err := cli.Command("apply", "-auto-approve", "-invoke=action.spaces_bucket_empty.test").CombinedOutput()
	if err == nil || !strings.Contains(acctest.Flat(string(out)), "Spaces answered AccessDenied.") || !strings.Contains(acctest.Flat(string(out)), "Deleted was 2 earlier versions and 1 delete marker") {
		t.Errorf("%v\n%s", err, out)
	}
}

// It tells how far it is. When it is interrupted it ends, and the next run goes
// on.
func TestLocalEmptyAction_interrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no interrupt to send")
	}
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}
` + emptyAction(""))
	cli.NeedActions()
	cli.Run("apply", "-auto-approve")
	defer cli.Run("destroy", "-auto-approve")
	putMany(e, e.Name, 3500)
	stop := e.Local.Fail(localspaces.Fault{Operation: "ListObjectVersions", Skip: 2, Delay: time.Hour})

	progress := regexp.MustCompile(`Deleted 2,000 objects, [0-9.,]+/s`)
	// Terraform 1.16 drops what an action says after an interrupt, and ends well.
	printed, _ := cli.Interrupted(progress.MatchString, "apply", "-auto-approve", "-invoke=action.spaces_bucket_empty.test")
	if strings.Contains(printed, "which was all") {
		t.Errorf("it went on:\n%s", printed)
	}
	stop()
	if said := cli.Run("apply", "-auto-approve", "-invoke=action.spaces_bucket_empty.test"); !strings.Contains(said, "Deleted 1,500 objects, which was all") {
		t.Errorf("said:\n%s", said)
	}
}

func TestAccEmptyAction_mistakes(t *testing.T) {
	e := acctest.New(t)
	var steps []resource.TestStep
	for arguments, want := range map[string]string{
		`bucket = "https://example.com"`:                 `cannot be a bucket's name`,
		"bucket = \"some-bucket\"\n older_than_days = 0": `older_than_days value must be at least 1`,
		"bucket = \"some-bucket\"\n prefix = \"\"":       `prefix is an empty string`,
	} {
		steps = append(steps, resource.TestStep{
			Config:      e.Config("action \"spaces_bucket_empty\" \"test\" {\n  config {\n    " + arguments + "\n  }\n}\n"),
			ExpectError: regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(want), " ", `[\s│]+`)), PlanOnly: true,
		})
	}
	e.Run(resource.TestCase{TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)}, Steps: steps})
}
