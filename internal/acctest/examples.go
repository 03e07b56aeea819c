package acctest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Example is a directory below examples/ that is applied as it is, by the real
// command line, on a local Spaces of its own. (terraform-plugin-testing can do
// neither for_each nor nested folders.)
type Example struct {
	Dir       string
	After     string            // a directory that is applied first, for data sources: what they read
	Variables map[string]string // those without a default
}

// ExamplesOf are the examples below a directory of examples/, resources say. A
// data source's that declares no resource itself is applied after the example
// of the resource of its name or, if it lists many, of one of them.
func ExamplesOf(t *testing.T, dir string) []Example {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples in %s (%v)", dir, err)
	}
	var all []Example
	for _, name := range names {
		x := Example{Dir: name}
		if !declares.MatchString(configuration(t, name)) {
			made := filepath.Join(filepath.Dir(dir), "resources", filepath.Base(name))
			for _, after := range []string{strings.TrimSuffix(made, "s"), made} {
				if _, err := os.Stat(after); err == nil {
					x.After = after
				}
			}
		}
		all = append(all, x)
	}
	return all
}

var declares = regexp.MustCompile(`(?m)^resource "`)

// configuration is all that is configured in a directory.
func configuration(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var hcl strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		hcl.Write(text)
	}
	return hcl.String()
}

// Run applies the example, wants an empty plan after it, invokes the actions and
// imports the resources that it says how to, destroys all of it, and wants nothing to be left.
func (x Example) Run(t *testing.T) {
	e := NewLocal(t, Options{Regions: home()})
	tf := exampleRun{e.CLI(""), x.Variables}
	tf.remove("main.tf", "versions.tf")
	for _, newer := range newerThings {
		if newer.found.MatchString(configuration(t, x.Dir)) {
			tf.Need(newer.minor, newer.what)
		}
	}
	if x.After != "" {
		tf.take(x.After)
		tf.run("apply", "-auto-approve", "-input=false")
	}
	tf.take(x.Dir)
	tf.run("apply", "-auto-approve", "-input=false")
	tf.nothingPlanned()
	for _, invoked := range invokes.FindAllStringSubmatch(configuration(t, tf.Dir), -1) {
		tf.run("apply", "-auto-approve", "-input=false", invoked[0])
	}
	tf.imports(x.Dir)
	tf.run("destroy", "-auto-approve", "-input=false")
	for _, region := range e.Regions {
		out, err := e.S3(region).ListBuckets(t.Context(), &s3.ListBucketsInput{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range out.Buckets {
			t.Errorf("bucket %s/%s is left", region, *b.Name)
		}
	}
	for key, err := range spaces.Pages(t.Context(), e.API().SpacesKeys.List) {
		if err != nil {
			t.Fatal(err)
		}
		if key.AccessKey != e.AccessKey {
			t.Errorf("the key %s is left", key.Name)
		}
	}
}

// home is all regions, beginning with the one that the examples live in.
func home() []string {
	const region = "nyc3"
	return append([]string{region}, slices.DeleteFunc(slices.Clone(spaces.Regions), func(r string) bool { return r == region })...)
}

// exampleRun is a folder that an example is copied to.
type exampleRun struct {
	*CLI
	variables map[string]string
}

// take copies an example, without what imports it, and says which provider it
// needs where it does not.
func (tf exampleRun) take(dir string) {
	t := tf.env.T
	t.Helper()
	if err := os.CopyFS(tf.Dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	tf.remove("import.sh", byIdentity, "required.tf")
	if !required.MatchString(configuration(t, tf.Dir)) {
		tf.Write("required.tf", "terraform {\n  required_providers {\n    spaces = {\n      source = \"do-spaces/spaces\"\n    }\n  }\n}\n")
	}
}

func (tf exampleRun) remove(names ...string) {
	tf.env.T.Helper()
	for _, name := range names {
		if err := os.Remove(filepath.Join(tf.Dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			tf.env.T.Fatal(err)
		}
	}
}

const byIdentity = "import-by-identity.tf"

// newerThings are what needs more than Terraform 1.8.
var newerThings = []struct {
	found *regexp.Regexp
	minor int
	what  string
}{
	{regexp.MustCompile(`(?m)^action "`), 14, "actions"},
	{regexp.MustCompile(`(?m)_wo +=`), 11, "write-only arguments"},
	{regexp.MustCompile(`(?m)^ephemeral "`), 10, "ephemeral resources"},
}

var (
	invokes       = regexp.MustCompile(`-invoke=[a-z_.]+`) // as a comment says how
	required      = regexp.MustCompile(`(?m)^\s*required_providers`)
	afterImport   = regexp.MustCompile(`No changes\.|Plan: 0 to add, \d+ to change, 0 to destroy\.`)
	onlyImported  = regexp.MustCompile(`1 imported, 0 added, \d+ changed, 0 destroyed`)
	importCommand = regexp.MustCompile(`(?m)^terraform import (\S+) (.+)$`)
)

// try runs a command of Terraform's. Where Spaces is, and the keys, it is told
// by the environment, as by a user's.
func (tf exampleRun) try(args ...string) (string, error) {
	cmd := tf.Command()
	cmd.Args = append(cmd.Args[:1], args...)
	cmd.Env = append(cmd.Env, tf.env.Environment()...)
	for name, value := range tf.variables {
		cmd.Env = append(cmd.Env, "TF_VAR_"+name+"="+value)
	}
	cmd.Env = append(cmd.Env, "TF_CLI_ARGS=-no-color")
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// run runs a command that has to succeed, and returns what it says.
func (tf exampleRun) run(args ...string) string {
	tf.env.T.Helper()
	said, err := tf.try(args...)
	if err != nil {
		tf.env.T.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said
}

func (tf exampleRun) nothingPlanned() {
	tf.env.T.Helper()
	if said, err := tf.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		tf.env.T.Fatalf("the plan is not empty (%v):\n%s", err, said)
	}
}

// imports forgets what the example says how to import, does that, and wants
// nothing to be made or destroyed after it. (What Spaces does not tell, as an
// object's content, is a change.)
func (tf exampleRun) imports(dir string) {
	t := tf.env.T
	t.Helper()
	script, err := os.ReadFile(filepath.Join(dir, "import.sh"))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	words := importCommand.FindStringSubmatch(string(script))
	if words == nil {
		t.Fatalf("no terraform import ADDRESS ID in %s/import.sh", dir)
	}
	address, id := strings.Trim(words[1], "'"), strings.Trim(words[2], `'"`)
	block, err := os.ReadFile(filepath.Join(dir, byIdentity))
	if err != nil {
		t.Fatal(err)
	}
	if given := serverMade.FindSubmatchIndex(block); given != nil {
		id = tf.value(address, string(block[given[2]:given[3]]))
		block = slices.Replace(block, given[4], given[5], []byte(id)...)
	}
	tf.run("state", "rm", address)
	tf.run("import", "-input=false", address, id)
	if said := tf.run("plan", "-input=false"); !afterImport.MatchString(said) {
		t.Fatalf("after import.sh more is planned:\n%s", said)
	}
	if !tf.AtLeast(12) { // no import by identity
		return
	}
	tf.run("state", "rm", address)
	tf.Write(byIdentity, string(block))
	if said := tf.run("apply", "-auto-approve", "-input=false"); !onlyImported.MatchString(said) {
		t.Fatalf("%s does more than import:\n%s", byIdentity, said)
	}
}

// serverMade finds the parts of identities that no example can know.
var serverMade = regexp.MustCompile(`(?m)^ *(access_key|id) *= "([^"]*)"$`)

// value is an attribute of a resource in the state.
func (tf exampleRun) value(address, attribute string) string {
	tf.env.T.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string
					Values  map[string]any
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(tf.run("show", "-json")), &state); err != nil {
		tf.env.T.Fatal(err)
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == address {
			return fmt.Sprint(r.Values[attribute])
		}
	}
	tf.env.T.Fatalf("the state has no %s", address)
	return ""
}
