package object_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// oddKeys are all that something on the way to the server could take for
// something else.
var oddKeys = []string{
	"plain.txt", "a b", " lead and trail ", "a+b", "a%20b", "100%", "%2F", "a%2Fb", "a%", "+", "a&b=c", "q?x=1", "#top", "a;b,c:d@e$f!g",
	"ü", "日本/語.txt", "😀", "/lead", "//two", "a//b", "a///b//", "folder/", ".", "..", "./x", "../x", "a/../b", "a/./b", "a/..",
	`back\slash`, `"quotes" and 'these'`, "<xml>&amp;</xml>", "{json}", "[1]", "*", "~", "^`|", "a=b", "-", "CAPS and caps", "caps and CAPS",
	"${not_hcl}", "acl", "?acl", "uploads", "null", "a\u00a0b", "\u202eright to left",
	strings.Repeat("k", 1024), strings.Repeat("日", 341) + "k", strings.Repeat("d/", 512),
}

func TestAccObject_oddKeys(t *testing.T) {
	for _, style := range []string{"host", "path"} {
		t.Run(style, func(t *testing.T) {
			e := acctest.New(t)
			e.PathStyle = style == "path"
			var keys []string
			for _, key := range oddKeys {
				keys = append(keys, strings.ReplaceAll(strconv.Quote(key), "${", "$${"))
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
  acl     = "public-read"
}
data "spaces_object" "test" {
  count         = length(local.keys)
  bucket        = spaces_object.test[count.index].bucket
  key           = spaces_object.test[count.index].key
  max_body_size = 2000
}
`, strings.Join(keys, ", ")))
			e.Steps(
				resource.TestStep{Config: hcl, Check: func(s *terraform.State) error {
					for i, key := range oddKeys {
						name := fmt.Sprintf("spaces_object.test.%d", i)
						r, d := s.RootModule().Resources[name], s.RootModule().Resources["data."+name]
						if r == nil || d == nil {
							return fmt.Errorf("%q is not in the state", key)
						}
						if got := d.Primary.Attributes["body"]; got != "["+key+"]" {
							return fmt.Errorf("%q holds %q", key, got)
						}
						if err := visit(e, r.Primary.Attributes["url"], "["+key+"]"); err != nil {
							return fmt.Errorf("%q: %w", key, err)
						}
					}
					return asWritten(e)
				}},
				noChange(hcl),
			)
		})
	}
}

// asWritten compares the keys on the server with what they ought to be.
func asWritten(e *acctest.Env) error {
	var got []string
	for page, err := range spaces.Objects(e.T.Context(), e.S3(e.Region()), spaces.ObjectsInput{Bucket: e.Name}) {
		if err != nil {
			return err
		}
		for _, o := range page.Objects {
			got = append(got, *o.Key)
		}
	}
	want := slices.Sorted(slices.Values(oddKeys))
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the server has\n%q\nand not\n%q", got, want)
	}
	return nil
}

// visit reads a URL as anybody can.
func visit(e *acctest.Env, url, want string) error {
	req, err := http.NewRequestWithContext(e.T.Context(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := e.HTTP().Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if string(body) != want {
		return fmt.Errorf("%s: %s, %q", url, resp.Status, body)
	}
	return nil
}

func TestAccObject_importOddKeys(t *testing.T) {
	e := acctest.New(t)
	var imports []string
	keys := []string{"/lead", "a//b", "a b+c%20d", "日本/語"}
	before := func() {
		for _, key := range keys {
			put(e, s3.PutObjectInput{Key: &key}, "x")()
		}
	}
	bucket := e.Config(bucketConfig)
	for i, key := range keys {
		imports = append(imports, fmt.Sprintf(`
import {
  to = spaces_object.test%d
  id = "%s/${var.name}/%s"
}
resource "spaces_object" "test%d" {
  bucket  = spaces_bucket.test.name
  key     = %q
  content = "x"
}
`, i, e.Region(), key, i, key))
	}
	hcl := bucket + strings.Join(imports, "")
	e.Steps(resource.TestStep{Config: bucket}, after(before, resource.TestStep{Config: hcl}), noChange(hcl))
}
