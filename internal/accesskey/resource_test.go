package accesskey_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestAccKey(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	var first, second string
	same := func(want *string) resource.TestCheckFunc {
		return resource.TestCheckResourceAttrWith(addr, "access_key", func(v string) error {
			if v != *want {
				return fmt.Errorf("another key: %s, not %s", v, *want)
			}
			return nil
		})
	}
	grant := func(bucket, permission string) resource.TestCheckFunc {
		return resource.TestCheckTypeSetElemNestedAttrs(addr, "grants.*", map[string]string{"bucket": bucket, "permission": permission})
	}
	a, b := e.Name+"-a", e.Name+"-b"
	read := fmt.Sprintf(`{ bucket = %q, permission = "read" }`, a)
	write := fmt.Sprintf(`{ bucket = %q, permission = "readwrite" }`, b)
	full := `{ permission = "fullaccess" }`
	behind := func(do func(api godo.SpacesKeysService) error) func() {
		return func() {
			if err := do(e.API().SpacesKeys); err != nil {
				t.Fatal(err)
			}
		}
	}
	imported := resource.TestStep{
		ResourceName: addr, ImportState: true, ImportStateIdFunc: func(*terraform.State) (string, error) { return first, nil },
		ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "access_key", ImportStateVerifyIgnore: []string{"secret_key"},
	}
	drifted := planned(key(e, e.Name+"-renamed", read), plancheck.ResourceActionUpdate, same(&first), grant(a, "read"))
	drifted.PreConfig = behind(func(api godo.SpacesKeysService) error {
		_, _, err := api.Update(context.Background(), first, &godo.SpacesKeyUpdateRequest{Name: "other", Grants: []*godo.Grant{{Bucket: b, Permission: "read"}}})
		return err
	})
	gone := planned(key(e, e.Name, full), plancheck.ResourceActionCreate, lists(t, e, spaces.Other), attribute("access_key", &first))
	gone.PreConfig = behind(func(api godo.SpacesKeysService) error {
		_, err := api.Delete(context.Background(), second)
		return err
	})
	e.Steps(
		planned(key(e, e.Name, read+", "+write), plancheck.ResourceActionCreate,
			attribute("access_key", &first), lists(t, e, spaces.Denied),
			resource.TestCheckResourceAttr(addr, "name", e.Name),
			resource.TestCheckResourceAttr(addr, "grants.#", "2"), grant(a, "read"), grant(b, "readwrite"),
			resource.TestCheckResourceAttrSet(addr, "secret_key"),
			resource.TestCheckResourceAttrSet(addr, "created_at"),
			resource.TestCheckNoResourceAttr(addr, "keepers"),
		),
		resource.TestStep{Config: key(e, e.Name, write+", "+read), PlanOnly: true}, // order means nothing
		imported,
		planned(key(e, e.Name+"-renamed", read), plancheck.ResourceActionUpdate, same(&first),
			resource.TestCheckResourceAttr(addr, "grants.#", "1"), grant(a, "read"),
			resource.TestCheckResourceAttrSet(addr, "secret_key")),
		drifted,
		planned(key(e, e.Name+"-renamed", ""), plancheck.ResourceActionUpdate, same(&first), resource.TestCheckResourceAttr(addr, "grants.#", "0")),
		planned(key(e, e.Name, full), plancheck.ResourceActionReplace, attribute("access_key", &second), lists(t, e, spaces.Other),
			resource.TestCheckTypeSetElemNestedAttrs(addr, "grants.*", map[string]string{"permission": "fullaccess"})),
		gone,
	)
}

func TestAccKeyIdentity(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	hcl := key(e, e.Name, `{ permission = "fullaccess" }`)
	var accessKey string
	e.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: hcl, Check: attribute("access_key", &accessKey),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(addr, map[string]knownvalue.Check{"access_key": knownvalue.StringFunc(func(v string) error {
						if v != accessKey {
							return fmt.Errorf("the identity is %q", v)
						}
						return nil
					})}),
				},
			},
			// These want an empty plan after the import.
			{Config: hcl, ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
			{
				Config: hcl, ResourceName: addr, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
				ImportStateIdFunc: func(*terraform.State) (string, error) { return accessKey, nil },
			},
		},
	})
}

// Keepers rotate a key: the new one is made before the old one is deleted.
func TestAccKeyRotation(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	hcl := func(keepers string) string {
		return key(e, e.Name, `{ permission = "fullaccess" }`, keepers, "lifecycle {\n    create_before_destroy = true\n  }")
	}
	var first, second string
	e.Steps(
		planned(hcl(`keepers = { quarter = "1" }`), plancheck.ResourceActionCreate, attribute("access_key", &first)),
		planned(hcl(`keepers = { quarter = "2" }`), plancheck.ResourceActionCreateBeforeDestroy, attribute("access_key", &second),
			lists(t, e, spaces.Other),
			func(*terraform.State) error {
				if left := keys(t, e, e.Name); first == second || len(left) != 1 || left[0].AccessKey != second {
					return fmt.Errorf("after the rotation of %s to %s there are %d keys", first, second, len(left))
				}
				return nil
			}),
		planned(hcl(""), plancheck.ResourceActionCreateBeforeDestroy),
		planned(hcl(`keepers = { quarter = "3" }`), plancheck.ResourceActionCreateBeforeDestroy),
	)
}

// An imported key has no secret, and whatever is then changed makes no new key
// because of that.
func TestAccKeyImported(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	made, _, err := e.API().SpacesKeys.Create(t.Context(), &godo.SpacesKeyCreateRequest{Name: e.Name, Grants: []*godo.Grant{{Permission: "fullaccess"}}})
	if err != nil {
		t.Fatal(err)
	}
	unchanged := resource.ComposeAggregateTestCheckFunc(
		resource.TestCheckResourceAttr(addr, "access_key", made.AccessKey),
		resource.TestCheckNoResourceAttr(addr, "secret_key"),
	)
	full := `{ permission = "fullaccess" }`
	e.Steps(
		resource.TestStep{
			Config:       key(e, e.Name, full),
			ResourceName: addr, ImportState: true, ImportStateId: made.AccessKey, ImportStatePersist: true,
		},
		resource.TestStep{Config: key(e, e.Name, full), PlanOnly: true},
		planned(key(e, e.Name+"-renamed", full), plancheck.ResourceActionUpdate, unchanged),
		planned(key(e, e.Name+"-renamed", full, `keepers = { quarter = "1" }`), plancheck.ResourceActionUpdate, unchanged),
		planned(key(e, e.Name+"-renamed", full, `keepers = { quarter = "2" }`), plancheck.ResourceActionReplace,
			resource.TestCheckResourceAttrSet(addr, "secret_key")),
	)
}

func TestAccKeyMistakes(t *testing.T) {
	e := acctest.New(t)
	for name, m := range map[string]struct {
		grants string
		parts  []string
	}{
		"permission":  {`{ bucket = "assets", permission = "admin" }`, []string{`permission`, `"readwrite"`, `admin`}},
		"no bucket":   {`{ permission = "read" }`, []string{`grants`, `permission "read" names no bucket`, "only fullaccess"}},
		"full on one": {`{ bucket = "assets", permission = "fullaccess" }`, []string{`grants`, `bucket "assets"`, "takes no bucket", "readwrite"}},
		"mixed":       {`{ permission = "fullaccess" }, { bucket = "assets", permission = "read" }`, []string{`grants`, "stands alone"}},
		"twice":       {`{ bucket = "assets", permission = "read" }, { bucket = "assets", permission = "readwrite" }`, []string{`grants`, `bucket "assets" has more than one grant`}},
		"empty":       {`{ bucket = "", permission = "read" }`, []string{"is an empty string"}},
		"a URL":       {`{ bucket = "https://assets.nyc3.digitaloceanspaces.com", permission = "read" }`, []string{"cannot be a bucket's name"}},
	} {
		t.Run(name, func(t *testing.T) {
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: e.Factories(),
				Steps:                    []resource.TestStep{{Config: key(e, e.Name, m.grants), PlanOnly: true, ExpectError: says(m.parts...)}},
			})
		})
	}
	t.Run("name", func(t *testing.T) {
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: e.Factories(),
			Steps:                    []resource.TestStep{{Config: key(e, "", ""), PlanOnly: true, ExpectError: says("name is an empty string")}},
		})
	})
}

// What is not known while planning is no mistake.
func TestAccKeyUnknownWhilePlanning(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	hcl := func(permission string) string {
		return e.Config(fmt.Sprintf(`
resource "terraform_data" "one" {
  input = "assets"
}

resource "terraform_data" "two" {
  input = "reports"
}

resource "terraform_data" "permission" {
  input = %q
}

resource "spaces_key" "test" {
  name = "${var.name}-${terraform_data.one.output}"

  grants = [
    { bucket = terraform_data.one.output, permission = terraform_data.permission.output },
    { bucket = terraform_data.two.output, permission = "read" },
  ]
}
`, permission))
	}
	e.Steps(
		planned(hcl("read"), plancheck.ResourceActionCreate, resource.TestCheckResourceAttr(addr, "grants.#", "2")),
		planned(hcl("readwrite"), plancheck.ResourceActionUpdate),
	)
}

func TestAccKeyImportMistakes(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	imported := func(id string, parts ...string) resource.TestStep {
		return resource.TestStep{
			Config: key(e, e.Name, ""), ResourceName: addr, ImportState: true, ImportStateId: id, ExpectError: says(parts...),
		}
	}
	e.Steps(
		imported("../certificates/1", `"../certificates/1" cannot be an access key`),
		imported("DO00NOSUCHKEY", "non-existent remote object"),
	)
}
