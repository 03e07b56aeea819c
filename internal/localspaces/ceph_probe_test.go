package localspaces_test

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // Content-MD5
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// side is one of the two servers.
type side struct {
	s3       *s3.Client
	http     *http.Client
	endpoint string
	region   string
	key      aws.Credentials
}

func newSide(client *http.Client, endpoint, region, accessKey, secretKey string) *side {
	key := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
	return &side{http: client, endpoint: endpoint, region: region, key: key, s3: s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: region, UsePathStyle: true, RetryMaxAttempts: 1, HTTPClient: plainBodies{client},
		Credentials:                aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil }),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})}
}

type line struct{ what, outcome string }

// probe observes one behaviour of one side, in a bucket of its own.
type probe struct {
	*side
	t      *testing.T
	ctx    context.Context
	bucket *string
	lines  []line
	ids    map[string]string
}

func (s *side) probe(t *testing.T, bucket string, behave func(*probe)) []line {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	p := &probe{side: s, t: t, ctx: ctx, bucket: &bucket, ids: map[string]string{}}
	p.must(s.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket}))
	behave(p)
	p.removeBucket()
	return p.lines
}

// say records an outcome.
func (p *probe) say(what, format string, args ...any) {
	p.lines = append(p.lines, line{what, fmt.Sprintf(format, args...)})
}

// err records how a call ended: ok, or status and code.
func (p *probe) err(what string, err error) {
	p.say(what, "%s", ending(err))
}

func ending(err error) string {
	if err == nil {
		return "ok"
	}
	api, isAPI := errors.AsType[smithy.APIError](err)
	response, isResponse := errors.AsType[*awshttp.ResponseError](err)
	if !isAPI || !isResponse {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", response.HTTPStatusCode(), api.ErrorCode())
}

// must ends the test when a call that only prepares fails.
func (p *probe) must(_ any, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v\nso far: %v", p.endpoint, err, p.lines)
	}
}

// noVersion looks like a version ID of Ceph, and is none.
const noVersion = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

// id names an ID by when it was first seen: each server makes its own.
func (p *probe) id(id *string) string {
	switch {
	case id == nil || *id == "":
		return "none"
	case *id == "null":
		return "null"
	case *id == noVersion:
		return "made up"
	case p.ids[*id] == "":
		p.ids[*id] = fmt.Sprintf("id%d", len(p.ids)+1)
	}
	return p.ids[*id]
}

// asJSON is a parsed answer in a readable form, without what is absent.
func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return err.Error()
	}
	text, err = json.Marshal(withoutNulls(plain))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, value any) bool { return value == nil })
		for name, value := range v {
			v[name] = withoutNulls(value)
		}
	case []any:
		for i, value := range v {
			v[i] = withoutNulls(value)
		}
	}
	return v
}

// send makes a request by hand, signed or not, and gives its answer with the body
// read.
func (p *probe) send(signed bool, method, path string, header map[string]string, body string) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.ctx, method, p.endpoint+"/"+*p.bucket+path, strings.NewReader(body))
	p.must(r, err)
	for name, value := range header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if signed {
		digest, sum := md5.Sum([]byte(body)), sha256.Sum256([]byte(body)) //nolint:gosec // as above
		r.Header.Set("Content-MD5", base64.StdEncoding.EncodeToString(digest[:]))
		r.Header.Set("x-amz-content-sha256", hex.EncodeToString(sum[:]))
		err := v4.NewSigner().SignHTTP(p.ctx, p.key, r, hex.EncodeToString(sum[:]), "s3", p.region, time.Now(),
			func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		p.must(nil, err)
	}
	resp, err := p.http.Do(r)
	p.must(resp, err)
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	p.must(content, err)
	return resp, string(content)
}

// put records how a document put by hand is taken.
func (p *probe) put(what, subResource, document string) {
	p.t.Helper()
	resp, body := p.send(true, http.MethodPut, "?"+subResource, nil, document)
	p.status(what, resp, body)
}

// anonymous records how a request without a signature is answered.
func (p *probe) anonymous(what, method, path string, header map[string]string) (*http.Response, string) {
	p.t.Helper()
	resp, body := p.send(false, method, path, header, "")
	p.status(what, resp, body)
	return resp, body
}

func (p *probe) status(what string, resp *http.Response, body string) {
	var e struct{ Code string }
	if resp.StatusCode < 300 || xml.Unmarshal([]byte(body), &e) != nil {
		e.Code = ""
	}
	p.say(what, "%s", strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, e.Code)))
}

// object puts one.
func (p *probe) object(key, content string) *s3.PutObjectOutput {
	p.t.Helper()
	out, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: &key, Body: bytes.NewReader([]byte(content))})
	p.must(out, err)
	return out
}

// removeBucket empties the bucket and deletes it.
func (p *probe) removeBucket() {
	ctx := context.Background()
	_, _ = p.s3.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: p.bucket})
	versions, err := p.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: p.bucket})
	if err != nil {
		return // deleted by the behaviour
	}
	for _, v := range versions.Versions {
		_, _ = p.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: v.Key, VersionId: v.VersionId})
	}
	for _, m := range versions.DeleteMarkers {
		_, _ = p.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: m.Key, VersionId: m.VersionId})
	}
	if _, err := p.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: p.bucket}); err != nil {
		p.t.Logf("%s: %v", p.endpoint, err)
	}
}
