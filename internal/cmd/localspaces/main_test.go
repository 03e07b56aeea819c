package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// running is the command under test, up to where it serves.
type running struct {
	env  map[string]string // what it exports
	stop func() error
}

func start(t *testing.T, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), out); out.Close() }()
	r := running{env: map[string]string{}, stop: func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(20 * time.Second):
			t.Fatal("it does not stop")
			return nil
		}
	}}
	lines := bufio.NewScanner(in)
	for lines.Scan() && lines.Text() != "" {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "='")
		if !ok || !strings.HasSuffix(value, "'") {
			t.Fatalf("no line for a shell: %s", lines.Text())
		}
		r.env[name] = strings.TrimSuffix(value, "'")
	}
	go func() { _, _ = io.Copy(io.Discard, in) }()
	return r
}

// listKeys is the status of a call of DigitalOcean's API.
func listKeys(t *testing.T, env map[string]string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, env["DIGITALOCEAN_API_URL"]+"/v2/spaces/keys", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+env["DIGITALOCEAN_TOKEN"])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestToken(t *testing.T) {
	r := start(t, "-token", "mine")
	if status := listKeys(t, r.env); status != http.StatusOK || r.env["DIGITALOCEAN_TOKEN"] != "mine" {
		t.Errorf("the API answers %d, with %v", status, r.env)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
}

// TestAPIFlags: the API can be as slow and as strict as DigitalOcean's.
func TestAPIFlags(t *testing.T) {
	r := start(t, "-rate-limits", "-certificate-delay", "1h")
	do := func(method, path, body string) (status int, answer string) {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), method, r.env["DIGITALOCEAN_API_URL"]+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+r.env["DIGITALOCEAN_TOKEN"])
		resp, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	for i := range 6 {
		if status, _ := do("GET", "/v2/cdn/endpoints", ""); (status == http.StatusTooManyRequests) != (i == 5) {
			t.Errorf("call %d is answered %d", i, status)
		}
	}
	if status, _ := do("POST", "/v2/certificates", `{"name":"c","type":"lets_encrypt","dns_names":["example.com"]}`); status != http.StatusCreated {
		t.Errorf("a certificate is answered %d", status)
	}
	if _, list := do("GET", "/v2/certificates", ""); !strings.Contains(list, `"state":"pending"`) {
		t.Errorf("the certificates are %s", list)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	r := start(t, "-region", "fra1", "-region", "nyc3", "-data", data)
	endpoint := r.env["SPACES_ENDPOINT_URL"]
	if r.env["SPACES_REGION"] != "fra1" || !strings.HasPrefix(endpoint, "http://{region}.localhost:") {
		t.Fatalf("exports %v", r.env)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(endpoint, "http://"), ":")
	resp, err := http.Get("http://127.0.0.1:" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("an anonymous list is answered %d", resp.StatusCode)
	}
	if list := listKeys(t, r.env); list != http.StatusOK {
		t.Errorf("the API answers %d", list)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}

	again := start(t, "-data", data)
	if again.env["DIGITALOCEAN_TOKEN"] != r.env["DIGITALOCEAN_TOKEN"] {
		t.Errorf("the token changed: %v", again.env)
	}
	if again.env["SPACES_ACCESS_KEY_ID"] != r.env["SPACES_ACCESS_KEY_ID"] || len(again.env["SPACES_SECRET_ACCESS_KEY"]) != 43 {
		t.Errorf("the key changed: %v", again.env)
	}
	if err := again.stop(); err != nil {
		t.Fatal(err)
	}
}

// TestMain is the command itself when TestKill runs it as a process.
func TestMain(m *testing.M) {
	if args := os.Getenv("LOCALSPACES_TEST_ARGS"); args != "" {
		if err := run(context.Background(), strings.Fields(args), os.Stdout); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// TestKill kills the process amid writes. Every write that was answered is
// there afterwards, whole.
func TestKill(t *testing.T) {
	data := t.TempDir()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), "LOCALSPACES_TEST_ARGS=-listen 127.0.0.1:0 -access-key KEY -secret-key SECRET -data "+data)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	port := regexp.MustCompile(`localhost:(\d+)'`)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || port.FindStringSubmatch(line) == nil {
		t.Fatal(line, err)
	}
	client := s3.New(s3.Options{
		Region: "nyc3", UsePathStyle: true, BaseEndpoint: aws.String("http://127.0.0.1:" + port.FindStringSubmatch(line)[1]), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "KEY", SecretAccessKey: "SECRET"}, nil
		}),
	})
	bucket := aws.String("killed")
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	var answered sync.Map
	for w := range 4 {
		writers.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprint(w, "-", i)
				body := strings.Repeat(key, 1000)
				if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader(body)}); err != nil {
					return
				}
				answered.Store(key, body)
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	writers.Wait()
	_ = process.Wait() // says that it was killed

	s, err := localspaces.New(localspaces.Options{Dir: data, AccessKey: "KEY", SecretKey: "SECRET"})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	defer web.Close()
	n := 0
	answered.Range(func(key, body any) bool {
		n++
		out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: aws.String(fmt.Sprint(key))}, func(o *s3.Options) { o.BaseEndpoint = &web.URL })
		if err != nil {
			t.Fatalf("%v: %v", key, err)
		}
		defer out.Body.Close()
		if got, err := io.ReadAll(out.Body); err != nil || string(got) != body {
			t.Errorf("%v has %d bytes, %v", key, len(got), err)
		}
		return true
	})
	if n == 0 {
		t.Error("nothing was written")
	}
	t.Logf("%d writes survived", n)
}

func TestWrongArguments(t *testing.T) {
	for _, args := range [][]string{{"-no-such-flag"}, {"argument"}, {"-access-key", "alone"}, {"-listen", "no address"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
