package registry

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// written is a folder with a release: files by name, and their sums.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	var sums strings.Builder
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256([]byte(content)), name)
	}
	if err := os.WriteFile(filepath.Join(dir, "terraform-provider-spaces_1.2.3_SHA256SUMS"), []byte(sums.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	linux    = "terraform-provider-spaces_1.2.3_linux_amd64.zip"
	manifest = "terraform-provider-spaces_1.2.3_manifest.json"
	sixth    = `{"version": 1, "metadata": {"protocol_versions": ["6.0"]}}`
)

func TestPublish(t *testing.T) {
	dir := written(t, map[string]string{linux: "binary", manifest: sixth})
	x, err := publish(dir)
	if err != nil {
		t.Fatal(err)
	}
	if x.version != "1.2.3" || len(x.protocols) != 1 || x.protocols[0] != "6.0" || x.archives[Platform{"linux", "amd64"}] != linux {
		t.Errorf("it is %+v", x)
	}
	changed := written(t, map[string]string{linux: "binary", manifest: sixth})
	if err := os.WriteFile(filepath.Join(changed, linux), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"has not one":               t.TempDir(),
		"is wrong about":            changed,
		"has no terraform-provider": written(t, map[string]string{linux: "binary"}),
		"the manifest is of":        written(t, map[string]string{linux: "binary", manifest: `{"version": 2}`}),
		"is no archive":             written(t, map[string]string{linux: "binary", manifest: sixth, "localspaces_1.2.3_linux_amd64.zip": "binary"}),
	} {
		if _, err := publish(dir); err == nil || !strings.Contains(fmt.Sprint(err), name) {
			t.Errorf("published, or for another reason not: %v, want %q", err, name)
		}
	}
}

func TestConnectElsewhere(t *testing.T) {
	s := &Server{}
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodConnect, "example.com:443", nil)
	s.connect(w, r, "127.0.0.1:1")
	if w.Code != http.StatusForbidden || len(s.refused) != 1 || s.refused[0] != "CONNECT example.com:443" {
		t.Errorf("it answers %d and has refused %q", w.Code, s.refused)
	}
}
