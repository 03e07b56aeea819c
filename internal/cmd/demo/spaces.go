//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// localSpaces is the process that stands in for Spaces. What is known of it is
// kept in a file, for the next run of the demo.
type localSpaces struct {
	dir string

	PID int               `json:"pid"`
	Env map[string]string `json:"env"` // the variables it printed for clients, SPACES_ENDPOINT_URL and so on
}

func (s *localSpaces) file() string    { return filepath.Join(s.dir, "localspaces.json") }
func (s *localSpaces) program() string { return filepath.Join(s.dir, "bin", "localspaces") }
func (s *localSpaces) log() string     { return filepath.Join(s.dir, "localspaces.log") }

// endpoint is the address of a region.
func (s *localSpaces) endpoint() string {
	return strings.NewReplacer("{region}", region).Replace(s.Env["SPACES_ENDPOINT_URL"])
}

// port is what all its host names share.
func (s *localSpaces) port() string {
	u, err := url.Parse(s.endpoint())
	if err != nil {
		return ""
	}
	return u.Port()
}

// website is the address of a bucket's web site.
func (s *localSpaces) website(bucket string) string {
	return fmt.Sprintf("http://%s.%s-static.localhost:%s/", bucket, region, s.port())
}

// find tells whether the process of an earlier run is still there. A process
// that merely has its number now is not it.
func (s *localSpaces) find() (running bool, err error) {
	data, err := os.ReadFile(s.file())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, s); err != nil {
		return false, fmt.Errorf("%s: %w", s.file(), err)
	}
	return strings.Contains(commandLine(s.PID), s.program()), nil
}

// commandLine is how a process was started, or "" when there is none.
func commandLine(pid int) string {
	if data, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return string(bytes.ReplaceAll(data, []byte{0}, []byte{' '}))
	}
	out, err := exec.CommandContext(context.Background(), "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// start builds and starts it, and waits until it can be used.
func (s *localSpaces) start(ctx context.Context) error {
	if err := goBuild(ctx, s.program(), "./internal/cmd/localspaces"); err != nil {
		return err
	}
	log, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer log.Close()

	// It outlives this program: no context, a session of its own, and a file to
	// write to.
	cmd := exec.Command(s.program(), "-listen", "127.0.0.1:0", "-region", region) //nolint:noctx // see above
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	s.PID = cmd.Process.Pid
	if err := s.awaitEnv(ctx, ended); err != nil {
		_ = cmd.Process.Kill()
		said, _ := os.ReadFile(s.log())
		return withOutput(err, string(said))
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.file(), data, 0o600)
}

var export = regexp.MustCompile(`(?m)^export (\w+)=['"]?([^'"\n]*)['"]?$`)

// awaitEnv reads the variables that the process prints when it is ready.
func (s *localSpaces) awaitEnv(ctx context.Context, ended <-chan error) error {
	deadline := time.After(20 * time.Second)
	for {
		said, err := os.ReadFile(s.log())
		if err != nil {
			return err
		}
		s.Env = map[string]string{}
		for _, m := range export.FindAllSubmatch(said, -1) {
			s.Env[string(m[1])] = string(m[2])
		}
		if s.Env["SPACES_ENDPOINT_URL"] != "" && s.Env["SPACES_SECRET_ACCESS_KEY"] != "" && s.answers(ctx) {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case err := <-ended:
			return fmt.Errorf("the local Spaces ended at once: %w", err)
		case <-deadline:
			return errors.New("the local Spaces was not ready within 20 seconds")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// answers tells whether a request gets a response, whichever.
func (s *localSpaces) answers(ctx context.Context) bool {
	resp, err := get(ctx, s.endpoint())
	if err != nil {
		return false
	}
	resp.Body.Close()
	return true
}

// stop ends the process that find found.
func (s *localSpaces) stop(ctx context.Context) error {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(s.PID, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping process %d: %w", s.PID, err)
		}
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
			if !strings.Contains(commandLine(s.PID), s.program()) {
				return nil
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return fmt.Errorf("process %d does not end", s.PID)
}

// visitor is a client without credentials. Names under localhost are this
// machine, which browsers know and Go's resolver does not.
var visitor = &http.Client{
	Timeout: 10 * time.Second,
	Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	},
}

func get(ctx context.Context, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return visitor.Do(req)
}
