package accesskey_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const fullGrant = `{ permission = "fullaccess" }`

// A lost answer loses a secret. The key it was for is deleted, another one is
// made, and keys of the same name that were there before are left alone.
func TestLocalKeyLostAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		fault localspaces.Fault
		posts int
	}{
		"done, and no answer":       {localspaces.Fault{CutAfter: true, Times: 1}, 2},
		"done twice, and no answer": {localspaces.Fault{CutAfter: true, Times: 2}, 3},
		"not done, and no answer":   {localspaces.Fault{Cut: true, Times: 1}, 2},
		"a passing fault":           {localspaces.Fault{Status: 503, Times: 1}, 2},
		"throttled":                 {localspaces.Fault{Status: 429, Times: 1}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{KeyLag: 2})
			older, _, err := e.API().SpacesKeys.Create(t.Context(), &godo.SpacesKeyCreateRequest{Name: e.Name, Grants: []*godo.Grant{{Permission: "fullaccess"}}})
			if err != nil {
				t.Fatal(err)
			}
			e.Local.ResetRequests()
			c.fault.Operation = "CreateSpacesKey"
			e.Local.Fail(c.fault)
			e.Steps(planned(key(e, e.Name, fullGrant), plancheck.ResourceActionCreate, lists(t, e, spaces.Other), func(s *terraform.State) error {
				left := keys(t, e, e.Name)
				if len(left) != 2 {
					return fmt.Errorf("there are %d keys of the name, want the older one and the new one", len(left))
				}
				if _, err := e.API().SpacesKeys.Delete(context.Background(), older.AccessKey); err != nil {
					return fmt.Errorf("the older key: %w", err)
				}
				if posts := sent(e, "CreateSpacesKey"); posts != c.posts {
					return fmt.Errorf("%d keys were asked for, want %d", posts, c.posts)
				}
				return nil
			}))
		})
	}
}

func sent(e *acctest.Env, operation string) (n int) {
	for _, r := range e.Local.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

// A refusal is believed at once, and nothing is looked for.
func TestLocalKeyRefused(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.Fail(localspaces.Fault{Operation: "CreateSpacesKey", Status: 400})
	e.Steps(resource.TestStep{
		Config: key(e, e.Name, fullGrant), ExpectError: says("Could not create spaces_key", "400 Bad Request", "Request: POST /v2/spaces/keys"),
	})
	if posts := sent(e, "CreateSpacesKey"); posts != 1 {
		t.Errorf("%d keys were asked for, want 1", posts)
	}
}

// A key that Spaces does not accept in time is in the state all the same, with
// its secret, and is replaced by the next run.
func TestLocalKeyNeverUsable(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{KeyLag: 1 << 20})
	e.Patience.Birth = 300 * time.Millisecond
	replaced := planned(key(e, e.Name, fullGrant), plancheck.ResourceActionReplace)
	replaced.ExpectError = says("has not accepted it yet")
	e.Steps(
		resource.TestStep{
			Config:      key(e, e.Name, fullGrant),
			ExpectError: says("Could not create spaces_key", "was made, but Spaces has not accepted it yet", "InvalidAccessKeyId"),
		},
		replaced,
	)
}

// No failure to read drops a key from the state.
func TestLocalKeyUnreadable(t *testing.T) {
	for _, status := range []int{403, 500} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			e := acctest.NewLocal(t, acctest.Options{})
			hcl := key(e, e.Name, fullGrant)
			if status == 500 {
				hcl = with(e, "max_retries = 0", hcl)
			}
			var cancel func()
			e.Steps(
				resource.TestStep{Config: hcl},
				resource.TestStep{
					PreConfig: func() { cancel = e.Local.Fail(localspaces.Fault{Operation: "GetSpacesKey", Status: status}) },
					Config:    hcl, PlanOnly: true, ExpectError: says("Could not read spaces_key DO00", fmt.Sprint(status)),
				},
				resource.TestStep{PreConfig: func() { cancel() }, Config: hcl, PlanOnly: true},
			)
		})
	}
}

// A token's missing scope is named, though the API does not name it.
func TestLocalKeyScopes(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddToken("none")
	e.Local.AddToken("reads", "spaces_key:read")
	e.Local.AddToken("creates", "spaces_key:read", "spaces_key:create_credentials")
	as := func(token, name string) string {
		return with(e, fmt.Sprintf("token = %q", token), key(e, name, fullGrant))
	}
	e.Steps(
		resource.TestStep{Config: as("none", e.Name), ExpectError: says("403 Forbidden", "needs the scope spaces_key:read")},
		resource.TestStep{Config: as("reads", e.Name), ExpectError: says("403 Forbidden", "needs the scope spaces_key:create_credentials")},
		resource.TestStep{Config: as("wrong", e.Name), ExpectError: says("401 Unauthorized", "does not accept the token")},
		resource.TestStep{Config: as("creates", e.Name)},
		resource.TestStep{Config: as("creates", e.Name+"-renamed"), ExpectError: says("needs the scope spaces_key:update")},
		resource.TestStep{Config: as("creates", e.Name), Destroy: true, ExpectError: says("needs the scope spaces_key:delete")},
		resource.TestStep{Config: key(e, e.Name, fullGrant), PlanOnly: true},
	)
}

// Deleting a key that is gone is no mistake.
func TestLocalKeyDeletedTwice(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Steps(
		resource.TestStep{Config: key(e, e.Name, fullGrant)},
		resource.TestStep{
			PreConfig: func() { e.Local.Fail(localspaces.Fault{Operation: "DeleteSpacesKey", CutAfter: true, Times: 1}) },
			Config:    key(e, e.Name, fullGrant), Destroy: true,
		},
	)
}
