//go:build unix

// Command demo shows the provider at work, on this machine alone: it starts a
// local Spaces, has Terraform build the web site of examples/quickstart on it,
// and visits the site. The local Spaces keeps running, for a look around, until
// "make demo-destroy".
//
// All it leaves is in build/demo. It is run in the root of the repository.
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
)

// What the demo calls what it makes.
const (
	siteName = "hearth-and-rye"
	region   = "fra1"
	version  = "0.1.0"
)

// A demo knows where its things lie.
type demo struct {
	cli    string // path of the terraform or tofu that is used
	source string // the quickstart as it is in the repository
	dir    string // build/demo
	work   string // the copy of the quickstart that Terraform runs in
	spaces *localSpaces
	out    printer
}

func main() {
	destroy := flag.Bool("destroy", false, "destroy what the demo built, and stop its local Spaces")
	cli := flag.String("cli", os.Getenv("TERRAFORM"), "the terraform or tofu to use, if not $TERRAFORM or that on the PATH")
	flag.Parse()

	// An interrupt reaches Terraform as well, which then ends in good order.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	d, err := newDemo(*cli)
	if err == nil && *destroy {
		err = d.destroy(ctx)
	} else if err == nil {
		err = d.build(ctx)
	}
	if err != nil {
		d.out.failure(err)
		os.Exit(1)
	}
}

func newDemo(cli string) (demo, error) {
	d := demo{out: newPrinter(os.Stdout), source: filepath.Join("examples", "quickstart")}
	if _, err := os.Stat(d.source); err != nil {
		return d, fmt.Errorf("the demo runs in the root of the repository: %w", err)
	}
	var err error
	for _, name := range []string{cli, "terraform", "tofu"} {
		if name == "" {
			continue
		}
		if d.cli, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return d, fmt.Errorf("no terraform and no tofu: make demo builds one: %w", err)
	}
	if d.dir, err = filepath.Abs(filepath.Join("build", "demo")); err != nil {
		return d, err
	}
	d.work = filepath.Join(d.dir, "quickstart")
	d.spaces = &localSpaces{dir: d.dir}
	return d, os.MkdirAll(d.dir, 0o755)
}

// build runs everything up to the site that can be looked at.
func (d demo) build(ctx context.Context) error {
	begin := time.Now()
	steps := []struct {
		title string
		run   func(context.Context) error
	}{
		{"Build the provider and put it where terraform init finds it", d.installProvider},
		{"Start a local Spaces", d.startSpaces},
		{"terraform init", d.init},
		{"terraform plan", d.plan},
		{"terraform apply", d.apply},
		{"Visit the site, as anybody would", d.visit},
		{"Plan again: nothing is left to change", d.planAgain},
	}
	for i, step := range steps {
		d.out.heading(fmt.Sprintf("%d. %s", i+1, d.inWords(step.title)))
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", d.inWords(step.title), err)
		}
	}
	d.lookAround(time.Since(begin))
	return nil
}

// inWords has a step's title name the command line that is used.
func (d demo) inWords(title string) string {
	return strings.Replace(title, "terraform ", filepath.Base(d.cli)+" ", 1)
}

// destroy undoes all of it.
func (d demo) destroy(ctx context.Context) error {
	switch running, err := d.spaces.find(); {
	case err != nil:
		return err
	case !running:
		d.out.line("No demo is running.")
		return os.RemoveAll(d.dir)
	}
	if _, err := os.Stat(filepath.Join(d.work, "terraform.tfstate")); err == nil {
		d.out.heading(d.inWords("terraform destroy"))
		if err := d.terraformDestroy(ctx); err != nil {
			return errors.Join(err, fmt.Errorf("the local Spaces is still there; to give it up with all in it: kill %d; rm -r build/demo", d.spaces.PID))
		}
	}
	d.out.heading("Stop the local Spaces")
	if err := d.spaces.stop(ctx); err != nil {
		return err
	}
	d.out.line("stopped process %d", d.spaces.PID)
	return os.RemoveAll(d.dir)
}

// lookAround says what there is to see now.
func (d demo) lookAround(took time.Duration) {
	d.out.heading(fmt.Sprintf("Done in %s. Have a look around", took.Round(time.Second)))
	d.out.text(`
the site, in a browser        %[1]s
its front page, with curl     curl -i --resolve '*:%[2]s:127.0.0.1' %[1]s

first, for a shell            . %[3]s
the local Spaces              aws --endpoint-url "$AWS_ENDPOINT_URL" s3 ls s3://%[4]s --recursive
the configuration, a copy     cd build/demo/quickstart
what Terraform knows          %[5]s state list
change a page, then           %[5]s apply

and at last                   make demo-destroy
`, d.spaces.website(siteName), d.spaces.port(), relative(d.envFile()), siteName, filepath.Base(d.cli))
}
