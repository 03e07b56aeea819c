package object_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// transferConfig is a bucket to transfer from and one to transfer to, in the
// region that is given, 0 or 1.
func transferConfig(e *acctest.Env, region int, arguments string) string {
	return bucketConfig + fmt.Sprintf(`
resource "spaces_bucket" "new" {
  region        = %q
  name          = "${var.name}-b"
  force_destroy = true
}
action "spaces_bucket_transfer" "test" {
  config {
    source_bucket = spaces_bucket.test.name
    region        = spaces_bucket.new.region
    bucket        = spaces_bucket.new.name
    %s
  }
}
`, e.Regions[region], arguments)
}

// sources fills the bucket to transfer from.
func sources(e *acctest.Env, keys ...string) {
	e.T.Helper()
	for _, key := range keys {
		acl := s3types.ObjectCannedACLPrivate
		if strings.HasPrefix(key, "public") {
			acl = s3types.ObjectCannedACLPublicRead
		}
		put(e, s3.PutObjectInput{Key: &key, ContentType: aws.String("text/x-" + fmt.Sprint(len(key))), CacheControl: aws.String("no-cache"), Metadata: map[string]string{"a": "b"}, ACL: acl}, "["+key+"]")()
	}
}

// transferred wants the copy of each key to be like its source.
func transferred(e *acctest.Env, region int, keys ...string) error {
	c := e.S3(e.Regions[region])
	for _, key := range keys {
		at := aws.String(e.Name + "-b")
		out, err := c.GetObject(e.T.Context(), &s3.GetObjectInput{Bucket: at, Key: &key})
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		body, err := io.ReadAll(out.Body)
		if err != nil || string(body) != "["+key+"]" || *out.ContentType != "text/x-"+fmt.Sprint(len(key)) || *out.CacheControl != "no-cache" || out.Metadata["a"] != "b" {
			return fmt.Errorf("%q: %q %+v %w", key, body, out, err)
		}
		acl, err := c.GetObjectAcl(e.T.Context(), &s3.GetObjectAclInput{Bucket: at, Key: &key})
		if err != nil {
			return err
		}
		if public := spaces.CannedACL(acl.Grants, acl.Owner) == spaces.ACLPublicRead; public != strings.HasPrefix(key, "public") {
			return fmt.Errorf("%q is public: %t", key, public)
		}
	}
	return nil
}

const invokeTransfer = "-invoke=action.spaces_bucket_transfer.test"

// A second run copies only what is missing or differs, and nothing is deleted.
func TestAccTransfer(t *testing.T) {
	for name, x := range map[string]struct {
		region  int
		foreign bool
	}{"within a region": {0, false}, "between regions": {1, false}, "from an endpoint": {0, true}} {
		t.Run(name, func(t *testing.T) {
			e := acctest.New(t)
			arguments := fmt.Sprintf("source_region = %q", e.Region())
			if x.foreign {
				arguments += fmt.Sprintf(`
    source_endpoint       = %q
    source_access_key     = %q
    source_secret_key     = var.secret
    source_use_path_style = %t`, e.Endpoint, e.AccessKey, e.PathStyle)
			}
			cli := e.CLI(transferConfig(e, x.region, arguments) + "variable \"secret\" {\n  sensitive = true\n}\n")
			cli.NeedActions()
			cli.Write("terraform.tfvars", fmt.Sprintf("secret = %q", e.SecretKey))
			transfer := func() string {
				out, err := cli.Command("apply", "-auto-approve", invokeTransfer).CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if strings.Contains(string(out), e.SecretKey) {
					t.Errorf("the secret is shown:\n%s", out)
				}
				return acctest.Flat(string(out))
			}
			cli.Run("apply", "-auto-approve")
			defer cli.Run("destroy", "-auto-approve")
			keys := []string{"a", "public/b c+d%20#?", "日本/語", "/lead", "x//y", "empty"}
			sources(e, keys...)
			if said := transfer(); !strings.Contains(said, "All 6 objects of") || !strings.Contains(said, "Copied were 6,") {
				t.Errorf("said %s", said)
			}
			if err := transferred(e, x.region, keys...); err != nil {
				t.Error(err)
			}
			if said := transfer(); !strings.Contains(said, "Copied were 0, 0 B") {
				t.Errorf("said %s", said)
			}
			put(e, s3.PutObjectInput{Key: aws.String("new"), ContentType: aws.String("text/x-3"), CacheControl: aws.String("no-cache"), Metadata: map[string]string{"a": "b"}}, "[new]")()
			removeObject(e, x.region, e.Name+"-b", "a")()
			for key, content := range map[string]string{"日本/語": "damage", "stays": "here"} {
				_, err := e.S3(e.Regions[x.region]).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(e.Name + "-b"), Key: &key, Body: strings.NewReader(content)})
				if err != nil {
					t.Fatal(err)
				}
			}
			if said := transfer(); !strings.Contains(said, "All 7 objects of") || !strings.Contains(said, "Copied were 3,") {
				t.Errorf("said %s", said)
			}
			if err := transferred(e, x.region, append(keys, "new")...); err != nil {
				t.Error(err)
			}
			if _, err := e.S3(e.Regions[x.region]).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(e.Name + "-b"), Key: aws.String("stays")}); err != nil {
				t.Errorf("what the source has not is gone: %v", err)
			}
		})
	}
}

// It can be triggered by the bucket that it fills.
func TestAccTransfer_triggered(t *testing.T) {
	e := acctest.New(t)
	source := e.Config(bucketConfig)
	filled := source + `
resource "spaces_bucket" "new" {
  name          = "${var.name}-b"
  force_destroy = true
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.spaces_bucket_transfer.test]
    }
  }
}
action "spaces_bucket_transfer" "test" {
  config {
    source_bucket = spaces_bucket.test.name
    bucket        = "${var.name}-b"
    prefix        = "public/"
  }
}
`
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: source},
			{
				PreConfig: func() { sources(e, "public/a", "public/b", "public", "other") },
				Config:    filled,
				Check: func(*terraform.State) error {
					out, err := e.S3(e.Region()).ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: aws.String(e.Name + "-b")})
					if err != nil || len(out.Contents) != 2 {
						return fmt.Errorf("%d objects (%w)", len(out.Contents), err)
					}
					return transferred(e, 0, "public/a", "public/b")
				},
			},
		},
	})
}

// One object that cannot be copied does not stop the others.
func TestLocalTransfer_fails(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI(transferConfig(e, 0, ""))
	cli.NeedActions()
	cli.Run("apply", "-auto-approve")
	defer cli.Run("destroy", "-auto-approve")
	var keys []string
	for i := range 15 {
		keys = append(keys, fmt.Sprintf("denied/%02d", i), fmt.Sprintf("fine/%02d", i))
	}
	sources(e, keys...)
	cancel := e.Local.Fail(localspaces.Fault{Status: 403, Match: deniedObject})
	out, err := cli.Command("apply", "-auto-approve", invokeTransfer).CombinedOutput()
	_, text, _ := strings.Cut(acctest.Flat(string(out)), "Error: ")
	if err == nil || !strings.Contains(text, "15 of 30 objects could not be copied; the others are there:") || strings.Count(text, `"denied/`) != 10 || !strings.Contains(text, "… and 5 more") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, key := range keys {
		if strings.HasPrefix(key, "fine") {
			if err := transferred(e, 0, key); err != nil {
				t.Error(err)
			}
		}
	}
	cancel()
	if said := cli.Run("apply", "-auto-approve", invokeTransfer); !strings.Contains(said, "Copied were 15,") {
		t.Errorf("said:\n%s", said)
	}
}

func deniedObject(r *http.Request, operation string) bool {
	return operation == "CopyObject" && strings.Contains(r.URL.Path, "/denied/") || operation == "GetObject" && strings.Contains(r.URL.Path, "/denied/")
}

// It tells how far it is. When it is interrupted it ends, and the next run
// copies the rest.
func TestLocalTransfer_interrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no interrupt to send")
	}
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI(transferConfig(e, 0, ""))
	cli.NeedActions()
	cli.Run("apply", "-auto-approve")
	defer cli.Run("destroy", "-auto-approve")
	var keys []string
	for i := range 50 {
		keys = append(keys, fmt.Sprintf("key %02d", i))
	}
	sources(e, keys...)
	cancel := e.Local.Fail(localspaces.Fault{Operation: "CopyObject", Skip: 15, Delay: time.Hour})
	progress := regexp.MustCompile(`15 of 50 objects, 120 B, [0-9.]+/s`)
	// Terraform 1.16 drops what an action says after an interrupt, and ends well.
	printed, _ := cli.Interrupted(progress.MatchString, "apply", "-auto-approve", invokeTransfer)
	if strings.Contains(printed, "All 50 objects") {
		t.Errorf("it went on:\n%s", printed)
	}
	cancel()
	if said := cli.Run("apply", "-auto-approve", invokeTransfer); !strings.Contains(said, "Copied were 35,") {
		t.Errorf("said:\n%s", said)
	}
}

func TestAccTransfer_mistakes(t *testing.T) {
	e := acctest.New(t)
	var steps []resource.TestStep
	for arguments, want := range map[string]string{
		`source_bucket = "some-bucket"`: `Source and destination are one bucket`,
		`source_bucket = "some-bucket"
     region = "nyc3"
     source_region = "NYC3"`: `is to be copied into itself`,
		`source_bucket = "other-bucket"
     source_access_key = "key"`: `source_access_key is set, and source_secret_key is not`,
		`source_bucket = "other-bucket"
     source_secret_key = "key"`: `source_secret_key is set, and source_access_key is not`,
		`source_bucket = "other-bucket"
     source_endpoint = "s3.example.com"`: `It has to be the address of the service alone`,
		`source_bucket = "other-bucket"
     source_endpoint = "https://s3.example.com/bucket"`: `has to end after the host`,
		`source_bucket = ""`: `source_bucket is an empty string`,
	} {
		steps = append(steps, resource.TestStep{
			Config:   e.Config("action \"spaces_bucket_transfer\" \"test\" {\n  config {\n    bucket = \"some-bucket\"\n    " + arguments + "\n  }\n}\n"),
			PlanOnly: true, ExpectError: spaced(want),
		})
	}
	e.Run(resource.TestCase{TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)}, Steps: steps})
}
