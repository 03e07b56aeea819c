// Command start measures what everybody waits for and nobody asks for: the size
// of the provider and how long it takes to start, beside a provider that does
// nothing (scaffold). Both are built as they are released, and run in turns on
// the same machine, so that the ratio says something where the times do not:
//
//	TERRAFORM=/usr/bin/terraform go run ./internal/bench/start
//
// It prints rows of a Markdown table, and fails when Terraform takes more than
// limit times as long to learn what the provider has.
package main

import (
	"bufio"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// limit is how much longer than for a provider that does nothing "terraform
// providers schema" may take.
const limit = 1.5

const module = "github.com/do-spaces/terraform-provider-spaces"

func main() {
	cli := flag.String("cli", cmp.Or(os.Getenv("TERRAFORM"), "terraform"), "the terraform or tofu to use, if not $TERRAFORM")
	runs := flag.Int("runs", 15, "how often each is started; the fastest counts, as the others are what else the machine did")
	flag.Parse()
	*runs = max(*runs, 1)
	if err := run(context.Background(), os.Stdout, *cli, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, cli string, runs int) error {
	dir, err := os.MkdirTemp("", "start")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := build(ctx, dir, "spaces", module)
	if err != nil {
		return err
	}
	theirs, err := build(ctx, dir, "scaffold", module+"/internal/bench/start/scaffold")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "| %-44s | %8s | %8s | %5s |\n|---|---|---|---|\n", "", "spaces", "scaffold", "ratio")
	fmt.Fprintf(out, "| %-44s | %8.1f | %8.1f | %5.2f |\n", "binary, MB", megabytes(ours), megabytes(theirs), megabytes(ours)/megabytes(theirs))

	var ratio float64
	for _, m := range []struct {
		name string
		once func(context.Context, plugin) error
	}{
		{"start, until it answers, ms", handshake},
		{filepath.Base(cli) + " providers schema -json, ms", func(ctx context.Context, p plugin) error { return schema(ctx, cli, p) }},
	} {
		a, b, err := inTurns(ctx, runs, m.once, ours, theirs)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		ratio = float64(a) / float64(b)
		fmt.Fprintf(out, "| %-44s | %8.1f | %8.1f | %5.2f |\n", m.name, milliseconds(a), milliseconds(b), ratio)
	}
	if ratio > limit {
		return fmt.Errorf("the schema takes %.2f times as long as that of a provider that does nothing, and %.1f is the limit", ratio, limit)
	}
	return nil
}

// plugin is a provider's binary and a folder whose configuration needs it.
type plugin struct{ binary, dir string }

// build builds a provider as a release has it.
func build(ctx context.Context, dir, name, pkg string) (plugin, error) {
	p := plugin{dir: filepath.Join(dir, name)}
	p.binary = filepath.Join(p.dir, "terraform-provider-"+name)
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return p, err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.binary, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return p, fmt.Errorf("%w\n%s", err, said)
	}
	address := "registry.terraform.io/do-spaces/" + name
	files := map[string]string{
		"main.tf":  fmt.Sprintf("terraform {\n  required_providers {\n    %s = { source = %q }\n  }\n}\n", name, address),
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", address, p.dir),
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(p.dir, file), []byte(text), 0o644); err != nil {
			return p, err
		}
	}
	return p, nil
}

// inTurns runs both, one after the other, and returns the shortest time of each.
func inTurns(ctx context.Context, runs int, once func(context.Context, plugin) error, a, b plugin) (time.Duration, time.Duration, error) {
	took := map[plugin][]time.Duration{}
	for range runs {
		for _, p := range []plugin{a, b} {
			begin := time.Now()
			if err := once(ctx, p); err != nil {
				return 0, 0, err
			}
			took[p] = append(took[p], time.Since(begin))
		}
	}
	return slices.Min(took[a]), slices.Min(took[b]), nil
}

// handshake starts the process as Terraform does, up to the line in which it
// says where it listens.
func handshake(ctx context.Context, p plugin) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.binary)
	cmd.Env = append(os.Environ(), "PLUGIN_PROTOCOL_VERSIONS=6", "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	_, err = bufio.NewReader(out).ReadString('\n')
	cancel()
	_ = cmd.Wait() // says that it was killed
	return err
}

// schema asks Terraform for all that the provider says of itself.
func schema(ctx context.Context, cli string, p plugin) error {
	cmd := exec.CommandContext(ctx, cli, "providers", "schema", "-json")
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(p.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if len(out) < 200 {
		return fmt.Errorf("it has no schema:\n%s", out)
	}
	return nil
}

func megabytes(p plugin) float64 {
	info, err := os.Stat(p.binary)
	if err != nil {
		return 0 // it was built a moment ago
	}
	return float64(info.Size()) / 1e6
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
