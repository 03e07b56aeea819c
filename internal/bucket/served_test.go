package bucket_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// What is configured has to be what the server then does. TestAccWebsiteVisit
// is the same for websites.

// served puts objects into the bucket and looks at the server after a step.
func served(e *acctest.Env, hcl string, look func(ctx context.Context) error, keys ...string) resource.TestStep {
	return resource.TestStep{Config: hcl, PostApplyFunc: func() {
		for _, key := range keys {
			must(e.T, putObject(e, key))
		}
		must(e.T, look(e.T.Context()))
	}}
}

func putObject(e *acctest.Env, key string) error {
	_, err := e.S3(e.Region()).PutObject(e.T.Context(), &s3.PutObjectInput{Bucket: &e.Name, Key: &key, Body: strings.NewReader(key)})
	return err
}

// ask sends a request without a key, and wants a status.
func ask(ctx context.Context, e *acctest.Env, method, key string, status int, headers map[string]string) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.BucketURL(e.Name)+"/"+key, nil)
	if err != nil {
		return nil, err
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := e.HTTP().Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != status {
		return nil, fmt.Errorf("%s %s answered %d, not %d", method, key, resp.StatusCode, status)
	}
	return resp.Header, nil
}

func TestAccServedPolicy(t *testing.T) {
	e := acctest.New(t)
	e.Steps(served(e, e.Config(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}

resource "spaces_bucket_policy" "test" {
  bucket = spaces_bucket.test.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${spaces_bucket.test.arn}/public/*" },
      { Effect = "Deny", Principal = "*", Action = "s3:GetObject", Resource = "${spaces_bucket.test.arn}/public/not/*" },
    ]
  })
}
`), func(ctx context.Context) error {
		for key, status := range map[string]int{"public/a": 200, "public/not/b": 403, "private/c": 403} {
			if _, err := ask(ctx, e, http.MethodGet, key, status, nil); err != nil {
				return err
			}
		}
		return nil
	}, "public/a", "public/not/b", "private/c"))
}

func TestAccServedCORS(t *testing.T) {
	e := acctest.New(t)
	e.Steps(served(e, e.Config(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}

resource "spaces_bucket_cors_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [{
    allowed_methods = ["GET", "PUT"]
    allowed_origins = ["https://app.example.com"]
    allowed_headers = ["content-type"]
    max_age_seconds = 600
  }]
}
`), func(ctx context.Context) error {
		preflight := func(origin, method string) map[string]string {
			return map[string]string{"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
		}
		got, err := ask(ctx, e, http.MethodOptions, "a", 200, preflight("https://app.example.com", "PUT"))
		if err != nil {
			return err
		}
		if got.Get("Access-Control-Allow-Origin") != "https://app.example.com" || !strings.Contains(got.Get("Access-Control-Allow-Methods"), "PUT") || got.Get("Access-Control-Max-Age") != "600" {
			return fmt.Errorf("the preflight's answer has %v", got)
		}
		if _, err := ask(ctx, e, http.MethodOptions, "a", 403, preflight("https://evil.example.com", "PUT")); err != nil {
			return err
		}
		_, err = ask(ctx, e, http.MethodOptions, "a", 403, preflight("https://app.example.com", "DELETE"))
		return err
	}, "a"))
}

func TestAccServedLifecycle(t *testing.T) {
	e := acctest.New(t)
	there := func(ctx context.Context, key string) bool {
		_, err := e.S3(e.Region()).HeadObject(ctx, &s3.HeadObjectInput{Bucket: &e.Name, Key: &key})
		return err == nil
	}
	e.Steps(served(e, e.Config(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}

resource "spaces_bucket_lifecycle_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [
    { prefix = "tmp/", expiration = { days = 1 } },
    { prefix = "off/", expiration = { days = 1 }, enabled = false },
    { abort_incomplete_multipart_upload = { days_after_initiation = 1 } },
  ]
}
`), func(ctx context.Context) error {
		c := e.S3(e.Region())
		if _, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &e.Name, Key: aws.String("half")}); err != nil {
			return err
		}
		e.DaysPass(3)
		err := spaces.Patience{Poll: 200 * time.Millisecond}.Until(ctx, time.Minute, func(ctx context.Context) error {
			uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &e.Name})
			if err != nil {
				return err
			}
			if there(ctx, "tmp/a") || len(uploads.Uploads) > 0 {
				return spaces.NotYet(fmt.Errorf("tmp/a or the upload is still there"))
			}
			return nil
		})
		if err == nil && (!there(ctx, "off/b") || !there(ctx, "c")) {
			err = fmt.Errorf("what no rule is for has expired")
		}
		return err
	}, "tmp/a", "off/b", "c"))
}

func TestAccServedRegions(t *testing.T) {
	e := acctest.New(t)
	hcl := e.Config(fmt.Sprintf(`
resource "spaces_bucket" "test" {
  count  = 2
  region = [%q, %q][count.index]
  name   = "${var.name}-${[%[1]q, %[2]q][count.index]}"
}
`, e.Regions[0], e.Regions[1]))
	e.Steps(resource.TestStep{Config: hcl, PostApplyFunc: func() {
		for i, region := range e.Regions[:2] {
			for j, other := range e.Regions[:2] {
				_, err := e.S3(region).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(e.Name + "-" + other)})
				if there := err == nil; there != (i == j) {
					t.Errorf("the bucket of %s in %s: %v", other, region, err)
				}
			}
		}
	}})
}
