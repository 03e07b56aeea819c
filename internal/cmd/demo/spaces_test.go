//go:build unix

package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A number in a file may belong to another process by now, which must not be
// taken for the local Spaces, and then be ended.
func TestFindKnowsItsProcess(t *testing.T) {
	s := &localSpaces{dir: t.TempDir()}
	if running, err := s.find(); err != nil || running {
		t.Fatalf("without a file: %v, %v", running, err)
	}

	remember := func(pid int) {
		t.Helper()
		data, err := json.Marshal(localSpaces{PID: pid})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.file(), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	remember(os.Getpid())
	if running, err := s.find(); err != nil || running {
		t.Fatalf("with the number of this test: %v, %v", running, err)
	}

	// Any program will do that runs until it is told to stop.
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("no sleep here")
	}
	if err := os.MkdirAll(filepath.Dir(s.program()), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(sleep, s.program()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), s.program(), "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
	remember(cmd.Process.Pid)
	if running, err := s.find(); err != nil || !running {
		t.Fatalf("with its own number: %v, %v", running, err)
	}
	if err := s.stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if running, err := s.find(); err != nil || running {
		t.Fatalf("after it was stopped: %v, %v", running, err)
	}
}
