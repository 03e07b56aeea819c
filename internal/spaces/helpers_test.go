package spaces_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const (
	region    = "nyc3"
	bucket    = "kept-here"
	logs      = "logs-go-here"
	accessKey = "DO00ACCESSKEYOFTESTS"
	secretKey = "the-secret-key-of-these-tests"
	token     = "dop_v1_the-token-of-these-tests"
)

// server is a web server on loopback that remembers what it was sent.
type server struct {
	*localspaces.Server // nil when the handler is hand-made

	t       *testing.T
	web     *httptest.Server
	handler http.Handler

	mu   sync.Mutex
	sent []sent
}

// sent is one request, as it arrived.
type sent struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
	When   time.Time
	// Coding is how the body came, when it was not simply its bytes.
	Coding []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	when := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Errorf("reading the body of %s %s: %v", r.Method, r.URL, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	s.sent = append(s.sent, sent{r.Method, r.URL, r.Header.Clone(), body, when, r.TransferEncoding})
	s.mu.Unlock()
	s.handler.ServeHTTP(w, r)
}

// requests are those so far, or since the last call of forget.
func (s *server) requests() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

func (s *server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = nil
}

// serve starts a server that is made by hand.
func serve(t *testing.T, handler http.HandlerFunc) *server {
	t.Helper()
	s := &server{t: t, handler: handler}
	s.web = httptest.NewServer(s)
	t.Cleanup(s.web.Close)
	return s
}

// startLocal starts a local Spaces with two buckets. It is as strict as Spaces
// is documented to be.
func startLocal(t *testing.T) *server {
	t.Helper()
	s := newLocal(t)
	s.web = httptest.NewServer(s)
	t.Cleanup(s.web.Close)
	s.makeBuckets()
	return s
}

// startLocalTLS is startLocal over TLS.
func startLocalTLS(t *testing.T) *server {
	t.Helper()
	s := newLocal(t)
	s.web = httptest.NewUnstartedServer(s)
	s.web.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that do not trust it
	s.web.StartTLS()
	t.Cleanup(s.web.Close)
	s.makeBuckets()
	return s
}

func newLocal(t *testing.T) *server {
	t.Helper()
	local, err := localspaces.New(localspaces.Options{
		Regions: []string{region, "ams3"}, AccessKey: accessKey, SecretKey: secretKey, Strict: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := local.Close(); err != nil {
			t.Error(err)
		}
	})
	return &server{Server: local, t: t, handler: local}
}

func (s *server) makeBuckets() {
	s.t.Helper()
	for _, name := range []string{bucket, logs} {
		if _, err := s.s3().CreateBucket(s.t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.forget()
}

// config reaches the server, with two retries. Changes are made to it in order.
func (s *server) config(changes ...func(*spaces.Config)) spaces.Config {
	s.t.Helper()
	return config(s.t, s.web.URL, changes...)
}

func config(t *testing.T, address string, changes ...func(*spaces.Config)) spaces.Config {
	t.Helper()
	endpoint, err := spaces.ParseEndpoint(address)
	if err != nil {
		t.Fatal(err)
	}
	c := spaces.Config{
		Token: token, AccessKey: accessKey, SecretKey: secretKey,
		Region: region, Endpoint: endpoint, APIEndpoint: address, PathStyle: true,
		MaxRetries: 2, Version: "1.2.3", Patience: quick,
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// quick is for servers that do at once what they say.
var quick = spaces.Patience{Write: 5 * time.Second, Birth: 10 * time.Second, Gone: time.Millisecond, Poll: time.Millisecond}

func (s *server) clients(changes ...func(*spaces.Config)) *spaces.Clients {
	s.t.Helper()
	cl := spaces.New(s.config(changes...))
	if s.web.TLS != nil {
		cl.TrustTLS(s.web.Client().Transport.(*http.Transport).TLSClientConfig.Clone())
	}
	return cl
}

func (s *server) s3(changes ...func(*spaces.Config)) *s3.Client {
	s.t.Helper()
	return s3Of(s.t, s.clients(changes...))
}

func s3Of(t *testing.T, cl *spaces.Clients) *s3.Client {
	t.Helper()
	c, err := cl.S3(region)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// noRetries is a change to a configuration.
func noRetries(c *spaces.Config) { c.MaxRetries = 0 }

func retries(n int) func(*spaces.Config) {
	return func(c *spaces.Config) { c.MaxRetries = n }
}

// answer writes what S3 answers in place of a result.
func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "tx0123")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>`+code+`</Code><Message></Message><RequestId>tx0123</RequestId></Error>`)
}

// head is the least that can be asked of a bucket.
func head(ctx context.Context, c *s3.Client) error {
	_, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: new(bucket)})
	return err
}

// getCORS is a GET whose failures have a body.
func getCORS(ctx context.Context, c *s3.Client) error {
	_, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: new(bucket)})
	return err
}

func put(ctx context.Context, c *s3.Client, key, content string) error {
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: new(bucket), Key: &key, Body: strings.NewReader(content)})
	return err
}

func mustBe(t *testing.T, err error, want spaces.Kind) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one of kind %d", want)
	}
	if got := spaces.KindOf(err); got != want {
		t.Errorf("kind %d, want %d, of: %v", got, want, err)
	}
}

// together does something many times at once, and returns what went wrong.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = do(i) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// logOf is what the clients write into the log when called with the context.
func logOf(t *testing.T) (*bytes.Buffer, context.Context) {
	t.Helper()
	var log bytes.Buffer
	return &log, tflogtest.RootLogger(t.Context(), &log)
}

// dialTimeout is what package net says when no one answers a dial in time.
func dialTimeout() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", "192.0.2.1:443")
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// noSuchHost is what package net says of a name that does not exist. Asking
// for one would test this machine's network.
func noSuchHost(name string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
}

// refused is what comes of an address where nothing listens.
func refused() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}
