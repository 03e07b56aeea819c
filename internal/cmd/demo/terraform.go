//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// installProvider builds the provider into a filesystem mirror, which is what
// terraform init is then told to install from: no registry is asked.
func (d demo) installProvider(ctx context.Context) error {
	said, err := d.terraform(ctx, "version", "-json")
	if err != nil {
		return err
	}
	var cli struct {
		Platform string `json:"platform"`
	}
	if err := json.Unmarshal([]byte(said), &cli); err != nil {
		return withOutput(err, said)
	}
	goos, goarch, ok := strings.Cut(cli.Platform, "_")
	if !ok {
		return withOutput(errors.New("it does not say for which platform it is"), said)
	}

	// Terraform and OpenTofu take a name without a host for one in their own registry.
	var first string
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		file := filepath.Join(d.mirror(), host, "do-spaces", "spaces", version, cli.Platform, "terraform-provider-spaces_v"+version)
		if first == "" {
			first = file
			err = goBuild(ctx, file, ".", "GOOS="+goos, "GOARCH="+goarch)
		} else if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			_ = os.Remove(file)
			err = os.Link(first, file)
		}
		if err != nil {
			return err
		}
	}
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", d.mirror())
	if err := os.WriteFile(d.cliConfig(), []byte(config), 0o644); err != nil {
		return err
	}
	d.out.line("%s", relative(first))
	return nil
}

func (d demo) mirror() string    { return filepath.Join(d.dir, "mirror") }
func (d demo) envFile() string   { return filepath.Join(d.dir, "env") }
func (d demo) cliConfig() string { return filepath.Join(d.dir, "terraform.rc") }

func (d demo) startSpaces(ctx context.Context) error {
	running, err := d.spaces.find()
	if err != nil {
		return err
	}
	if running && d.spaces.answers(ctx) {
		d.out.line("process %d at %s is still there", d.spaces.PID, d.spaces.endpoint())
		return nil
	}
	// A new one has no buckets, whatever Terraform remembers of the last.
	if err := os.RemoveAll(d.work); err != nil {
		return err
	}
	if err := d.spaces.start(ctx); err != nil {
		return err
	}
	d.out.line("process %d at %s", d.spaces.PID, d.spaces.endpoint())
	return os.WriteFile(d.envFile(), []byte(d.shellEnv()), 0o600)
}

// init copies the quickstart, so that nothing is left in the repository and
// everything can be tried out, and lets Terraform install the provider.
func (d demo) init(ctx context.Context) error {
	// The lock file has the hash of the provider as it was before this build.
	for _, old := range []string{"site", ".terraform", ".terraform.lock.hcl"} {
		if err := os.RemoveAll(filepath.Join(d.work, old)); err != nil {
			return err
		}
	}
	if err := copyTree(d.work, d.source); err != nil {
		return err
	}
	values := fmt.Sprintf("name          = %q\nregion        = %q\nforce_destroy = true\n", siteName, region)
	if err := os.WriteFile(filepath.Join(d.work, "demo.auto.tfvars"), []byte(values), 0o644); err != nil {
		return err
	}
	said, err := d.terraform(ctx, "init", "-input=false", "-no-color")
	d.out.text("%s", grep(said, "- Installed "))
	return err
}

func (d demo) plan(ctx context.Context) error {
	said, err := d.terraform(ctx, "plan", "-input=false", "-no-color", "-out=demo.tfplan")
	if err != nil {
		return err
	}
	shown, err := d.terraform(ctx, "show", "-json", "demo.tfplan")
	if err != nil {
		return err
	}
	var plan struct {
		Changes []struct {
			Type   string `json:"type"`
			Change struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(shown), &plan); err != nil {
		return withOutput(err, shown)
	}
	count := map[string]int{}
	for _, c := range plan.Changes {
		if action := strings.Join(c.Change.Actions, ", "); action != "no-op" && action != "read" {
			count[fmt.Sprintf("%-8s %%3d %s", action, c.Type)]++
		}
	}
	for _, line := range slices.Sorted(maps.Keys(count)) {
		d.out.line(line, count[line])
	}
	d.out.text("%s", grep(said, "Plan: ", "No changes."))
	return nil
}

func (d demo) apply(ctx context.Context) error {
	return d.watch(ctx, "apply", "-input=false", "-json", "demo.tfplan")
}

func (d demo) terraformDestroy(ctx context.Context) error {
	return d.watch(ctx, "destroy", "-input=false", "-auto-approve", "-json")
}

// planAgain fails when there is anything left to change.
func (d demo) planAgain(ctx context.Context) error {
	said, err := d.terraform(ctx, "plan", "-input=false", "-no-color", "-detailed-exitcode")
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() == 2 {
		return withOutput(errors.New("there are changes right after an apply"), said)
	}
	if err != nil {
		return err
	}
	found := grep(said, "No changes.")
	if found == "" {
		return withOutput(errors.New(`it does not say "No changes"`), said)
	}
	d.out.text("%s", found)
	return nil
}

// watch runs Terraform and tells of each resource as it is done.
func (d demo) watch(ctx context.Context, args ...string) error {
	cmd := d.command(ctx, args...)
	var rest bytes.Buffer // what there is to say when it fails
	cmd.Stderr = &rest
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		d.tell(lines.Bytes(), &rest)
	}
	return withOutput(errors.Join(lines.Err(), cmd.Wait()), rest.String())
}

// tell prints what one line of Terraform's own JSON says, if it is of interest.
func (d demo) tell(line []byte, rest *bytes.Buffer) {
	var event struct {
		Message string `json:"@message"`
		Type    string `json:"type"`
		Hook    struct {
			Action   string `json:"action"`
			Elapsed  int    `json:"elapsed_seconds"`
			Resource struct {
				Address string `json:"addr"`
			} `json:"resource"`
		} `json:"hook"`
		Changes struct {
			Operation string `json:"operation"`
		} `json:"changes"`
		Diagnostic struct {
			Severity string `json:"severity"`
			Summary  string `json:"summary"`
			Detail   string `json:"detail"`
			Address  string `json:"address"`
		} `json:"diagnostic"`
	}
	if json.Unmarshal(line, &event) != nil {
		fmt.Fprintf(rest, "%s\n", line)
		return
	}
	switch event.Type {
	case "apply_complete":
		took := time.Duration(event.Hook.Elapsed) * time.Second
		d.out.line("%-7s %s (%s)", event.Hook.Action, event.Hook.Resource.Address, took)
	case "change_summary":
		if event.Changes.Operation != "plan" {
			d.out.line("%s", event.Message)
		}
	case "diagnostic":
		diag := event.Diagnostic
		fmt.Fprintf(rest, "%s: %s (%s)\n%s\n\n", diag.Severity, diag.Summary, diag.Address, diag.Detail)
	}
}

// terraform runs the command line in the quickstart's copy and returns all that
// it said.
func (d demo) terraform(ctx context.Context, args ...string) (string, error) {
	cmd := d.command(ctx, args...)
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err := cmd.Run()
	return both.String(), withOutput(err, both.String())
}

func (d demo) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.cli, args...)
	// An interrupted Terraform saves its state first.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	if _, err := os.Stat(d.work); err == nil {
		cmd.Dir = d.work
	}

	// Nothing that is meant for other runs of Terraform, or for the real Spaces.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "TF_") || strings.HasPrefix(v, "SPACES_") || strings.HasPrefix(v, "DIGITALOCEAN_")
	})
	for name, value := range d.variables() {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, "TF_IN_AUTOMATION=1")
	return cmd
}

// variables is the environment in which Terraform finds the provider and the
// provider finds the local Spaces.
func (d demo) variables() map[string]string {
	vars := map[string]string{
		"CHECKPOINT_DISABLE": "1",
		"TF_CLI_CONFIG_FILE": d.cliConfig(),
		"NO_PROXY":           "localhost,.localhost,127.0.0.1",
	}
	if _, err := os.Stat(d.cliConfig()); err != nil {
		vars["TF_CLI_CONFIG_FILE"] = os.DevNull
	}
	maps.Copy(vars, d.spaces.Env)
	return vars
}

// shellEnv has the variables for a shell, and for clients of S3.
func (d demo) shellEnv() string {
	vars := d.variables()
	vars["AWS_ENDPOINT_URL"] = "http://127.0.0.1:" + d.spaces.port()
	vars["AWS_ACCESS_KEY_ID"] = vars["SPACES_ACCESS_KEY_ID"]
	vars["AWS_SECRET_ACCESS_KEY"] = vars["SPACES_SECRET_ACCESS_KEY"]
	vars["AWS_DEFAULT_REGION"] = region
	var b strings.Builder
	if found, err := exec.LookPath(filepath.Base(d.cli)); err != nil || found != d.cli {
		fmt.Fprintf(&b, "export PATH='%s':\"$PATH\"\n", filepath.Dir(d.cli))
	}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		fmt.Fprintf(&b, "export %s='%s'\n", name, vars[name])
	}
	return b.String()
}

// goBuild builds a package of this module.
func goBuild(ctx context.Context, file, pkg string, env ...string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+version, "-o", file, pkg)
	cmd.Env = append(os.Environ(), env...)
	said, err := cmd.CombinedOutput()
	return withOutput(err, string(said))
}

// copyTree copies the files under a directory over those of another.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		switch {
		case entry.IsDir() && entry.Name() == ".terraform":
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case strings.Contains(entry.Name(), ".tfstate") || entry.Name() == ".terraform.lock.hcl":
			return nil // of someone who ran it in the repository
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}

// grep returns the lines that contain one of the words.
func grep(text string, words ...string) string {
	var found []string
	for line := range strings.Lines(text) {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) }) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return strings.Join(found, "\n")
}

// relative is a path as seen from here, where that can be said.
func relative(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil {
			return rel
		}
	}
	return path
}
