package bucket_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

const addr = "spaces_bucket.test"

// bucketNamed is a bucket's configuration, with more arguments if given.
func bucketNamed(e *acctest.Env, name string, arguments ...string) string {
	return e.Config(fmt.Sprintf("resource \"spaces_bucket\" \"test\" {\n  name = %q\n  %s\n}\n", name, strings.Join(arguments, "\n  ")))
}

func TestAccBucket(t *testing.T) {
	e := acctest.New(t)
	hcl := bucketNamed(e, e.Name)
	_, host, _ := strings.Cut(e.Endpoint, "://")
	region, domain := e.Region(), strings.TrimPrefix(host, "{region}.")
	imported := func(id string) resource.TestStep {
		return resource.TestStep{
			ResourceName: addr, ImportState: true, ImportStateId: id,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		}
	}
	created := planned(hcl, addr, plancheck.ResourceActionCreate)
	created.Check = resource.ComposeAggregateTestCheckFunc(
		resource.TestCheckResourceAttr(addr, "region", region),
		resource.TestCheckResourceAttr(addr, "name", e.Name),
		resource.TestCheckResourceAttr(addr, "force_destroy", "false"),
		resource.TestCheckResourceAttr(addr, "urn", "do:space:"+e.Name),
		resource.TestCheckResourceAttr(addr, "arn", "arn:aws:s3:::"+e.Name),
		resource.TestCheckResourceAttr(addr, "endpoint", region+"."+domain),
		resource.TestCheckResourceAttr(addr, "domain_name", e.Name+"."+region+"."+domain),
		resource.TestCheckResourceAttr(addr, "cdn_domain_name", e.Name+"."+region+".cdn."+domain),
		resource.TestCheckResourceAttr(addr, "website_domain_name", e.Name+"."+region+"-static."+domain),
	)
	gone := func(region, name string) func(context.Context) error {
		return func(context.Context) error { return isGone(e, region, name) }
	}
	renamed := e.Name + "-renamed"
	e.Steps(
		created,
		imported(region+"/"+e.Name),
		imported(region+","+e.Name),
		imported(e.Name),
		resource.TestStep{
			Config: hcl, ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			ImportStateId: region + "/" + e.Name,
		},
		same(bucketNamed(e, e.Name, fmt.Sprintf("region = %q", strings.ToUpper(region)))),
		same(e.Config(`resource "spaces_bucket" "test" {}`)), // the name it has
		after(planned(bucketNamed(e, renamed), addr, plancheck.ResourceActionReplace), gone(region, e.Name)),
		after(planned(bucketNamed(e, renamed, fmt.Sprintf("region = %q", e.Regions[1])), addr, plancheck.ResourceActionReplace,
			plancheck.ExpectKnownValue(addr, tfpath("name"), knownvalue.StringExact(renamed))), gone(region, renamed)),
		imported(strings.ToUpper(e.Regions[1])+"/"+renamed),
	)
}

func TestAccBucketIdentity(t *testing.T) {
	e := acctest.New(t)
	hcl := bucketNamed(e, e.Name)
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: hcl,
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(addr, map[string]knownvalue.Check{
					"region": knownvalue.StringExact(e.Region()), "name": knownvalue.StringExact(e.Name),
				})},
			},
			{Config: hcl, ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
			{ // the region may be the provider's
				Config:       hcl + fmt.Sprintf("import {\n  to = spaces_bucket.test\n  identity = { name = %q }\n}\n", e.Name),
				ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity, ImportStateConfigExact: true,
			},
		},
	})
}

func TestAccBucketMadeUpNames(t *testing.T) {
	e := acctest.New(t)
	hcl := func(prefix string) string {
		return e.Config(fmt.Sprintf(`
resource "spaces_bucket" "test" {
  name_prefix = "${var.name}%s"
}

resource "spaces_bucket" "nameless" {
}
`, prefix))
	}
	var first string
	name := func(addr, pattern string) resource.TestCheckFunc {
		return resource.TestMatchResourceAttr(addr, "name", regexp.MustCompile(`^`+pattern+`[0-9]{14}[a-z2-7]{12}$`))
	}
	replaced := planned(hcl("-b-"), addr, plancheck.ResourceActionReplace,
		plancheck.ExpectResourceAction("spaces_bucket.nameless", plancheck.ResourceActionNoop))
	replaced.Check = resource.ComposeAggregateTestCheckFunc(name(addr, e.Name+"-b-"),
		func(*terraform.State) error { return isGone(e, e.Region(), first) })
	e.Steps(
		resource.TestStep{Config: hcl("-a-"), Check: resource.ComposeAggregateTestCheckFunc(
			name(addr, e.Name+"-a-"),
			name("spaces_bucket.nameless", "terraform-"),
			resource.TestCheckResourceAttrWith(addr, "name", func(v string) error { first = v; return nil }),
		)},
		replaced,
	)
}

// An existing bucket is never taken over, also where the server answers 200 to
// a repeated CreateBucket, as Ceph does. Doing what the message advises works.
func TestAccBucketExists(t *testing.T) {
	e := acctest.New(t)
	region, c := e.Region(), e.S3(e.Region())
	_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &e.Name})
	must(t, err)
	put(e, region, e.Name, "keep.txt")
	hcl, id := bucketNamed(e, e.Name), region+"/"+e.Name
	untouched := func(context.Context) error { return holds(e, region, e.Name, "keep.txt") }
	e.Steps(
		fails(hcl, "Could not create spaces_bucket "+id, "exists already", "never taken over", "terraform import spaces_bucket.NAME "+id,
			fmt.Sprintf("import { to = spaces_bucket.NAME id = %q }", id), "choose another name"),
		after(before(resource.TestStep{Config: hcl + fmt.Sprintf("import {\n  to = spaces_bucket.test\n  id = %q\n}\n", id)},
			func() { must(t, untouched(t.Context())) }), untouched),
		before(same(hcl), e.Behind(func(ctx context.Context, c *s3.Client) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &e.Name, Key: ptr("keep.txt")})
			return err
		})),
	)
}

// DigitalOcean's own provider renamed a bucket in its state only, and on
// destroy with force_destroy emptied the bucket that had the new name.
func TestAccBucketRenamedToAnother(t *testing.T) {
	e := acctest.New(t)
	region, mine, other := e.Region(), e.Name+"-mine", e.Name+"-other"
	hcl := func(name string, arguments ...string) string {
		return bucketNamed(e, name, append(arguments, "force_destroy = true")...)
	}
	first := "lifecycle { create_before_destroy = true }"
	intact := func(context.Context) error { return holds(e, region, other, "a", "b", "c") }
	filled := func(context.Context) error { put(e, region, mine, "mine"); return nil }
	e.Run(resource.TestCase{
		Steps: []resource.TestStep{
			after(resource.TestStep{Config: hcl(mine)}, filled),
			before(fails(hcl(other), "Could not create spaces_bucket", "exists already"), e.Behind(func(ctx context.Context, c *s3.Client) error {
				_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &other})
				put(e, region, other, "a", "b", "c")
				return err
			})),
			after(before(planned(hcl(mine, first), addr, plancheck.ResourceActionCreate), func() {
				must(t, isGone(e, region, mine))
				must(t, intact(t.Context()))
			}), filled),
			fails(hcl(other, first), "Could not create spaces_bucket", "exists already"),
			before(same(hcl(mine, first)), func() { must(t, holds(e, region, mine, "mine")) }),
		},
		CheckDestroy: func(*terraform.State) error {
			if err := intact(context.Background()); err != nil {
				return err
			}
			e.RemoveBucket(other)()
			return isGone(e, region, mine)
		},
	})
}

func TestAccBucketGone(t *testing.T) {
	e := acctest.New(t)
	hcl := bucketNamed(e, e.Name)
	e.Steps(
		resource.TestStep{Config: hcl},
		anew(hcl, e.RemoveBucket(e.Name)),
		planned(hcl, addr, plancheck.ResourceActionCreate),
	)
}

func TestAccBucketMistakes(t *testing.T) {
	mistakes{
		"short":      {`name = "ab"`, `"ab" has 2 characters.`},
		"long":       {`name = "` + strings.Repeat("a", 64) + `"`, `has 64 characters.`},
		"capitals":   {`name = "My-Bucket"`, `"My-Bucket" has capital letters; "my-bucket" would do.`},
		"underscore": {`name = "my_bucket"`, `"my_bucket" has an underscore; "my-bucket" would do.`},
		"dash":       {`name = "-bucket"`, `"-bucket" begins with "-".`},
		"address":    {`name = "192.0.2.1"`, `has the form of an IP address`},
		"both":       {"name = \"bucket\"\nname_prefix = \"bucket-\"", `Attribute "name" cannot be specified when "name_prefix" is specified`},
		"prefix":     {`name_prefix = "` + strings.Repeat("a", 38) + `"`, `has 38 characters. A bucket's name prefix has 1 to 37 characters`},
		"region":     {"name = \"bucket\"\nregion = \"nyc\"", `"nyc" has not the shape of a region's slug: a few letters and a number, such as nyc3. Known to have Spaces are`},
		"timeout":    {"name = \"bucket\"\ntimeouts = { delete = \"2 hours\" }", `must be a string`},
	}.refused(t, "spaces_bucket", "")
}
