package ceph

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// suites names the Debian release that each release of Ceph comes with.
var suites = map[int]string{16: "bookworm", 18: "trixie"}

var (
	packages = []string{"ceph-mon", "ceph-osd", "radosgw"}
	tools    = []string{"ceph-mon", "ceph-osd", "monmaptool", "osdmaptool", "radosgw", "radosgw-admin"}
)

// installation is one release of Ceph on this machine. The one that the
// system's own Debian has is installed with apt-get as usual. Another one is
// unpacked into a tree beside the system, with the C library it was built for,
// and run by that library's loader: nothing of the system changes.
type installation struct {
	release int
	tree    string // "": the system's own
}

func find(release int) (installation, error) {
	suite, ok := suites[release]
	if !ok {
		return installation{}, fmt.Errorf("no packages of Ceph %d are known: choose 16 or 18", release)
	}
	if system, err := os.ReadFile("/etc/os-release"); err == nil && strings.Contains(string(system), "VERSION_CODENAME="+suite) {
		return installation{release: release}, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return installation{}, fmt.Errorf("no place for Ceph %d: %w", release, err)
	}
	return installation{release, filepath.Join(cache, "terraform-provider-spaces", fmt.Sprint("ceph-", release))}, nil
}

// Missing lists what is not there of a release of Ceph: programs, or the folder
// of one that is not the system's own.
func Missing(release int) []string {
	in, err := find(release)
	if err != nil {
		return tools
	}
	if in.tree != "" {
		if _, err := os.Stat(in.tree); err != nil {
			return []string{in.tree}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Clone(tools), func(tool string) bool {
		_, err := exec.LookPath(tool)
		return err == nil
	})
}

// lib is where the libraries of the tree are; "" for the system's own.
func (in installation) lib() string {
	if in.tree == "" {
		return ""
	}
	return first(in.tree + "/usr/lib/*-linux-gnu*")
}

// command is how a tool of the installation is run.
func (in installation) command(ctx context.Context, tool string, args ...string) *exec.Cmd {
	if in.tree == "" {
		return exec.CommandContext(ctx, tool, args...)
	}
	lib := in.lib()
	args = append([]string{"--library-path", lib + ":" + lib + "/ceph", filepath.Join(in.tree, "usr/bin", tool)}, args...)
	return exec.CommandContext(ctx, first(lib+"/ld-linux*.so.*"), args...)
}

func first(pattern string) string {
	if found, _ := filepath.Glob(pattern); len(found) > 0 {
		return found[0]
	}
	return ""
}

// Install installs what [Missing] says is missing. It needs apt-get, and root
// for the release that is the system's own.
func Install(ctx context.Context, release int) error {
	in, err := find(release)
	if err != nil {
		return err
	}
	missing := Missing(release)
	if len(missing) == 0 {
		return nil
	}
	need := fmt.Sprintf("Ceph %d is not installed (missing: %s)", release, strings.Join(missing, ", "))
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("%s, and there is no apt-get to install it with: use Debian 12 or 13", need)
	}
	if in.tree == "" && os.Geteuid() != 0 {
		return fmt.Errorf("%s, and installing it needs root. As root, run:\n  apt-get install --no-install-recommends %s",
			need, strings.Join(packages, " "))
	}

	work, err := os.MkdirTemp("", "ceph-install-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	// apt-get downloads as a user of its own.
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	if in.tree == "" {
		err = installSystem(ctx, work)
	} else {
		err = in.installTree(ctx, work)
	}
	if err != nil {
		return fmt.Errorf("installing Ceph %d: %w", release, err)
	}
	if missing := Missing(release); len(missing) > 0 {
		return fmt.Errorf("the packages of Ceph %d are installed, and yet missing: %s", release, strings.Join(missing, ", "))
	}
	return nil
}

func installSystem(ctx context.Context, work string) error {
	// A download folder of our own: images made for containers empty the usual
	// one whenever any apt-get on the machine finishes.
	options := []string{"-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2", "-o", "Dir::Cache::archives=" + work}
	install := slices.Concat(options, []string{"install", "--yes", "--no-install-recommends"}, packages)
	if apt(ctx, install...) == nil {
		return nil
	}
	return errors.Join(apt(ctx, append(options, "update")...), apt(ctx, install...))
}

// installTree lets apt-get believe in an empty system of another Debian, so
// that it fetches everything down to the C library, and unpacks that.
func (in installation) installTree(ctx context.Context, work string) error {
	sources := filepath.Join(work, "sources.list")
	line := fmt.Sprintf("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n", mirror(ctx), suites[in.release])
	if err := os.WriteFile(sources, []byte(line), 0o644); err != nil {
		return err
	}
	status := filepath.Join(work, "status")
	if err := os.WriteFile(status, nil, 0o644); err != nil {
		return err
	}
	options := []string{
		"-q", "-o", "Acquire::Retries=2", "-o", "Debug::NoLocking=true",
		"-o", "Dir::Etc::sourcelist=" + sources, "-o", "Dir::Etc::sourceparts=/dev/null",
		"-o", "Dir::State=" + work, "-o", "Dir::State::status=" + status, "-o", "Dir::Cache=" + work,
	}
	if err := apt(ctx, append(options, "update")...); err != nil {
		return err
	}
	install := []string{"install", "--yes", "--download-only", "--no-install-recommends"}
	if err := apt(ctx, slices.Concat(options, install, packages)...); err != nil {
		return err
	}

	debs, err := filepath.Glob(filepath.Join(work, "archives", "*.deb"))
	if err != nil {
		return err
	}
	// Unpacked beside its place and then renamed: a tree that is there is whole.
	if err := os.MkdirAll(filepath.Dir(in.tree), 0o755); err != nil {
		return err
	}
	part, err := os.MkdirTemp(filepath.Dir(in.tree), "unpacking-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	for _, deb := range debs {
		if err := run(exec.CommandContext(ctx, "dpkg-deb", "--extract", deb, part)); err != nil {
			return err
		}
	}
	for _, unused := range []string{"usr/share", "var", "usr/lib/python3"} {
		if err := os.RemoveAll(filepath.Join(part, unused)); err != nil {
			return err
		}
	}
	if err := os.Rename(part, in.tree); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// mirror is where this machine gets its Debian packages from.
func mirror(ctx context.Context) string {
	out, _ := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(REPO_URI)",
		"Created-By: Packages", "Origin: Debian", "Component: main").Output()
	for uri := range strings.Lines(string(out)) {
		if uri = strings.TrimSpace(uri); !strings.Contains(uri, "security") {
			return uri
		}
	}
	return "http://deb.debian.org/debian"
}

func apt(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	return run(cmd)
}
