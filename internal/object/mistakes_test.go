package object_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// What is wrong is said while planning, before anything is made.
func TestAccObject_mistakes(t *testing.T) {
	folder := t.TempDir()
	huge := filepath.Join(folder, "huge")
	if f, err := os.Create(huge); err != nil || f.Truncate(5<<40+1) != nil || f.Close() != nil {
		t.Fatal("cannot make a sparse file", err)
	}
	e := acctest.New(t)
	var steps []resource.TestStep
	for _, test := range []struct{ arguments, says string }{
		{`key = "a"`, "No content.*exactly one of source.*none of them is set"},
		{"key = \"a\"\ncontent = \"1\"\nsource = \"x\"", "More than one content.*source and content are set"},
		{"key = \"a\"\ncontent = \"1\"\ncontent_wo_version = 1", "No content_wo.*only goes with content_wo"},
		{"key = \"a\"\nsource = \"site/none.html\"", `There is no file site/none.html.*relative to the directory.*\$\{path.module\}/site/none.html`},
		{fmt.Sprintf("key = \"a\"\nsource = %q", folder), "is a directory.*use spaces_directory"},
		{fmt.Sprintf("key = \"a\"\nsource = %q", huge), "5497558138881 bytes.*at most 5 TiB"},
		{"key = \"a\"\nsource = \"\"", "source is an empty string"},
		{"key = \"a\"\ncontent = \"1\"\ncustomer_key_wo_version = 1", "No customer_key_wo.*only goes with customer_key_wo"},
		{"key = \"\"\ncontent = \"1\"", "The key is empty"},
		{"key = \"a\\n\"\ncontent = \"1\"", "control character.*trimspace"},
		{fmt.Sprintf("key = %q\ncontent = \"1\"", strings.Repeat("k", 1025)), "1025 bytes.*1,024"},
		{"key = \"a\"\ncontent_base64 = \"***\"", "cannot be decoded.*base64encode"},
		{"key = \"a\"\ncontent = \"1\"\nmetadata = { Author = \"x\" }", `(?i)lower case, "author"`},
		{"key = \"a\"\ncontent = \"1\"\nmetadata = { \"a b\" = \"x\" }", "part of a header's name"},
		{"key = \"a\"\ncontent = \"1\"\nmetadata = { \"x-amz-meta-a\" = \"x\" }", "without x-amz-meta-"},
		{"key = \"a\"\ncontent = \"1\"\nmetadata = { a = \"\" }", `"a" has no value`},
		{"key = \"a\"\ncontent = \"1\"\nmetadata = { a = \"x\\ny\" }", "control character"},
		{"key = \"a\"\ncontent = \"1\"\nmetadata = {}", "at least 1"},
		{"key = \"a\"\ncontent = \"1\"\ncache_control = \" no-cache\"", "begins or ends with a blank"},
		{"key = \"a\"\ncontent = \"1\"\nexpires = \"tomorrow\"", "RFC 3339"},
		{"key = \"a\"\ncontent = \"1\"\nexpires = \"2030-01-31T00:00:00.5Z\"", "fraction of a second"},
		{"key = \"a\"\ncontent = \"1\"\nwebsite_redirect = \"elsewhere\"", "begins with /"},
		{"key = \"a\"\ncontent = \"1\"\nacl = \"public-read-write\"", `value must be one of`},
	} {
		steps = append(steps, resource.TestStep{
			Config: config(e, test.arguments), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)` + strings.ReplaceAll(test.says, " ", `\s+`)),
		})
	}
	e.Steps(steps...)
}

// Terraform plans an apply before it plans a destroy.
func TestAccObject_destroyWithoutSource(t *testing.T) {
	e := acctest.New(t)
	source := file(t, "a.txt", "text")
	hcl := config(e, fmt.Sprintf("key = \"a.txt\"\nsource = %q", source))
	missing := func() {
		if err := os.Remove(source); err != nil {
			t.Fatal(err)
		}
	}
	e.Steps(
		resource.TestStep{Config: hcl},
		after(missing, resource.TestStep{Config: hcl, ExpectError: regexp.MustCompile(`There\s+is\s+no\s+file`)}),
		resource.TestStep{Config: hcl, Destroy: true},
	)
}

func TestAccObject_writeOnlyNeedsVersion(t *testing.T) {
	e := acctest.New(t)
	e.Steps(resource.TestStep{
		Config: config(e, "key = \"a\"\ncontent_wo = \"hush\""), PlanOnly: true,
		ExpectError: regexp.MustCompile(`(?s)No content_wo_version|Write-only`),
	})
}
