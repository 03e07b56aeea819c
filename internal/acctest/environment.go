package acctest

import (
	"os"
	"strings"
)

// Unset takes variables out of the environment by how they begin, except for
// those of the tests themselves (SPACES_TEST_). A TestMain calls it, so that what
// is tested is the provider block, and not the environment of whoever runs the
// tests.
func Unset(prefixes ...string) {
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		for _, prefix := range prefixes {
			if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, "SPACES_TEST_") {
				os.Unsetenv(name)
			}
		}
	}
}
