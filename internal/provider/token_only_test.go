package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces/apicheck"
)

// examples/token-only makes a bucket and an object with a DigitalOcean token
// and no key. The secrets of the keys that it makes for itself are in no state,
// no saved plan and no log, and no key outlives its run, be it a failed one.
func TestLocalTokenOnly(t *testing.T) {
	var (
		mu      sync.Mutex
		secrets []string
	)
	told := func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(secrets)
	}
	check := apicheck.Strict(t)
	e := acctest.NewLocal(t, acctest.Options{KeyLag: 2, Watch: func(c localspaces.APICall) {
		check(c)
		var answer struct {
			Key struct {
				Secret string `json:"secret_key"`
			}
		}
		if json.Unmarshal(c.Answer, &answer) == nil && answer.Key.Secret != "" {
			mu.Lock()
			defer mu.Unlock()
			secrets = append(secrets, answer.Key.Secret)
		}
	}})
	cli := e.CLI("")
	cli.Need(10, "ephemeral resources")
	for _, name := range []string{"main.tf", "versions.tf"} {
		if err := os.Remove(filepath.Join(cli.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(cli.Dir, os.DirFS("../../examples/token-only")); err != nil {
		t.Fatal(err)
	}
	environment := slices.DeleteFunc(e.Environment(), func(v string) bool { return strings.Contains(v, "_KEY") })
	log := filepath.Join(cli.Dir, "trace.log")
	run := func(arguments ...string) (string, error) {
		t.Helper()
		cmd := cli.Command(arguments...)
		cmd.Env = append(append(cmd.Env, environment...), "TF_LOG=TRACE", "TF_LOG_PATH="+log, "TF_VAR_name="+e.Name)
		made := len(told())
		out, err := cmd.CombinedOutput()
		if len(told()) == made {
			t.Errorf("terraform %v made no key", arguments)
		}
		left, _, listing := e.API().SpacesKeys.List(t.Context(), nil)
		if listing != nil {
			t.Fatal(listing)
		}
		if len(left) != 1 || left[0].AccessKey != e.AccessKey {
			t.Errorf("after terraform %v there are %d keys", arguments, len(left))
		}
		return string(out), err
	}
	must := func(arguments ...string) {
		t.Helper()
		if out, err := run(arguments...); err != nil {
			t.Fatalf("terraform %v: %v\n%s", arguments, err, out)
		}
	}
	must("plan", "-out=saved.plan")
	must("apply", "saved.plan")
	cli.Write("after-apply.tfstate", read(t, filepath.Join(cli.Dir, "terraform.tfstate")))
	must("plan", "-detailed-exitcode") // nothing is left to do
	cli.Write("fails.tf", "resource \"spaces_bucket\" \"fails\" {\n  provider = spaces.keyed\n  name     = var.name\n}\n")
	if out, err := run("apply", "-auto-approve"); err == nil || !strings.Contains(out, "exists already") {
		t.Fatalf("it was to fail: %v\n%s", err, out)
	}
	must("destroy", "-auto-approve")

	files := []string{"saved.plan", "after-apply.tfstate", "terraform.tfstate", "terraform.tfstate.backup", "trace.log"}
	for _, file := range files {
		text := read(t, filepath.Join(cli.Dir, file))
		for i, secret := range told() {
			if strings.Contains(text, secret) {
				t.Errorf("%s has the secret of key %d of %d", file, i+1, len(told()))
			}
		}
		if strings.Contains(text, e.Token) {
			t.Errorf("%s has the token", file)
		}
	}
	if log := read(t, log); !strings.Contains(log, "/v2/spaces/keys") || !strings.Contains(log, "hello.txt") {
		t.Error("the log has no requests in it")
	}
}
