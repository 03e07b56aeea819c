package acctest_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// TestLocalModule runs the tests of examples/terraform-test as the guide says:
// the environment leads them to a local Spaces.
func TestLocalModule(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{Regions: []string{"nyc3"}})
	test := func(t *testing.T, alter func(c *acctest.CLI)) (string, error) {
		t.Helper()
		c := e.CLI("")
		for _, name := range []string{"main.tf", "versions.tf"} { // the example has its own
			if err := os.Remove(filepath.Join(c.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		if err := os.CopyFS(c.Dir, os.DirFS(filepath.Join(examples, "terraform-test"))); err != nil {
			t.Fatal(err)
		}
		if alter != nil {
			alter(c)
		}
		cmd := c.Command("test")
		cmd.Env = append(cmd.Env, e.Environment()...)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	t.Run("passes", func(t *testing.T) {
		said, err := test(t, nil)
		if err != nil || !strings.Contains(said, "Success! 3 passed, 0 failed.") {
			t.Fatalf("%v\n%s", err, said)
		}
		out, err := e.S3("nyc3").ListBuckets(t.Context(), &s3.ListBucketsInput{})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Buckets) > 0 {
			t.Errorf("%d buckets are left", len(out.Buckets))
		}
	})
	t.Run("notices a mistake", func(t *testing.T) {
		said, err := test(t, func(c *acctest.CLI) {
			c.Write("mistake_override.tf", "resource \"spaces_bucket_versioning\" \"this\" {\n  status = \"Suspended\"\n}\n")
		})
		if err == nil || !strings.Contains(said, "The bucket keeps no earlier versions.") {
			t.Fatalf("%v\n%s", err, said)
		}
	})
}
