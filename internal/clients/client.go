//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// client is a client that is tried, and what with it.
type client struct {
	name    string
	from    string // where its configuration comes from: a function of the provider
	steps   []string
	command func(setup) []string // nil: it cannot be tried, and note says why
	env     []string
	note    string
}

const (
	// seen is the step that the provider does: it reads what the client uploaded.
	seen = "seen by data sources"
	// limits is what a limited key may do, and may not.
	limits = "limits"
)

// clients are those that DigitalOcean's reference names.
var clients = []client{
	{
		name: "s3cmd", from: "s3cmd_config", command: script("s3cmd.sh"),
		steps: []string{"list", "get", "info", "put", "setacl", "sync", "delete", "signurl", limits, "full access", seen},
	},
	{
		name: "AWS CLI 1", from: "aws_config", command: script("aws.sh"),
		env:   []string{"AWS=/usr/bin/python3 NPM/awscli/aws"},
		steps: []string{"list", "get", "head", "put", "sync", "delete", "presign", limits, "full access", seen},
	},
	{
		name: "AWS CLI 2", from: "aws_config", command: script("aws.sh"),
		env:   []string{"AWS=/usr/bin/aws", "ENDPOINT_OPTION=--endpoint-url URL"},
		steps: []string{"list", "get", "head", "put", "sync", "delete", "presign", limits, "full access", seen},
	},
	{
		name: "rclone", from: "rclone_config", command: script("rclone.sh"),
		steps: []string{"list", "get", "info", "put", "sync", "check", "delete", "link", limits, "full access", seen},
	},
	{
		name: "boto3 (Python)", from: "aws_config",
		command: func(s setup) []string { return []string{"/usr/bin/python3", s.script("python.py")} },
		steps:   []string{"list", "get", "put", "copy", "delete", "presign", limits, "full access", seen},
	},
	{
		name: "aws-sdk-s3 (Ruby)", from: "aws_config",
		command: func(s setup) []string { return []string{"ruby", s.script("ruby.rb")} },
		steps:   []string{"list", "get", "put", "delete", "presign", limits, "full access", seen},
	},
	{
		name: "@aws-sdk/client-s3 (JavaScript)", from: "aws_config",
		command: func(s setup) []string { return []string{"node", filepath.Join(s.source, "javascript", "main.cjs")} },
		steps:   []string{"list", "get", "put", "delete", "presign", "CORS upload", limits, "full access", seen},
	},
	{
		name: "aws-sdk-go-v2 (Go)", from: "aws_config",
		command: func(s setup) []string { return []string{s.golang, "aws"} },
		steps:   []string{"list", "get", "put", "delete", "presign", limits, "full access", seen},
	},
	{
		name: "minio-go (Go)", from: "aws_config",
		command: func(s setup) []string { return []string{s.golang, "minio"} },
		steps:   []string{"list", "get", "put", "delete", "presign", limits, "full access", seen},
	},
	{
		name: "curl, as a browser", from: "", command: script("curl.sh"),
		steps: []string{"website", "public and private objects", "CORS preflight"},
	},
	{name: "aws-sdk-php (PHP)", from: "aws_config", note: "neither Debian nor npm has a package of it"},
	{name: "Cyberduck", from: "cyberduck_bookmark", note: "no build for Linux: its file is parsed in Go tests"},
	{name: "Transmit 4 and 5", from: "transmit_settings", note: "no build for Linux: its settings are parsed in Go tests"},
}

func script(name string) func(setup) []string {
	return func(s setup) []string { return []string{"bash", s.script(name)} }
}

func (s setup) script(name string) string { return filepath.Join(s.source, "scripts", name) }

// prefix begins the keys of the client's objects.
func (c client) prefix() string {
	return "by-" + strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, c.name))
}

// trial is what came of trying a client on a server.
type trial struct {
	version string
	done    []string // steps
}

// tryOn tries clients on a server.
func (t tools) tryOn(ctx context.Context, name string, all []client) (trials []trial, err error) {
	server, err := start(ctx, name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopErr := server.stop(); err == nil {
			err = stopErr
		}
	}()
	s, err := t.apply(ctx, server)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		begin := time.Now()
		one, err := s.try(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		trials = append(trials, one)
		if c.command != nil {
			fmt.Fprintf(os.Stderr, "clients: %s on %s: %s %d of %d steps, %.0f s\n", c.name, name, one.version, len(one.done), len(slices.DeleteFunc(slices.Clone(c.steps), func(s string) bool { return s == seen })), time.Since(begin).Seconds())
		}
	}
	if err := s.again(ctx, uploads(all, trials)); err != nil {
		return nil, err
	}
	for i, c := range all {
		if !slices.Contains(c.steps, seen) {
			continue
		}
		if err := s.seen(c.prefix()); err != nil {
			fmt.Fprintf(os.Stderr, "%s on %s: not as it was uploaded: %v\n", c.name, name, err)
			continue
		}
		trials[i].done = append(trials[i].done, seen)
	}
	return trials, s.destroy(ctx)
}

// try runs a client's program, in a folder of its own.
func (s *setup) try(ctx context.Context, c client) (trial, error) {
	if c.command == nil {
		return trial{}, nil
	}
	dir := filepath.Join(s.dir, s.server.name, c.prefix())
	if err := os.Mkdir(dir, 0o700); err != nil {
		return trial{}, err
	}
	scheme, _, _ := strings.Cut(s.server.endpoint, "://")
	url := func(host string) string { return scheme + "://" + host }
	env := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": dir, "LANG": "C.UTF-8",
		"URL": strings.ReplaceAll(s.server.endpoint, "{region}", region), "SITE": url(s.Hosts.Value["objects"]),
		"WEBSITE": url(s.Hosts.Value["site"]), "OBJECTS": url(s.Hosts.Value["files"]),
		"FILES": filesBucket, "READONLY": readonlyBucket, "PRIVATE": privateBucket,
		"ODD": odd, "PREFIX": c.prefix(), "FIXTURES": s.fixtures,
		// Nothing but the function's file says which keys to use.
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_PAGER": "",
		"NODE_PATH": filepath.Join(s.npm, "node_modules"),
		// What is below localhost is ::1 first, where nobody listens.
		"NODE_OPTIONS": "--dns-result-order=ipv4first",
	}
	if s.server.ca != "" {
		for _, name := range []string{"SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
			env[name] = s.server.ca
		}
	}
	if texts := s.Configurations.Value[strings.TrimSuffix(c.from, "_config")]; texts != nil {
		for key, variable := range map[string]string{"limited": "LIMITED", "full": "FULL"} {
			env[variable] = filepath.Join(dir, key+".conf")
			if err := os.WriteFile(env[variable], []byte(texts[key]), 0o600); err != nil {
				return trial{}, err
			}
		}
	}
	args := c.command(*s)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	for _, one := range c.env {
		cmd.Env = append(cmd.Env, strings.NewReplacer("URL", env["URL"], "NPM", s.npm).Replace(one))
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return trial{}, fmt.Errorf("%w\n%s", err, &errs)
	}
	var result trial
	for line := range strings.Lines(out.String()) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch verb {
		case "version":
			result.version = rest
		case "ok":
			result.done = append(result.done, rest)
		}
	}
	if errs.Len() > 0 {
		fmt.Fprintf(os.Stderr, "%s on %s:\n%s\n", c.name, s.server.name, &errs)
	}
	return result, nil
}
