package localspaces_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func TestAPICDN(t *testing.T) {
	e := start(t, localspaces.Options{Regions: []string{"nyc3", "fra1"}})
	e.withBucket("site")
	e.withBucket("other")
	e.withBucket("with.dot")
	c, ctx := e.api(e.Token()), t.Context()
	cdn, resp, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.digitaloceanspaces.com", TTL: 600})
	must(t)(cdn, err)
	if resp.StatusCode != 201 || len(cdn.ID) != 36 || cdn.Endpoint != "site.nyc3.cdn.digitaloceanspaces.com" || cdn.TTL != 600 || cdn.CreatedAt.IsZero() {
		t.Errorf("made %d %+v", resp.StatusCode, cdn)
	}
	path := "/v2/cdn/endpoints/" + cdn.ID
	if a := e.call("GET", path, nil); a.status != 200 || strings.Contains(a.body, "certificate_id") || strings.Contains(a.body, "custom_domain") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	_, _, err = c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.digitaloceanspaces.com", TTL: 600})
	apiRefused(t, 409, "cdn already enabled")(err)
	e.call("POST", "/v2/cdn/endpoints", object{"origin": "other.nyc3.localhost"}).want(t, 201, `"ttl":3600`)
	list, _, err := c.CDNs.List(ctx, nil)
	must(t)(list, err)
	if len(list) != 2 || list[0] != *cdn {
		t.Errorf("the list is %+v", list)
	}
	for _, origin := range []string{
		"", "site", "nyc3.localhost", "missing.nyc3.localhost", "site.fra1.localhost", "site.ams3.localhost", "with.dot.nyc3.localhost",
		"site.nyc3-static.localhost", "https://site.nyc3.localhost", "site.nyc3.example.com", "site.nyc3.localhost:80", "site.nyc3.cdn.localhost",
	} {
		_, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: origin, TTL: 600})
		apiRefused(t, 422, "origin")(err)
	}

	for _, ttl := range []uint32{60, 600, 3600, 86400, 604800} {
		changed, _, err := c.CDNs.UpdateTTL(ctx, cdn.ID, &godo.CDNUpdateTTLRequest{TTL: ttl})
		must(t)(changed, err)
		if changed.TTL != ttl {
			t.Errorf("the TTL is %d", changed.TTL)
		}
	}
	for _, ttl := range []uint32{0, 1, 3601} {
		_, _, err := c.CDNs.UpdateTTL(ctx, cdn.ID, &godo.CDNUpdateTTLRequest{TTL: ttl})
		apiRefused(t, 422, "ttl")(err)
	}

	flush := func(files ...string) error {
		_, err := c.CDNs.FlushCache(ctx, cdn.ID, &godo.CDNFlushCacheRequest{Files: files})
		return err
	}
	must(t)(nil, flush("*"))
	must(t)(nil, flush("a", "b/*"))
	apiRefused(t, 422, "files")(flush())
	apiRefused(t, 422, "files")(flush("a", ""))

	_, err = c.CDNs.Delete(ctx, cdn.ID)
	must(t)(nil, err)
	_, err = c.CDNs.Delete(ctx, cdn.ID)
	apiRefused(t, 404, cdn.ID)(err)
	_, _, err = c.CDNs.Get(ctx, cdn.ID)
	apiRefused(t, 404, cdn.ID)(err)
	_, _, err = c.CDNs.UpdateTTL(ctx, cdn.ID, &godo.CDNUpdateTTLRequest{TTL: 60})
	apiRefused(t, 404, cdn.ID)(err)
	apiRefused(t, 404, cdn.ID)(flush("*"))
	_, _, err = c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: cdn.Origin, TTL: 60})
	must(t)(nil, err)
}

// TestAPICDNDomain: a domain and its certificate come and go together.
func TestAPICDNDomain(t *testing.T) {
	now := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{CertificateDelay: time.Minute, Now: now.Now})
	e.withBucket("site")
	c, ctx := e.api(e.Token()), t.Context()
	cdn, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.localhost", TTL: 600})
	must(t)(cdn, err)
	one, two := order(t, c, "one", "cdn.example.com"), order(t, c, "two", "*.example.com")
	update := func(domain, certificate string) (*godo.CDN, error) {
		got, _, err := c.CDNs.UpdateCustomDomain(ctx, cdn.ID, &godo.CDNUpdateCustomDomainRequest{CustomDomain: domain, CertificateID: certificate})
		return got, err
	}
	is := func(domain, certificate string) {
		t.Helper()
		got, _, err := c.CDNs.Get(ctx, cdn.ID)
		must(t)(got, err)
		if got.CustomDomain != domain || got.CertificateID != certificate || got.TTL != 600 {
			t.Errorf("the endpoint is %+v", got)
		}
	}
	_, err = update("cdn.example.com", one.ID)
	apiRefused(t, 422, "pending")(err)
	now.now = now.now.Add(time.Minute)
	for _, wrong := range [][3]string{
		{"cdn.example.com", "", "needs a certificate_id"},
		{"", one.ID, "needs a custom_domain"},
		{"cdn.example.com", "11111111-2222-4333-8444-555555555555", "no certificate"},
		{"https://cdn.example.com", one.ID, "not the name of a host"},
	} {
		_, err := update(wrong[0], wrong[1])
		apiRefused(t, 422, wrong[2])(err)
	}
	is("", "")
	must(t)(update("cdn.example.com", one.ID))
	is("cdn.example.com", one.ID)
	_, err = c.Certificates.Delete(ctx, one.ID)
	apiRefused(t, 403, "in use by the CDN endpoint "+cdn.ID)(err)

	path := "/v2/cdn/endpoints/" + cdn.ID
	e.call("PUT", path, object{"certificate_id": two.ID}).want(t, 200, two.ID)
	_, err = c.Certificates.Delete(ctx, one.ID)
	must(t)(nil, err)
	e.call("PUT", path, object{"custom_domain": "www.example.com"}).want(t, 200, two.ID)
	e.call("PUT", path, object{"custom_domain": ""}).want(t, 422, "needs a custom_domain")
	is("www.example.com", two.ID)
	must(t)(update("www.example.com", "needs-cloudflare-cert"))
	is("www.example.com", "needs-cloudflare-cert")
	must(t)(update("", ""))
	is("", "")
	e.call("PUT", path, object{}).want(t, 200, `"ttl":600`)
	_, err = c.CDNs.Delete(ctx, cdn.ID)
	must(t)(nil, err)
	e.call("POST", "/v2/cdn/endpoints", object{
		"origin": cdn.Origin, "ttl": 60, "custom_domain": "cdn.example.com", "certificate_id": "needs-cloudflare-cert",
	}).want(t, 201, "needs-cloudflare-cert")
}

func TestAPIRateLimits(t *testing.T) {
	now := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{RateLimits: true, Now: now.Now})
	e.withBucket("site")
	e.AddToken("other", "cdn:read")
	c, ctx := e.api(e.Token()), t.Context()
	list := func() answer { return e.call("GET", "/v2/cdn/endpoints", nil) }
	cdn, resp, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.localhost", TTL: 600})
	must(t)(cdn, err)
	if resp.Limit != 5 || resp.Remaining != 4 || !resp.Reset.Equal(godo.Timestamp{Time: now.now.Add(10 * time.Second)}) {
		t.Errorf("the rate is %+v", resp.Rate)
	}
	now.now = now.now.Add(4 * time.Second)
	for range 4 {
		list().want(t, 200, cdn.ID)
	}
	for range 2 { // what is refused costs nothing
		a := list()
		a.want(t, 429, `"id":"too_many_requests"`)
		if a.header.Get("retry-after") != "6" || a.header.Get("ratelimit-remaining") != "0" ||
			a.header.Get("ratelimit-reset") != strconv.FormatInt(now.now.Add(6*time.Second).Unix(), 10) {
			t.Errorf("headers %v", a.header)
		}
	}
	_, _, err = e.api("other").CDNs.List(ctx, nil)
	must(t)(nil, err)
	now.now = now.now.Add(6 * time.Second)
	list().want(t, 200, cdn.ID)
	list().want(t, 429, "")

	now.now = now.now.Add(time.Minute)
	flush := func(n int) error {
		_, err := c.CDNs.FlushCache(ctx, cdn.ID, &godo.CDNFlushCacheRequest{Files: slices.Repeat([]string{"a"}, n)})
		return err
	}
	apiRefused(t, 429, "50 purged paths in 20 seconds")(flush(51))
	must(t)(nil, flush(30))
	apiRefused(t, 429, "purged paths")(flush(21))
	must(t)(nil, flush(20))
	now.now = now.now.Add(19 * time.Second)
	a := e.call("DELETE", fmt.Sprintf("/v2/cdn/endpoints/%s/cache", cdn.ID), object{"files": []string{"a"}})
	a.want(t, 429, "purged paths")
	if a.header.Get("retry-after") != "1" || a.header.Get("ratelimit-limit") != "50" {
		t.Errorf("headers %v", a.header)
	}
	now.now = now.now.Add(time.Second)
	must(t)(nil, flush(50))

	off := start(t, localspaces.Options{})
	for range 9 {
		if a := off.call("GET", "/v2/cdn/endpoints", nil); a.status != 200 || a.header.Get("ratelimit-limit") != "" {
			t.Errorf("got %d, headers %v", a.status, a.header)
		}
	}
}
