//go:build unix

// Command clients tries every client that DigitalOcean documents on what the
// provider sets up: on the local Spaces and on a Ceph gateway, one Terraform
// configuration (setup) makes buckets, keys, policies, CORS, a website and
// objects, and has the provider's functions write the clients' configurations.
// Then the real clients use them.
//
// It prints a table, which has to be the one in README.md; -update writes it
// there. "make test-clients" installs the clients and runs it in the root of
// the repository.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	update := flag.Bool("update", false, "write the table into README.md")
	only := flag.String("only", "", "try the clients whose `name` begins like this, and compare no table")
	on := flag.String("on", "local,ceph", "the `servers` to try them on")
	npm := flag.String("npm", "", "`folder` with the packages of javascript/package.json")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, strings.Split(*on, ","), *only, *npm, *update)
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

// run tries the clients on the servers and compares the table.
func run(ctx context.Context, on []string, only, npm string, update bool) error {
	dir, err := os.MkdirTemp("", "clients-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tools, err := build(ctx, dir, npm)
	if err != nil {
		return err
	}
	var all []client
	for _, c := range clients {
		if strings.HasPrefix(c.name, only) {
			all = append(all, c)
		}
	}
	results := make([][]trial, len(on))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range on {
		group.Go(func() error {
			begin := time.Now()
			var err error
			if results[i], err = tools.tryOn(ctx, name, all); err != nil {
				return fmt.Errorf("on %s: %w", name, err)
			}
			fmt.Fprintf(os.Stderr, "clients: %s took %.0f s\n", name, time.Since(begin).Seconds())
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	trials := map[string][]trial{}
	for i, name := range on {
		trials[name] = results[i]
	}
	text := table(all, trials["local"], trials["ceph"])
	fmt.Print(text)
	if only != "" || len(on) < 2 {
		return nil
	}
	return compare("README.md", text, update)
}

// tools are the programs that are needed.
type tools struct {
	dir       string // for everything that is made
	terraform string
	npm       string // the folder with npm's packages
	golang    string // the program with the libraries of Go
	source    string // this package's folder
}

// build builds the provider and the clients that are libraries of Go.
func build(ctx context.Context, dir, npm string) (tools, error) {
	source, err := filepath.Abs("internal/clients")
	if err != nil {
		return tools{}, err
	}
	t := tools{dir: dir, npm: npm, golang: filepath.Join(dir, "golang"), source: source}
	if t.terraform = os.Getenv("TERRAFORM"); t.terraform == "" {
		if t.terraform, err = exec.LookPath("terraform"); err != nil {
			return t, errors.New("TERRAFORM is not set, and there is no terraform; make test-clients sets it")
		}
	}
	for _, args := range [][]string{
		{"build", "-o", filepath.Join(dir, "terraform-provider-spaces"), "."},
		{"build", "-C", filepath.Join(source, "golang"), "-o", t.golang, "."},
	} {
		if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
			return t, fmt.Errorf("go %v: %w\n%s", args, err, out)
		}
	}
	override := fmt.Sprintf(`provider_installation {
  dev_overrides {
    "registry.terraform.io/do-spaces/spaces" = %[1]q
    "registry.opentofu.org/do-spaces/spaces" = %[1]q
  }
  direct {}
}
`, dir)
	return t, os.WriteFile(filepath.Join(dir, "cli.tfrc"), []byte(override), 0o600)
}
