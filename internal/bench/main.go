// Command bench measures the provider against the tools that people use for the
// same work, whole processes side by side on one server, and prints a table in
// Markdown. What counts are the ratios within a run.
//
//	make bench                            # 40 ms away, on the local Spaces; and on Ceph where it is installed
//	go run ./internal/bench -server local -work directory -rounds 5
//
// It needs rclone and s3cmd, and TERRAFORM with the path of a Terraform or
// OpenTofu (make bench sees to that).
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

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest/ceph"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// works are what is measured, in the order of the table.
var works = []struct {
	name    string
	measure func(ctx context.Context, b *bench) error
}{
	{"directory", directory},
	{"object", object},
	{"empty", empty},
	{"many", many},
}

func run(ctx context.Context) (err error) {
	on := flag.String("server", "", "servers, separated by commas: local, ceph (default both, if Ceph is installed)")
	only := flag.String("work", "directory,object,empty,many", "what to measure, separated by commas")
	rounds := flag.Int("rounds", 3, "how often each is done; the fastest counts")
	rtt := flag.Duration("rtt", 40*time.Millisecond, "what the local Spaces adds to every answer")
	flag.Parse()
	if *on == "" {
		*on = "local,ceph"
		if missing := ceph.Missing(16); len(missing) > 0 {
			*on = "local"
			fmt.Fprintln(os.Stderr, "bench: Ceph is not installed and left out; make test-ceph installs it")
		}
	}

	for _, tool := range []string{"rclone", "s3cmd"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is not installed (Debian: apt-get install rclone s3cmd)", tool)
		}
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	provider := filepath.Join(dir, "provider", "terraform-provider-spaces")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", provider, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, out)
	}

	fmt.Println("| work | on | Terraform with this provider | compared with | ratio | aim |\n|---|---|---|---|---|---|")
	for _, name := range strings.Split(*on, ",") {
		s, err := start(ctx, name, *rtt)
		if err != nil {
			return err
		}
		b := &bench{server: s, dir: filepath.Join(dir, name), provider: provider, rounds: *rounds}
		for _, w := range works {
			if strings.Contains(","+*only+",", ","+w.name+",") && err == nil {
				if err = w.measure(ctx, b); err != nil {
					err = fmt.Errorf("%s on %s: %w", w.name, s.name, err)
				}
			}
		}
		if err = errors.Join(err, s.stop()); err != nil {
			return err
		}
	}
	return nil
}

// bench is a server, and what measures there.
type bench struct {
	server
	dir      string
	provider string
	rounds   int
}

// row prints a line of the table.
func (b *bench) row(work, ours, against, ratio, aim string) {
	fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", work, b.name, ours, against, ratio, aim)
}

// seconds is a duration as the table has it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func ratio(ours, theirs time.Duration) string {
	return fmt.Sprintf("%.2f", ours.Seconds()/theirs.Seconds())
}

// least keeps the fastest of several rounds.
func least(best *time.Duration, d time.Duration) {
	if *best == 0 || d < *best {
		*best = d
	}
}
