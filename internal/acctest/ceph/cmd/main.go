// Command cmd runs a command with a throw-away Ceph at hand:
//
//	go run ./internal/acctest/ceph/cmd install [-release 18]
//	go run ./internal/acctest/ceph/cmd run [-release 18] [-regions nyc3,ams3] [-lifecycle-day 5s] -- COMMAND ARGUMENTS...
//
// run starts a cluster, tells COMMAND about it in variables named SPACES_TEST_…
// (see [ceph.Cluster.Env]), stops the cluster when COMMAND ends, and exits with
// COMMAND's code. (go run itself turns any code but 0 into 1.) "run -- bash"
// keeps a cluster around to look at.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest/ceph"
)

const usage = `usage: cmd install [-release 16|18]
       cmd run [-release 16|18] [-regions NAME,...] [-lifecycle-day DURATION] [-dir NEW-FOLDER] -- COMMAND ARGUMENTS...
`

func main() {
	code, err := command(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "ceph:", err)
	}
	os.Exit(code)
}

// command does what the arguments say and returns the code to exit with.
func command(args []string) (int, error) {
	var o ceph.Options
	flags := flag.NewFlagSet("ceph", flag.ExitOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage); flags.PrintDefaults() }
	flags.IntVar(&o.Release, "release", 16, "of Ceph: 16 or 18")
	regions := flags.String("regions", "", "separated by commas (default nyc3,ams3)")
	flags.DurationVar(&o.LifecycleDay, "lifecycle-day", 0, "how long a lifecycle `day` lasts; 0: rules are not acted upon")
	flags.StringVar(&o.Dir, "dir", "", "a `folder` to make for state and logs (default a temporary one)")
	if len(args) == 0 {
		flags.Usage()
		return 2, nil
	}
	_ = flags.Parse(args[1:])
	if *regions != "" {
		o.Regions = strings.Split(*regions, ",")
	}
	switch verb := args[0]; {
	case verb == "install" && flags.NArg() == 0:
		if len(ceph.Missing(o.Release)) > 0 {
			fmt.Fprintf(os.Stderr, "ceph: installing release %d\n", o.Release)
		}
		if err := ceph.Install(context.Background(), o.Release); err != nil {
			return 1, err
		}
		fmt.Fprintf(os.Stderr, "ceph: release %d is installed\n", o.Release)
		return 0, nil
	case verb == "run" && flags.NArg() > 0:
		return run(o, flags.Args())
	}
	flags.Usage()
	return 2, nil
}

// run runs a command with a cluster.
func run(o ceph.Options, args []string) (code int, err error) {
	// From here on no signal ends this process before it has stopped the cluster.
	kinds := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, kinds...)
	ctx, cancel := signal.NotifyContext(context.Background(), kinds...)
	defer cancel()

	begin := time.Now()
	cluster, err := ceph.Start(ctx, o)
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopErr := cluster.Stop(); stopErr != nil {
			code, err = max(code, 1), errors.Join(err, stopErr)
		}
	}()
	if ctx.Err() != nil {
		return 1, context.Cause(ctx)
	}
	fmt.Fprintf(os.Stderr, "ceph: release %d is up after %.1f s\n", o.Release, time.Since(begin).Seconds())

	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), cluster.Env()...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	go func() {
		for s := range signals {
			// The terminal sends its Ctrl-C to the command too. Twice is too often:
			// Terraform takes that as an order to drop everything.
			if s != os.Interrupt {
				_ = cmd.Process.Signal(s)
			}
		}
	}()
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
