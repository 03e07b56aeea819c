package ceph

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

const day = 2 * time.Second

func TestCeph16(t *testing.T) { testRelease(t, 16) }
func TestCeph18(t *testing.T) { testRelease(t, 18) }

func testRelease(t *testing.T, release int) {
	if os.Getenv("SPACES_TEST_SERVER") != "ceph" {
		t.Skip("starts a real Ceph; make test-ceph runs it")
	}
	if missing := Missing(release); len(missing) > 0 {
		t.Skipf("Ceph %d is not installed (missing: %s): go run ./internal/acctest/ceph/cmd install -release %d",
			release, strings.Join(missing, ", "), release)
	}
	c, err := Start(t.Context(), Options{LifecycleDay: day, Release: release})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("S3", func(t *testing.T) {
		t.Run("Regions", c.testRegions)
		t.Run("Addressing", c.testAddressing)
		t.Run("Checksums", c.testChecksums)
		t.Run("Website", c.testWebsite)
		t.Run("Lifecycle", c.testLifecycle)
		t.Run("LimitedKey", c.testLimitedKey)
		t.Run("CustomerKey", c.testCustomerKey)
		t.Run("Presigned", c.testPresigned)
		t.Run("Continue", c.testContinue)
		t.Run("UnknownHost", c.testUnknownHost)
	})

	if got := c.processes(t); got != 4 {
		t.Errorf("%d processes belong to the cluster, want a monitor, an OSD and two gateways", got)
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if got := c.processes(t); got != 0 {
		t.Errorf("%d processes are left", got)
	}
	if _, err := os.Stat(c.options.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder %s is left (%v)", c.options.Dir, err)
	}
}

// testRegions: the regions are separate, so each can have a bucket of one name.
func (c *Cluster) testRegions(t *testing.T) {
	for _, region := range []string{"nyc3", "ams3"} {
		cl := c.client(t, region, c.Keys)
		_, err := cl.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("same")})
		fatal(t, err)
		put(t, cl, "same", "where", region)
		location, err := cl.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: aws.String("same")})
		fatal(t, err)
		if got := string(location.LocationConstraint); got != region {
			t.Errorf("the bucket in %s says it is in %q", region, got)
		}
	}
	for _, region := range []string{"nyc3", "ams3"} {
		if got := get(t, c.client(t, region, c.Keys), "same", "where"); got != region {
			t.Errorf("the object in %s is that of %q", region, got)
		}
	}
}

// testAddressing: both styles, over HTTP and TLS, with keys and a bucket name
// that a proxy might change.
func (c *Cluster) testAddressing(t *testing.T) {
	const key = "a//b/../c d+e%25&f?ü"
	for _, bucket := range []string{"plain", "with.dots"} {
		c.bucket(t, bucket)
		for _, endpoint := range []string{c.Endpoint.HTTP, c.Endpoint.HTTPS} {
			for _, pathStyle := range []bool{true, false} {
				cl := c.client(t, "nyc3", c.Keys, func(o *s3.Options) {
					o.BaseEndpoint = aws.String(strings.ReplaceAll(endpoint, "{region}", "nyc3"))
					o.UsePathStyle = pathStyle
				})
				text := fmt.Sprint(endpoint, pathStyle)
				put(t, cl, bucket, key, text)
				if got := get(t, cl, bucket, key); got != text {
					t.Errorf("%s: got %q", text, got)
				}
			}
		}
	}
}

// testChecksums: what a newer SDK does unasked fails over TLS on Ceph 16, and
// the proxy must not hide it.
func (c *Cluster) testChecksums(t *testing.T) {
	c.bucket(t, "checksums")
	cl := c.client(t, "nyc3", c.Keys, func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported })
	_, err := cl.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("checksums"), Key: aws.String("k"), Body: strings.NewReader("text")})
	want := ""
	if c.options.Release == 16 {
		want = "XAmzContentSHA256Mismatch"
	}
	if code(err) != want {
		t.Errorf("got %v, want the code %q", err, want)
	}
}

func (c *Cluster) testWebsite(t *testing.T) {
	c.bucket(t, "site")
	cl := c.client(t, "nyc3", c.Keys)
	for _, page := range []string{"index.html", "error.html"} {
		_, err := cl.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("site"), Key: aws.String(page), ACL: s3types.ObjectCannedACLPublicRead, Body: strings.NewReader("page " + page),
		})
		fatal(t, err)
	}
	_, err := cl.PutBucketWebsite(t.Context(), &s3.PutBucketWebsiteInput{Bucket: aws.String("site"), WebsiteConfiguration: &s3types.WebsiteConfiguration{
		IndexDocument: &s3types.IndexDocument{Suffix: aws.String("index.html")},
		ErrorDocument: &s3types.ErrorDocument{Key: aws.String("error.html")},
	}})
	fatal(t, err)
	for path, want := range map[string]string{"/": "200 page index.html", "/missing": "403 page error.html"} {
		for _, endpoint := range []string{c.Endpoint.HTTP, c.Endpoint.HTTPS} {
			resp, err := c.httpClient(t).Get(strings.ReplaceAll(endpoint, "{region}", "site.nyc3-static") + path)
			fatal(t, err)
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if got := fmt.Sprintf("%d %s", resp.StatusCode, body); got != want {
				t.Errorf("%s: got %q, want %q", resp.Request.URL, got, want)
			}
		}
	}
}

func (c *Cluster) testLifecycle(t *testing.T) {
	c.bucket(t, "expiring")
	cl := c.client(t, "nyc3", c.Keys)
	put(t, cl, "expiring", "old/a", "a")
	put(t, cl, "expiring", "kept", "b")
	_, err := cl.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket: aws.String("expiring"),
		LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{Rules: []s3types.LifecycleRule{{
			ID: aws.String("r"), Status: s3types.ExpirationStatusEnabled,
			Filter:     &s3types.LifecycleRuleFilter{Prefix: aws.String("old/")},
			Expiration: &s3types.LifecycleExpiration{Days: aws.Int32(1)},
		}}},
	})
	fatal(t, err)
	begin := time.Now()
	for {
		_, err := cl.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("expiring"), Key: aws.String("old/a")})
		if err != nil {
			if code(err) != "NotFound" {
				t.Error(err)
			}
			break
		}
		if time.Since(begin) > 15*day {
			t.Fatalf("not expired after %s", time.Since(begin))
		}
		time.Sleep(day / 10)
	}
	t.Logf("expired after %s", time.Since(begin).Round(time.Millisecond))
	get(t, cl, "expiring", "kept")
}

func (c *Cluster) testLimitedKey(t *testing.T) {
	c.bucket(t, "shared")
	cl := c.client(t, "nyc3", c.Limited)
	put(t, cl, "shared", "by-limited", "text")
	get(t, cl, "shared", "by-limited")
	get(t, c.client(t, "nyc3", c.Keys), "shared", "by-limited") // the account owns what its keys write
	_, err := cl.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String("shared"), VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
	})
	if code(err) != "AccessDenied" {
		t.Errorf("PutBucketVersioning: %v", err)
	}
	if _, err = cl.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("limited")}); err == nil {
		t.Error("the limited key can create a bucket")
	}
	_, err = cl.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("shared"), Key: aws.String("by-limited")})
	fatal(t, err)
}

// testCustomerKey: the gateway refuses to be told a key for SSE-C over HTTP. It
// depends on the proxy for the difference.
func (c *Cluster) testCustomerKey(t *testing.T) {
	c.bucket(t, "customer-key")
	key := make([]byte, 32)
	sum := md5.Sum(key)
	for endpoint, want := range map[string]string{c.Endpoint.HTTP: "InvalidRequest", c.Endpoint.HTTPS: ""} {
		cl := c.client(t, "nyc3", c.Keys, func(o *s3.Options) {
			o.BaseEndpoint = aws.String(strings.ReplaceAll(endpoint, "{region}", "nyc3"))
		})
		_, err := cl.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("customer-key"), Key: aws.String("k"), Body: strings.NewReader("text"),
			SSECustomerAlgorithm: aws.String("AES256"), SSECustomerKey: aws.String(base64.StdEncoding.EncodeToString(key)),
			SSECustomerKeyMD5: aws.String(base64.StdEncoding.EncodeToString(sum[:])),
		})
		if code(err) != want {
			t.Errorf("%s: got %v, want the code %q", endpoint, err, want)
		}
	}
}

func (c *Cluster) testPresigned(t *testing.T) {
	c.bucket(t, "presigned")
	cl := c.client(t, "nyc3", c.Keys)
	put(t, cl, "presigned", "a b", "text")
	req, err := s3.NewPresignClient(cl).PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("presigned"), Key: aws.String("a b"), ResponseContentType: aws.String("text/x; charset=utf-8"),
	})
	fatal(t, err)
	resp, err := c.httpClient(t).Get(req.URL)
	fatal(t, err)
	resp.Body.Close()
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/x; charset=utf-8" {
		t.Errorf("got %s, %s", resp.Status, resp.Header)
	}
}

// testContinue: a gateway that refuses a request does so before the body is sent.
func (c *Cluster) testContinue(t *testing.T) {
	c.bucket(t, "continue")
	big := make([]byte, 8<<20)
	put(t, c.client(t, "nyc3", c.Keys), "continue", "k", string(big)) // the SDK asks to continue from 2 MiB on

	body := bytes.NewReader(big)
	url := strings.ReplaceAll(c.Endpoint.HTTPS, "{region}", "continue.nyc3") + "/anonymous"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, body)
	fatal(t, err)
	req.Header.Set("Expect", "100-continue")
	resp, err := c.httpClient(t).Do(req)
	fatal(t, err)
	resp.Body.Close()
	if resp.StatusCode != 403 || body.Len() != len(big) {
		t.Errorf("got %s after %d bytes of the body", resp.Status, len(big)-body.Len())
	}
}

func (c *Cluster) testUnknownHost(t *testing.T) {
	resp, err := c.httpClient(t).Get(strings.ReplaceAll(c.Endpoint.HTTP, "{region}", "sfo3"))
	fatal(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("got %s", resp.Status)
	}
}

// httpClient trusts the cluster's certificate and finds every host on loopback.
func (c *Cluster) httpClient(t *testing.T) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(c.CAFile)
	fatal(t, err)
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost:   100,
		ExpectContinueTimeout: 10 * time.Second,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (c *Cluster) client(t *testing.T, region string, keys Keys, options ...func(*s3.Options)) *s3.Client {
	t.Helper()
	o := s3.Options{
		Region:                     region,
		BaseEndpoint:               aws.String(strings.ReplaceAll(c.Endpoint.HTTPS, "{region}", region)),
		HTTPClient:                 c.httpClient(t),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: keys.AccessKey, SecretAccessKey: keys.SecretKey}, nil
		}),
	}
	return s3.New(o, options...)
}

func (c *Cluster) bucket(t *testing.T, name string) {
	t.Helper()
	_, err := c.client(t, "nyc3", c.Keys).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name)})
	fatal(t, err)
}

// processes counts the processes that know of the cluster's folder.
func (c *Cluster) processes(t *testing.T) (n int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	fatal(t, err)
	for _, file := range files {
		if environ, err := os.ReadFile(file); err == nil && strings.Contains(string(environ), "CEPH_CONF="+c.options.Dir+"/") {
			n++
		}
	}
	return n
}

func put(t *testing.T, cl *s3.Client, bucket, key, text string) {
	t.Helper()
	_, err := cl.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), Body: strings.NewReader(text)})
	fatal(t, err)
}

func get(t *testing.T, cl *s3.Client, bucket, key string) string {
	t.Helper()
	out, err := cl.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	fatal(t, err)
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	fatal(t, err)
	return string(text)
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
