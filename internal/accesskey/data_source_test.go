package accesskey_test

import (
	"fmt"
	"testing"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

func TestAccKeyDataSources(t *testing.T) {
	e := acctest.New(t)
	e.Need("api")
	made := key(e, e.Name, `{ bucket = var.name, permission = "read" }`)
	hcl := made + `
data "spaces_key" "by_id" {
  access_key = spaces_key.test.access_key
}

data "spaces_key" "by_name" {
  name       = var.name
  depends_on = [spaces_key.test]
}

data "spaces_keys" "all" {
  depends_on = [spaces_key.test]
}

output "listed" {
  value = [for k in data.spaces_keys.all.keys : k.access_key if k.name == var.name] == [spaces_key.test.access_key]
}
`
	var checks []resource.TestCheckFunc
	for _, data := range []string{"data.spaces_key.by_id", "data.spaces_key.by_name"} {
		for _, attribute := range []string{"name", "access_key", "created_at", "grants.#"} {
			checks = append(checks, resource.TestCheckResourceAttrPair(data, attribute, addr, attribute))
		}
		checks = append(checks, resource.TestCheckTypeSetElemNestedAttrs(data, "grants.*", map[string]string{"bucket": e.Name, "permission": "read"}))
	}
	wrong := func(arguments string, parts ...string) resource.TestStep {
		return resource.TestStep{Config: made + fmt.Sprintf("data \"spaces_key\" \"wrong\" {\n  %s\n}\n", arguments), ExpectError: says(parts...)}
	}
	twin := &godo.SpacesKey{}
	e.Steps(
		resource.TestStep{Config: hcl, Check: resource.ComposeAggregateTestCheckFunc(append(checks, resource.TestCheckOutput("listed", "true"))...)},
		wrong(``, "one", "access_key", "name"),
		wrong("name = \"a\"\n  access_key = \"b\"", "access_key", "name"),
		wrong(`name = "nobody's"`, "Could not read spaces_key", `no key named "nobody's"`),
		wrong(`access_key = "DO00NOSUCHKEY"`, "looking for the access key DO00NOSUCHKEY", "404"),
		wrong(`access_key = "../certificates"`, "cannot be an access key"),
		resource.TestStep{
			PreConfig: func() {
				var err error
				if twin, _, err = e.API().SpacesKeys.Create(t.Context(), &godo.SpacesKeyCreateRequest{Name: e.Name, Grants: []*godo.Grant{}}); err != nil {
					t.Fatal(err)
				}
			},
			Config: hcl, ExpectError: says("has 2 keys named", "Say which one is meant with access_key"),
		},
		resource.TestStep{
			PreConfig: func() {
				if _, err := e.API().SpacesKeys.Delete(t.Context(), twin.AccessKey); err != nil {
					t.Fatal(err)
				}
			},
			Config: hcl,
		},
	)
}
