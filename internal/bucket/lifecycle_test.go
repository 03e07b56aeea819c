package bucket_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

const lifecycle = "spaces_bucket_lifecycle_configuration.test"

func lifecycleRules(e *acctest.Env, rules ...string) string {
	return e.Config(`
resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_lifecycle_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [
    ` + strings.Join(rules, ",\n    ") + `
  ]
}
`)
}

// ids expects the planned rules to have these IDs.
func ids(want ...string) plancheck.PlanCheck {
	checks := make([]knownvalue.Check, len(want))
	for i, id := range want {
		checks[i] = knownvalue.ObjectPartial(map[string]knownvalue.Check{"id": knownvalue.StringExact(id)})
	}
	return plancheck.ExpectKnownValue(lifecycle, tfjsonpath.New("rules"), knownvalue.ListExact(checks))
}

// Rules without an ID get one that stays theirs, so that a plan shows what the
// user changed and nothing else.
func TestAccLifecycleUnnamed(t *testing.T) {
	e := acctest.New(t)
	a, b, c := `{ prefix = "a/", expiration = { days = 7 } }`, `{ prefix = "b/", expiration = { days = 30 } }`, `{ abort_incomplete_multipart_upload = { days_after_initiation = 3 } }`
	b31 := strings.Replace(b, "30", "31", 1)
	update := plancheck.ResourceActionUpdate
	e.Steps(
		planned(lifecycleRules(e, a, b, c), lifecycle, plancheck.ResourceActionCreate, ids("rule-1", "rule-2", "rule-3")),
		same(lifecycleRules(e, c, b, a)),
		planned(lifecycleRules(e, a, b31, c), lifecycle, update, ids("rule-1", "rule-2", "rule-3")),
		planned(lifecycleRules(e, `{ prefix = "new/", expiration = { days = 1 } }`, a, b31, c), lifecycle, update, ids("rule-4", "rule-1", "rule-2", "rule-3")),
		planned(lifecycleRules(e, a, c), lifecycle, update, ids("rule-1", "rule-3")),
		planned(lifecycleRules(e, a, `{ id = "mine", prefix = "b/", expiration = { days = 30 } }`, c), lifecycle, update, ids("rule-1", "mine", "rule-3")),
	)
}

// What is not known while planning may turn out to be any rule of the state.
func TestAccLifecycleUnknown(t *testing.T) {
	e := acctest.New(t)
	hcl := func(later string) string {
		return lifecycleRules(e, `{ prefix = terraform_data.later.output, expiration = { days = 7 } }`, `{ prefix = "b/", expiration = { days = 30 } }`) +
			fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %q\n}\n", later)
	}
	id := func(i int) tfjsonpath.Path { return tfjsonpath.New("rules").AtSliceIndex(i).AtMapKey("id") }
	swapped := planned(hcl("b/"), lifecycle, plancheck.ResourceActionUpdate, plancheck.ExpectUnknownValue(lifecycle, id(0)),
		plancheck.ExpectKnownValue(lifecycle, id(1), knownvalue.StringExact("rule-2")))
	e.Steps(
		resource.TestStep{Config: hcl("a/"), Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr(lifecycle, "rules.0.id", "rule-1"),
			resource.TestCheckResourceAttr(lifecycle, "rules.1.id", "rule-2"),
		)},
		swapped,
	)
}

// Servers keep the rules in the order of their IDs.
func TestAccLifecycleOrder(t *testing.T) {
	e := acctest.New(t)
	z, a, m := `{ id = "z", expiration = { days = 3 } }`, `{ id = "a", prefix = "a/", expiration = { days = 1 } }`, `{ id = "m", noncurrent_version_expiration = { noncurrent_days = 2 } }`
	e.Steps(
		resource.TestStep{Config: lifecycleRules(e, z, a, m)},
		resource.TestStep{
			Config: lifecycleRules(e, z, a, m), ResourceName: lifecycle, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			ImportStateId: e.Region() + "/" + e.Name,
		},
		resource.TestStep{
			Config: lifecycleRules(e, m, z, a), ResourceName: lifecycle, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			ImportStateId: e.Region() + "/" + e.Name,
		},
	)
}

// A date may be written in more than one way, also one that is midnight UTC
// elsewhere. The plans after the apply are empty.
func TestAccLifecycleDates(t *testing.T) {
	e := acctest.New(t)
	dated := func(prefix, date string) string {
		return fmt.Sprintf("{ prefix = %q, expiration = { date = %q } }", prefix, date)
	}
	e.Steps(resource.TestStep{
		Config: lifecycleRules(e, dated("a/", "2031-01-31"), dated("b/", "2031-01-31T00:00:00Z"), dated("c/", "2031-01-31T02:00:00+02:00")),
		Check:  resource.TestCheckResourceAttr(lifecycle, "rules.2.expiration.date", "2031-01-31T02:00:00+02:00"),
	})
}

// Rules with parts that this provider does not have are somebody else's. They
// are not shown, not dropped, and can be replaced by their ID.
func TestAccLifecycleForeignRules(t *testing.T) {
	e := acctest.New(t)
	mine, changed := `{ id = "mine", prefix = "tmp/", expiration = { days = 7 } }`, `{ id = "mine", prefix = "tmp/", expiration = { days = 8 } }`
	taken := `{ id = "tagged", prefix = "old/", expiration = { days = 30 } }`
	ours := s3types.LifecycleRule{
		ID: aws.String("mine"), Status: s3types.ExpirationStatusEnabled,
		Filter: &s3types.LifecycleRuleFilter{Prefix: aws.String("tmp/")}, Expiration: &s3types.LifecycleExpiration{Days: aws.Int32(7)},
	}
	tag := s3types.Tag{Key: aws.String("keep"), Value: aws.String("no")}
	tagged := s3types.LifecycleRule{
		ID: aws.String("tagged"), Status: s3types.ExpirationStatusEnabled,
		Filter:     &s3types.LifecycleRuleFilter{And: &s3types.LifecycleRuleAndOperator{Prefix: aws.String("old/"), Tags: []s3types.Tag{tag}}},
		Expiration: &s3types.LifecycleExpiration{Days: aws.Int32(1)},
	}
	moved := s3types.LifecycleRule{
		ID: aws.String("moved"), Status: s3types.ExpirationStatusEnabled,
		Filter:      &s3types.LifecycleRuleFilter{Prefix: aws.String("cold/")},
		Transitions: []s3types.Transition{{Days: aws.Int32(90), StorageClass: s3types.TransitionStorageClassGlacier}},
	}
	behind := func(rules ...s3types.LifecycleRule) func() {
		return e.Behind(func(ctx context.Context, c *s3.Client) error {
			_, err := c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
				Bucket: &e.Name, LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{Rules: rules},
			})
			return err
		})
	}
	// The rules on the server, with a star for what we do not model.
	server := func(want ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			out, err := e.S3(e.Region()).GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &e.Name})
			if err != nil {
				return err
			}
			var got []string
			for _, r := range out.Rules {
				id := *r.ID
				if len(r.Transitions) > 0 || r.Filter != nil && (r.Filter.And != nil || r.Filter.Tag != nil) {
					id += "*"
				}
				got = append(got, id)
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				return fmt.Errorf("the server has the rules %q, not %q", got, want)
			}
			return nil
		}
	}
	e.Steps(
		resource.TestStep{Config: lifecycleRules(e, mine)},
		before(same(lifecycleRules(e, mine)), behind(ours, tagged)),
		fails(lifecycleRules(e, changed), "Could not update spaces_bucket_lifecycle_configuration "+e.Region()+"/"+e.Name,
			`"tagged" with a filter by tag`, "would drop it", `give one of your rules the id "tagged"`),
		after(before(resource.TestStep{Config: lifecycleRules(e, changed, taken)}, func() { must(t, server("mine", "tagged*")(t.Context())) }), server("mine", "tagged")),
		before(fails(lifecycleRules(e, mine, taken), `"moved" with a transition to another storage class`), behind(ours, moved)),
		after(resource.TestStep{Config: bucketNamed(e, e.Name)}, server("moved*")),
		// Not even a bucket that nothing of ours is in yet.
		fails(lifecycleRules(e, mine), "Could not create spaces_bucket_lifecycle_configuration", `"moved"`),
	)
}

func TestAccLifecycleMistakes(t *testing.T) {
	mistakes{
		"idle":       {`rules = [{ prefix = "a/" }]`, `The rule does nothing: give it at least one of expiration`},
		"two_ways":   {`rules = [{ expiration = { days = 1, date = "2031-01-31" } }]`, `2 of days, date and expired_object_delete_marker are given, and a rule takes exactly one`},
		"no_way":     {`rules = [{ expiration = {} }]`, `0 of days, date and expired_object_delete_marker`},
		"same_ids":   {`rules = [{ id = "a", expiration = { days = 1 } }, { id = "a", expiration = { days = 2 } }]`, `rules[0] has the ID "a" too`},
		"noon":       {`rules = [{ expiration = { date = "2031-01-31T12:00:00Z" } }]`, `is not at midnight UTC, and objects expire at midnight: write 2031-01-31`},
		"no_date":    {`rules = [{ expiration = { date = "31.1.2031" } }]`, `"31.1.2031" is no date: write it as 2027-01-31`},
		"zero_days":  {`rules = [{ expiration = { days = 0 } }]`, `rules[0].expiration.days value must be at least 1`},
		"no_marker":  {`rules = [{ expiration = { expired_object_delete_marker = false } }]`, `false means nothing here: leave it out`},
		"no_prefix":  {`rules = [{ prefix = "", expiration = { days = 1 } }]`, `rules[0].prefix is an empty string, which means nothing here`},
		"long_id":    {`rules = [{ id = "` + strings.Repeat("i", 256) + `", expiration = { days = 1 } }]`, `string length must be at most 255`},
		"no_rules":   {`rules = []`, `list must contain at least 1 elements`},
		"no_days":    {`rules = [{ noncurrent_version_expiration = { noncurrent_days = 0 } }]`, `noncurrent_days value must be at least 1`},
		"no_abort":   {`rules = [{ abort_incomplete_multipart_upload = { days_after_initiation = -1 } }]`, `days_after_initiation value must be at least 1`},
		"many_rules": {`rules = [for i in range(1001) : { id = "r${i}", expiration = { days = 1 } }]`, `list must contain at most 1000 elements, got: 1001`},
	}.refused(t, "spaces_bucket_lifecycle_configuration", `bucket = "example"`)
}
