package apicheck

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// TestOurs holds all that the local Spaces can be asked and can answer against
// our description of it.
func TestOurs(t *testing.T) {
	tour(t, ours(t))
}

// TestDigitalOceans holds the same against DigitalOcean's own description, a
// copy of which is not part of this project.
func TestDigitalOceans(t *testing.T) {
	path := os.Getenv(Variable)
	if path == "" {
		t.Skipf("not held against DigitalOcean's own description: %s names no copy of it", Variable)
	}
	d, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	tour(t, d)
}

// tour calls everything there is, as godo does and by hand, and wants every
// operation, and every status that is answered, to have been checked.
func tour(t *testing.T, d *Description) {
	var mu sync.Mutex
	seen := map[string]bool{}
	statuses := map[int]bool{}
	s, err := localspaces.New(localspaces.Options{RateLimits: true, Watch: func(call localspaces.APICall) {
		request, answer := d.Check(call)
		for _, problem := range slices.Concat(request, answer) {
			t.Errorf("%s: %s %s, answered %d: %v", d.name, call.Request.Method, call.Request.URL, call.Status, problem)
		}
		route, _, err := d.router.FindRoute(call.Request)
		if err != nil {
			return // said already
		}
		mu.Lock()
		defer mu.Unlock()
		seen[call.Request.Method+" "+route.Path] = true
		statuses[call.Status] = true
	}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	defer web.Close() // when a step is fatal
	walk(&tourist{T: t, server: s, url: web.URL, port: web.URL[strings.LastIndex(web.URL, ":")+1:]})

	web.Close() // waits for what is told after its answer

	mu.Lock()
	defer mu.Unlock()
	described := 0
	for _, path := range paths {
		request := httptest.NewRequest(http.MethodDelete, strings.NewReplacer("{access_key}", "a", "{certificate_id}", id, "{cdn_id}", id).Replace(path), nil)
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			request.Method = method
			route, _, err := d.router.FindRoute(request)
			if err != nil {
				continue
			}
			if described++; !seen[method+" "+route.Path] {
				t.Errorf("%s %s was not called", method, path)
			}
		}
	}
	if want := []int{0, 200, 201, 204, 400, 401, 403, 404, 409, 422, 429, 500, 503}; described != 16 || !slices.Equal(slices.Sorted(maps.Keys(statuses)), want) {
		t.Errorf("%d operations are described, and these statuses were answered: %v", described, slices.Sorted(maps.Keys(statuses)))
	}
}

type tourist struct {
	*testing.T
	server    *localspaces.Server
	url, port string
	tokens    int
}

// as is a client with a token of its own, and so with limits of its own.
func (t *tourist) as(scopes ...string) *godo.Client {
	t.Helper()
	t.tokens++
	token := fmt.Sprint("token-", t.tokens)
	t.server.AddToken(token, scopes...)
	c, err := godo.New(nil, godo.SetBaseURL(t.url), godo.SetRequestHeaders(map[string]string{"Authorization": "Bearer " + token}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// is checks the status of an answer, be it that of a failure or not.
func (t *tourist) is(status int) func(_ any, r *godo.Response, err error) {
	return func(_ any, r *godo.Response, err error) {
		t.Helper()
		if r == nil || r.StatusCode != status {
			t.Errorf("got %v, want %d", err, status)
		}
	}
}

// no is for calls that answer nothing.
func no(r *godo.Response, err error) (any, *godo.Response, error) { return nil, r, err }

// do does a call that godo does not have.
func (t *tourist) do(c *godo.Client, method, path string, body, answer any) (any, *godo.Response, error) {
	t.Helper()
	r, err := c.NewRequest(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(t.Context(), r, answer)
	return nil, resp, err
}

func walk(t *tourist) {
	t.bucket("site")
	t.bucket("other")
	t.keys()
	certificates := t.certificates()
	t.endpoints(certificates)
	t.failures()
}

// bucket makes a bucket.
func (t *tourist) bucket(name string) {
	t.Helper()
	access, secret := t.server.Credentials()
	c := s3.New(s3.Options{
		Region: "nyc3", BaseEndpoint: &t.url, UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: access, SecretAccessKey: secret}, nil
		}),
	})
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
}

func (t *tourist) keys() {
	c, ctx := t.as("*"), t.Context()
	var limited *godo.SpacesKey
	for _, grants := range [][]*godo.Grant{
		{}, {{Permission: "fullaccess"}}, {{Bucket: "site", Permission: "read"}, {Bucket: "other", Permission: "readwrite"}},
	} {
		k, r, err := c.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{Name: "k & co", Grants: grants})
		t.is(201)(k, r, err)
		limited = k
	}
	t.is(200)(c.SpacesKeys.Update(ctx, limited.AccessKey, &godo.SpacesKeyUpdateRequest{Name: "n", Grants: []*godo.Grant{}}))
	t.is(400)(c.SpacesKeys.Update(ctx, limited.AccessKey, &godo.SpacesKeyUpdateRequest{Name: "n", Grants: []*godo.Grant{{Permission: "fullaccess"}}}))
	t.is(200)(t.do(c, "PATCH", "/v2/spaces/keys/"+limited.AccessKey, map[string]any{"name": "m"}, nil))
	t.is(200)(c.SpacesKeys.Get(ctx, limited.AccessKey))
	t.is(200)(c.SpacesKeys.List(ctx, nil))
	t.is(200)(c.SpacesKeys.List(ctx, &godo.ListOptions{Page: 2, PerPage: 1}))
	t.is(200)(t.do(c, "GET", "/v2/spaces/keys?sort=name&sort_direction=asc&name=m&bucket=site&permission=read", nil, nil))
	t.is(400)(t.do(c, "GET", "/v2/spaces/keys?sort=name", nil, nil))
	t.is(204)(no(c.SpacesKeys.Delete(ctx, limited.AccessKey)))
	t.is(404)(no(c.SpacesKeys.Delete(ctx, limited.AccessKey)))
	t.is(404)(c.SpacesKeys.Get(ctx, limited.AccessKey))
}

// certificates makes two, and answers their IDs.
func (t *tourist) certificates() (ids []string) {
	c, ctx := t.as("*"), t.Context()
	leaf, key := t.pem()
	for _, in := range []godo.CertificateRequest{
		{Name: "issued", Type: "lets_encrypt", DNSNames: []string{"example.com", "*.example.com"}},
		{Name: "uploaded", Type: "custom", LeafCertificate: leaf, CertificateChain: leaf, PrivateKey: key},
	} {
		ct, r, err := c.Certificates.Create(ctx, &in)
		t.is(201)(ct, r, err)
		t.is(422)(c.Certificates.Create(ctx, &in))
		t.is(200)(c.Certificates.Get(ctx, ct.ID))
		t.is(200)(c.Certificates.ListByName(ctx, in.Name, nil))
		ids = append(ids, ct.ID)
	}
	t.is(201)(c.Certificates.Create(ctx, &godo.CertificateRequest{Name: "bad", Type: "lets_encrypt", DNSNames: []string{"example.invalid"}}))
	t.is(200)(c.Certificates.List(ctx, &godo.ListOptions{PerPage: 2}))
	return ids
}

func (t *tourist) pem() (leaf, key string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"example.com"}, NotAfter: time.Now().Add(time.Hour)}
	leafDER, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return encode("CERTIFICATE", leafDER), encode("PRIVATE KEY", keyDER)
}

func (t *tourist) endpoints(certificates []string) {
	c, ctx := t.as("*"), t.Context()
	create := &godo.CDNCreateRequest{Origin: "site.nyc3.digitaloceanspaces.com", TTL: 3600}
	e, r, err := c.CDNs.Create(ctx, create)
	t.is(201)(e, r, err)
	t.is(409)(c.CDNs.Create(ctx, create))
	t.is(422)(c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "missing.nyc3.digitaloceanspaces.com", TTL: 60}))
	t.is(200)(c.CDNs.Get(ctx, e.ID))
	t.is(200)(c.CDNs.UpdateTTL(ctx, e.ID, &godo.CDNUpdateTTLRequest{TTL: 604800}))
	t.is(429)(c.CDNs.Get(ctx, e.ID))

	c = t.as("*")
	for _, with := range [][2]string{
		{"cdn.example.com", certificates[1]}, {"cdn.example.com", "needs-cloudflare-cert"}, {"", ""}, {"cdn.example.com", certificates[0]},
	} {
		t.is(200)(c.CDNs.UpdateCustomDomain(ctx, e.ID, &godo.CDNUpdateCustomDomainRequest{CustomDomain: with[0], CertificateID: with[1]}))
	}
	t.is(403)(no(c.Certificates.Delete(ctx, certificates[0])))
	t.is(204)(no(c.Certificates.Delete(ctx, certificates[1])))
	t.is(404)(c.Certificates.Get(ctx, certificates[1]))

	c = t.as("*")
	local, r, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{
		Origin: "other.nyc3.localhost:" + t.port, TTL: 60, CustomDomain: "www.example.com", CertificateID: certificates[0],
	})
	t.is(201)(local, r, err)
	t.is(200)(c.CDNs.List(ctx, &godo.ListOptions{PerPage: 1}))
	t.is(204)(no(c.CDNs.FlushCache(ctx, e.ID, &godo.CDNFlushCacheRequest{Files: []string{"a b.html", "css/*", "*"}})))
	t.is(204)(no(c.CDNs.Delete(ctx, e.ID)))
	t.is(404)(no(c.CDNs.Delete(ctx, e.ID)))
	c = t.as("*")
	t.is(404)(c.CDNs.Get(ctx, e.ID))
	t.is(404)(c.CDNs.UpdateTTL(ctx, e.ID, &godo.CDNUpdateTTLRequest{TTL: 60}))
	t.is(404)(no(c.CDNs.FlushCache(ctx, e.ID, &godo.CDNFlushCacheRequest{Files: []string{"*"}})))
}

// failures are those that have nothing to do with what was asked.
func (t *tourist) failures() {
	c, ctx := t.as(), t.Context()
	t.is(403)(c.SpacesKeys.List(ctx, nil))
	t.is(403)(c.CDNs.List(ctx, nil))
	t.is(403)(c.Certificates.List(ctx, nil))
	c = t.as("*")
	t.server.RemoveToken(fmt.Sprint("token-", t.tokens))
	t.is(401)(c.SpacesKeys.List(ctx, nil))
	c = t.as("*")
	for _, status := range []int{500, 503} {
		t.server.Fail(localspaces.Fault{API: true, Times: 1, Status: status})
		t.is(status)(c.Certificates.List(ctx, nil))
	}
	for _, f := range []localspaces.Fault{{Operation: "CreateSpacesKey", Times: 1, Cut: true}, {Operation: "CreateSpacesKey", Times: 1, CutAfter: true}} {
		t.server.Fail(f)
		if _, r, err := c.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{Name: "lost", Grants: []*godo.Grant{}}); err == nil {
			t.Errorf("a call without an answer is answered %v", r)
		}
	}
}
