package bucket_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestAccBucketDataSource(t *testing.T) {
	e := acctest.New(t)
	found := resource.TestStep{Config: bucketNamed(e, e.Name) + `
data "spaces_bucket" "test" {
  name = spaces_bucket.test.name
}
`}
	var checks []resource.TestCheckFunc
	for _, name := range []string{"region", "name", "urn", "arn", "endpoint", "domain_name", "cdn_domain_name", "website_domain_name"} {
		checks = append(checks, resource.TestCheckResourceAttrPair("data.spaces_bucket.test", name, addr, name))
	}
	found.Check = resource.ComposeAggregateTestCheckFunc(checks...)
	e.Steps(
		found,
		fails(e.Config(`data "spaces_bucket" "test" { name = "${var.name}-none" }`),
			"Could not read spaces_bucket "+e.Region(), "NoSuchBucket", "There is no such bucket in this region"),
		fails(e.Config(fmt.Sprintf(`data "spaces_bucket" "test" { 
  region = %q
  name   = var.name
}`, e.Regions[1])), "Could not read spaces_bucket "+e.Regions[1], "NoSuchBucket"), // it is in the other one
	)
}

func TestAccBucketsDataSource(t *testing.T) {
	e := acctest.New(t)
	hcl := e.Config(fmt.Sprintf(`
resource "spaces_bucket" "test" {
  count  = 4
  region = count.index %% 2 == 0 ? %[1]q : %[2]q
  name   = "${var.name}-${element(["d", "c", "b", "a"], count.index)}"
}

data "spaces_buckets" "all" {
  regions    = [upper(%[1]q), %[2]q]
  name_regex = "^${var.name}-"
  depends_on = [spaces_bucket.test]
}

data "spaces_buckets" "some" {
  regions    = [%[1]q]
  name_regex = "^${var.name}-[ab]$"
  depends_on = [spaces_bucket.test]
}

data "spaces_buckets" "none" {
  regions    = [%[1]q]
  name_regex = "^${var.name}-z"
  depends_on = [spaces_bucket.test]
}
`, e.Regions[0], e.Regions[1]))
	all, some := "data.spaces_buckets.all", "data.spaces_buckets.some"
	checks := []resource.TestCheckFunc{
		resource.TestCheckResourceAttr(all, "buckets.#", "4"),
		resource.TestCheckResourceAttr(some, "buckets.#", "1"),
		resource.TestCheckResourceAttr(some, "buckets.0.name", e.Name+"-b"),
		resource.TestCheckResourceAttr("data.spaces_buckets.none", "buckets.#", "0"),
		resource.TestMatchResourceAttr(all, "buckets.0.created_at", regexp.MustCompile(`^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)),
	}
	for i, name := range []string{"a", "b", "c", "d"} {
		at := fmt.Sprintf("buckets.%d.", i)
		made := fmt.Sprintf("spaces_bucket.test.%d", 3-i)
		checks = append(checks, resource.TestCheckResourceAttr(all, at+"name", e.Name+"-"+name))
		for _, attribute := range []string{"region", "urn", "arn", "endpoint", "domain_name", "cdn_domain_name", "website_domain_name"} {
			checks = append(checks, resource.TestCheckResourceAttrPair(all, at+attribute, made, attribute))
		}
	}
	e.Steps(resource.TestStep{Config: hcl, Check: resource.ComposeAggregateTestCheckFunc(checks...)})
}

// Without regions, one that does not answer is passed over; a region that was
// asked for is not.
func TestLocalBucketsDataSourceRegions(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{Regions: spaces.Regions})
	down := e.Regions[1]
	hcl := func(arguments string) string {
		return e.Provider("max_retries = 0") + fmt.Sprintf(`
resource "spaces_bucket" "test" {
  name = %q
}

data "spaces_buckets" "test" {
  %s
  depends_on = [spaces_bucket.test]
}
`, e.Name, arguments)
	}
	cancel := e.Local.Fail(localspaces.Fault{Operation: "ListBuckets", Match: inRegion(down), Status: 503})
	e.Steps(
		resource.TestStep{Config: hcl(""), Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr("data.spaces_buckets.test", "buckets.#", "1"),
			resource.TestCheckResourceAttr("data.spaces_buckets.test", "buckets.0.region", e.Region()),
			resource.TestCheckResourceAttr("data.spaces_buckets.test", "buckets.0.name", e.Name),
		)},
		fails(hcl(fmt.Sprintf("regions = [%q, %q]", e.Region(), down)), "Could not read spaces_buckets", "503"),
		before(resource.TestStep{Config: bucketNamed(e, e.Name)}, func() { cancel() }),
	)
}

func TestAccBucketsDataSourceMistakes(t *testing.T) {
	mistakes{
		"regex":  {`name_regex = "a("`, `"a(": error parsing regexp: missing closing )`},
		"empty":  {`name_regex = ""`, `is an empty string`},
		"none":   {`regions = []`, `set must contain at least 1 elements`},
		"region": {`regions = ["nyc"]`, `"nyc" has not the shape of a region's slug`},
	}.refused(t, "data.spaces_buckets", "")
}
