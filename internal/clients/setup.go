//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// The files that Terraform and the clients upload, and what they are uploaded with.
const (
	odd      = "odd/a b+c&d=é %25.txt" // the key of odd.txt
	pageType = "text/html; charset=utf-8"
	owner    = "press team"
	largeLen = 9 << 20 // above the size from which clients upload in parts
)

var fixtures = map[string][]byte{
	"page.html": []byte("<!doctype html>\n<title>Grüße</title>\n"),
	"odd.txt":   []byte("one\r\ntwo\tthree ☃ without a line break at the end"),
	"large.bin": large(),
}

// large is the same on each run.
func large() []byte {
	content := make([]byte, largeLen)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content) // it never fails
	return content
}

// setup is the configuration, applied on a server.
type setup struct {
	tools
	server    *server
	work      string // the folder that Terraform runs in
	fixtures  string
	variables map[string]any

	Configurations struct {
		Value map[string]map[string]string // client → key → text
	}
	Hosts struct {
		Value map[string]string
	}
	Uploaded struct {
		Value map[string]struct {
			Type     string
			Metadata map[string]string
			Body     string
		}
	}
	Sizes struct {
		Value map[string]int64
	}
}

// apply applies the configuration on a server.
func (t tools) apply(ctx context.Context, on *server) (*setup, error) {
	s := &setup{tools: t, server: on, work: filepath.Join(t.dir, on.name, "setup"), fixtures: filepath.Join(t.dir, on.name, "fixtures")}
	s.variables = map[string]any{"name": name, "region": region, "endpoint": on.endpoint, "full": on.full, "fixtures": s.fixtures, "odd": odd}
	for name, value := range on.variables {
		s.variables[name] = value
	}
	if err := errors.Join(os.MkdirAll(s.work, 0o700), os.MkdirAll(s.fixtures, 0o700)); err != nil {
		return nil, err
	}
	for name, content := range fixtures {
		if err := os.WriteFile(filepath.Join(s.fixtures, name), content, 0o600); err != nil {
			return nil, err
		}
	}
	for _, file := range []string{"main.tf", on.name + "/key.tf"} {
		text, err := fs.ReadFile(os.DirFS(filepath.Join(t.source, "setup")), file)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(s.work, filepath.Base(file)), text, 0o600); err != nil {
			return nil, err
		}
	}
	return s, s.again(ctx, nil)
}

// again applies once more, and looks at what clients have uploaded.
func (s *setup) again(ctx context.Context, uploaded []string) error {
	if uploaded != nil {
		s.variables["uploaded"] = uploaded
	}
	text, err := json.Marshal(s.variables)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.work, "terraform.tfvars.json"), text, 0o600); err != nil {
		return err
	}
	said, err := s.run(ctx, "apply", "-auto-approve", "-input=false")
	if err != nil {
		return err
	}
	if uploaded != nil && !bytes.Contains(said, []byte("0 added, 0 changed, 0 destroyed")) {
		return fmt.Errorf("clients have changed what Terraform made:\n%s", said)
	}
	outputs, err := s.run(ctx, "output", "-json")
	if err != nil {
		return err
	}
	return json.Unmarshal(outputs, s)
}

// destroy destroys it all, also what clients have uploaded.
func (s *setup) destroy(ctx context.Context) error {
	delete(s.variables, "uploaded")
	_, err := s.run(ctx, "destroy", "-auto-approve", "-input=false", "-var=uploaded=[]")
	return err
}

// run runs Terraform and returns what it prints to standard output.
func (s *setup) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.terraform, append(args, "-no-color")...)
	cmd.Dir = s.work
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(s.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	if s.server.ca != "" {
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+s.server.ca)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("terraform %s: %w\n%s\n%s", args[0], err, &out, &errs)
	}
	return out.Bytes(), nil
}

// seen says what is wrong with what the provider sees of a client's uploads.
func (s *setup) seen(prefix string) error {
	page, text := s.Uploaded.Value[prefix+"/page.html"], s.Uploaded.Value[prefix+"/"+odd]
	switch {
	case page.Body != string(fixtures["page.html"]), page.Type != pageType, page.Metadata["owner"] != owner:
		return fmt.Errorf("page.html has the type %q, the metadata %q and the content %q", page.Type, page.Metadata, page.Body)
	case text.Body != string(fixtures["odd.txt"]):
		return fmt.Errorf("%q has the content %q", odd, text.Body)
	case s.Sizes.Value[prefix+"/large.bin"] != largeLen:
		return fmt.Errorf("large.bin has %d bytes in the list, and not %d", s.Sizes.Value[prefix+"/large.bin"], largeLen)
	}
	return nil
}

// uploads are the keys that a client that can put has uploaded, of those that
// are looked at one by one.
func uploads(all []client, trials []trial) []string {
	keys := []string{}
	for i, c := range all {
		if slices.Contains(trials[i].done, "put") {
			keys = append(keys, c.prefix()+"/page.html", c.prefix()+"/"+odd)
		}
	}
	return keys
}
