package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// lacking says whether the server does not have something.
func lacking(ability string) bool {
	return slices.Contains(strings.Split(os.Getenv("SPACES_TEST_LACKS"), ","), ability)
}

// allDocuments are n buckets, tps-acc-…-0 and so on, each with every document
// that the server has.
func allDocuments(n int) string {
	hcl := fmt.Sprintf(`
locals {
  count = %d
}
`, n) + `
resource "spaces_bucket" "test" {
  count = local.count
  name  = "${var.name}-${count.index}"
}

resource "spaces_bucket_acl" "test" {
  count  = local.count
  bucket = spaces_bucket.test[count.index].name
  acl    = "public-read"
}

resource "spaces_bucket_cors_configuration" "test" {
  count  = local.count
  bucket = spaces_bucket.test[count.index].name
  rules = [{
    allowed_methods = ["GET"]
    allowed_origins = ["https://${count.index}.example.com"]
  }]
}

resource "spaces_bucket_lifecycle_configuration" "test" {
  count  = local.count
  bucket = spaces_bucket.test[count.index].name
  rules  = [{ id = "rule-of-${count.index}", expiration = { days = 30 } }]
}

resource "spaces_bucket_policy" "test" {
  count  = local.count
  bucket = spaces_bucket.test[count.index].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${spaces_bucket.test[count.index].arn}/*"
    }]
  })
}

resource "spaces_bucket_versioning" "test" {
  count  = local.count
  bucket = spaces_bucket.test[count.index].name
  status = "Enabled"
}

resource "spaces_bucket_website_configuration" "test" {
  count          = local.count
  bucket         = spaces_bucket.test[count.index].name
  index_document = "index-${count.index}.html"
}
`
	if !lacking("logging") {
		hcl += `
resource "spaces_bucket" "logs" {
  name = "${var.name}-logs"
}

resource "spaces_bucket_logging" "test" {
  count         = local.count
  bucket        = spaces_bucket.test[count.index].name
  target_bucket = spaces_bucket.logs.name
  target_prefix = "${count.index}/"
}
`
	}
	return hcl
}

// Terraform writes all documents of a bucket at once, and some servers lose
// some of those while they say 200 to each. They have to be there, all of them.
func TestAccDocumentsTogether(t *testing.T) {
	e := acctest.New(t)
	const buckets = 20
	e.Steps(after(resource.TestStep{Config: e.Config(allDocuments(buckets))}, func(ctx context.Context) error {
		c := e.S3(e.Region())
		for i := range buckets {
			if err := allThere(ctx, c, fmt.Sprintf("%s-%d", e.Name, i), i); err != nil {
				return err
			}
		}
		return nil
	}))
}

// allThere looks for each document of a bucket of allDocuments on the server.
func allThere(ctx context.Context, c *s3.Client, bucket string, i int) error {
	name := &bucket
	missing := func(what string, got any, err error) error {
		return errors.Join(fmt.Errorf("bucket %s: %s is %+v", bucket, what, got), err)
	}
	acl, err := c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: name})
	if err != nil || spaces.CannedACL(acl.Grants, acl.Owner) != "public-read" {
		return missing("the ACL", acl, err)
	}
	cors, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: name})
	if err != nil || cors.CORSRules[0].AllowedOrigins[0] != fmt.Sprintf("https://%d.example.com", i) {
		return missing("CORS", cors, err)
	}
	lifecycle, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: name})
	if err != nil || *lifecycle.Rules[0].ID != fmt.Sprintf("rule-of-%d", i) {
		return missing("the lifecycle", lifecycle, err)
	}
	policy, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name})
	if err != nil || !strings.Contains(*policy.Policy, bucket+"/*") {
		return missing("the policy", policy, err)
	}
	versioning, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: name})
	if err != nil || versioning.Status != s3types.BucketVersioningStatusEnabled {
		return missing("versioning", versioning, err)
	}
	website, err := c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: name})
	if err != nil || *website.IndexDocument.Suffix != fmt.Sprintf("index-%d.html", i) {
		return missing("the website", website, err)
	}
	if lacking("logging") {
		return nil
	}
	logging, err := c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: name})
	if err != nil || logging.LoggingEnabled == nil || *logging.LoggingEnabled.TargetPrefix != fmt.Sprintf("%d/", i) {
		return missing("logging", logging, err)
	}
	return nil
}

// The documents of one bucket are written, and erased, one after the other.
func TestLocalDocumentsOneAtATime(t *testing.T) {
	const rtt = 60 * time.Millisecond
	e := acctest.NewLocal(t, acctest.Options{RTT: rtt})
	var mu sync.Mutex
	var last time.Time
	var what string
	var writes int
	e.Local.Fail(localspaces.Fault{Bucket: e.Name + "-0", Match: func(r *http.Request, operation string) bool {
		if r.Method != http.MethodPut && r.Method != http.MethodDelete || operation == "CreateBucket" || operation == "DeleteBucket" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if gap := time.Since(last); gap < rtt/2 {
			t.Errorf("%s came %s after %s", operation, gap, what)
		}
		last, what = time.Now(), operation
		writes++
		return false
	}})
	e.Steps(resource.TestStep{Config: e.Config(allDocuments(1))})
	if writes != 14 {
		t.Errorf("%d writes, and seven documents were to be written and erased", writes)
	}
}

// A failing read is an error and keeps the state, for every document. Erasing
// what went with its bucket is none.
func TestLocalDocumentsNotGone(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := e.Config(allDocuments(1))
	var cancel func()
	var told string
	e.Run(resource.TestCase{
		Steps: []resource.TestStep{
			{Config: hcl},
			before(same(hcl), func() {
				cancel = e.Local.Fail(localspaces.Fault{Bucket: e.Name + "-0", Status: 403, Match: func(r *http.Request, _ string) bool {
					return r.Method == http.MethodGet && r.URL.RawQuery != "location"
				}})
			}),
			before(same(hcl), func() { cancel() }),
			{Config: hcl, PostApplyFunc: e.RemoveBucket(e.Name + "-0")},
		},
		ErrorCheck: func(err error) error {
			told = err.Error()
			return nil
		},
	})
	for _, d := range documents {
		if want := "Could not read " + d.Type + " " + e.Region() + "/" + e.Name + "-0"; !strings.Contains(told, want) {
			t.Errorf("no error says %q", want)
		}
	}
	if n := strings.Count(told, "\nError: "); n != len(documents) {
		t.Errorf("%d errors, and %d documents:\n%s", n, len(documents), told)
	}
}

// DigitalOcean's own provider forgot the rules of the bucket it left.
func TestAccDocumentMoves(t *testing.T) {
	e := acctest.New(t)
	hcl := func(bucket string) string {
		return e.Config(fmt.Sprintf(`
resource "spaces_bucket" "a" {
  name = "${var.name}-a"
}

resource "spaces_bucket" "b" {
  name = "${var.name}-b"
}

resource "spaces_bucket_cors_configuration" "test" {
  bucket = spaces_bucket.%s.name
  rules = [{
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }]
}
`, bucket))
	}
	e.Steps(
		resource.TestStep{Config: hcl("a")},
		after(planned(hcl("b"), "spaces_bucket_cors_configuration.test", plancheck.ResourceActionReplace), func(ctx context.Context) error {
			_, err := e.S3(e.Region()).GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: aws.String(e.Name + "-a")})
			if spaces.KindOf(err) != spaces.NotFound {
				return errors.Join(errors.New("the rules of the bucket that was left are still there"), err)
			}
			_, err = e.S3(e.Region()).GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: aws.String(e.Name + "-b")})
			return err
		}),
	)
}

// What has to be right in every document is checked while planning.
func TestAccDocumentMistakes(t *testing.T) {
	mistakes{
		"url":     {`bucket = "https://example.nyc3.digitaloceanspaces.com"`, `cannot be a bucket's name: these have 3 to 63 characters`},
		"capital": {`bucket = "Example"`, `"Example" cannot be a bucket's name`},
		"region":  {"bucket = \"example\"\nregion = \"New York\"", `"New York" has not the shape of a region's slug`},
	}.refused(t, "spaces_bucket_versioning", `status = "Enabled"`)
	t.Run("versioning", func(t *testing.T) {
		mistakes{
			"off": {`status = "Disabled"`, `status value must be one of: ["Enabled" "Suspended"], got: "Disabled"`},
		}.refused(t, "spaces_bucket_versioning", `bucket = "example"`)
	})
	t.Run("acl", func(t *testing.T) {
		mistakes{
			"write": {`acl = "public-read-write"`, `acl value must be one of: ["private" "public-read"]`},
		}.refused(t, "spaces_bucket_acl", `bucket = "example"`)
	})
}
