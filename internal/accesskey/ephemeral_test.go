package accesskey_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// ephemeralKey is a configuration that shows what an ephemeral key is. (In this
// process all provider blocks are one server, so that none can be made of the
// key; that is tested by TestLocalTokenOnly.)
func ephemeralKey(e *acctest.Env, arguments string) string {
	return e.Config(fmt.Sprintf(`
ephemeral "spaces_key" "run" {
  %s
}

provider "echo" {
  data = ephemeral.spaces_key.run
}

resource "echo" "key" {}
`, arguments))
}

func runEphemeral(e *acctest.Env, steps ...resource.TestStep) {
	e.T.Helper()
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
		Steps:                  steps,
	})
}

func TestAccEphemeralKey(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	var accessKey, secretKey string
	into := func(v *string) resource.CheckResourceAttrWithFunc {
		return func(value string) error { *v = value; return nil }
	}
	runEphemeral(e, resource.TestStep{
		Config: ephemeralKey(e, fmt.Sprintf("name = %q\n  grants = [%s]", e.Name, fullGrant)),
		Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckResourceAttr("echo.key", "data.name", e.Name),
			resource.TestCheckResourceAttr("echo.key", "data.grants.0.permission", "fullaccess"),
			resource.TestCheckResourceAttrSet("echo.key", "data.created_at"),
			resource.TestCheckResourceAttrWith("echo.key", "data.access_key", into(&accessKey)),
			resource.TestCheckResourceAttrWith("echo.key", "data.secret_key", into(&secretKey)),
			func(*terraform.State) error {
				for _, left := range keys(t, e, e.Name) {
					return fmt.Errorf("the key %s is left after the run", left.AccessKey)
				}
				_, err := signer(t, e, accessKey, secretKey).ListBuckets(context.Background(), &s3.ListBucketsInput{})
				if spaces.KindOf(err) != spaces.BadKey {
					return fmt.Errorf("after the run the key still works: %w", err)
				}
				return nil
			},
		),
	})
}

// The name that is made up tells what the key is, and when it was made.
func TestLocalEphemeralKey(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{KeyLag: 3})
	runEphemeral(e, resource.TestStep{
		Config: ephemeralKey(e, "grants = ["+fullGrant+"]"),
		Check: resource.TestMatchResourceAttr("echo.key", "data.name",
			regexp.MustCompile(`^terraform-ephemeral-`+time.Now().UTC().Format("2006")+`[0-9]{10}-[a-z2-7]{8}$`)),
	})
	if left := keys(t, e, "terraform-ephemeral-*"); len(left) > 0 {
		t.Errorf("%d keys are left", len(left))
	}
	made, deleted := sent(e, "CreateSpacesKey"), sent(e, "DeleteSpacesKey")
	if made == 0 || made != deleted {
		t.Errorf("%d keys were made, %d deleted", made, deleted)
	}
}

// A key that Spaces does not accept is not left behind, nor one whose secret
// nobody got to know.
func TestLocalEphemeralKeyFails(t *testing.T) {
	for name, c := range map[string]struct {
		options acctest.Options
		fault   localspaces.Fault
		says    string
	}{
		"never usable": {acctest.Options{KeyLag: 1 << 20}, localspaces.Fault{Operation: "none"}, "has not accepted it yet"},
		"lost answers": {acctest.Options{}, localspaces.Fault{Operation: "CreateSpacesKey", CutAfter: true}, "Could not open spaces_key"},
	} {
		t.Run(name, func(t *testing.T) {
			e := acctest.NewLocal(t, c.options)
			e.Patience.Birth, e.Patience.Write = 300*time.Millisecond, 300*time.Millisecond
			e.Local.Fail(c.fault)
			runEphemeral(e, resource.TestStep{Config: ephemeralKey(e, "grants = ["+fullGrant+"]"), ExpectError: says(c.says)})
			if left := keys(t, e, "terraform-ephemeral-*"); len(left) > 0 {
				t.Errorf("%d keys are left", len(left))
			}
		})
	}
}

// A key that cannot be deleted at the end is named.
func TestLocalEphemeralKeyStays(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.Fail(localspaces.Fault{Operation: "DeleteSpacesKey", Status: 403})
	runEphemeral(e, resource.TestStep{
		Config:      ephemeralKey(e, "grants = ["+fullGrant+"]"),
		ExpectError: says("Could not close spaces_key", "is still valid", "doctl spaces keys delete DO00", "spaces_key:delete"),
	})
}

func TestAccEphemeralKeyMistakes(t *testing.T) {
	e := acctest.New(t)
	runEphemeral(
		e,
		resource.TestStep{Config: ephemeralKey(e, `grants = [{ permission = "read" }]`), ExpectError: says("names no bucket")},
		resource.TestStep{Config: ephemeralKey(e, `grants = [{ bucket = "assets", permission = "all" }]`), ExpectError: says(`"fullaccess"`)},
		resource.TestStep{Config: ephemeralKey(e, "name = \"\"\n  grants = []"), ExpectError: says("empty string")},
	)
}
