package object_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const addr = "spaces_object.test"

// config is a bucket with one object, whose arguments are given.
func config(e *acctest.Env, arguments string) string {
	return e.Config(bucketConfig + `
resource "spaces_object" "test" {
  bucket = spaces_bucket.test.name
  ` + arguments + `
}
`)
}

const bucketConfig = `
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}
`

// file makes a file to upload, and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	write(t, path, content)
	return path
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Steps on the object under test.
var noChange, after = acctest.Unchanged, acctest.After

func expect(hcl string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return acctest.Expect(addr, hcl, action, checks...)
}

func is(attributes map[string]string) []statecheck.StateCheck {
	return acctest.InState(addr, attributes)
}

// stored checks what the server has.
func stored(e *acctest.Env, key string, check func(out *s3.GetObjectOutput, body string) error) func() {
	return e.Behind(func(ctx context.Context, c *s3.Client) error {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &e.Name, Key: &key})
		if err != nil {
			return err
		}
		body, err := io.ReadAll(out.Body)
		if err != nil {
			return err
		}
		return check(out, string(body))
	})
}

// versions counts an object's versions on the server, and its delete markers.
func versions(e *acctest.Env, key string) (kept, markers int) {
	e.T.Helper()
	for page, err := range spaces.Versions(e.T.Context(), e.S3(e.Region()), e.Name, key) {
		if err != nil {
			e.T.Fatal(err)
		}
		for _, v := range page {
			switch {
			case v.Key != key:
			case v.Marker:
				markers++
			default:
				kept++
			}
		}
	}
	return kept, markers
}

// url is where an object whose key needs no escapes is found.
func url(e *acctest.Env, key string) string {
	if e.PathStyle {
		return strings.ReplaceAll(e.Endpoint, "{region}", e.Region()) + "/" + e.Name + "/" + key
	}
	return strings.ReplaceAll(e.Endpoint, "{region}", e.Name+"."+e.Region()) + "/" + key
}

// put writes an object behind Terraform's back.
func put(e *acctest.Env, in s3.PutObjectInput, body string) func() {
	return e.Behind(func(ctx context.Context, c *s3.Client) error {
		in.Bucket, in.Body = &e.Name, strings.NewReader(body)
		_, err := c.PutObject(ctx, &in)
		return err
	})
}

// expectAll is a step that applies a configuration with an action for each of
// its objects, by name.
func expectAll(hcl string, actions map[string]plancheck.ResourceActionType) resource.TestStep {
	var checks []plancheck.PlanCheck
	for name, action := range actions {
		checks = append(checks, plancheck.ExpectResourceAction("spaces_object."+name, action))
	}
	return resource.TestStep{Config: hcl, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks}}
}
