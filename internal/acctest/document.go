package acctest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// Document is a bucket document for the suite that each of them passes. Its
// fixtures, testdata/TYPE/basic.tf and updated.tf, declare the document as
// TYPE.test on the bucket spaces_bucket.test, whose name is var.name.
type Document struct {
	Type  string // such as spaces_bucket_acl
	Needs string // an ability that not every server has
	// Erase undoes the document behind Terraform's back, as far as it can be.
	Erase func(ctx context.Context, c *s3.Client, bucket string) error
}

// Suite is what every document has to pass.
func (d Document) Suite(t *testing.T) {
	t.Run("lifecycle", func(t *testing.T) {
		e := New(t)
		e.Need(d.Needs)
		basic, updated, addr := e.Fixture(d.Type, "basic"), e.Fixture(d.Type, "updated"), d.Type+".test"
		e.Steps(
			expect(basic, addr, plancheck.ResourceActionCreate),
			noChange(basic),
			e.importBlock(basic, addr),
			expect(updated, addr, plancheck.ResourceActionUpdate),
			noChange(updated),
			e.importState(addr),
			e.dataSource(updated, d.Type),
			// Erased behind our back: the plan notices, and an apply mends it.
			drift(updated, e.Behind(func(ctx context.Context, c *s3.Client) error { return d.Erase(ctx, c, e.Name) })),
			resource.TestStep{Config: updated},
			noChange(updated),
			// Its bucket gone too: both are planned anew.
			drift(updated, e.RemoveBucket(e.Name)),
			expect(updated, addr, plancheck.ResourceActionCreate),
			noChange(updated),
		)
	})
	t.Run("import by identity", func(t *testing.T) {
		e := New(t)
		e.Need(d.Needs)
		basic, addr := e.Fixture(d.Type, "basic"), d.Type+".test"
		e.Run(resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
			Steps: []resource.TestStep{
				{
					Config: basic,
					ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(addr, map[string]knownvalue.Check{
						"region": knownvalue.StringExact(e.Region()), "bucket": knownvalue.StringExact(e.Name),
					})},
				},
				{Config: basic, ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
			},
		})
	})
	t.Run("no bucket", func(t *testing.T) {
		e := New(t)
		e.Need(d.Needs)
		e.Steps(resource.TestStep{
			Config:      ownBucket.ReplaceAllString(e.Fixture(d.Type, "basic"), `bucket = "$${var.name}-none"`),
			ExpectError: regexp.MustCompile(`(?s)Could not create ` + d.Type + `.*there is no bucket\s+` + e.Name + `-none\s+in\s+region`),
		})
	})
}

var ownBucket = regexp.MustCompile(`(?m)\bbucket += spaces_bucket\.test\.name$`)

func expect(hcl, addr string, action plancheck.ResourceActionType) resource.TestStep {
	return resource.TestStep{
		Config: hcl,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(addr, action)},
		},
	}
}

func noChange(hcl string) resource.TestStep {
	return resource.TestStep{
		Config:           hcl,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
	}
}

func drift(hcl string, before func()) resource.TestStep {
	return resource.TestStep{Config: hcl, PreConfig: before, PlanOnly: true, ExpectNonEmptyPlan: true}
}

// importBlock imports by an import block, which has to plan nothing else.
func (e *Env) importBlock(hcl, addr string) resource.TestStep {
	return resource.TestStep{
		Config: hcl, ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
		ImportStateIdFunc: e.id,
	}
}

// importState imports on the command line, and compares with what was applied:
// a field that Get forgets is found here.
func (e *Env) importState(addr string) resource.TestStep {
	return resource.TestStep{
		ResourceName: addr, ImportState: true, ImportStateIdFunc: e.id,
		ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "bucket",
	}
}

func (e *Env) id(*terraform.State) (string, error) { return e.Region() + "/" + e.Name, nil }

// dataSource reads what the resource wrote, and has to say the same.
func (e *Env) dataSource(hcl, typeName string) resource.TestStep {
	data := fmt.Sprintf("\ndata %q \"test\" {\n  bucket = %s.test.bucket\n}\n", typeName, typeName)
	return resource.TestStep{Config: hcl + data, Check: func(s *terraform.State) error {
		r, d := s.RootModule().Resources[typeName+".test"], s.RootModule().Resources["data."+typeName+".test"]
		if r == nil || d == nil {
			return fmt.Errorf("%s or its data source is not in the state", typeName)
		}
		var differs []string
		for name, value := range r.Primary.Attributes {
			if d.Primary.Attributes[name] != value {
				differs = append(differs, fmt.Sprintf("%s: resource %q, data source %q", name, value, d.Primary.Attributes[name]))
			}
		}
		if len(differs) > 0 {
			slices.Sort(differs)
			return fmt.Errorf("the data source differs:\n%s", strings.Join(differs, "\n"))
		}
		return nil
	}}
}
