package object_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

const dataAddr = "data.spaces_object.test"

func TestAccObjectDataSource(t *testing.T) {
	e := acctest.New(t)
	hcl := config(e, `
  key                 = "a.txt"
  content             = "text"
  acl                 = "public-read"
  cache_control       = "no-cache"
  content_disposition = "inline"
  content_encoding    = "identity"
  content_language    = "en"
  expires             = "2030-01-31T00:00:00Z"
  website_redirect    = "/b.txt"
  metadata            = { a = "1" }
`)
	data := func(arguments string) string {
		return hcl + "data \"spaces_object\" \"test\" {\n  bucket = spaces_object.test.bucket\n  key = spaces_object.test.key\n  " + arguments + "\n}\n"
	}
	known := func(name string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(dataAddr, tfjsonpath.New(name), check)
	}
	body := `content_base64 = "//4="`
	e.Steps(
		resource.TestStep{
			Config: data("max_body_size = 4"),
			Check:  saysTheSame,
			ConfigStateChecks: []statecheck.StateCheck{
				known("body", knownvalue.StringExact("text")), known("body_base64", knownvalue.StringExact("dGV4dA==")),
			},
		},
		resource.TestStep{Config: data(""), ConfigStateChecks: []statecheck.StateCheck{
			known("body", knownvalue.Null()), known("body_base64", knownvalue.Null()), known("content_sha256", knownvalue.Null()),
		}},
		resource.TestStep{Config: data("max_body_size = 3"), ExpectError: regexp.MustCompile(`4 bytes, and\s+max_body_size\s+is 3`)},
		resource.TestStep{Config: strings.Replace(data("max_body_size = 4"), `content             = "text"`, body, 1), ConfigStateChecks: []statecheck.StateCheck{
			known("body", knownvalue.Null()), known("body_base64", knownvalue.StringExact("//4=")),
		}},
		resource.TestStep{
			Config:      strings.Replace(data(""), "key = spaces_object.test.key", `key = "none"`, 1),
			ExpectError: regexp.MustCompile(`(?s)Could not read spaces_object.*/none.*NoSuchKey`),
		},
	)
}

// saysTheSame compares the resource with the data source.
func saysTheSame(s *terraform.State) error {
	r, d := s.RootModule().Resources[addr], s.RootModule().Resources[dataAddr]
	own := map[string]bool{"%": true, "content": true, "force_destroy": true}
	for name, value := range r.Primary.Attributes {
		if !own[name] && d.Primary.Attributes[name] != value {
			return fmt.Errorf("%s: resource %q, data source %q", name, value, d.Primary.Attributes[name])
		}
	}
	return nil
}

func TestAccObjectDataSource_version(t *testing.T) {
	e := acctest.New(t)
	with := func(text string) string {
		return e.Config(bucketConfig + `
resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
resource "spaces_object" "test" {
  bucket  = spaces_bucket_versioning.test.bucket
  key     = "a.txt"
  content = "` + text + `"
}
resource "terraform_data" "first" { # the ID of the first version, for good
  input = spaces_object.test.version_id
  lifecycle {
    ignore_changes = [input]
  }
}
`)
	}
	e.Steps(
		resource.TestStep{Config: with("1")},
		resource.TestStep{
			Config: with("2") + `
data "spaces_object" "test" {
  bucket        = spaces_object.test.bucket
  key           = spaces_object.test.key
  max_body_size = 10
}
data "spaces_object" "first" {
  bucket        = spaces_object.test.bucket
  key           = spaces_object.test.key
  version_id    = terraform_data.first.output
  max_body_size = 10
}
output "first" {
  value = data.spaces_object.first.body
}
`,
			Check: resource.ComposeAggregateTestCheckFunc(
				saysTheSame,
				resource.TestCheckOutput("first", "1"),
				resource.TestCheckResourceAttrPair("data.spaces_object.first", "version_id", "terraform_data.first", "output"),
			),
		},
	)
}

func TestAccObjectsDataSource(t *testing.T) {
	e := acctest.New(t)
	bucket := e.Config(bucketConfig)
	fill := e.Behind(func(ctx context.Context, c *s3.Client) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(16)
		for i := range 1100 {
			group.Go(func() error {
				_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &e.Name, Key: aws.String(fmt.Sprintf("many/%04d", i)), Body: strings.NewReader("12")})
				return err
			})
		}
		for _, key := range []string{"a b+c", "folder/one", "folder/two", "zz"} {
			group.Go(func() error {
				_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &e.Name, Key: &key})
				return err
			})
		}
		return group.Wait()
	})
	hcl := bucket
	for name, arguments := range map[string]string{
		"default": "", "all": "max_keys = 5000", "exact": "max_keys = 1104", "prefix": `prefix = "many/001"`,
		"top": `delimiter = "/"`, "top2": "delimiter = \"/\"\nmax_keys = 2", "after": `start_after = "many/1097"`, "none": `prefix = "nothing"`,
	} {
		hcl += fmt.Sprintf("data \"spaces_objects\" %q {\n bucket = spaces_bucket.test.name\n %s\n}\n", name, arguments)
	}
	hcl += `
output "found" {
  value = join(" ", [
    length(data.spaces_objects.default.objects), length(data.spaces_objects.all.objects), length(data.spaces_objects.exact.objects),
    length(data.spaces_objects.prefix.objects), length(data.spaces_objects.none.objects), length(data.spaces_objects.none.common_prefixes),
  ])
}
output "top" {
  value = join(" ", concat(data.spaces_objects.top.objects[*].key, data.spaces_objects.top.common_prefixes))
}
output "top2" {
  value = join(" ", concat(data.spaces_objects.top2.objects[*].key, data.spaces_objects.top2.common_prefixes))
}
output "after" {
  value = join(" ", data.spaces_objects.after.objects[*].key)
}
output "last" {
  value = jsonencode(data.spaces_objects.prefix.objects[9])
}
`
	e.Steps(
		resource.TestStep{Config: bucket},
		after(fill, resource.TestStep{Config: hcl, Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckOutput("found", "1000 1104 1104 10 0 0"),
			resource.TestCheckOutput("top", "a b+c zz folder/ many/"),
			resource.TestCheckOutput("top2", "a b+c folder/"),
			resource.TestCheckOutput("after", "many/1098 many/1099 zz"),
			resource.TestMatchOutput("last", regexp.MustCompile(`^{"etag":"c20ad4d76fe97759aa27a0c99bff6710","key":"many/0019","last_modified":"20..-..-..T..:..:..Z","size":2,"storage_class":"STANDARD"}$`)),
		)}),
	)
}
