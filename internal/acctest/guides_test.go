package acctest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

var terraformBlock = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```$")

// TestLocalGuides applies the configurations of the README and the guides. A
// block that says which provider it needs is whole, and those after it go with
// it. What is no configuration by itself, or needs a newer command line than
// others do, is fenced as hcl and only parsed (provider.TestHCL).
func TestLocalGuides(t *testing.T) {
	pages, err := filepath.Glob("../../templates/guides/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no guides (%v)", err)
	}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var configurations [][]string
		for _, m := range terraformBlock.FindAllStringSubmatch(string(text), -1) {
			last := len(configurations) - 1
			switch {
			case strings.Contains(m[1], "required_providers"):
				configurations = append(configurations, []string{m[1]})
			case last >= 0 && !strings.Contains(m[1], `backend "`): // of another configuration
				configurations[last] = append(configurations[last], m[1])
			}
		}
		for _, blocks := range configurations {
			t.Run(filepath.Base(page), func(t *testing.T) { applied(t, blocks) })
		}
	}
}

// applied applies a configuration, a file a block, on a local Spaces of its own,
// and wants an empty plan after it.
func applied(t *testing.T, blocks []string) {
	t.Helper()
	e := acctest.NewLocal(t, acctest.Options{Regions: []string{"nyc3", "fra1"}})
	c := e.CLI("")
	c.Need(11, "write-only arguments")
	for _, name := range []string{"main.tf", "versions.tf"} {
		if err := os.Remove(filepath.Join(c.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(c.Dir, "public", "assets"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"public/index.html", "public/assets/app.js", "logo.svg"} { // what they upload
		c.Write(name, name)
	}
	for i, hcl := range blocks {
		c.Write(fmt.Sprintf("block%d.tf", i), hcl)
	}
	for _, args := range [][]string{
		{"apply", "-auto-approve", "-input=false"},
		{"plan", "-detailed-exitcode", "-input=false"},
	} {
		cmd := c.Command(args...)
		cmd.Env = append(append(cmd.Env, e.Environment()...), "TF_VAR_config=secret")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, said)
		}
	}
}
