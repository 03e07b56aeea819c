package object_test

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const copyAddr = "spaces_object_copy.test"

// copyConfig is two buckets in two regions, and a copy of what a test puts into
// the first one at the key "source". Its destination is in the region that is
// given, 0 or 1.
func copyConfig(e *acctest.Env, region int, arguments string) string {
	return e.Config(bucketConfig + fmt.Sprintf(`
resource "spaces_bucket" "other" {
  region        = %q
  name          = "${var.name}-b"
  force_destroy = true
}
resource "spaces_object_copy" "test" {
  region        = %q
  bucket        = spaces_bucket.other.name
  key           = "copy"
  source_region = spaces_bucket.test.region
  source_bucket = spaces_bucket.test.name
  source_key    = "source"
  %s
}
`, e.Regions[region], e.Regions[region], arguments))
}

// copied checks what the server has of the copy.
func copied(e *acctest.Env, region int, check func(out *s3.GetObjectOutput, body string) error) resource.TestCheckFunc {
	return func(*terraform.State) error {
		out, err := e.S3(e.Regions[region]).GetObject(e.T.Context(), &s3.GetObjectInput{Bucket: aws.String(e.Name + "-b"), Key: aws.String("copy")})
		if err != nil {
			return err
		}
		body, err := io.ReadAll(out.Body)
		if err != nil {
			return err
		}
		return check(out, string(body))
	}
}

// copyHolds checks a content and two headers of the copy.
func copyHolds(e *acctest.Env, region int, content, cache, disposition string) resource.TestCheckFunc {
	return copied(e, region, func(out *s3.GetObjectOutput, body string) error {
		if body != content || aws.ToString(out.CacheControl) != cache || aws.ToString(out.ContentDisposition) != disposition {
			return fmt.Errorf("the copy holds %q, with %q and %q", body, aws.ToString(out.CacheControl), aws.ToString(out.ContentDisposition))
		}
		return nil
	})
}

func putSource(e *acctest.Env, content, cache string) func() {
	return put(e, s3.PutObjectInput{
		Key: aws.String("source"), CacheControl: &cache, ContentType: aws.String("text/x-test"), ContentDisposition: aws.String("inline"),
		Metadata: map[string]string{"made": "here"}, ACL: s3types.ObjectCannedACLPublicRead,
	}, content)
}

// copyStep is a step that applies a configuration with a certain action.
func copyStep(hcl string, action plancheck.ResourceActionType, checks ...resource.TestCheckFunc) resource.TestStep {
	return resource.TestStep{
		Config: hcl, Check: resource.ComposeTestCheckFunc(checks...),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(copyAddr, action)}},
	}
}

// TestAccCopy is the life of a copy: within a region, where the server copies,
// and between two, where this process does.
func TestAccCopy(t *testing.T) {
	for region, name := range []string{"within a region", "between regions"} {
		t.Run(name, func(t *testing.T) {
			e := acctest.New(t)
			buckets := strings.Split(copyConfig(e, region, ""), `resource "spaces_object_copy"`)[0]
			plain := copyConfig(e, region, "")
			given := copyConfig(e, region, `
  cache_control = "no-store"
  acl           = "public-read"
  metadata      = { other = "there" }`)
			isPublic := copyConfig(e, region, `acl = "public-read"`)
			e.Steps(
				resource.TestStep{Config: buckets},
				after(putSource(e, "one", "no-cache"), copyStep(plain, plancheck.ResourceActionCreate, copyHolds(e, region, "one", "no-cache", "inline"),
					resource.TestCheckResourceAttr(copyAddr, "acl", "private"), resource.TestCheckResourceAttr(copyAddr, "content_type", "text/x-test"),
					resource.TestCheckResourceAttr(copyAddr, "metadata.made", "here"), resource.TestCheckResourceAttr(copyAddr, "size", "3"),
					resource.TestCheckResourceAttrPair(copyAddr, "etag", copyAddr, "source_etag"), resource.TestCheckNoResourceAttr(copyAddr, "content_sha256"))),
				noChange(plain),
				resource.TestStep{
					ResourceName: copyAddr, ImportState: true, ImportStateId: e.Regions[region] + "/" + e.Name + "-b/copy", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "key",
					ImportStateVerifyIgnore: []string{"source_region", "source_bucket", "source_key", "source_etag"},
				},
				copyStep(given, plancheck.ResourceActionUpdate, copyHolds(e, region, "one", "no-store", "inline"),
					resource.TestCheckResourceAttr(copyAddr, "acl", "public-read"), resource.TestCheckResourceAttr(copyAddr, "metadata.%", "1")),
				noChange(given),
				// What is no longer given is the source's again; the ACL has a default.
				copyStep(isPublic, plancheck.ResourceActionUpdate, copyHolds(e, region, "one", "no-cache", "inline"), resource.TestCheckResourceAttr(copyAddr, "metadata.made", "here")),
				// The source has another content, and then other headers only.
				after(putSource(e, "two", "no-cache"), copyStep(isPublic, plancheck.ResourceActionUpdate, copyHolds(e, region, "two", "no-cache", "inline"), resource.TestCheckResourceAttr(copyAddr, "acl", "public-read"))),
				after(putSource(e, "two", "max-age=5"), copyStep(isPublic, plancheck.ResourceActionUpdate, copyHolds(e, region, "two", "max-age=5", "inline"))),
				// The copy has, and then another ACL.
				after(overwriteCopy(e, region, "three"), copyStep(isPublic, plancheck.ResourceActionUpdate, copyHolds(e, region, "two", "max-age=5", "inline"))),
				copyStep(plain, plancheck.ResourceActionUpdate, resource.TestCheckResourceAttr(copyAddr, "acl", "private")),
				// The copy is gone.
				after(removeObject(e, region, e.Name+"-b", "copy"), copyStep(plain, plancheck.ResourceActionCreate, copyHolds(e, region, "two", "max-age=5", "inline"))),
				// The source is gone: nothing happens to the copy, even if it was changed.
				after(removeObject(e, 0, e.Name, "source"), noChange(plain)),
				resource.TestStep{Config: plain, Check: copyHolds(e, region, "two", "max-age=5", "inline")},
			)
		})
	}
}

func overwriteCopy(e *acctest.Env, region int, content string) func() {
	return func() {
		e.T.Helper()
		_, err := e.S3(e.Regions[region]).PutObject(e.T.Context(), &s3.PutObjectInput{Bucket: aws.String(e.Name + "-b"), Key: aws.String("copy"), Body: strings.NewReader(content)})
		if err != nil {
			e.T.Fatal(err)
		}
	}
}

func removeObject(e *acctest.Env, region int, bucket, key string) func() {
	return func() {
		e.T.Helper()
		if _, err := e.S3(e.Regions[region]).DeleteObject(e.T.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
			e.T.Fatal(err)
		}
	}
}

// A source that is made in the same apply is no error while planning.
func TestAccCopy_ofWhatIsMade(t *testing.T) {
	e := acctest.New(t)
	hcl := func(content string) string {
		return e.Config(bucketConfig + fmt.Sprintf(`
resource "spaces_object" "source" {
  bucket  = spaces_bucket.test.name
  key     = "source"
  content = %q
}
resource "spaces_object_copy" "test" {
  bucket        = spaces_bucket.test.name
  key           = "copy"
  source_bucket = spaces_bucket.test.name
  source_key    = spaces_object.source.key
  metadata      = { source = spaces_object.source.content_sha256 }
}
data "spaces_object" "copy" {
  bucket        = spaces_bucket.test.name
  key           = spaces_object_copy.test.key
  max_body_size = 10
  depends_on    = [spaces_object_copy.test]
}
`, content))
	}
	body := func(want string) resource.TestCheckFunc {
		return resource.TestCheckResourceAttr("data.spaces_object.copy", "body", want)
	}
	e.Steps(
		copyStep(hcl("one"), plancheck.ResourceActionCreate, body("one")),
		noChange(hcl("one")),
		copyStep(hcl("two"), plancheck.ResourceActionUpdate, body("two")),
		noChange(hcl("two")),
	)
}

// An earlier version can be copied, also over its own successor. (That another
// resource has written to the key is a difference that stays.)
func TestAccCopy_version(t *testing.T) {
	for name, key := range map[string]string{"elsewhere": "copy", "onto itself": "source"} {
		t.Run(name, func(t *testing.T) {
			e := acctest.New(t)
			hcl := e.Config(bucketConfig + fmt.Sprintf(`
resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
resource "spaces_object" "first" {
  bucket  = spaces_bucket_versioning.test.bucket
  key     = "source"
  content = "one"
}
resource "spaces_object" "second" {
  bucket     = spaces_bucket_versioning.test.bucket
  key        = "source"
  content    = "two"
  depends_on = [spaces_object.first]
}
resource "spaces_object_copy" "test" {
  bucket            = spaces_bucket.test.name
  key               = %q
  source_bucket     = spaces_bucket.test.name
  source_key        = spaces_object.second.key
  source_version_id = spaces_object.first.version_id
}
`, key))
			e.Steps(resource.TestStep{Config: hcl, ExpectNonEmptyPlan: true, Check: func(s *terraform.State) error {
				out, err := e.S3(e.Region()).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &e.Name, Key: &key})
				if err != nil {
					return err
				}
				body, err := io.ReadAll(out.Body)
				version := s.RootModule().Resources[copyAddr].Primary.Attributes["version_id"]
				if err != nil || string(body) != "one" || version == "" || version != aws.ToString(out.VersionId) {
					return fmt.Errorf("%s holds %q, in the version %s and not in %s (%w)", key, body, aws.ToString(out.VersionId), version, err)
				}
				return nil
			}})
		})
	}
}

func TestAccCopy_oddKeys(t *testing.T) {
	e := acctest.New(t)
	var keys []string
	for _, key := range oddKeys {
		if len(key) < 1000 {
			keys = append(keys, strings.ReplaceAll(fmt.Sprintf("%q", key), "${", "$${"))
		}
	}
	hcl := e.Config(bucketConfig + fmt.Sprintf(`
locals {
  keys = [%s]
}
resource "spaces_object" "test" {
  count   = length(local.keys)
  bucket  = spaces_bucket.test.name
  key     = local.keys[count.index]
  content = "[${local.keys[count.index]}]"
}
resource "spaces_object_copy" "test" {
  count         = length(local.keys)
  bucket        = spaces_bucket.test.name
  key           = "copy of ${local.keys[count.index]}"
  source_bucket = spaces_bucket.test.name
  source_key    = spaces_object.test[count.index].key
}
`, strings.Join(keys, ", ")))
	e.Steps(
		resource.TestStep{Config: hcl, Check: func(*terraform.State) error {
			for _, key := range oddKeys {
				if len(key) >= 1000 {
					continue
				}
				out, err := e.S3(e.Region()).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &e.Name, Key: aws.String("copy of " + key)})
				if err != nil {
					return fmt.Errorf("%q: %w", key, err)
				}
				if body, _ := io.ReadAll(out.Body); string(body) != "["+key+"]" {
					return fmt.Errorf("the copy of %q holds %q", key, body)
				}
			}
			return nil
		}},
		noChange(hcl),
	)
}

func TestAccCopy_mistakes(t *testing.T) {
	e := acctest.New(t)
	object := func(arguments string) string {
		return e.Config(`
resource "spaces_object_copy" "test" {
  bucket     = "some-bucket"
  source_key = "source"
  ` + arguments + `
}`)
	}
	var steps []resource.TestStep
	for arguments, want := range map[string]string{
		`key = "source"
		 source_bucket = "some-bucket"`: `Source and copy are one object`,
		`key = "source"
		 source_bucket = "some-bucket"
		 source_region = "` + strings.ToUpper(e.Region()) + `"`: `Give the copy another key or bucket`,
		`key = "copy"
		 source_bucket = "https://example.com"`: `cannot be a bucket's name`,
		`key = "copy"
		 source_bucket = "some-bucket"
		 source_version_id = ""`: `source_version_id is an empty string`,
		`key = "copy"
		 source_bucket = "some-bucket"
		 source_region = "somewhere"`: `has not the shape of a region's slug`,
	} {
		steps = append(steps, resource.TestStep{Config: object(arguments), PlanOnly: true, ExpectError: spaced(want)})
	}
	missing := e.Config(bucketConfig + `
resource "spaces_object_copy" "test" {
  bucket        = spaces_bucket.test.name
  key           = "copy"
  source_bucket = spaces_bucket.test.name
  source_key    = "missing"
}`)
	steps = append(steps, resource.TestStep{Config: missing, ExpectError: spaced(`here is no "missing" in bucket ` + e.Name)})
	e.Steps(steps...)
}

// spaced matches words however lines are broken.
func spaced(words string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(words), " ", `[\s│]+`))
}

// A copy that is imported and has the source's content is not copied again.
func TestLocalCopy_import(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := copyConfig(e, 0, "")
	buckets := strings.Split(hcl, `resource "spaces_object_copy"`)[0]
	imported := hcl + fmt.Sprintf(`
import {
  to = spaces_object_copy.test
  id = "%s/%s-b/copy"
}
`, e.Region(), e.Name)
	before := func() {
		putSource(e, "one", "no-cache")()
		_, err := e.S3(e.Region()).CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: aws.String(e.Name + "-b"), Key: aws.String("copy"), CopySource: aws.String(e.Name + "/source")})
		if err != nil {
			t.Fatal(err)
		}
		e.Local.Fail(localspaces.Fault{Operation: "CopyObject", Status: 403})
		e.Local.Fail(localspaces.Fault{Operation: "PutObject", Key: "copy", Status: 403})
	}
	e.Steps(
		resource.TestStep{Config: buckets},
		after(before, copyStep(imported, plancheck.ResourceActionUpdate, resource.TestCheckResourceAttrPair(copyAddr, "etag", copyAddr, "source_etag"))),
		noChange(hcl),
	)
}

// A source that may not be read any more changes nothing; when the copy has
// been changed, that is left.
func TestLocalCopy_sourceDenied(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := copyConfig(e, 0, "")
	buckets := strings.Split(hcl, `resource "spaces_object_copy"`)[0]
	deny := func() { e.Local.Fail(localspaces.Fault{Key: "source", Status: 403}) }
	e.Steps(
		resource.TestStep{Config: buckets},
		after(putSource(e, "one", "no-cache"), copyStep(hcl, plancheck.ResourceActionCreate)),
		after(deny, noChange(hcl)),
		after(overwriteCopy(e, 0, "two"), resource.TestStep{Config: hcl, Check: copied(e, 0, func(_ *s3.GetObjectOutput, body string) error {
			if body != "two" {
				return fmt.Errorf("the copy holds %q", body)
			}
			return nil
		})}),
	)
}
