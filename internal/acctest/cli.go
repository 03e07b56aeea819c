package acctest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// CLI is a folder with a configuration and the provider as a process of its
// own, for what cannot be seen in this process: signals, memory, logs.
type CLI struct {
	Dir      string
	Provider string // the binary

	env *Env
}

// CLI makes a folder with a configuration. The provider is found in it without
// "terraform init", by a development override.
func (e *Env) CLI(hcl string) *CLI {
	e.T.Helper()
	binary, err := built()
	if err != nil {
		e.T.Fatal(err)
	}
	c := &CLI{Dir: e.T.TempDir(), Provider: binary, env: e}
	c.Write("cli.tfrc", fmt.Sprintf(`provider_installation {
  dev_overrides {
    "registry.terraform.io/do-spaces/spaces" = %[1]q
    "registry.opentofu.org/do-spaces/spaces" = %[1]q
  }
  direct {}
}
`, filepath.Dir(binary)))
	c.Write("versions.tf", "terraform {\n  required_providers {\n    spaces = {\n      source = \"do-spaces/spaces\"\n    }\n  }\n}\n")
	c.Write("main.tf", e.Config(hcl))
	return c
}

// Write writes a file of the folder.
func (c *CLI) Write(name, text string) {
	c.env.T.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(text), 0o600); err != nil {
		c.env.T.Fatal(err)
	}
}

// Command is Terraform with arguments, not started yet.
func (c *CLI) Command(arguments ...string) *exec.Cmd {
	c.env.T.Helper()
	terraform := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if terraform == "" {
		c.env.T.Fatal("TF_ACC_TERRAFORM_PATH is not set; make test sets it")
	}
	cmd := exec.CommandContext(c.env.T.Context(), terraform, append(arguments, "-no-color")...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(c.Dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	return cmd
}

// AtLeast says whether Terraform, or OpenTofu, is of a version 1.MINOR or newer.
func (c *CLI) AtLeast(minor int) bool {
	c.env.T.Helper()
	var version struct {
		Number string `json:"terraform_version"`
	}
	var major, has int
	out, err := c.Command("version", "-json").Output()
	if err == nil {
		err = json.Unmarshal(out, &version)
	}
	if err == nil {
		_, err = fmt.Sscanf(version.Number, "%d.%d", &major, &has)
	}
	if err != nil {
		c.env.T.Fatal(err)
	}
	return major > 1 || has >= minor
}

// Need skips a test on what is older than 1.MINOR, and says what for.
func (c *CLI) Need(minor int, what string) {
	c.env.T.Helper()
	if !c.AtLeast(minor) {
		c.env.T.Skipf("Terraform CLI version is below minimum version 1.%d: it has no %s", minor, what)
	}
}

// NeedActions skips a test where there are no actions, which OpenTofu has not.
func (c *CLI) NeedActions() {
	c.env.T.Helper()
	c.Need(14, "actions")
}

// Run runs Terraform, which has to succeed, and returns what it printed.
func (c *CLI) Run(arguments ...string) string {
	c.env.T.Helper()
	out, err := c.Command(arguments...).CombinedOutput()
	if err != nil {
		c.env.T.Fatalf("terraform %v: %v\n%s", arguments, err, out)
	}
	return string(out)
}

// Interrupted starts Terraform, interrupts it as Ctrl-C does when it is time by
// what it has printed so far, and returns all that it printed and how it ended. A
// time that does not come within a minute, or before Terraform ends, is an error
// of the test.
func (c *CLI) Interrupted(when func(printed string) bool, arguments ...string) (string, error) {
	c.env.T.Helper()
	var out transcript
	cmd := c.Command(arguments...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		c.env.T.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	late, again := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for waiting := true; waiting && !when(out.String()); {
		select {
		case err := <-ended:
			c.env.T.Errorf("terraform %v ended before it was interrupted: %v\n%s", arguments, err, out.String())
			return out.String(), err
		case <-late:
			c.env.T.Errorf("terraform %v: nothing to interrupt within a minute\n%s", arguments, out.String())
			waiting = false
		case <-again.C:
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		c.env.T.Errorf("terraform %v could not be interrupted: %v", arguments, err)
	}
	err := <-ended
	return out.String(), err
}

// transcript is what is printed, and can be read meanwhile.
type transcript struct {
	lock sync.Mutex
	all  bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.all.Write(p)
}

func (t *transcript) String() string {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.all.String()
}

// Flat undoes the line breaks of what Terraform prints, and its boxes.
func Flat(printed string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", " ")), " ")
}

// built builds the provider, once for all tests of a process, below build/ in
// the repository. Packages are tested side by side: a rename lets none of them
// see another's half.
var built = sync.OnceValues(func() (string, error) {
	module, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "build", "acctest")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "terraform-provider-spaces")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	half := fmt.Sprintf("%s.%d", binary, os.Getpid())
	build := exec.Command("go", "build", "-o", half, "github.com/do-spaces/terraform-provider-spaces")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, os.Rename(half, binary)
})
