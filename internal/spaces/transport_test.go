package spaces_test

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // as in transport.go
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestUserAgentNamesProviderAndVersionAlone(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	cl := s.clients()
	if err := head(t.Context(), s3Of(t, cl)); err != nil {
		t.Error(err)
	}
	api, err := cl.API()
	if err != nil {
		t.Fatal(err)
	}
	_, _, _ = api.Account.Get(t.Context()) // the server has no such thing
	for _, r := range s.requests() {
		if got := r.Header.Get("User-Agent"); got != "terraform-provider-spaces/1.2.3" {
			t.Errorf("%s %s: User-Agent %q", r.Method, r.URL, got)
		}
	}
	if len(s.requests()) < 2 {
		t.Errorf("%d requests, want one to S3 and one to the API", len(s.requests()))
	}
}

// documentWrites are all the operations that carry a document, or what counts
// as one.
var documentWrites = []struct {
	name  string
	empty bool // the body
	do    func(context.Context, *s3.Client) error
}{
	{"PutBucketCors", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: new(bucket), CORSConfiguration: &types.CORSConfiguration{
			CORSRules: []types.CORSRule{{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}}},
		}})
		return err
	}},
	{"PutBucketLifecycleConfiguration", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
			Bucket: new(bucket), LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
				ID: new("rule-1"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: new("tmp/")},
				Expiration: &types.LifecycleExpiration{Days: aws.Int32(1)},
			}}},
		})
		return err
	}},
	{"PutBucketPolicy", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: new(bucket), Policy: new(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`)})
		return err
	}},
	{"PutBucketVersioning", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: new(bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
		return err
	}},
	{"PutBucketLogging", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: new(bucket), BucketLoggingStatus: &types.BucketLoggingStatus{
			LoggingEnabled: &types.LoggingEnabled{TargetBucket: new(logs), TargetPrefix: new("logs/")},
		}})
		return err
	}},
	{"PutBucketLogging, off", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: new(bucket), BucketLoggingStatus: &types.BucketLoggingStatus{}})
		return err
	}},
	{"PutBucketWebsite", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: new(bucket), WebsiteConfiguration: &types.WebsiteConfiguration{
			IndexDocument: &types.IndexDocument{Suffix: new("index.html")},
		}})
		return err
	}},
	{"PutBucketAcl", true, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: new(bucket), ACL: types.BucketCannedACLPrivate})
		return err
	}},
	{"PutObjectAcl", true, func(ctx context.Context, c *s3.Client) error {
		_, err := c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: new(bucket), Key: new("page"), ACL: types.ObjectCannedACLPublicRead})
		return err
	}},
	{"DeleteObjects", false, func(ctx context.Context, c *s3.Client) error {
		_, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: new(bucket), Delete: &types.Delete{
			Objects: []types.ObjectIdentifier{{Key: new("no such key & ünïcode")}},
		}})
		return err
	}},
}

func TestDocumentsCarryTheirMD5AndNoOtherChecksum(t *testing.T) {
	t.Parallel()
	for _, web := range []struct {
		name  string
		start func(*testing.T) *server
	}{{"HTTP", startLocal}, {"TLS", startLocalTLS}} {
		t.Run(web.name, func(t *testing.T) {
			t.Parallel()
			s := web.start(t)
			c := s.s3()
			if err := put(t.Context(), c, "page", "hello"); err != nil {
				t.Fatal(err)
			}
			for _, w := range documentWrites {
				t.Run(w.name, func(t *testing.T) { // one after the other: they share what was sent
					s.forget()
					if err := w.do(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					all := s.requests()
					if len(all) != 1 {
						t.Fatalf("%d requests, want 1", len(all))
					}
					if empty := len(all[0].Body) == 0; empty != w.empty {
						t.Errorf("the body has %d bytes", len(all[0].Body))
					}
					checkMD5(t, all[0])
				})
			}
		})
	}
}

func TestMD5IsRightAgainOnARetry(t *testing.T) {
	t.Parallel()
	for _, w := range documentWrites {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			c := s.s3()
			if err := put(t.Context(), c, "page", "hello"); err != nil {
				t.Fatal(err)
			}
			s.forget()
			s.Fail(localspaces.Fault{Times: 1, Status: 500})
			if err := w.do(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			all := s.requests()
			if len(all) != 2 {
				t.Fatalf("%d requests, want one that fails and one more", len(all))
			}
			for _, r := range all {
				checkMD5(t, r)
			}
			if !bytes.Equal(all[0].Body, all[1].Body) {
				t.Errorf("the retry has another body: %q and then %q", all[0].Body, all[1].Body)
			}
		})
	}
}

func checkMD5(t *testing.T, r sent) {
	t.Helper()
	sum := md5.Sum(r.Body) //nolint:gosec // as above
	if got, want := r.Header.Get("Content-MD5"), base64.StdEncoding.EncodeToString(sum[:]); got != want {
		t.Errorf("%s %s: Content-MD5 %q, want %q", r.Method, r.URL, got, want)
	}
	checkNoChecksum(t, r)
}

func checkNoChecksum(t *testing.T, r sent) {
	t.Helper()
	for name, values := range r.Header {
		n := strings.ToLower(name)
		if strings.Contains(n, "checksum") || n == "x-amz-trailer" || n == "trailer" ||
			strings.Contains(strings.Join(values, " "), "aws-chunked") || strings.Contains(strings.Join(values, " "), "STREAMING") {
			t.Errorf("%s %s has %s: %q", r.Method, r.URL, name, values)
		}
	}
	if len(r.Coding) > 0 {
		t.Errorf("%s %s came as %q", r.Method, r.URL, r.Coding)
	}
}

func TestObjectsCarryNoChecksum(t *testing.T) {
	t.Parallel()
	for _, web := range []struct {
		name, hash string
		start      func(*testing.T) *server
	}{
		// Over TLS the body needs no hash of its own, and is read only once.
		{"TLS", "UNSIGNED-PAYLOAD", startLocalTLS},
		{"HTTP", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", startLocal}, // SHA-256 of hello
	} {
		t.Run(web.name, func(t *testing.T) {
			t.Parallel()
			s := web.start(t)
			c := s.s3()
			if err := put(t.Context(), c, "page", "hello"); err != nil {
				t.Fatal(err)
			}
			r := s.requests()[0]
			checkNoChecksum(t, r)
			if r.Header.Get("Content-MD5") != "" {
				t.Errorf("Content-MD5 %q", r.Header.Get("Content-MD5"))
			}
			if got := r.Header.Get("X-Amz-Content-Sha256"); got != web.hash {
				t.Errorf("X-Amz-Content-Sha256 %q, want %q", got, web.hash)
			}
			if string(r.Body) != "hello" {
				t.Errorf("body %q", r.Body)
			}
			up, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: new(bucket), Key: new("big")})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.UploadPart(t.Context(), &s3.UploadPartInput{
				Bucket: new(bucket), Key: new("big"), UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("hello"),
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range s.requests() {
				checkNoChecksum(t, r)
			}
		})
	}
}

func TestNamesBelowLocalhostAreThisMachine(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	_, port, _ := net.SplitHostPort(s.web.Listener.Addr().String())
	c := s.s3(func(c *spaces.Config) {
		c.Endpoint, _ = spaces.ParseEndpoint("http://{region}.localhost:" + port)
		c.PathStyle = false
	})
	if err := head(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[0].URL.Path; got != "/" {
		t.Errorf("path %q, want the bucket in the host name", got)
	}
}

// A redirect turns a PUT into a GET, whose answer would pass for success, and
// carries credentials to wherever it leads.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/elsewhere" {
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(status)
				}
			})
			cl := s.clients()
			if err := documentWrites[0].do(t.Context(), s3Of(t, cl)); err == nil {
				t.Error("a PUT that was redirected counts as done")
			}
			if err := getCORS(t.Context(), s3Of(t, cl)); err == nil {
				t.Error("a GET was redirected")
			}
			api, err := cl.API()
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := api.Account.Get(t.Context()); err == nil {
				t.Error("a request to the API was redirected")
			}
			for _, r := range s.requests() {
				if r.URL.Path == "/elsewhere" {
					t.Errorf("followed with %s, Authorization %q", r.Method, r.Header.Get("Authorization"))
				}
			}
		})
	}
}

func TestConnectionsAreKeptForTheNextRequests(t *testing.T) {
	t.Parallel()
	const parallel = 64
	var opened atomic.Int32
	var meet sync.Mutex
	waiting, gate := 0, make(chan struct{})
	s := &server{t: t, handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		// Nobody is answered before all have come, so each has a connection.
		meet.Lock()
		mine := gate
		if waiting++; waiting == parallel {
			waiting, gate = 0, make(chan struct{})
			close(mine)
		}
		meet.Unlock()
		<-mine
	})}
	s.web = httptest.NewUnstartedServer(s)
	s.web.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.web.Start()
	t.Cleanup(s.web.Close)
	c := s.s3()
	for range 3 {
		if err := together(parallel, func(int) error { return head(t.Context(), c) }); err != nil {
			t.Fatal(err)
		}
	}
	// A dial that loses against a connection that became free in the meantime
	// is kept too, so the number can only be too high by what was wasted.
	if n := opened.Load(); n != parallel {
		t.Errorf("%d connections for %d requests at a time, want %d", n, parallel, parallel)
	}
}

func TestRequestsPerSecondLimitsS3AndAPITogether(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	const perSecond, n = 10, 25 // the first ten are free
	cl := s.clients(func(c *spaces.Config) { c.RequestsPerSecond = perSecond })
	c := s3Of(t, cl)
	api, err := cl.API()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err = together(n, func(i int) error {
		if i%2 == 0 {
			_, _, _ = api.Account.Get(t.Context()) // 404, but a request
			return nil
		}
		return head(t.Context(), c)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(s.requests()); got != n {
		t.Errorf("%d requests, want %d", got, n)
	}
	if took, least := time.Since(start), (n-perSecond)*time.Second/perSecond; took < least-50*time.Millisecond {
		t.Errorf("%d requests took %s, want at least %s", n, took, least)
	}
}

func TestRequestsPerSecondObeysCancellationAndDeadline(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3(func(c *spaces.Config) { c.RequestsPerSecond = 0.001 })
	if err := head(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		mustBe(t, head(ctx, c), spaces.Cancelled)
	})
	t.Run("no time left", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := head(ctx, c)
		mustBe(t, err, spaces.Cancelled)
		if !strings.Contains(spaces.Text(err), "requests_per_second") {
			t.Errorf("it does not say why: %s", spaces.Text(err))
		}
	})
	if got := len(s.requests()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestLogSaysWhatWasAskedAndNoSecret(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	log, ctx := logOf(t)
	cl := s.clients(noRetries)
	c := s3Of(t, cl)

	if err := put(ctx, c, "page", "hello"); err != nil {
		t.Fatal(err)
	}
	for _, w := range documentWrites {
		if err := w.do(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	if err := getCORS(ctx, c); err != nil {
		t.Fatal(err)
	}
	wrong := s.s3(noRetries, func(c *spaces.Config) { c.SecretKey = "another-" + secretKey })
	mustBe(t, getCORS(ctx, wrong), spaces.BadKey)
	gone := s3Of(t, spaces.New(config(t, "http://127.0.0.1:1", noRetries)))
	mustBe(t, head(ctx, gone), spaces.Unreachable)
	api, err := cl.API()
	if err != nil {
		t.Fatal(err)
	}
	_, _, _ = api.Account.Get(ctx)

	// Presigned: the whole of it is a credential.
	signed, err := s3.NewPresignClient(c).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: new(bucket), Key: new("page")})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, signed.URL+"&Signature=oldstyle&AWSAccessKeyId="+accessKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Options().HTTPClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()

	secrets := []string{secretKey, accessKey, token, "Authorization", "AWS4-HMAC-SHA256", "Bearer", "oldstyle", "Credential=" + accessKey}
	for _, r := range s.requests() {
		if _, signature, found := strings.Cut(r.Header.Get("Authorization"), "Signature="); found {
			secrets = append(secrets, signature)
		}
		if signature := r.URL.Query().Get("X-Amz-Signature"); signature != "" {
			secrets = append(secrets, signature)
		}
	}
	if len(secrets) < 20 {
		t.Errorf("only %d secrets to look for: nothing was signed", len(secrets))
	}
	text := log.String()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %q", secret)
		}
	}

	lines, err := tflogtest.MultilineJSONDecode(log)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != len(s.requests())+1 { // and the one to nobody
		t.Errorf("%d lines for %d requests", len(lines), len(s.requests())+1)
	}
	statuses := map[string]bool{}
	for _, line := range lines {
		method, _ := line["method"].(string)
		address, _ := line["url"].(string)
		if method == "" || !strings.HasPrefix(address, "http://127.0.0.1:") {
			t.Errorf("no method or address: %v", line)
		}
		if status, answered := line["status"].(float64); answered {
			statuses[fmt.Sprintf("%s %.0f", method, status)] = true
			if line["request_id"] == nil && status != 404 {
				t.Errorf("no request ID: %v", line)
			}
		} else if !strings.Contains(fmt.Sprint(line["error"]), "refused") {
			t.Errorf("neither status nor error: %v", line)
		}
	}
	for _, want := range []string{"PUT 200", "GET 200", "GET 403"} {
		if !statuses[want] {
			t.Errorf("no line for %s among %v", want, statuses)
		}
	}
	if !strings.Contains(text, "?cors") || !strings.Contains(text, "X-Amz-Signature=***") {
		t.Error("the log does not tell what was asked for, or not that it was signed")
	}
}
