package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// timed runs a command, which has to succeed, and says how long it took.
func timed(cmd *exec.Cmd) (time.Duration, error) {
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
	}
	return time.Since(begin), nil
}

// environment is ours, without what a user has set up for clients of S3.
func environment(more ...string) []string {
	return append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "RCLONE_") || strings.HasPrefix(v, "SPACES_")
	}), more...)
}

// terraform runs Terraform in a folder.
func (b *bench) terraform(ctx context.Context, folder string, args ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, os.Getenv("TERRAFORM"), append(args, "-input=false", "-no-color")...)
	cmd.Dir = folder
	cmd.Env = environment("TF_CLI_CONFIG_FILE="+filepath.Join(folder, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"SPACES_ACCESS_KEY_ID="+b.accessKey, "SPACES_SECRET_ACCESS_KEY="+b.secretKey)
	return timed(cmd)
}

// folder makes one with a configuration.
func (b *bench) folder(name, hcl string) (string, error) {
	folder := filepath.Join(b.dir, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	texts := map[string]string{
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"registry.terraform.io/do-spaces/spaces\" = %[1]q\n    \"registry.opentofu.org/do-spaces/spaces\" = %[1]q\n  }\n  direct {}\n}\n", filepath.Dir(b.provider)),
		"main.tf": fmt.Sprintf("terraform {\n  required_providers {\n    spaces = { source = \"do-spaces/spaces\" }\n  }\n}\n\nprovider \"spaces\" {\n  endpoint       = %q\n  region         = %q\n  use_path_style = true\n}\n\n%s",
			b.endpoint, region, hcl),
	}
	for file, text := range texts {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// rclone runs rclone, for which the server is called bench.
func (b *bench) rclone(ctx context.Context, args ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "rclone", args...)
	cmd.Env = environment("RCLONE_CONFIG="+filepath.Join(b.dir, "none"),
		"RCLONE_CONFIG_BENCH_TYPE=s3", "RCLONE_CONFIG_BENCH_PROVIDER=Other", "RCLONE_CONFIG_BENCH_ENDPOINT="+b.endpoint, "RCLONE_CONFIG_BENCH_REGION="+region,
		"RCLONE_CONFIG_BENCH_ACCESS_KEY_ID="+b.accessKey, "RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY="+b.secretKey,
		"RCLONE_CONFIG_BENCH_FORCE_PATH_STYLE=true", "RCLONE_CONFIG_BENCH_NO_CHECK_BUCKET=true")
	return timed(cmd)
}

func (b *bench) s3cmd(ctx context.Context, args ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "s3cmd", append([]string{
		"--config=/dev/null", "--access_key=" + b.accessKey, "--secret_key=" + b.secretKey, "--no-ssl",
		"--host=" + b.host(), "--host-bucket=" + b.host(), "--region=" + region, "--no-progress",
	}, args...)...)
	cmd.Env = environment()
	return timed(cmd)
}
