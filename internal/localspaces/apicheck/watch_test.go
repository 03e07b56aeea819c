package apicheck

import (
	"fmt"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// noted is a test that fails in words only.
type noted struct {
	testing.TB
	failures []string
}

func (n *noted) Errorf(format string, a ...any) {
	n.failures = append(n.failures, fmt.Sprintf(format, a...))
}

// TestWatch: a client may not send what is not described, a test of the server
// may if that refuses it; and no answer may be other than it is described.
func TestWatch(t *testing.T) {
	t.Setenv(Variable, "") // ours alone
	for _, c := range []struct {
		name             string
		call             localspaces.APICall
		strict, refusing bool // is let pass
	}{
		{"all is well", call("GET /v2/spaces/keys/DO00", `200 {"key":{`+key+`}}`), true, true},
		{"a wrong request is refused", call(`POST /v2/spaces/keys {"name":""}`, "400"+failure), false, true},
		{"a wrong request is taken", call(`PATCH /v2/spaces/keys/DO00 {"x":1}`, `200 {"key":{`+key+`}}`), false, false},
		{"a wrong request is cut off", call(`POST /v2/spaces/keys {"name":""}`, "0"), false, true},
		{"no grants", call(`PUT /v2/spaces/keys/DO00 {"name":"n","grants":null}`, `200 {"key":{`+key+`}}`), false, true},
		{"no grants at first", call(`POST /v2/spaces/keys {"name":"n","grants":null}`, `201 {}`), false, false},
		{"a user's ID that cannot be one", call("GET /v2/certificates/none", "404"+failure), true, true},
		{"an ID that cannot be one is there", call("DELETE /v2/certificates/none", "204"), false, false},
		{"a wrong answer", call("GET /v2/spaces/keys/DO00", `200 {}`), false, false},
		{"a wrong refusal", call(`POST /v2/spaces/keys {"name":""}`, `400 {}`), false, false},
	} {
		for mode, want := range map[string]bool{"Strict": c.strict, "Refusing": c.refusing} {
			n := &noted{TB: t}
			watch := Strict(n)
			if mode == "Refusing" {
				watch = Refusing(n)
			}
			watch(c.call)
			if (len(n.failures) == 0) != want {
				t.Errorf("%s: %s says %q", c.name, mode, n.failures)
			}
		}
	}
}
