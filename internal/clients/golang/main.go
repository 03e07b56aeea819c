// Command golang tries aws-sdk-go-v2 and minio-go with the file that aws_config
// wrote. The environment says on what; see the package above.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// What the driver says.
var (
	files, readonly, private = os.Getenv("FILES"), os.Getenv("READONLY"), os.Getenv("PRIVATE")
	prefix, odd              = os.Getenv("PREFIX"), os.Getenv("ODD")
	limited, full            = os.Getenv("LIMITED"), os.Getenv("FULL")
)

const (
	pageType = "text/html; charset=utf-8"
	owner    = "press team"
)

// step is something that a client does.
type step struct {
	name string
	run  func(context.Context) error
}

func main() {
	clients := map[string]struct {
		module string
		steps  func() ([]step, error)
	}{
		"aws":   {"github.com/aws/aws-sdk-go-v2/service/s3", awsSteps},
		"minio": {"github.com/minio/minio-go/v7", minioSteps},
	}
	c := clients[os.Args[1]]
	steps, err := c.steps()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("version", version(c.module))
	for _, s := range steps {
		if err := s.run(context.Background()); err != nil {
			fmt.Println("no", s.name)
			fmt.Fprintf(os.Stderr, "%s: %v\n", s.name, err)
			continue
		}
		fmt.Println("ok", s.name)
	}
}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, d := range info.Deps {
		if d.Path == module {
			return strings.TrimPrefix(d.Version, "v")
		}
	}
	return "unknown"
}

func fixture(name string) []byte {
	content, err := os.ReadFile(filepath.Join(os.Getenv("FIXTURES"), name))
	if err != nil {
		panic(err)
	}
	return content
}

// same compares what was got, in any form that prints.
func same(got, wanted any) error {
	g, w := fmt.Sprint(got), fmt.Sprint(wanted)
	if g != w {
		return fmt.Errorf("%.500q is not %.500q", g, w)
	}
	return nil
}

// first is the first error of all.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// curl fetches a presigned URL as somebody without a key does.
func curl(url, wanted string) error {
	got, err := exec.Command("curl", "-fsS", url).Output()
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	if !bytes.Equal(got, fixture(wanted)) {
		return fmt.Errorf("%s gives something else", url)
	}
	return nil
}

// dial finds hosts below localhost, which Go's resolver does not.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}
