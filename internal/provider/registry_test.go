package provider

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const root = "../.."

// kind is a kind of entity, and where what belongs to one has its place.
type kind struct {
	folder     string // below examples/ and docs/
	example    string // file in the folder of its type below examples/
	keyword    string // of a configuration that uses it
	schemas    map[string]*tfprotov6.Schema
	identities map[string]*tfprotov6.ResourceIdentitySchema // of what can be imported
	functions  map[string]*tfprotov6.Function               // instead of schemas
}

// has says whether there is an entity of the kind with a name, less what all names begin with.
func (k kind) has(name string) bool {
	return k.schemas["spaces_"+name] != nil || k.functions[name] != nil
}

// kinds are what the provider tells Terraform of itself.
func kinds(t *testing.T) (*tfprotov6.Schema, []kind) {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(New("test", spaces.DefaultPatience))()
	if err != nil {
		t.Fatal(err)
	}
	all, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all.Diagnostics {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	actions := map[string]*tfprotov6.Schema{}
	for name, a := range all.ActionSchemas {
		actions[name] = a.Schema
	}
	if len(all.ListResourceSchemas) > 0 {
		t.Error("the provider has a kind of entity that this test does not know: add it to kinds")
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return all.Provider, []kind{
		{"resources", "resource.tf", "resource", all.ResourceSchemas, identities.IdentitySchemas, nil},
		{"data-sources", "data-source.tf", "data", all.DataSourceSchemas, nil, nil},
		{"ephemeral-resources", "ephemeral-resource.tf", "ephemeral", all.EphemeralResourceSchemas, nil, nil},
		{"actions", "action.tf", "action", actions, nil, nil},
		{"functions", "function.tf", "provider::spaces::", nil, nil, all.Functions},
	}
}

// An entity without a description, an example, a page or a test is not done.
func TestEntities(t *testing.T) {
	tests := testText(t)
	provider, kinds := kinds(t)
	t.Run("provider", func(t *testing.T) {
		describedBlock(t, provider.Block)
		has(t, "examples/provider/provider.tf")
		hasPage(t, "docs/index.md")
	})
	for _, k := range kinds {
		for _, name := range slices.Sorted(maps.Keys(k.schemas)) {
			t.Run(k.folder+"/"+name, func(t *testing.T) {
				use := fmt.Sprintf("%s %q", k.keyword, name)
				describedBlock(t, k.schemas[name].Block)
				folder := path.Join("examples", k.folder, name)
				example := has(t, path.Join(folder, k.example))
				if !strings.Contains(example, use) {
					t.Errorf("%s/%s does not use it", folder, k.example)
				}
				if identity := k.identities[name]; identity != nil {
					importExamples(t, name, folder, example, identity)
				}
				hasPage(t, path.Join("docs", k.folder, strings.TrimPrefix(name, "spaces_")+".md"))
				// The suite of the bucket documents writes their data sources itself.
				if !regexp.MustCompile(use + `|Type:\s*"` + name + `"`).MatchString(tests) {
					t.Errorf("no test or fixture uses it: none of *_test.go and testdata has %s", use)
				}
			})
		}
		for _, name := range slices.Sorted(maps.Keys(k.functions)) {
			t.Run(k.folder+"/"+name, func(t *testing.T) {
				describedFunction(t, k.functions[name])
				example, use := path.Join("examples", k.folder, name, k.example), k.keyword+name+"("
				if !strings.Contains(has(t, example), use) {
					t.Errorf("%s does not use it", example)
				}
				hasPage(t, path.Join("docs", k.folder, name+".md"))
				if !strings.Contains(tests, use) {
					t.Errorf("no test or fixture uses it: none of *_test.go and testdata has %s", use)
				}
			})
		}
	}
}

// importExamples wants the examples of importing to name a resource of the
// example, by its identity.
func importExamples(t *testing.T, name, folder, example string, identity *tfprotov6.ResourceIdentitySchema) {
	t.Helper()
	to := func(file, address string) {
		t.Helper()
		label, found := strings.CutPrefix(address, name+".")
		label, _, _ = strings.Cut(label, "[") // an instance of it
		if !found || !strings.Contains(example, fmt.Sprintf("resource %q %q", name, label)) {
			t.Errorf("%s imports %q, which is no resource of the example", file, address)
		}
	}
	var attributes []string
	for _, a := range identity.IdentityAttributes {
		attributes = append(attributes, a.Name)
	}
	slices.Sort(attributes)

	command := regexp.MustCompile(`(?m)^terraform import (\S+) (.+)$`).FindStringSubmatch(has(t, path.Join(folder, "import.sh")))
	if command == nil {
		t.Error("import.sh does not say: terraform import ADDRESS ID")
	} else {
		to("import.sh", strings.Trim(command[1], "'"))
		if parts := strings.SplitN(command[2], "/", len(attributes)); len(parts) != len(attributes) {
			t.Errorf("the ID %s in import.sh has not as many parts as the identity: %s", command[2], strings.Join(attributes, ", "))
		}
	}
	block := has(t, path.Join(folder, "import-by-identity.tf"))
	address := regexp.MustCompile(`(?m)^\s*to\s*=\s*(\S+)$`).FindStringSubmatch(block)
	if address == nil {
		t.Error("import-by-identity.tf has no import block with an address")
	} else {
		to("import-by-identity.tf", address[1])
	}
	var given []string
	for _, line := range regexp.MustCompile(`(?m)^ {4}(\w+)\s*=`).FindAllStringSubmatch(block, -1) {
		given = append(given, line[1])
	}
	if slices.Sort(given); !slices.Equal(given, attributes) {
		t.Errorf("the identity is %q, and import-by-identity.tf gives %q", attributes, given)
	}
}

// What a page or an example is about has to exist.
func TestNothingStray(t *testing.T) {
	_, kinds := kinds(t)
	known := map[string]bool{"cdn-site": true, "index.md": true, "guides": true, "provider": true, "quickstart": true, "terraform-test": true, "token-only": true}
	for _, k := range kinds {
		known[k.folder] = true
		for _, name := range entries(t, path.Join("examples", k.folder)) {
			if !k.has(strings.TrimPrefix(name, "spaces_")) {
				t.Errorf("examples/%s/%s is an example of what does not exist", k.folder, name)
			}
		}
		for _, page := range entries(t, path.Join("docs", k.folder)) {
			if !k.has(strings.TrimSuffix(page, ".md")) {
				t.Errorf("docs/%s/%s is a page about what does not exist", k.folder, page)
			}
		}
	}
	for _, top := range []string{"examples", "docs"} {
		for _, name := range entries(t, top) {
			if !known[name] {
				t.Errorf("%s/%s is of no kind that the provider has", top, name)
			}
		}
	}
}

// describedBlock wants words about a schema and about each of its attributes.
func describedBlock(t *testing.T, b *tfprotov6.SchemaBlock) {
	t.Helper()
	if b.Description == "" {
		t.Error("it has no description")
	}
	if len(b.BlockTypes) > 0 {
		t.Error("it has nested blocks, and attributes are what for expressions work with")
	}
	described(t, "", b.Attributes)
}

// describedFunction wants words about a function and about each of its parameters.
func describedFunction(t *testing.T, f *tfprotov6.Function) {
	t.Helper()
	if f.Summary == "" || f.Description == "" {
		t.Error("it has no summary, or no description")
	}
	parameters := f.Parameters
	if f.VariadicParameter != nil {
		parameters = append(slices.Clone(parameters), f.VariadicParameter)
	}
	for _, p := range parameters {
		if p.Description == "" {
			t.Errorf("the parameter %s has no description", p.Name)
		}
	}
}

func described(t *testing.T, at string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, a := range attributes {
		if a.Description == "" {
			t.Errorf("the attribute %s has no description", at+a.Name)
		}
		if a.NestedType != nil {
			described(t, at+a.Name+".", a.NestedType.Attributes)
		}
	}
}

// has returns the text of a file that has to be there.
func has(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Errorf("there is no %s", name)
	} else if len(strings.TrimSpace(string(text))) == 0 {
		t.Errorf("%s is empty", name)
	}
	return string(text)
}

func hasPage(t *testing.T, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, name)); err != nil {
		t.Errorf("there is no page %s: run make generate", name)
	}
}

// entries are the names in a directory that may be missing.
func entries(t *testing.T, name string) []string {
	t.Helper()
	all, err := os.ReadDir(filepath.Join(root, name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// testText is all tests and fixtures, in one.
func testText(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		test := strings.HasSuffix(name, "_test.go") && filepath.Base(name) != "registry_test.go"
		if !test && !strings.Contains(filepath.ToSlash(name), "/testdata/") {
			return nil
		}
		text, err := os.ReadFile(name)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
