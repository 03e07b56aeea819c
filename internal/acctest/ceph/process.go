package ceph

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// daemon is a server of the cluster. Its output is in the file log.
type daemon struct {
	name, log string
	kill      context.CancelFunc
	done      chan struct{} // closed when it has ended
}

// launch starts a daemon that lives until it is killed or this process ends.
func launch(name, log string, command func(context.Context) *exec.Cmd) (*daemon, error) {
	ctx, kill := context.WithCancel(context.Background())
	d := &daemon{name: name, log: log, kill: kill, done: make(chan struct{})}
	out, err := os.Create(log)
	if err != nil {
		kill()
		return nil, err
	}
	cmd := command(ctx)
	cmd.Stdout, cmd.Stderr = out, out
	started := make(chan error)
	go func() {
		defer close(d.done)
		defer kill()
		defer out.Close()
		// The kernel sees the thread that starts a process as its parent: keep
		// that thread until the process has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return d, nil
}

// died is an error if the daemon has ended.
func (d *daemon) died() error {
	select {
	case <-d.done:
		return fmt.Errorf("%s ended by itself. %s", d.name, d.lastWords())
	default:
		return nil
	}
}

func (d *daemon) lastWords() string {
	text, err := os.ReadFile(d.log)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s ends:\n%s", d.log, tail(text))
}

func (d *daemon) stop() {
	d.kill()
	<-d.done
}

// until calls ready over and over until it is true, as long as the daemon runs.
func (d *daemon) until(ctx context.Context, ready func() bool) error {
	for !ready() {
		if err := d.died(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer", d.name)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// run runs a command; its error has the end of what the command said.
func run(cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, tail(out.Bytes()))
	}
	return nil
}

// tail is the last lines of a text that are not empty.
func tail(text []byte) string {
	lines := strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
