package cdn_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// The example of a site: what changes in a file is what visitors see after the
// next apply, at the site's own domain, although it had been cached for a day.
func TestLocalCDNSite(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI("")
	for _, name := range []string{"main.tf", "versions.tf"} {
		if err := os.Remove(filepath.Join(cli.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(cli.Dir, os.DirFS("../../examples/cdn-site")); err != nil {
		t.Fatal(err)
	}
	terraform := func(arguments ...string) {
		t.Helper()
		cmd := cli.Command(arguments...)
		cmd.Env = append(cmd.Env, e.Environment()...)
		cmd.Env = append(cmd.Env, "TF_VAR_name="+e.Name, "TF_VAR_domain=static.example.com", "TF_VAR_force_destroy=true")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("terraform %v: %v\n%s", arguments, err, out)
		}
	}
	shown := func() (body, cache string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.APIEndpoint+"/index.html", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "static.example.com"
		resp, err := e.HTTP().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%d %s (%v)", resp.StatusCode, text, err)
		}
		return string(text), resp.Header.Get("X-Cache")
	}
	index := filepath.Join(cli.Dir, "site", "index.html")
	before, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}

	terraform("apply", "-auto-approve", "-input=false")
	shown()
	if body, cache := shown(); body != string(before) || cache != "HIT" {
		t.Errorf("%s: %s", cache, body)
	}
	after := strings.ReplaceAll(string(before), "near you", "even nearer")
	if err := os.WriteFile(index, []byte(after), 0o600); err != nil {
		t.Fatal(err)
	}
	if body, _ := shown(); body != string(before) {
		t.Error("it is not cached")
	}
	terraform("apply", "-auto-approve", "-input=false")
	if body, cache := shown(); body != after {
		t.Errorf("%s: %s", cache, body)
	}
	terraform("plan", "-input=false", "-detailed-exitcode")
	terraform("destroy", "-auto-approve", "-input=false")
	if err := noEndpoints(e); err != nil {
		t.Error(err)
	}
	if left, _, err := e.API().Certificates.List(t.Context(), nil); err != nil || len(left) > 0 {
		t.Errorf("certificates are left: %v (%v)", left, err)
	}
}
