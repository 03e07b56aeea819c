package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const stateBackend = "../../examples/guides/state-backend/main.tf"

// The guide's example makes a bucket, and a configuration whose state is kept
// there by the file that backend_config writes is planned, applied and read
// again from elsewhere, with a key that reaches this bucket only.
func TestAccBackend(t *testing.T) {
	b := newBackend(t, "")
	here, there := b.configuration("here"), b.configuration("there")
	here.run("apply", "-auto-approve", "-input=false", "-var=value=first")
	if got := there.run("output", "-raw", "value"); got != "first" {
		t.Errorf("read from elsewhere the state says %q", got)
	}
	if keys := b.keys(); strings.Join(keys, " ") != "network/terraform.tfstate" {
		t.Errorf("the bucket has %q: the lock is left, or there is no state", keys)
	}
	there.run("destroy", "-auto-approve", "-input=false", "-var=value=first")
	if got := here.run("state", "list"); got != "" {
		t.Errorf("after destroying it from elsewhere there is still %s", got)
	}
}

// Of two applies that begin at the same time one is refused.
func TestAccBackend_lock(t *testing.T) {
	newBackend(t, "").race(true)
}

// Where versions are kept, a state that went wrong is taken back. Whether a
// lock excludes there is what conditional writes do: in S3 they exclude, in
// Ceph they do not.
func TestAccBackend_versions(t *testing.T) {
	b := newBackend(t, `
resource "spaces_bucket_versioning" "states" {
  bucket = spaces_bucket.states.name
  status = "Enabled"
}
`)
	c := b.configuration("here")
	for _, value := range []string{"good", "bad"} {
		c.run("apply", "-auto-approve", "-input=false", "-var=value="+value)
	}
	versions, err := b.client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &b.bucket, Prefix: &b.key})
	if err != nil {
		t.Fatal(err)
	}
	var old *string
	for _, v := range versions.Versions {
		if *v.Key != b.key || old != nil {
			continue
		}
		out, err := b.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.bucket, Key: &b.key, VersionId: v.VersionId})
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(out.Body)
		if err != nil {
			t.Fatal(err)
		}
		var state struct {
			Outputs map[string]struct{ Value string }
		}
		if err := json.Unmarshal(text, &state); err != nil {
			t.Fatal(err)
		}
		if state.Outputs["value"].Value == "good" {
			old = v.VersionId
			c.write("old.tfstate", string(text))
		}
	}
	if old == nil {
		t.Fatal("no version of the state has the value that it had before")
	}
	c.run("state", "push", "-force", "old.tfstate")
	if got := c.run("output", "-raw", "value"); got != "good" {
		t.Errorf("after taking back the old state it says %q", got)
	}
	b.race(b.excludes())
}

// backend is a bucket for states, made as the guide says.
type backend struct {
	*acctest.CLI
	t           *testing.T
	client      *s3.Client
	bucket, key string
	file        string // the text for -backend-config
	env         []string
}

// newBackend applies the guide's example, and more if given.
func newBackend(t *testing.T, more string) *backend {
	t.Helper()
	e := acctest.New(t)
	b := &backend{CLI: e.CLI(""), t: t, client: e.S3(e.Region()), bucket: e.Name, key: "network/terraform.tfstate"}
	b.Need(10, "use_lockfile")
	example, err := os.ReadFile(stateBackend)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(b.Dir, "versions.tf")); err != nil {
		t.Fatal(err)
	}
	b.Write("main.tf", string(example)+more)
	b.Write("server_override.tf", e.Provider())
	variables := []string{"-auto-approve", "-input=false", "-var=region=" + e.Region(), "-var=bucket=" + b.bucket, "-var=endpoint=" + e.Endpoint}
	b.Run(append([]string{"apply"}, variables...)...)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		err := spaces.Empty(ctx, b.client, b.bucket)
		if err == nil {
			_, err = b.client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &b.bucket})
		}
		if err != nil {
			t.Error(err)
		}
	})
	var files map[string]string
	if err := json.Unmarshal([]byte(b.Run("output", "-json", "backend_configs")), &files); err != nil {
		t.Fatal(err)
	}
	b.file = files["network"]

	access, secret := os.Getenv("SPACES_TEST_LIMITED_ACCESS_KEY"), os.Getenv("SPACES_TEST_LIMITED_SECRET_KEY")
	if e.Local != nil {
		access, secret = "DO00STATES", "secret/of+states"
		e.Local.AddKey(access, secret, localspaces.Grant{Bucket: b.bucket, Permission: "readwrite"})
	} else if access == "" {
		access, secret = e.AccessKey, e.SecretKey
	}
	b.env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+access, "AWS_SECRET_ACCESS_KEY="+secret,
		"AWS_REQUEST_CHECKSUM_CALCULATION=when_required", // as the guide says
		"TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	if bundle := os.Getenv("SSL_CERT_FILE"); bundle != "" { // the backend looks here first
		b.env = append(b.env, "AWS_CA_BUNDLE="+bundle)
	}
	if strings.Contains(e.Endpoint, ".localhost") {
		proxy := forwarder(t)
		b.env = append(b.env, "HTTP_PROXY="+proxy, "HTTPS_PROXY="+proxy, "NO_PROXY=")
	}
	return b
}

// keys are those of the bucket's objects.
func (b *backend) keys() []string {
	b.t.Helper()
	out, err := b.client.ListObjects(b.t.Context(), &s3.ListObjectsInput{Bucket: &b.bucket})
	if err != nil {
		b.t.Fatal(err)
	}
	var keys []string
	for _, o := range out.Contents {
		keys = append(keys, *o.Key)
	}
	return keys
}

// excludes says whether If-None-Match keeps a second write out of the bucket.
func (b *backend) excludes() bool {
	b.t.Helper()
	key, any := "probe", "*"
	put := func() error {
		_, err := b.client.PutObject(b.t.Context(), &s3.PutObjectInput{Bucket: &b.bucket, Key: &key, IfNoneMatch: &any, ACL: s3types.ObjectCannedACLPrivate})
		return err
	}
	if err := put(); err != nil {
		b.t.Fatal(err)
	}
	return put() != nil
}

// race has two applies begin at the same time. Whoever has the lock stays until
// it is told to go on.
func (b *backend) race(excludes bool) {
	t := b.t
	t.Helper()
	goOn := filepath.Join(b.Dir, "go-on")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	type ended struct {
		said string
		err  error
	}
	ends := make(chan ended, 2)
	var began []string
	for _, name := range []string{"one", "two"} {
		c := b.configuration(name)
		began = append(began, filepath.Join(c.dir, "began"))
		c.write("main.tf", fmt.Sprintf(`
terraform {
  backend "s3" {}
}

resource "terraform_data" "slow" {
  triggers_replace = %q
  provisioner "local-exec" {
    command = "touch began; until [ -e '%s' ]; do sleep 0.05; done"
  }
}
`, name, goOn))
		cmd := c.command(ctx, "apply", "-auto-approve", "-input=false")
		go func() {
			said, err := cmd.CombinedOutput()
			ends <- ended{string(said), err}
		}()
	}
	inside := func() (n int) {
		for _, name := range began {
			if _, err := os.Stat(name); err == nil {
				n++
			}
		}
		return n
	}
	if excludes {
		first := <-ends
		if first.err == nil || !strings.Contains(first.said, "Error acquiring the state lock") || !strings.Contains(first.said, "PreconditionFailed") {
			t.Errorf("the second apply was not refused the lock: %v\n%s", first.err, first.said)
		}
	} else {
		err := spaces.Patience{Poll: 50 * time.Millisecond}.Until(ctx, time.Minute, func(context.Context) error {
			if n := inside(); n < 2 {
				return spaces.NotYet(fmt.Errorf("%d of 2 applies have the lock", n))
			}
			return nil
		})
		if err != nil {
			t.Errorf("conditional writes exclude nothing here, and yet one apply was kept out: %v", err)
		}
	}
	if err := os.WriteFile(goOn, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	last := <-ends
	if excludes && (last.err != nil || inside() != 1) {
		t.Errorf("the apply that had the lock: %v, and %d were inside\n%s", last.err, inside(), last.said)
	}
	if !excludes {
		<-ends
	}
}

// folder is a configuration whose state is in the bucket.
type folder struct {
	*backend
	dir string
}

// configuration makes a folder and initializes it with the backend's file.
func (b *backend) configuration(name string) folder {
	b.t.Helper()
	c := folder{b, filepath.Join(b.Dir, name)}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		b.t.Fatal(err)
	}
	c.write("spaces.s3.tfbackend", b.file)
	c.write("main.tf", `
terraform {
  backend "s3" {}
}

variable "value" {
  type = string
}

resource "terraform_data" "value" {
  input = var.value
}

output "value" {
  value = terraform_data.value.output
}
`)
	c.run("init", "-input=false", "-backend-config=spaces.s3.tfbackend")
	return c
}

func (c folder) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c folder) command(ctx context.Context, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Getenv("TF_ACC_TERRAFORM_PATH"), append(arguments, "-no-color")...)
	cmd.Dir, cmd.Env = c.dir, c.env
	return cmd
}

// run runs Terraform, which has to succeed, and returns what it printed.
func (c folder) run(arguments ...string) string {
	c.t.Helper()
	out, err := c.command(c.t.Context(), arguments...).Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		c.t.Fatalf("terraform %v: %v\n%s\n%s", arguments, err, out, exit.Stderr)
	}
	return string(out)
}

// forwarder is an HTTP proxy that finds hosts below localhost, which Terraform's
// backend by itself does not.
func forwarder(t *testing.T) string {
	transport := &http.Transport{DialContext: spaces.DialLocalhost}
	plain := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", r.In.Host },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			plain.ServeHTTP(w, r)
			return
		}
		there, err := spaces.DialLocalhost(r.Context(), "tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer there.Close()
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer here.Close()
		_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() {
			_, _ = io.Copy(there, here)
			_ = there.Close()
		}()
		_, _ = io.Copy(here, there)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(transport.CloseIdleConnections)
	return server.URL
}
