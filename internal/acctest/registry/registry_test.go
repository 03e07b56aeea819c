package registry_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest/registry"
)

const quickstart = "../../../examples/quickstart"

// release is what "make release-check" made, and names in variables:
//
//	SPACES_TEST_RELEASE  the folder of the release
//	SPACES_TEST_KEYS     a folder with public keys KEY_ID.asc in signer/ and stranger/
//	SPACES_TEST_CLIS     paths of command lines, separated by colons
type release struct {
	dir              string
	signer, stranger map[string]string
	clis             []string
}

func made(t *testing.T) release {
	t.Helper()
	r := release{dir: os.Getenv("SPACES_TEST_RELEASE"), clis: filepath.SplitList(os.Getenv("SPACES_TEST_CLIS"))}
	if r.dir == "" {
		t.Skip("needs a release; make release-check makes one")
	}
	if len(r.clis) == 0 {
		t.Fatal("SPACES_TEST_CLIS is empty")
	}
	r.signer, r.stranger = keys(t, "signer"), keys(t, "stranger")
	return r
}

// localSpaces unpacks the local Spaces of the release, starts it, and returns the
// variables that it prints.
func (r release) localSpaces(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(r.dir, "localspaces_*_"+runtime.GOOS+"_"+runtime.GOARCH+".zip"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the release has not one local Spaces for this machine: %q (%v)", found, err)
	}
	archive, err := zip.OpenReader(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	dir := t.TempDir()
	if err := os.CopyFS(dir, archive); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "localspaces"), "-listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // it ends with the test's context
	var env []string
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != ""; {
		env = append(env, strings.NewReplacer("export ", "", "'", "").Replace(lines.Text()))
	}
	if len(env) == 0 {
		t.Fatal("it prints no variables")
	}
	return env
}

func keys(t *testing.T, of string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(os.Getenv("SPACES_TEST_KEYS"), of, "*.asc"))
	if err != nil || len(names) == 0 {
		t.Fatalf("SPACES_TEST_KEYS has no key of the %s (%v)", of, err)
	}
	all := map[string]string{}
	for _, name := range names {
		armor, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".asc")] = string(armor)
	}
	return all
}

// user is a folder with the quickstart and a command line that knows nothing
// but what its environment says.
type user struct {
	t   *testing.T
	cli string
	dir string
	env []string
}

func newUser(t *testing.T, cli string) user {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(quickstart)); err != nil {
		t.Fatal(err)
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "TF_") || strings.HasPrefix(v, "SPACES_") || strings.HasPrefix(v, "DIGITALOCEAN_") || strings.HasPrefix(v, "OPENTOFU_")
	})
	return user{t, cli, dir, append(env, "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color")}
}

// run runs a command, and returns what it says, in one line: a message is
// broken where the window ends.
func (u user) run(args ...string) (string, error) {
	cmd := exec.CommandContext(u.t.Context(), u.cli, args...)
	cmd.Dir, cmd.Env = u.dir, u.env
	out, err := cmd.CombinedOutput()
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(string(out))), " "), err
}

func (u user) must(args ...string) string {
	u.t.Helper()
	said, err := u.run(args...)
	if err != nil {
		u.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said
}

// TestRelease_installed does what the README says, with nothing configured but
// required_providers, and applies the quickstart on the local Spaces that is
// released beside the provider.
func TestRelease_installed(t *testing.T) {
	r := made(t)
	for _, cli := range r.clis {
		t.Run(filepath.Base(cli), func(t *testing.T) {
			t.Parallel()
			s := registry.Start(t, registry.Release{Dir: r.dir, Keys: r.signer})
			u := newUser(t, cli)
			registered := len(u.env)
			u.env = append(u.env, s.Environment()...)
			said := u.must("init", "-input=false")
			for id := range r.signer {
				signed := regexp.MustCompile(`Installed do-spaces/spaces v` + regexp.QuoteMeta(s.Version) + ` \((self-)?signed, key ID ` + id + `\)`)
				if !signed.MatchString(said) {
					t.Errorf("init does not say that the signature of %s was verified:\n%s", id, said)
				}
			}
			lock, err := os.ReadFile(filepath.Join(u.dir, ".terraform.lock.hcl"))
			if err != nil {
				t.Fatal(err)
			}
			// One for each archive, and one for the manifest: nothing else is signed.
			if n := strings.Count(string(lock), `"zh:`); n != len(s.Platforms)+1 {
				t.Errorf("the lock file has %d hashes of files, and the release %d archives and a manifest:\n%s", n, len(s.Platforms), lock)
			}
			u.env = append(append(u.env[:registered], r.localSpaces(t)...), "TF_VAR_name=released", "TF_VAR_region=nyc3", "TF_VAR_force_destroy=true")
			u.must("apply", "-auto-approve", "-input=false")
			u.must("plan", "-input=false", "-detailed-exitcode")
			u.must("destroy", "-auto-approve", "-input=false")
		})
	}
}

// TestRelease_refused has somebody in the registry, or before it.
func TestRelease_refused(t *testing.T) {
	r := made(t)
	flipped := func(content []byte) []byte {
		content = bytes.Clone(content)
		content[len(content)/2] ^= 1
		return content
	}
	only := func(suffix string) func(string, []byte) []byte {
		return func(name string, content []byte) []byte {
			if strings.HasSuffix(name, suffix) {
				return flipped(content)
			}
			return content
		}
	}
	// Another archive, and the sum that goes with it.
	replaced := func(name string, content []byte) []byte {
		switch {
		case strings.HasSuffix(name, ".zip"):
			return flipped(content)
		case strings.HasSuffix(name, "_SHA256SUMS"):
			lines := strings.Split(string(content), "\n")
			for i, line := range lines {
				_, archive, _ := strings.Cut(line, "  ")
				if !strings.HasSuffix(archive, ".zip") {
					continue
				}
				was, err := os.ReadFile(filepath.Join(r.dir, archive))
				if err != nil {
					t.Error(err)
				}
				lines[i] = fmt.Sprintf("%x  %s", sha256.Sum256(flipped(was)), archive)
			}
			return []byte(strings.Join(lines, "\n"))
		}
		return content
	}
	const (
		wrongSum    = "archive has incorrect checksum"
		badlySigned = "error checking signature: openpgp: "
		unknown     = "authentication signature from unknown issuer"
	)
	cases := []struct {
		name  string
		alter func(string, []byte) []byte
		keys  map[string]string
		env   []string
		want  string
	}{
		{"archive", only(".zip"), r.signer, nil, wrongSum},
		{"archive and sums", replaced, r.signer, nil, badlySigned},
		{"signature", only(".sig"), r.signer, nil, badlySigned},
		{"another key", nil, r.stranger, nil, unknown},
		// Without a key OpenTofu installs from its own registry, but for who asks for more.
		{"no key", nil, nil, []string{"OPENTOFU_ENFORCE_GPG_VALIDATION=true"}, unknown},
	}
	for _, cli := range r.clis {
		for _, c := range cases {
			t.Run(filepath.Base(cli)+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				s := registry.Start(t, registry.Release{Dir: r.dir, Keys: c.keys, Alter: c.alter})
				u := newUser(t, cli)
				u.env = append(append(u.env, s.Environment()...), c.env...)
				said, err := u.run("init", "-input=false")
				if err == nil {
					t.Fatalf("it was installed:\n%s", said)
				}
				if !strings.Contains(said, c.want) {
					t.Errorf("it says\n%s\nand not %q", said, c.want)
				}
				if found, err := filepath.Glob(filepath.Join(u.dir, ".terraform/providers/*/*/*/*/*/terraform-provider-spaces*")); err != nil || len(found) > 0 {
					t.Errorf("it is there nevertheless: %q (%v)", found, err)
				}
			})
		}
	}
}

// TestRelease_platforms wants an archive for each platform that the
// registry's users have. RELEASE_QUICK has this machine's only.
func TestRelease_platforms(t *testing.T) {
	r := made(t)
	want := []registry.Platform{{OS: runtime.GOOS, Arch: runtime.GOARCH}}
	if os.Getenv("RELEASE_QUICK") == "" {
		for _, goos := range []string{"darwin", "freebsd", "linux", "windows"} {
			want = append(want, registry.Platform{OS: goos, Arch: "amd64"}, registry.Platform{OS: goos, Arch: "arm64"})
		}
	}
	s := registry.Start(t, registry.Release{Dir: r.dir, Keys: r.signer})
	for _, p := range want {
		if !slices.Contains(s.Platforms, p) {
			t.Errorf("there is no archive for %s_%s, only for %v", p.OS, p.Arch, s.Platforms)
		}
	}
}
