package object_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const (
	one       = "<h1>one</h1>"
	oneMD5    = "a259c1f6b94edeef2642ff0c2a04e72a"
	oneSHA256 = "52c123d327f66e17c132f51c832d69c12e1041a433586d8ce834a73b0062b4e7"
)

func TestAccObject_lifecycle(t *testing.T) {
	e := acctest.New(t)
	page := file(t, "page.html", one)
	const key = "docs/page.html"
	basic := config(e, fmt.Sprintf("key = %q\n source = %q", key, page))
	fullWith := func(expires string) string {
		return config(e, fmt.Sprintf(`
  key                 = %q
  source              = %q
  acl                 = "public-read"
  content_type        = "text/x-page"
  cache_control       = "public, max-age=60"
  content_disposition = "inline; filename=\"page.html\""
  content_encoding    = "identity"
  content_language    = "en"
  expires             = %q
  website_redirect    = "/elsewhere.html"
  metadata            = { author = "Zoë", "made-by" = "a test", under_score = "x" }
`, key, page, expires))
	}
	full := fullWith("2030-01-31T01:00:00+01:00")
	unchanged := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(addr, plancheck.ResourceActionUpdate),
		plancheck.ExpectKnownValue(addr, tfjsonpath.New("etag"), knownvalue.NotNull()),
		plancheck.ExpectKnownValue(addr, tfjsonpath.New("version_id"), knownvalue.Null()),
	}}
	changes := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(addr, plancheck.ResourceActionUpdate),
		plancheck.ExpectUnknownValue(addr, tfjsonpath.New("etag")),
		plancheck.ExpectUnknownValue(addr, tfjsonpath.New("version_id")),
		plancheck.ExpectUnknownValue(addr, tfjsonpath.New("last_modified")),
		plancheck.ExpectKnownValue(addr, tfjsonpath.New("size"), knownvalue.Int64Exact(13)),
	}}
	e.Steps(
		expect(basic, plancheck.ResourceActionCreate, append(is(map[string]string{
			"region": e.Region(), "acl": "private", "content_type": "text/html; charset=utf-8", "cache_control": "",
			"etag": oneMD5, "content_sha256": oneSHA256, "version_id": "", "url": url(e, key),
		}), statecheck.ExpectKnownValue(addr, tfjsonpath.New("size"), knownvalue.Int64Exact(12)))...),
		noChange(basic),
		// Headers.
		expect(full, plancheck.ResourceActionUpdate, is(map[string]string{
			"content_type": "text/x-page", "expires": "2030-01-31T01:00:00+01:00", "acl": "public-read", "website_redirect": "/elsewhere.html",
		})...),
		after(stored(e, key, func(out *s3.GetObjectOutput, body string) error {
			if body != one || *out.CacheControl != "public, max-age=60" || *out.ExpiresString != "Thu, 31 Jan 2030 00:00:00 GMT" || out.Metadata["author"] != "Zoë" {
				return fmt.Errorf("%q %+v", body, out)
			}
			return nil
		}), noChange(full)),
		// The same instant in another spelling needs no request.
		resource.TestStep{Config: fullWith("2030-01-31T00:00:00Z"), ConfigPlanChecks: unchanged},
		noChange(fullWith("2030-01-31T00:00:00Z")),
		// The ACL alone: what is there is left alone.
		resource.TestStep{Config: strings.Replace(full, `"public-read"`, `"private"`, 1), ConfigPlanChecks: unchanged},
		noChange(strings.Replace(full, `"public-read"`, `"private"`, 1)),
		// The content.
		after(func() { write(t, page, "<h1>next</h1>") }, resource.TestStep{Config: full, ConfigPlanChecks: changes}),
		noChange(full),
		// Another source with the same content is no change on the server.
		resource.TestStep{
			Config:           strings.Replace(full, fmt.Sprintf("source              = %q", page), `content = "<h1>next</h1>"`, 1),
			ConfigPlanChecks: unchanged,
		},
		// Nothing but the content is left.
		expect(basic, plancheck.ResourceActionUpdate, is(map[string]string{
			"content_type": "text/html; charset=utf-8", "expires": "", "metadata": "", "content_language": "", "website_redirect": "", "acl": "private",
		})...),
		noChange(basic),
		resource.TestStep{
			ResourceName: addr, ImportState: true, ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "key",
			ImportStateIdFunc:       func(*terraform.State) (string, error) { return e.Region() + "/" + e.Name + "/" + key, nil },
			ImportStateVerifyIgnore: []string{"source", "content_sha256"},
		},
		// Another key is another object, and the first one goes.
		expect(strings.Replace(basic, key, "docs/other.html", 1), plancheck.ResourceActionDestroyBeforeCreate),
		after(func() {
			if kept, _ := versions(e, key); kept != 0 {
				t.Error("the object of the earlier key is left")
			}
		}, noChange(strings.Replace(basic, key, "docs/other.html", 1))),
	)
}

func TestAccObject_contents(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
	tests := map[string]struct{ arguments, body, contentType string }{
		"text":         {`content = "a <b>"`, "a <b>", "text/plain; charset=utf-8"},
		"empty_text":   {`content = ""`, "", "application/octet-stream"},
		"empty_file":   {fmt.Sprintf("source = %q", file(t, "empty", "")), "", "application/octet-stream"},
		"by_its_bytes": {fmt.Sprintf("source = %q", file(t, "picture", png)), png, "image/png"},
		"base64":       {`content_base64 = "/wD+"`, "\xff\x00\xfe", "application/octet-stream"},
		"type_given":   {"content = \"{}\"\n content_type = \"application/problem+json\"", "{}", "application/problem+json"},
		"later":        {"content = terraform_data.later.output", "known by then", "text/plain; charset=utf-8"},
		"type_later":   {"content = \"-\"\n content_type = terraform_data.later.output", "-", "known by then"},
	}
	e := acctest.New(t)
	hcl := e.Config(bucketConfig + "resource \"terraform_data\" \"later\" {\n  input = \"known by then\"\n}\n")
	for name, test := range tests {
		hcl += fmt.Sprintf("resource \"spaces_object\" %q {\n  bucket = spaces_bucket.test.name\n  key = %q\n  %s\n}\n", name, name, test.arguments)
	}
	check := func() {
		for name, test := range tests {
			stored(e, name, func(out *s3.GetObjectOutput, body string) error {
				if body != test.body || *out.ContentType != test.contentType {
					return fmt.Errorf("%s: %q, %s", name, body, *out.ContentType)
				}
				return nil
			})()
		}
	}
	unknown := func(name, attribute string) plancheck.PlanCheck {
		return plancheck.ExpectUnknownValue("spaces_object."+name, tfjsonpath.New(attribute))
	}
	e.Steps(
		resource.TestStep{Config: hcl, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			unknown("later", "content_sha256"), unknown("later", "content_type"), unknown("later", "size"), unknown("type_later", "content_type"),
		}}},
		after(check, noChange(hcl)),
		// Known before now, and unknown again: nothing is sent that is there.
		expectAll(strings.ReplaceAll(hcl, `input = "known by then"`, `input = "known by now"`),
			map[string]plancheck.ResourceActionType{"later": plancheck.ResourceActionUpdate, "text": plancheck.ResourceActionNoop}),
	)
}

// An object that is there, with the content that is configured, is taken over
// without being sent again.
func TestAccObject_import(t *testing.T) {
	page := file(t, "page.html", one)
	for name, test := range map[string]struct {
		body, contentType, to string
		puts                  int
	}{
		"same content":       {one, "text/html; charset=utf-8", "id = \"${local.region}/${var.name}/docs/page.html\"", 0},
		"DigitalOcean's way": {one, "text/html; charset=utf-8", "id = \"${local.region},${var.name},docs/page.html\"", 0},
		"as URL":             {one, "text/html; charset=utf-8", "id = \"s3://${var.name}/docs/page.html\"", 0},
		"another type":       {one, "text/plain", "id = \"${local.region}/${var.name}/docs/page.html\"", 1},
		"another content":    {"else", "text/html; charset=utf-8", "id = \"${local.region}/${var.name}/docs/page.html\"", 1},
		"identity":           {one, "text/html; charset=utf-8", "identity = { bucket = var.name, key = \"docs/page.html\" }", 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := acctest.New(t)
			bucket := e.Config(bucketConfig + `
resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
`)
			hcl := bucket + fmt.Sprintf(`
locals {
  region = %q
}
import {
  to = spaces_object.test
  %s
}
resource "spaces_object" "test" {
  bucket        = spaces_bucket.test.name
  key           = "docs/page.html"
  source        = %q
  force_destroy = true
}
`, e.Region(), test.to, page)
			var checks []tfversion.TerraformVersionCheck
			if name == "identity" {
				checks = append(checks, tfversion.SkipBelow(tfversion.Version1_12_0))
			}
			e.Run(resource.TestCase{TerraformVersionChecks: checks, Steps: []resource.TestStep{
				{Config: bucket},
				after(put(e, s3.PutObjectInput{Key: aws.String("docs/page.html"), ContentType: &test.contentType}, test.body),
					expect(hcl, plancheck.ResourceActionUpdate, is(map[string]string{"content_sha256": oneSHA256, "content_type": "text/html; charset=utf-8"})...)),
				after(func() {
					if kept, _ := versions(e, "docs/page.html"); kept != 1+test.puts {
						t.Errorf("%d versions, want %d", kept, 1+test.puts)
					}
				}, noChange(hcl)),
			}})
		})
	}
}

func TestAccObject_writeOnly(t *testing.T) {
	e := acctest.New(t)
	with := func(secret string, version int) string {
		return config(e, fmt.Sprintf("key = \"secret\"\n content_wo = %q\n content_wo_version = %d", secret, version))
	}
	is := is(map[string]string{"content_sha256": "", "content_wo": "", "content_type": "text/plain; charset=utf-8"})
	nowhere := func(s *terraform.State) error {
		if all := fmt.Sprint(s); strings.Contains(all, "hush") {
			return errors.New("the secret is in the state: " + all)
		}
		return nil
	}
	holds := func(want string) func() {
		return stored(e, "secret", func(_ *s3.GetObjectOutput, body string) error {
			if body != want {
				return fmt.Errorf("it holds %q", body)
			}
			return nil
		})
	}
	step := expect(with("hush 1", 1), plancheck.ResourceActionCreate, is...)
	step.Check = nowhere
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
		Steps: []resource.TestStep{
			step,
			after(holds("hush 1"), noChange(with("hush 1", 1))),
			noChange(with("hush 2", 1)), // cannot be seen
			expect(with("hush 2", 2), plancheck.ResourceActionUpdate, is...),
			after(holds("hush 2"), noChange(with("hush 2", 2))),
			// Changed elsewhere: it is sent again.
			after(put(e, s3.PutObjectInput{Key: aws.String("secret"), ContentType: aws.String("text/plain; charset=utf-8")}, "else"),
				expect(with("hush 2", 2), plancheck.ResourceActionUpdate, is...)),
			after(holds("hush 2"), noChange(with("hush 2", 2))),
			// The secret becomes a plain text, without being sent again, and back.
			{Config: config(e, "key = \"secret\"\n content = \"hush 2\"")},
			expect(with("hush 2", 2), plancheck.ResourceActionUpdate, is...),
			noChange(with("hush 2", 2)),
		},
	})
}

// Whatever is changed outside Terraform is seen, and put right.
func TestAccObject_drift(t *testing.T) {
	same := func() s3.PutObjectInput {
		return s3.PutObjectInput{
			ContentType: aws.String("text/html; charset=utf-8"), CacheControl: aws.String("no-cache"),
			Metadata: map[string]string{"a": "1"}, ACL: s3types.ObjectCannedACLPublicRead,
		}
	}
	const update, none = plancheck.ResourceActionUpdate, plancheck.ResourceActionNoop
	tests := map[string]struct {
		body   string
		change func(in *s3.PutObjectInput)
		action plancheck.ResourceActionType
	}{
		"content":       {"<h1>two</h1>", func(*s3.PutObjectInput) {}, update},
		"same":          {one, func(*s3.PutObjectInput) {}, none},
		"header":        {one, func(in *s3.PutObjectInput) { in.CacheControl = nil }, update},
		"other_header":  {one, func(in *s3.PutObjectInput) { in.ContentLanguage = aws.String("de") }, update},
		"type":          {one, func(in *s3.PutObjectInput) { in.ContentType = aws.String("text/plain") }, update},
		"no_type":       {one, func(in *s3.PutObjectInput) { in.ContentType = nil }, update},
		"metadata":      {one, func(in *s3.PutObjectInput) { in.Metadata["a"] = "2" }, update},
		"more_metadata": {one, func(in *s3.PutObjectInput) { in.Metadata["b"] = "2" }, update},
		"less_metadata": {one, func(in *s3.PutObjectInput) { in.Metadata = nil }, update},
		"expires":       {one, func(in *s3.PutObjectInput) { in.Expires = aws.Time(time.Unix(0, 0)) }, update},
		"acl":           {one, func(in *s3.PutObjectInput) { in.ACL = s3types.ObjectCannedACLPrivate }, update},
		"deleted":       {"", nil, plancheck.ResourceActionCreate},
	}
	e := acctest.New(t)
	hcl, actions := e.Config(bucketConfig), map[string]plancheck.ResourceActionType{}
	for name, test := range tests {
		actions[name] = test.action
		hcl += fmt.Sprintf(`
resource "spaces_object" %q {
  bucket        = spaces_bucket.test.name
  key           = "%s.html"
  content       = %q
  cache_control = "no-cache"
  metadata      = { a = "1" }
  acl           = "public-read"
}
`, name, name, one)
	}
	behind := func() {
		for name, test := range tests {
			key := aws.String(name + ".html")
			if test.change == nil {
				e.Behind(func(ctx context.Context, c *s3.Client) error {
					_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &e.Name, Key: key})
					return err
				})()
				continue
			}
			in := same()
			in.Key = key
			test.change(&in)
			put(e, in, test.body)()
		}
	}
	check := func() {
		for name := range tests {
			stored(e, name+".html", func(out *s3.GetObjectOutput, body string) error {
				if body != one || *out.CacheControl != "no-cache" || *out.ContentType != "text/html; charset=utf-8" || len(out.Metadata) != 1 || out.ContentLanguage != nil || out.ExpiresString != nil {
					return fmt.Errorf("%s: %q %+v", name, body, out)
				}
				return nil
			})()
		}
	}
	created := map[string]plancheck.ResourceActionType{}
	for name := range tests {
		created[name] = plancheck.ResourceActionCreate
	}
	e.Steps(
		expectAll(hcl, created),
		after(behind, expectAll(hcl, actions)),
		after(check, noChange(hcl)),
		after(e.RemoveBucket(e.Name), expectAll(hcl, created)),
		noChange(hcl),
	)
}

// Drift that nothing is done about is seen as long as it is there.
func TestAccObject_driftSeenTwice(t *testing.T) {
	e := acctest.New(t)
	hcl := config(e, "key = \"a\"\n content = \"1\"")
	refresh := resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true}
	e.Steps(
		resource.TestStep{Config: hcl},
		after(put(e, s3.PutObjectInput{Key: aws.String("a"), ContentType: aws.String("text/plain; charset=utf-8")}, "2"), refresh),
		refresh,
		resource.TestStep{Config: hcl, PlanOnly: true, ExpectNonEmptyPlan: true},
		expect(hcl, plancheck.ResourceActionUpdate),
		noChange(hcl),
	)
}

func TestAccObject_versions(t *testing.T) {
	e := acctest.New(t)
	bucket := bucketConfig + `
resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
`
	with := func(text string, force bool) string {
		return e.Config(bucket + fmt.Sprintf(`
resource "spaces_object" "test" {
  bucket        = spaces_bucket_versioning.test.bucket
  key           = "a"
  content       = %q
  force_destroy = %t
}
resource "spaces_object" "longer" {
  bucket        = spaces_bucket_versioning.test.bucket
  key           = "a/b"
  content       = "not to be touched"
}
`, text, force))
	}
	count := func(key string, wantVersions, wantMarkers int) func() {
		return func() {
			if kept, markers := versions(e, key); kept != wantVersions || markers != wantMarkers {
				t.Errorf("%s has %d versions and %d markers, want %d and %d", key, kept, markers, wantVersions, wantMarkers)
			}
		}
	}
	hasVersion := statecheck.ExpectKnownValue(addr, tfjsonpath.New("version_id"), knownvalue.NotNull())
	e.Steps(
		expect(with("1", false), plancheck.ResourceActionCreate, hasVersion),
		expect(with("2", false), plancheck.ResourceActionUpdate, hasVersion),
		after(count("a", 2, 0), noChange(with("2", false))),
		resource.TestStep{Config: e.Config(bucket)}, // hidden behind a marker
		after(count("a", 2, 1), expect(with("3", false), plancheck.ResourceActionCreate, hasVersion)),
		// The last word is the state's.
		after(count("a", 3, 1), expect(with("3", true), plancheck.ResourceActionUpdate)),
		after(count("a", 3, 1), resource.TestStep{Config: e.Config(bucket)}),
		after(func() { count("a", 0, 0)(); count("a/b", 2, 2)() }, resource.TestStep{Config: e.Config(bucket)}),
	)
}

func TestAccObject_noBucket(t *testing.T) {
	e := acctest.New(t)
	e.Steps(resource.TestStep{
		Config:      e.Config("resource \"spaces_object\" \"test\" {\n bucket = \"${var.name}-none\"\n key = \"a\"\n content = \"1\"\n}"),
		ExpectError: regexp.MustCompile(`(?s)Could not create spaces_object.*there is no bucket\s+` + e.Name + `-none\s+in\s+region`),
	})
}

// A bucket made a moment ago may be invisible, and reads may be stale.
func TestLocalObject_inconsistentServer(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.Fail(localspaces.Fault{Operation: "PutObject", Times: 3, Status: http.StatusNotFound, Code: "NoSuchBucket"})
	staleAfterPut := func() {
		var written atomic.Bool
		e.Local.Fail(localspaces.Fault{Times: 4, Stale: true, Match: func(_ *http.Request, operation string) bool {
			if operation == "PutObject" {
				written.Store(true)
			}
			return operation == "HeadObject" && written.Load()
		}})
	}
	with := func(text string) string { return config(e, "key = \"a\"\n content = \""+text+"\"") }
	typed := func(contentType string) string {
		return config(e, "key = \"a\"\n content = \"2\"\n content_type = \""+contentType+"\"")
	}
	e.Steps(
		expect(with("1"), plancheck.ResourceActionCreate),
		noChange(with("1")),
		after(staleAfterPut, expect(with("2"), plancheck.ResourceActionUpdate)),
		noChange(with("2")),
		after(staleAfterPut, expect(typed("text/x-other"), plancheck.ResourceActionUpdate)),
		noChange(typed("text/x-other")),
	)
}

// Only S3's own word that an object is gone removes it from the state.
func TestLocalObject_notFoundByProxy(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := config(e, "key = \"a\"\n content = \"1\"")
	var cancel []func()
	e.Steps(
		resource.TestStep{Config: hcl},
		resource.TestStep{
			PreConfig: func() {
				for _, operation := range []string{"HeadObject", "GetObjectAcl"} {
					cancel = append(cancel, e.Local.Fail(localspaces.Fault{Operation: operation, Status: http.StatusNotFound, Code: "ProxySaysNo"}))
				}
			},
			Config: hcl, PlanOnly: true, ExpectError: regexp.MustCompile(`Could not read spaces_object`),
		},
		after(func() {
			for _, c := range cancel {
				c()
			}
		}, noChange(hcl)),
	)
}

// A key that may only read and write one bucket is enough.
func TestLocalObject_limitedKey(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Behind(func(ctx context.Context, c *s3.Client) error {
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &e.Name})
		return err
	})()
	e.Local.AddKey("LIMITED", "limited-secret", localspaces.Grant{Bucket: e.Name, Permission: "readwrite"})
	hcl := fmt.Sprintf(`
provider "spaces" {
  endpoint   = %q
  region     = %q
  access_key = "LIMITED"
  secret_key = "limited-secret"
}
resource "spaces_object" "test" {
  bucket        = %q
  key           = "a"
  content       = "1"
  force_destroy = true
}
data "spaces_object" "test" {
  bucket = spaces_object.test.bucket
  key    = spaces_object.test.key
}
data "spaces_objects" "test" {
  bucket = spaces_object.test.bucket
}
`, e.Endpoint, e.Region(), e.Name)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: e.Factories(), Steps: []resource.TestStep{
		expect(hcl, plancheck.ResourceActionCreate), noChange(hcl),
	}})
}

func TestAccObject_existing(t *testing.T) {
	e := acctest.New(t)
	bucket := e.Config(bucketConfig)
	hcl := config(e, "key = \"a\"\n content = \"1\"")
	e.Steps(
		resource.TestStep{Config: bucket},
		after(put(e, s3.PutObjectInput{Key: aws.String("a")}, "2"), expect(hcl, plancheck.ResourceActionCreate)),
		noChange(hcl),
	)
}
