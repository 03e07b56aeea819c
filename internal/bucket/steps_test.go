package bucket_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestMain(m *testing.M) {
	acctest.Unset("SPACES_", "DIGITALOCEAN_")
	m.Run()
}

// planned is a step that is to do something to one resource.
func planned(hcl, addr string, action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.TestStep {
	step := acctest.Expect(addr, hcl, action)
	step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply, more...)
	return step
}

// same is a configuration that plans nothing.
func same(hcl string) resource.TestStep { return resource.TestStep{Config: hcl, PlanOnly: true} }

// anew is a configuration that plans something after what was done behind
// Terraform's back.
func anew(hcl string, before func()) resource.TestStep {
	return resource.TestStep{Config: hcl, PreConfig: before, PlanOnly: true, ExpectNonEmptyPlan: true}
}

// fails is a step that ends in an error with these parts, in this order.
func fails(hcl string, parts ...string) resource.TestStep {
	return resource.TestStep{Config: hcl, ExpectError: says(parts...)}
}

var says = acctest.Says

func before(step resource.TestStep, do func()) resource.TestStep {
	return acctest.After(do, step)
}

func after(step resource.TestStep, check func(context.Context) error) resource.TestStep {
	step.Check = func(*terraform.State) error { return check(context.Background()) }
	return step
}

// mistakes are arguments that a plan has to refuse: each a resource's, with
// what the refusal has to say.
type mistakes map[string]struct{ hcl, says string }

// refused plans all the mistakes in one run, as resources named like them, and
// wants one error for each.
func (m mistakes) refused(t *testing.T, resourceType, common string) {
	t.Helper()
	e := acctest.New(t)
	var hcl strings.Builder
	kind, addr := "resource", resourceType
	if name, isData := strings.CutPrefix(resourceType, "data."); isData {
		kind, resourceType = "data", name
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&hcl, "%s %q %q {\n%s\n%s\n}\n", kind, resourceType, name, common, m[name].hcl)
	}
	asked := false
	e.Run(resource.TestCase{
		Steps: []resource.TestStep{{Config: e.Config(hcl.String()), PlanOnly: true}},
		ErrorCheck: func(err error) error {
			asked = true
			found := map[string][]string{}
			for _, text := range strings.Split(err.Error(), "\nError: ")[1:] {
				text = strings.Join(strings.Fields(text), " ")
				_, rest, _ := strings.Cut(text, " with "+addr+".")
				name, _, _ := strings.Cut(rest, ",")
				found[name] = append(found[name], text)
			}
			for name, wrong := range m {
				switch errs := found[name]; {
				case len(errs) != 1:
					t.Errorf("%s: %d errors, and one was expected\n%s", name, len(errs), strings.Join(errs, "\n"))
				case !strings.Contains(errs[0], wrong.says):
					t.Errorf("%s: the error does not say %q:\n%s", name, wrong.says, errs[0])
				}
				delete(found, name)
			}
			for name, errs := range found {
				t.Errorf("an error nobody asked for, %s:\n%s", name, strings.Join(errs, "\n"))
			}
			return nil
		},
	})
	if !asked {
		t.Error("nothing was refused")
	}
}

// put uploads objects; each holds its own key.
func put(e *acctest.Env, region, bucket string, keys ...string) {
	e.T.Helper()
	for _, key := range keys {
		_, err := e.S3(region).PutObject(e.T.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(key)})
		if err != nil {
			e.T.Fatal(err)
		}
	}
}

// keys are the objects in a bucket.
func keys(e *acctest.Env, region, bucket string) ([]string, error) {
	out, err := e.S3(region).ListObjects(context.Background(), &s3.ListObjectsInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, o := range out.Contents {
		all = append(all, *o.Key)
	}
	return all, nil
}

// holds checks that a bucket is there and what is in it.
func holds(e *acctest.Env, region, bucket string, want ...string) error {
	got, err := keys(e, region, bucket)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s/%s holds %q, not %q", region, bucket, got, want)
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// requests counts what the local Spaces was asked, and answered.
func requests(e *acctest.Env, operation, bucket string, statuses ...int) int {
	n := 0
	for _, r := range e.Local.Requests() {
		if r.Operation == operation && r.Bucket == bucket && (len(statuses) == 0 || slices.Contains(statuses, r.Status)) {
			n++
		}
	}
	return n
}

// isGone checks that there is no such bucket.
func isGone(e *acctest.Env, region, bucket string) error {
	_, err := e.S3(region).HeadBucket(context.Background(), &s3.HeadBucketInput{Bucket: &bucket})
	switch {
	case err == nil:
		return fmt.Errorf("%s/%s is still there", region, bucket)
	case spaces.KindOf(err) != spaces.NotFound:
		return err
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

func tfpath(name string) tfjsonpath.Path { return tfjsonpath.New(name) }
