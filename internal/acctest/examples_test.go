package acctest_test

import (
	"path/filepath"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

const examples = "../../examples"

func TestLocalExamples(t *testing.T) {
	all := []acctest.Example{
		{Dir: filepath.Join(examples, "provider")},
		{
			Dir:       filepath.Join(examples, "quickstart"),
			Variables: map[string]string{"name": "example-site", "force_destroy": "true"},
		},
		{
			Dir:       filepath.Join(examples, "cdn-site"),
			Variables: map[string]string{"name": "example-site", "domain": "static.example.com", "force_destroy": "true"},
		},
	}
	for _, kind := range []string{"resources", "data-sources", "ephemeral-resources", "actions"} {
		all = append(all, acctest.ExamplesOf(t, filepath.Join(examples, kind))...)
	}
	for _, x := range all {
		name, err := filepath.Rel(examples, x.Dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.ToSlash(name), x.Run)
	}
}
