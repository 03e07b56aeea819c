package localspaces_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// api is a client of DigitalOcean's API that does not retry.
func (e *env) api(token string) *godo.Client {
	e.t.Helper()
	c, err := godo.New(e.http, godo.SetBaseURL("http://"+e.addr), godo.SetRequestHeaders(map[string]string{"Authorization": "Bearer " + token}))
	if err != nil {
		e.t.Fatal(err)
	}
	return c
}

// call does a plain call with the server's token. The body is JSON, or nil.
func (e *env) call(method, path string, body any) answer {
	e.t.Helper()
	text, header := "", map[string]string{"Authorization": "Bearer " + e.Token()}
	if body != nil {
		header["Content-Type"] = "application/json"
		b, err := json.Marshal(body)
		if err != nil {
			e.t.Fatal(err)
		}
		text = string(b)
	}
	return e.send(method, "http://"+e.addr+path, header, text)
}

// apiRefused checks an error of godo's.
func apiRefused(t *testing.T, status int, contains string) func(err error) {
	t.Helper()
	return func(err error) {
		t.Helper()
		var e *godo.ErrorResponse
		if !errors.As(err, &e) {
			t.Fatalf("got error %v, want %d %s", err, status, contains)
		}
		if e.Response.StatusCode != status || !strings.Contains(e.Message, contains) || e.RequestID == "" {
			t.Fatalf("got %d %q, request %q, want %d %q", e.Response.StatusCode, e.Message, e.RequestID, status, contains)
		}
	}
}

type object map[string]any

func TestAPIHosts(t *testing.T) {
	e := start(t, localspaces.Options{Token: "secret"})
	bearer := map[string]string{"Authorization": "Bearer secret"}
	for _, host := range []string{e.addr, "localhost", "LOCALHOST:1234", "api.localhost", "api.digitalocean.com", "[::1]"} {
		e.send("GET", "http://"+host+"/v2/spaces/keys", bearer, "").want(t, 200, `"keys":[`)
	}
	for _, host := range []string{"nyc3.localhost", "bucket.nyc3.localhost", "api.digitaloceanspaces.com"} {
		if a := e.send("GET", "http://"+host+"/v2/spaces/keys", bearer, ""); !strings.Contains(a.body, "<Error>") {
			t.Errorf("%s answers %d %s", host, a.status, a.body)
		}
	}
	for _, path := range []string{"/v2/", "/v2/droplets", "/v2/spaces/keysmith", "/v2/spaces/keys/", "/v2/spaces/keys/a/b", "/v2/cdn/endpoints/a/cache/b"} {
		e.call("GET", path, nil).want(t, 404, `"id":"not_found"`)
	}
	e.call("DELETE", "/v2/spaces/keys", nil).want(t, 405, `"id":"method_not_allowed"`)
	e.call("GET", "/v2/cdn/endpoints/a/cache", nil).want(t, 405, "not allowed")
	for _, body := range []any{"text", []int{1}, object{"name": 1}} {
		e.call("POST", "/v2/spaces/keys", body).want(t, 400, `"id":"bad_request"`)
	}
}

func TestAPITokens(t *testing.T) {
	e := start(t, localspaces.Options{})
	ctx := t.Context()
	if !strings.HasPrefix(e.Token(), "dop_v1_") {
		t.Errorf("the token is %q", e.Token())
	}
	_, _, err := e.api("unknown").SpacesKeys.List(ctx, nil)
	apiRefused(t, 401, "token")(err)
	for _, header := range []string{"", "Bearer", "Bearer ", "Basic " + e.Token(), e.Token()} {
		a := e.send("GET", "http://"+e.addr+"/v2/certificates", map[string]string{"Authorization": header}, "")
		a.want(t, 401, `"id":"unauthorized"`)
		if id := a.header.Get("x-request-id"); id == "" || !strings.Contains(a.body, `"request_id":"`+id+`"`) {
			t.Errorf("request %q answers %s", id, a.body)
		}
	}

	e.AddToken("none")
	e.AddToken("reader", "spaces_key:read", "certificate:read", "cdn:read")
	for scope, call := range map[string]func(c *godo.Client) error{
		"spaces_key:read": func(c *godo.Client) error { _, _, err := c.SpacesKeys.List(ctx, nil); return err },
		"spaces_key:create_credentials": func(c *godo.Client) error {
			_, _, err := c.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{})
			return err
		},
		"spaces_key:update": func(c *godo.Client) error {
			_, _, err := c.SpacesKeys.Update(ctx, "a", &godo.SpacesKeyUpdateRequest{})
			return err
		},
		"spaces_key:delete": func(c *godo.Client) error { _, err := c.SpacesKeys.Delete(ctx, "a"); return err },
		"certificate:read":  func(c *godo.Client) error { _, _, err := c.Certificates.List(ctx, nil); return err },
		"certificate:create": func(c *godo.Client) error {
			_, _, err := c.Certificates.Create(ctx, &godo.CertificateRequest{})
			return err
		},
		"certificate:delete": func(c *godo.Client) error { _, err := c.Certificates.Delete(ctx, "a"); return err },
		"cdn:read":           func(c *godo.Client) error { _, _, err := c.CDNs.List(ctx, nil); return err },
		"cdn:create":         func(c *godo.Client) error { _, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{}); return err },
		"cdn:update": func(c *godo.Client) error {
			_, _, err := c.CDNs.UpdateTTL(ctx, "a", &godo.CDNUpdateTTLRequest{})
			return err
		},
		"cdn:delete": func(c *godo.Client) error {
			_, err := c.CDNs.FlushCache(ctx, "a", &godo.CDNFlushCacheRequest{Files: []string{"*"}})
			return err
		},
	} {
		err := call(e.api("none"))
		apiRefused(t, 403, "not authorized")(err)
		if strings.Contains(err.Error(), scope) {
			t.Errorf("the error names the scope: %v", err)
		}
		if err := call(e.api("reader")); strings.HasSuffix(scope, ":read") {
			must(t)(nil, err)
		} else {
			apiRefused(t, 403, "not authorized")(err)
		}
	}
}

func TestAPIPages(t *testing.T) {
	e := start(t, localspaces.Options{})
	for i := range 45 {
		e.call("POST", "/v2/certificates", object{"name": fmt.Sprint("c", i), "type": "lets_encrypt", "dns_names": []string{"example.com"}}).want(t, 201, "pending")
	}
	c := e.api(e.Token())
	var names []string
	pages := 0
	for opt := (&godo.ListOptions{PerPage: 20}); ; {
		list, resp, err := c.Certificates.List(t.Context(), opt)
		must(t)(nil, err)
		for _, ct := range list {
			names = append(names, ct.Name)
		}
		pages++
		if resp.Meta.Total != 45 {
			t.Errorf("the total is %d", resp.Meta.Total)
		}
		if resp.Links.IsLastPage() {
			break
		}
		page, err := resp.Links.CurrentPage()
		must(t)(nil, err)
		opt.Page = page + 1
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) != 45 || pages != 3 {
		t.Errorf("%d names on %d pages", len(names), pages)
	}
	e.call("GET", "/v2/certificates?per_page=200", nil).want(t, 200, `"links":{}`)
	e.call("GET", "/v2/certificates?page=9", nil).want(t, 200, `"certificates":[]`)
	e.call("GET", "/v2/certificates?page=2&name=c1&per_page=1", nil).want(t, 200, `name=c1`)
	var body struct {
		Certificates []object
		Links        struct{ Pages map[string]string }
	}
	must(t)(nil, json.Unmarshal([]byte(e.call("GET", "/v2/certificates?page=2", nil).body), &body))
	want := map[string]string{"first": "1", "prev": "1", "next": "3", "last": "3"}
	for name, page := range want {
		if url := "http://" + e.addr + "/v2/certificates?page=" + page; body.Links.Pages[name] != url {
			t.Errorf("%s is %q, want %q", name, body.Links.Pages[name], url)
		}
	}
	if len(body.Certificates) != 20 {
		t.Errorf("a page has %d", len(body.Certificates))
	}
	for _, query := range []string{"page=0", "page=x", "per_page=0", "per_page=201", "page="} {
		e.call("GET", "/v2/certificates?"+query, nil).want(t, 400, "bad_request")
	}
}

func TestAPIFaults(t *testing.T) {
	e := start(t, localspaces.Options{})
	c, ctx := e.api(e.Token()), t.Context()
	create := func() (*godo.SpacesKey, error) {
		k, _, err := c.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{Name: "k", Grants: grantsOf(nil)})
		return k, err
	}
	e.Fail(localspaces.Fault{Operation: "CreateSpacesKey", Times: 1, Status: 503, Header: http.Header{"Retry-After": {"1"}}})
	_, err := create()
	apiRefused(t, 503, "asked for")(err)
	e.Fail(localspaces.Fault{Operation: "CreateSpacesKey", Times: 1, Status: 429})
	e.call("POST", "/v2/spaces/keys", object{"name": "k"}).want(t, 429, `"id":"too_many_requests"`)

	e.Fail(localspaces.Fault{Operation: "CreateSpacesKey", Times: 1, CutAfter: true})
	if _, err := create(); err == nil {
		t.Error("a call without an answer succeeded")
	}
	k, err := create()
	must(t)(k, err)
	if a := e.call("GET", "/v2/spaces/keys?name=k", nil); strings.Count(a.body, `"name":"k"`) != 2 {
		t.Errorf("the keys are %s", a.body)
	}
	e.Fail(localspaces.Fault{Operation: "GetSpacesKey", Key: k.AccessKey, Times: 1, Status: 404})
	_, _, err = c.SpacesKeys.Get(ctx, k.AccessKey)
	apiRefused(t, 404, "")(err)
	_, _, err = c.SpacesKeys.Get(ctx, k.AccessKey)
	must(t)(nil, err)

	for {
		asked := e.Requests()
		if last := asked[len(asked)-1]; len(asked) == 7 {
			if last.Operation != "GetSpacesKey" || last.Key != k.AccessKey || last.Status != 200 || last.Bucket != "" {
				t.Errorf("the last request is %+v", last)
			}
			break
		}
		time.Sleep(time.Millisecond)
	}

	// A CDN endpoint that is not to be seen at first, and the third call of any kind.
	e.Fail(localspaces.Fault{Operation: "GetCDNEndpoint", Times: 2, Status: 404, Message: "not yet"})
	e.withBucket("site")
	cdn, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.localhost", TTL: 60})
	must(t)(cdn, err)
	for range 2 {
		_, _, err = c.CDNs.Get(ctx, cdn.ID)
		apiRefused(t, 404, "not yet")(err)
	}
	_, _, err = c.CDNs.Get(ctx, cdn.ID)
	must(t)(nil, err)
	e.Fail(localspaces.Fault{API: true, Skip: 2, Times: 1, Status: 500})
	for i := range 4 {
		if _, _, err = c.Certificates.List(ctx, nil); (err != nil) != (i == 2) {
			t.Errorf("call %d: %v", i, err)
		}
		must(t)(e.client("nyc3").ListBuckets(ctx, nil))
	}
}

// TestAPIRestart: what the API made is there in the next run.
func TestAPIRestart(t *testing.T) {
	opt := localspaces.Options{Dir: filepath.Join(t.TempDir(), "data")}
	first := start(t, opt)
	s3Client := first.withBucket("kept")
	put(t, s3Client, "kept", "k", "v")
	c, ctx := first.api(first.Token()), t.Context()
	k := makeKey(t, c, godo.Grant{Bucket: "kept", Permission: "read"})
	cdn, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "kept.nyc3.localhost", TTL: 60})
	must(t)(cdn, err)
	ct, _, err := c.Certificates.Create(ctx, &godo.CertificateRequest{Name: "c", Type: "lets_encrypt", DNSNames: []string{"a.example"}})
	must(t)(ct, err)

	second := start(t, opt)
	if second.Token() != first.Token() {
		t.Error("the token is another")
	}
	c = second.api(second.Token())
	again, _, err := c.SpacesKeys.Get(ctx, k.AccessKey)
	must(t)(again, err)
	if again.Name != k.Name || again.CreatedAt != k.CreatedAt || len(again.Grants) != 1 {
		t.Errorf("the key is %+v", again)
	}
	get(t, second.clientWith("nyc3", k.AccessKey, k.SecretKey), getInput("kept", "k"))
	if got, _, err := c.CDNs.Get(ctx, cdn.ID); err != nil || *got != *cdn {
		t.Errorf("the endpoint is %+v, %v", got, err)
	}
	if got, _, err := c.Certificates.Get(ctx, ct.ID); err != nil || got.State != "verified" {
		t.Errorf("the certificate is %+v, %v", got, err)
	}
	_, err = c.SpacesKeys.Delete(ctx, k.AccessKey)
	must(t)(nil, err)
	third := start(t, opt)
	_, _, err = third.api(third.Token()).SpacesKeys.Get(ctx, k.AccessKey)
	apiRefused(t, 404, "")(err)
}
