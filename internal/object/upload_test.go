package object

import (
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// local is a local Spaces with the bucket "test".
func local(t *testing.T) (*localspaces.Server, *spaces.Clients, *s3.Client) {
	t.Helper()
	return localBehind(t, localspaces.Options{}, func(server http.Handler) http.Handler { return server })
}

// localBehind is a local Spaces behind something that may meddle.
func localBehind(t *testing.T, o localspaces.Options, proxy func(http.Handler) http.Handler) (*localspaces.Server, *spaces.Clients, *s3.Client) {
	t.Helper()
	o.Strict = true
	server, err := localspaces.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(proxy(server))
	t.Cleanup(func() {
		listener.Close()
		_ = server.Close()
	})
	endpoint, err := spaces.ParseEndpoint(listener.URL)
	if err != nil {
		t.Fatal(err)
	}
	config := spaces.Config{
		Region: "nyc3", Endpoint: endpoint, PathStyle: true, MaxRetries: 2,
		Patience: spaces.Patience{Write: 300 * time.Millisecond, Birth: 50 * time.Millisecond, Poll: 10 * time.Millisecond},
	}
	config.AccessKey, config.SecretKey = server.Credentials()
	cl := spaces.New(config)
	c, err := cl.S3("nyc3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("test")}); err != nil {
		t.Fatal(err)
	}
	return server, cl, c
}

// planned is the plan for a file.
func planned(t *testing.T, path string) *model {
	t.Helper()
	m := wanted()
	m.Region, m.Bucket, m.Source = types.StringValue("nyc3"), types.StringValue("test"), types.StringValue(path)
	f, err := m.preview(t.Context(), &model{})
	if err != nil {
		t.Fatal(err)
	}
	forecast{created: true, fingerprint: f}.fill(&m, &model{})
	return &m
}

func source(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.txt")
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Error(err)
	}
}

// held is what the server has of the object.
func held(t *testing.T, c *s3.Client) (string, bool) {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("test"), Key: aws.String("a.txt")})
	if err != nil {
		return "", false
	}
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), true
}

func TestUpload(t *testing.T) {
	t.Parallel()
	server, cl, c := local(t)
	server.Fail(localspaces.Fault{Operation: "PutObject", Times: 1, Status: http.StatusServiceUnavailable})
	server.Fail(localspaces.Fault{Operation: "PutObject", Skip: 1, Times: 1, CutAfter: true})
	content := strings.Repeat("0123456789", 1<<17)
	m := planned(t, source(t, content))
	if err := upload(t.Context(), cl, m); err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum([]byte(content)) //nolint:gosec // as above
	if m.ETag.ValueString() != hex.EncodeToString(sum[:]) || m.Size.ValueInt64() != int64(len(content)) || !m.VersionID.IsNull() {
		t.Errorf("%s %s %s", m.ETag, m.Size, m.VersionID)
	}
	if got, _ := held(t, c); got != content {
		t.Errorf("the server has %d bytes, want %d", len(got), len(content))
	}
}

func TestUpload_changedBefore(t *testing.T) {
	t.Parallel()
	_, cl, c := local(t)
	path := source(t, "planned")
	m := planned(t, path)
	rewrite(t, path, "changed")
	err := upload(t.Context(), cl, m)
	if err == nil || !strings.Contains(err.Error(), "has changed since it was planned. Nothing was uploaded.") {
		t.Error(err)
	}
	if got, there := held(t, c); there {
		t.Errorf("the server has %q", got)
	}
}

// Whatever happens to a file that is being sent, the server has not got a
// mixture of its states.
func TestUpload_changedMeanwhile(t *testing.T) {
	t.Parallel()
	old := strings.Repeat("old ", 4<<20)
	for name, change := range map[string]string{
		"longer": old + "new", "shorter": old[:1000], "other": strings.Repeat("new ", 4<<20), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			server, cl, c := local(t)
			path := source(t, old)
			m := planned(t, path)
			server.Fail(localspaces.Fault{Times: 1, Match: func(_ *http.Request, operation string) bool {
				if operation == "PutObject" {
					rewrite(t, path, change)
				}
				return false
			}})
			err := upload(t.Context(), cl, m)
			got, there := held(t, c)
			switch {
			case name == "longer" && err == nil && got == old: // what was planned is what was sent
			case err == nil || !strings.Contains(err.Error(), "has changed since it was planned. It was being uploaded then"):
				t.Error(err)
			case there:
				t.Errorf("the server has %d bytes", len(got))
			}
		})
	}
}

func TestUpload_damaged(t *testing.T) {
	t.Parallel()
	const sum = "00000000000000000000000000000000"
	var u uploading
	u.headers = &s3.PutObjectInput{}
	if err := u.damaged(sum, md5A); !isDamage(err) || !strings.Contains(err.Error(), "is not what was sent") {
		t.Error(err)
	}
	for _, etag := range []string{"", md5A, sum + "-2"} {
		if err := u.damaged(etag, md5A); err != nil {
			t.Errorf("%s: %v", etag, err)
		}
	}
	u.headers.SSECustomerKey = aws.String("key") // its ETag may be anything
	if err := u.damaged(sum, md5A); err != nil {
		t.Error(err)
	}
}

func TestUpload_noBucket(t *testing.T) {
	t.Parallel()
	_, cl, _ := local(t)
	m := planned(t, source(t, "x"))
	m.Bucket = types.StringValue("none")
	err := upload(t.Context(), cl, m)
	if spaces.KindOf(err) != spaces.NotFound || !strings.Contains(err.Error(), "there is no bucket none in region nyc3") {
		t.Error(err)
	}
}

func TestUpload_cancelled(t *testing.T) {
	t.Parallel()
	server, cl, _ := local(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Fail(localspaces.Fault{Operation: "PutObject", Match: func(*http.Request, string) bool { cancel(); return true }, Delay: time.Second})
	if err := upload(ctx, cl, planned(t, source(t, "x"))); spaces.KindOf(err) != spaces.Cancelled {
		t.Error(err)
	}
}
