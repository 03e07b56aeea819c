package accesskey_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestMain(m *testing.M) {
	acctest.Unset("SPACES_")
	m.Run()
}

const addr = "spaces_key.test"

// key is a configuration with one key.
func key(e *acctest.Env, name, grants string, more ...string) string {
	return e.Config(fmt.Sprintf(`
resource "spaces_key" "test" {
  name   = %q
  grants = [%s]
  %s
}
`, name, grants, strings.Join(more, "\n  ")))
}

// with is a configuration whose provider block has one more argument.
func with(e *acctest.Env, argument, hcl string) string {
	return strings.Replace(hcl, e.Provider(), e.Provider(argument), 1)
}

// planned is a step that is to do something to the key.
func planned(hcl string, action plancheck.ResourceActionType, checks ...resource.TestCheckFunc) resource.TestStep {
	step := acctest.Expect(addr, hcl, action)
	step.Check = resource.ComposeAggregateTestCheckFunc(checks...)
	return step
}

var says = acctest.Says

// keys are the account's keys of a name, or of all names that begin so.
func keys(t *testing.T, e *acctest.Env, name string) []*godo.SpacesKey {
	t.Helper()
	prefix, any := strings.CutSuffix(name, "*")
	var found []*godo.SpacesKey
	for k, err := range spaces.Pages(t.Context(), e.API().SpacesKeys.List) {
		if err != nil {
			t.Fatal(err)
		}
		if k.Name == name || any && strings.HasPrefix(k.Name, prefix) {
			found = append(found, k)
		}
	}
	return found
}

// attribute puts one of the key's attributes into a variable.
func attribute(name string, into *string) resource.TestCheckFunc {
	return func(s *terraform.State) error {
		*into = s.RootModule().Resources[addr].Primary.Attributes[name]
		return nil
	}
}

// signer is a client that signs with a key, and that repeats nothing.
func signer(t *testing.T, e *acctest.Env, accessKey, secretKey string) *s3.Client {
	t.Helper()
	endpoint, err := spaces.ParseEndpoint(e.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	c, err := spaces.New(spaces.Config{
		AccessKey: accessKey, SecretKey: secretKey, Endpoint: endpoint, PathStyle: e.PathStyle, Patience: e.Patience,
	}).S3(e.Region())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lists says whether the key of the state may list buckets, at the first try.
func lists(t *testing.T, e *acctest.Env, want spaces.Kind) resource.TestCheckFunc {
	return func(s *terraform.State) error {
		a := s.RootModule().Resources[addr].Primary.Attributes
		_, err := signer(t, e, a["access_key"], a["secret_key"]).ListBuckets(context.Background(), &s3.ListBucketsInput{})
		if spaces.KindOf(err) != want {
			return fmt.Errorf("listing buckets with the new key: %w", err)
		}
		return nil
	}
}
