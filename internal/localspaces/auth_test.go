package localspaces_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const unsigned = "UNSIGNED-PAYLOAD"

// signed makes a request that is signed for a time, with a payload hash.
func (e *env) signed(method, url, body, payload string, at time.Time, header map[string]string) *http.Request {
	e.t.Helper()
	r, err := http.NewRequestWithContext(e.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", payload)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	access, secret := e.Credentials()
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	err = signer.SignHTTP(e.t.Context(), aws.Credentials{AccessKeyID: access, SecretAccessKey: secret}, r, payload, "s3", "nyc3", at)
	if err != nil {
		e.t.Fatal(err)
	}
	return r
}

func TestSignatures(t *testing.T) {
	e := start(t, twoRegions)
	e.withBucket("signed")
	access, secret := e.Credentials()
	in := &s3.HeadBucketInput{Bucket: aws.String("signed")}
	list := &s3.ListObjectsInput{Bucket: in.Bucket}

	refused(t, 403, "SignatureDoesNotMatch")(e.clientWith("nyc3", access, "wrong").ListObjects(t.Context(), list))
	refused(t, 403, "InvalidAccessKeyId")(e.clientWith("nyc3", "DO00UNKNOWN", secret).ListObjects(t.Context(), list))
	e.send("GET", "http://signed.nyc3.localhost/", nil, "").want(t, 403, "AccessDenied")
	e.send("GET", "http://nyc3.localhost/", nil, "").want(t, 403, "AccessDenied")

	for region, good := range map[string]bool{"nyc3": true, "us-east-1": true, "fra1": false, "eu-west-1": false} {
		c := e.clientWith("nyc3", access, secret, func(o *s3.Options) { o.Region = region })
		_, err := c.ListObjects(t.Context(), list)
		if good {
			must(t)(nil, err)
		} else {
			refused(t, 400, "AuthorizationHeaderMalformed")(nil, err)
		}
	}

	const url = "http://signed.nyc3.localhost/"
	for age, want := range map[time.Duration]string{
		0: "<ListBucketResult", 14 * time.Minute: "<ListBucketResult", -14 * time.Minute: "<ListBucketResult",
		16 * time.Minute: "RequestTimeTooSkewed", -16 * time.Minute: "RequestTimeTooSkewed",
	} {
		if a := e.do(e.signed("GET", url, "", unsigned, time.Now().Add(-age), nil)); !strings.Contains(a.body, want) {
			t.Errorf("%v old: %d %s", age, a.status, a.body)
		}
	}
	r := e.signed("GET", url, "", unsigned, time.Now(), nil)
	r.Header.Set("x-amz-acl", "public-read") // not signed
	e.do(r).want(t, 403, "AccessDenied")
	r = e.signed("GET", url+"?prefix=a", "", unsigned, time.Now(), nil)
	r.URL.RawQuery = "prefix=b"
	e.do(r).want(t, 403, "SignatureDoesNotMatch")
	r = e.signed("GET", url, "", unsigned, time.Now(), nil)
	r.Header.Del("X-Amz-Content-Sha256")
	e.do(r).want(t, 403, "")
}

func TestPayloadHash(t *testing.T) {
	e := start(t, localspaces.Options{})
	e.withBucket("hashed")
	const url = "http://hashed.nyc3.localhost/k"
	sum := sha256.Sum256([]byte("body"))
	hash := hex.EncodeToString(sum[:])
	e.do(e.signed("PUT", url, "body", hash, time.Now(), nil)).want(t, 200, "")
	e.do(e.signed("PUT", url, "b0dy", hash, time.Now(), nil)).want(t, 400, "XAmzContentSHA256Mismatch")
	e.do(e.signed("GET", url, "", unsigned, time.Now(), nil)).want(t, 200, "body")
}

func TestPresigned(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("presigned")
	presign := s3.NewPresignClient(c)
	key, b := aws.String("a key/ü+%25"), aws.String("presigned")

	up, err := presign.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: key})
	must(t)(nil, err)
	e.send("PUT", up.URL, nil, "content").want(t, 200, "")
	down, err := presign.PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: b, Key: key, ResponseContentType: aws.String("text/x-special"), ResponseCacheControl: aws.String("no-store"),
	})
	must(t)(nil, err)
	a := e.send("GET", down.URL, nil, "")
	a.want(t, 200, "content")
	if a.header.Get("Content-Type") != "text/x-special" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("overrides: %v", a.header)
	}
	e.send("GET", strings.Replace(down.URL, "special", "other", 1), nil, "").want(t, 403, "SignatureDoesNotMatch")
	e.send("DELETE", down.URL, nil, "").want(t, 403, "SignatureDoesNotMatch")

	for expires, want := range map[int]string{60: "content", 1: "expired", 700_000: "604800"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", fmt.Sprintf("http://presigned.nyc3.localhost/a%%20key/%%C3%%BC%%2B%%2525?X-Amz-Expires=%d", expires), nil)
		must(t)(nil, err)
		access, secret := e.Credentials()
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		signed, _, err := signer.PresignHTTP(t.Context(), aws.Credentials{AccessKeyID: access, SecretAccessKey: secret}, r, unsigned, "s3", "nyc3", time.Now().Add(-5*time.Second))
		must(t)(nil, err)
		if a := e.send("GET", signed, nil, ""); !strings.Contains(a.body, want) {
			t.Errorf("expires in %d: %d %s, want %s", expires, a.status, a.body, want)
		}
	}
}

func TestUnsignedOverrides(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("overrides")
	put(t, c, "overrides", "k", "v", func(in *s3.PutObjectInput) { in.ACL = "public-read" })
	e.send("GET", "http://overrides.nyc3.localhost/k?response-content-type=text/html", nil, "").want(t, 400, "InvalidRequest")
}

// chunks frames and signs a body as aws-chunked, by the documentation of SigV4.
func (e *env) chunks(seed, date string, parts ...string) string {
	_, secret := e.Credentials()
	day := date[:8]
	mac := func(key []byte, data string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(data))
		return h.Sum(nil)
	}
	key := mac(mac(mac(mac([]byte("AWS4"+secret), day), "nyc3"), "s3"), "aws4_request")
	hash := func(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }
	var b bytes.Buffer
	for _, p := range append(parts, "") {
		seed = hex.EncodeToString(mac(key, strings.Join([]string{
			"AWS4-HMAC-SHA256-PAYLOAD", date, day + "/nyc3/s3/aws4_request", seed, hash(""), hash(p),
		}, "\n")))
		fmt.Fprintf(&b, "%x;chunk-signature=%s\r\n%s\r\n", len(p), seed, p)
	}
	return b.String()
}

func TestChunked(t *testing.T) {
	e := start(t, localspaces.Options{})
	e.withBucket("chunked")
	const url = "http://chunked.nyc3.localhost/k"
	const streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	first := strings.Repeat("x", 8192)

	send := func(change func(string) string, length int) answer {
		r := e.signed("PUT", url, "", streaming, time.Now(), map[string]string{
			"X-Amz-Decoded-Content-Length": fmt.Sprint(length), "Content-Encoding": "gzip, aws-chunked",
		})
		_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
		body := change(e.chunks(signature, r.Header.Get("X-Amz-Date"), first, "second"))
		r.Body, r.ContentLength = http.NoBody, 0
		signed := r.Clone(t.Context())
		signed.Body, signed.ContentLength = readCloser(body), int64(len(body))
		return e.do(signed)
	}
	same := func(s string) string { return s }
	send(same, 8198).want(t, 200, "")
	a := e.do(e.signed("GET", url, "", unsigned, time.Now(), nil))
	if a.body != first+"second" || a.header.Get("Content-Encoding") != "gzip" {
		t.Errorf("stored %d bytes of %q", len(a.body), a.header.Get("Content-Encoding"))
	}
	send(func(s string) string { return strings.Replace(s, "second", "sec0nd", 1) }, 8198).want(t, 403, "SignatureDoesNotMatch")
	send(func(s string) string { return s[:len(s)-95] }, 8198).want(t, 400, "")
	send(same, 8197).want(t, 400, "")
	send(same, 8199).want(t, 400, "IncompleteBody")
}

// TestTrailer: over TLS the SDK sends its checksum behind the body.
func TestTrailer(t *testing.T) {
	e := start(t, localspaces.Options{})
	e.withBucket("trailer")
	const url = "http://trailer.nyc3.localhost/k"
	send := func(crc string) answer {
		body := "4\r\nbody\r\n0\r\nx-amz-checksum-crc32:" + crc + "\r\n\r\n"
		return e.do(e.signed("PUT", url, body, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", time.Now(), map[string]string{
			"X-Amz-Decoded-Content-Length": "4", "Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-crc32",
		}))
	}
	send("vdKnmQ==").want(t, 400, "BadDigest")
	e.do(e.signed("GET", url, "", unsigned, time.Now(), nil)).want(t, 404, "NoSuchKey")
	a := send("AAAAAA==")
	_, want, _ := strings.Cut(a.body, "the body is ")
	want, _, _ = strings.Cut(strings.TrimPrefix(want, "x"), " ")
	send(want).want(t, 200, "")
	a = e.do(e.signed("GET", url, "", unsigned, time.Now(), nil))
	a.want(t, 200, "body")
	if a.header.Get("Content-Encoding") != "" {
		t.Errorf("stored the encoding %q", a.header.Get("Content-Encoding"))
	}
}

// TestKeys: a key can do what its grants say.
func TestKeys(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("granted")
	e.withBucket("other")
	put(t, c, "granted", "k", "v")
	e.AddKey("READ", "secret", localspaces.Grant{Bucket: "granted", Permission: "read"})
	e.AddKey("WRITE", "secret", localspaces.Grant{Bucket: "granted", Permission: "readwrite"})
	e.AddKey("FULL", "secret", localspaces.Grant{Permission: "fullaccess"})
	e.AddKey("NONE", "secret")

	ctx, b, k := t.Context(), aws.String("granted"), aws.String("k")
	for who, level := range map[string]int{"NONE": 0, "READ": 1, "WRITE": 2, "FULL": 3} {
		c := e.clientWith("nyc3", who, "secret")
		check := func(needs int, what string, err error) {
			t.Helper()
			if level >= needs && err != nil {
				t.Errorf("%s may not %s: %v", who, what, err)
			}
			if level < needs {
				refused(t, 403, "AccessDenied")(nil, err)
			}
		}
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k})
		check(1, "GetObject", err)
		_, err = c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: b})
		check(1, "ListObjectVersions", err)
		_, err = c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: b})
		check(1, "GetBucketVersioning", err)
		_, err = c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: b, Key: k})
		check(1, "GetObjectAcl", err)
		_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("new")})
		check(2, "PutObject", err)
		_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: b, Key: k, ACL: "private"})
		check(2, "PutObjectAcl", err)
		_, err = c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: b})
		check(3, "GetBucketAcl", err)
		_, err = c.ListBuckets(ctx, nil)
		check(3, "ListBuckets", err)
		_, err = c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("new-" + strings.ToLower(who))})
		check(3, "CreateBucket", err)
		_, err = c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: aws.String("other")})
		check(3, "list another bucket", err)
	}
	e.RemoveKey("FULL")
	refused(t, 403, "InvalidAccessKeyId")(e.clientWith("nyc3", "FULL", "secret").ListBuckets(ctx, nil))

	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::granted/*"}]}`
	refused(t, 403, "AccessDenied")(c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: &policy}))
}

// TestTLS: over TLS the SDK does not sign its payload and has checksums trail.
func TestTLS(t *testing.T) {
	s, err := localspaces.New(localspaces.Options{Strict: true})
	must(t)(nil, err)
	web := httptest.NewTLSServer(s)
	defer web.Close()
	access, secret := s.Credentials()
	c := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &web.URL, UsePathStyle: true, HTTPClient: web.Client(), Credentials: key(access, secret),
	})
	b, k := aws.String("over-tls"), aws.String("k")
	must(t)(c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: b}))
	body := strings.Repeat("0123456789", 20_000)
	must(t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: k, Body: strings.NewReader(body)}))
	must(t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: aws.String("stream"), Body: io.MultiReader(strings.NewReader(body)), ContentLength: aws.Int64(int64(len(body)))}))
	for _, k := range []string{"k", "stream"} {
		if _, got := get(t, c, &s3.GetObjectInput{Bucket: b, Key: &k}); got != body {
			t.Errorf("%s has %d bytes", k, len(got))
		}
	}
}
