package localspaces_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func public(in *s3.PutObjectInput) { in.ACL = "public-read" }

// cdnSite is a bucket behind a CDN endpoint, on a clock of the test's.
type cdnSite struct {
	*env
	now    *clock
	bucket *s3.Client
	cdn    *godo.CDN
}

func newSite(t *testing.T, ttl uint32) *cdnSite {
	t.Helper()
	now := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{Now: now.Now})
	site := &cdnSite{env: e, now: now, bucket: e.withBucket("site")}
	var err error
	site.cdn, _, err = e.api(e.Token()).CDNs.Create(t.Context(), &godo.CDNCreateRequest{Origin: "site.nyc3.localhost", TTL: ttl})
	must(t)(site.cdn, err)
	return site
}

func (s *cdnSite) put(key, body string, change ...func(*s3.PutObjectInput)) {
	s.t.Helper()
	put(s.t, s.bucket, "site", key, body, append(change, public)...)
}

// get asks the CDN.
func (s *cdnSite) get(path string, header ...string) answer {
	s.t.Helper()
	return s.ask(http.MethodGet, s.cdn.Endpoint, path, header...)
}

func (s *cdnSite) ask(method, host, path string, header ...string) answer {
	s.t.Helper()
	h := map[string]string{}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	return s.send(method, "http://"+host+path, h, "")
}

// is checks what the CDN answers, and whether its cache had it.
func (s *cdnSite) is(path, body, cache string) {
	s.t.Helper()
	a := s.get(path)
	if a.status != 200 || a.body != body || a.header.Get("X-Cache") != cache {
		s.t.Fatalf("%s: got %d %q, %s, want %q, %s", path, a.status, a.body, a.header.Get("X-Cache"), body, cache)
	}
}

func (s *cdnSite) purge(files ...string) {
	s.t.Helper()
	_, err := s.api(s.Token()).CDNs.FlushCache(s.t.Context(), s.cdn.ID, &godo.CDNFlushCacheRequest{Files: files})
	must(s.t)(nil, err)
}

// TestCDNCache: what is in the cache is served until its time is over.
func TestCDNCache(t *testing.T) {
	s := newSite(t, 600)
	s.put("a.txt", "one", func(in *s3.PutObjectInput) {
		in.ContentType, in.Metadata = aws.String("text/plain"), map[string]string{"of": "mine"}
	})
	s.is("/a.txt", "one", "MISS")
	s.put("a.txt", "two")
	s.now.now = s.now.now.Add(599 * time.Second)
	a := s.get("/a.txt")
	a.want(t, 200, "one")
	h := a.header
	if h.Get("X-Cache") != "HIT" || h.Get("Age") != "599" || h.Get("Content-Type") != "text/plain" || h.Get("x-amz-meta-of") != "mine" ||
		h.Get("Content-Length") != "3" || len(h.Values("ETag")) != 1 || len(h.Values("x-amz-request-id")) != 1 {
		t.Errorf("the header is %v", h)
	}
	part := s.get("/a.txt", "Range", "bytes=1-")
	part.want(t, 206, "ne")
	if part.header.Get("Content-Range") != "bytes 1-2/3" || part.header.Get("Content-Length") != "2" {
		t.Errorf("the header of a part is %v", part.header)
	}
	s.get("/a.txt", "If-None-Match", h.Get("ETag")).want(t, 304, "")
	if head := s.ask(http.MethodHead, s.cdn.Endpoint, "/a.txt"); head.status != 200 || head.body != "" || head.header.Get("Content-Length") != "3" {
		t.Errorf("HEAD is answered %+v", head)
	}
	// Each query is a URL of its own, and each origin has its own CORS headers.
	s.is("/a.txt?v=2", "two", "MISS")
	if a := s.get("/a.txt", "Origin", "http://a.example"); a.header.Get("X-Cache") != "MISS" {
		t.Errorf("another origin is answered %+v", a)
	}
	s.now.now = s.now.now.Add(time.Second)
	s.is("/a.txt", "two", "MISS")

	// A copy outlives its object, and the right to read it.
	must(t)(s.bucket.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("site"), Key: aws.String("a.txt")}))
	s.is("/a.txt", "two", "HIT")
	if a := s.get("/b.txt", "Range", "bytes=0-0"); a.status != 403 {
		t.Errorf("got %+v", a)
	}
	s.put("b.txt", "123") // neither 403 nor 404 had been kept
	s.get("/b.txt", "Range", "bytes=0-0").want(t, 206, "1")
	s.is("/b.txt", "123", "HIT")
}

// TestCDNLifetime: what an object says of itself comes before the endpoint's TTL.
func TestCDNLifetime(t *testing.T) {
	s := newSite(t, 600)
	control := func(v string) func(*s3.PutObjectInput) {
		return func(in *s3.PutObjectInput) { in.CacheControl = &v }
	}
	for key, want := range map[string]struct {
		change func(*s3.PutObjectInput)
		lasts  int // seconds
	}{
		"plain":    {func(*s3.PutObjectInput) {}, 600},
		"public":   {control("public"), 600},
		"max-age":  {control("public, max-age=60"), 60},
		"s-maxage": {control("max-age=60, s-maxage=120"), 120},
		"quoted":   {control(`Max-Age="60"`), 60},
		"metadata": {func(in *s3.PutObjectInput) { in.Metadata = map[string]string{"max-age": "60"} }, 60},
		"nonsense": {control("max-age=soon"), 600},
		"zero":     {control("max-age=0"), 0},
		"no-store": {control("no-store, max-age=60"), 0},
		"private":  {control("private"), 0},
		"no-cache": {control("no-cache"), 0},
	} {
		begin := s.now.now
		s.put(key, "one", want.change)
		s.is("/"+key, "one", "MISS")
		if want.lasts > 0 {
			s.now.now = begin.Add(time.Duration(want.lasts-1) * time.Second)
			s.is("/"+key, "one", "HIT")
		}
		s.now.now = begin.Add(time.Duration(want.lasts) * time.Second)
		s.is("/"+key, "one", "MISS")
		s.now.now = begin
	}
}

func TestCDNPurge(t *testing.T) {
	s := newSite(t, 3600)
	paths := []string{"index.html", "css/a.css", "css/more/b.css", "css", "js/a b.js", "js/a b.js?v=1"}
	for _, key := range paths {
		s.put(strings.TrimSuffix(key, "?v=1"), "old")
	}
	fresh := map[string][]string{
		"index.html":    {"index.html"},
		"/index.html":   nil,
		"css":           {"css"},
		"css/*":         {"css/a.css", "css/more/b.css"},
		"js/a b.js":     {"js/a b.js"},
		"js/a b.js?v=1": {"js/a b.js?v=1"},
		"*":             paths,
		"missing":       nil,
	}
	at := func(path string) string {
		key, query, _ := strings.Cut(path, "?")
		return (&url.URL{Path: "/" + key, RawQuery: query}).String()
	}
	for file, want := range fresh {
		for _, path := range paths {
			s.get(at(path))
		}
		s.purge(file)
		for _, path := range paths {
			cache := "HIT"
			if slices.Contains(want, path) {
				cache = "MISS"
			}
			if got := s.get(at(path)).header.Get("X-Cache"); got != cache {
				t.Errorf("after a purge of %s, %s is a %s", file, path, got)
			}
		}
	}
	s.put("index.html", "new")
	s.is("/index.html", "old", "HIT")
	s.purge("css/*", "index.html")
	s.purge("css/*", "index.html")
	s.is("/index.html", "new", "MISS")

	done := s.Purges()
	if len(done) != len(fresh)+2 || done[len(done)-1].Endpoint != s.cdn.ID || !slices.Equal(done[len(done)-1].Files, []string{"css/*", "index.html"}) {
		t.Errorf("the purges are %+v", done)
	}
	for _, file := range []string{"", "*.css", "css*", "css/**", "a/*/b"} {
		_, err := s.api(s.Token()).CDNs.FlushCache(t.Context(), s.cdn.ID, &godo.CDNFlushCacheRequest{Files: []string{"index.html", file}})
		apiRefused(t, 422, "files")(err)
	}
	s.is("/index.html", "new", "HIT")
}

// TestCDNSamePurge: two that are alike do not run at once.
func TestCDNSamePurge(t *testing.T) {
	e := start(t, localspaces.Options{PurgeTime: time.Hour})
	e.withBucket("site")
	c := e.api(e.Token())
	cdn, _, err := c.CDNs.Create(t.Context(), &godo.CDNCreateRequest{Origin: "site.nyc3.localhost", TTL: 60})
	must(t)(cdn, err)
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	flush := func(file string) {
		_, err := c.CDNs.FlushCache(ctx, cdn.ID, &godo.CDNFlushCacheRequest{Files: []string{file}})
		errs <- err
	}
	go flush("*")
	go flush("*")
	go flush("other")
	apiRefused(t, 409, "same purge")(<-errs) // the others take an hour
	cancel()
	for range 2 {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if done := e.Purges(); len(done) != 0 {
		t.Errorf("done are %v", done)
	}
}

// TestCDNOrigin: the bucket judges what the cache does not have.
func TestCDNOrigin(t *testing.T) {
	s := newSite(t, 3600)
	ctx := t.Context()
	put(t, s.bucket, "site", "private", "secret")
	for range 2 {
		s.get("/private").want(t, 403, "AccessDenied")
	}
	s.get("/").want(t, 403, "AccessDenied")
	for _, method := range []string{"PUT", "DELETE", "POST"} {
		if a := s.ask(method, s.cdn.Endpoint, "/private"); a.status/100 != 4 {
			t.Errorf("%s is answered %+v", method, a)
		}
	}

	// A presigned URL is made for the bucket's host, and its answer not kept.
	access, secret := s.Credentials()
	signer := s3.NewPresignClient(s.clientWith("nyc3", access, secret))
	signed, err := signer.PresignGetObject(ctx, getInput("site", "private"))
	must(t)(signed, err)
	through := func(method, at, body string) answer {
		return s.send(method, strings.Replace(at, "site.nyc3.", "site.nyc3.cdn.", 1), nil, body)
	}
	for range 2 {
		a := through("GET", signed.URL, "")
		if a.want(t, 200, "secret"); a.header.Get("X-Cache") != "" {
			t.Errorf("the header is %v", a.header)
		}
	}
	upload, err := signer.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("site"), Key: aws.String("new")})
	must(t)(upload, err)
	through("PUT", upload.URL, "uploaded").want(t, 200, "")
	if _, body := get(t, s.bucket, getInput("site", "new")); body != "uploaded" {
		t.Errorf("uploaded %q", body)
	}
	// One made for the CDN's host is no good.
	wrong, err := s3.NewPresignClient(s.clientWith("nyc3", access, secret, func(o *s3.Options) {
		o.BaseEndpoint = aws.String("http://nyc3.cdn.localhost")
	})).PresignGetObject(ctx, getInput("site", "private"))
	must(t)(wrong, err)
	s.send("GET", wrong.URL, nil, "").want(t, 403, "SignatureDoesNotMatch")

	s.put("page", "text")
	s.is("/page", "text", "MISS")
	s.is("/page", "text", "HIT")
	for {
		asked := s.Requests()
		if last := asked[len(asked)-1]; last.Key == "page" && last.Cache == "HIT" {
			want := localspaces.Request{Operation: "GetCDN", Region: "nyc3", Bucket: "site", Key: "page", Status: 200, Cache: "HIT"}
			if last != want || asked[len(asked)-2].Cache != "MISS" {
				t.Errorf("the last requests are %+v", asked[len(asked)-2:])
			}
			break
		}
		time.Sleep(time.Millisecond)
	}
}

// TestCDNHosts: an endpoint serves its own host and its domain, as long as it
// is there.
func TestCDNHosts(t *testing.T) {
	s := newSite(t, 3600)
	ctx, c := t.Context(), s.api(s.Token())
	s.put("v2/page", "text")
	host := "static.example.com"
	if a := s.ask("GET", host, "/v2/page"); a.status == 200 {
		t.Errorf("got %+v", a)
	}
	certificate := order(t, c, "c", host)
	_, _, err := c.CDNs.UpdateCustomDomain(ctx, s.cdn.ID, &godo.CDNUpdateCustomDomainRequest{CustomDomain: host, CertificateID: certificate.ID})
	must(t)(nil, err)
	for _, at := range []string{host, "STATIC.example.com:80", "site.nyc3.cdn.localhost", "site.nyc3.cdn.digitaloceanspaces.com"} {
		s.ask("GET", at, "/v2/page").want(t, 200, "text")
	}
	for _, at := range []string{"other.nyc3.cdn.localhost", "site.fra1.cdn.localhost", "nyc3.cdn.localhost"} {
		s.ask("GET", at, "/v2/page").want(t, 404, "NoSuchEndpoint")
	}
	_, _, err = c.CDNs.UpdateCustomDomain(ctx, s.cdn.ID, &godo.CDNUpdateCustomDomainRequest{})
	must(t)(nil, err)
	if a := s.ask("GET", host, "/v2/page"); a.status == 200 {
		t.Errorf("got %+v", a)
	}
	s.is("/v2/page", "text", "HIT")
	_, err = c.CDNs.Delete(ctx, s.cdn.ID)
	must(t)(nil, err)
	s.get("/v2/page").want(t, 404, "NoSuchEndpoint")
	s.cdn, _, err = c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.localhost", TTL: 60})
	must(t)(nil, err)
	s.is("/v2/page", "text", "MISS")
}

// TestCDNOfPort: a client that knows this server by its port makes an endpoint
// with it, as is the bucket's host name for that client.
func TestCDNOfPort(t *testing.T) {
	e := start(t, localspaces.Options{})
	_, port, _ := strings.Cut(e.addr, ":")
	b := e.withBucket("site")
	put(t, b, "site", "page", "text", public)
	c, ctx := e.api(e.Token()), t.Context()
	cdn, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.localhost:" + port, TTL: 60})
	must(t)(cdn, err)
	if cdn.Endpoint != "site.nyc3.cdn.localhost:"+port {
		t.Errorf("the endpoint is %s", cdn.Endpoint)
	}
	e.send("GET", "http://"+cdn.Endpoint+"/page", nil, "").want(t, 200, "text")
	for _, origin := range []string{"site.nyc3.localhost", "site.nyc3.digitaloceanspaces.com"} {
		_, _, err = c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: origin, TTL: 60})
		apiRefused(t, 409, "cdn already enabled")(err)
	}
	_, _, err = c.CDNs.Create(ctx, &godo.CDNCreateRequest{Origin: "site.nyc3.localhost:1", TTL: 60})
	apiRefused(t, 422, "origin")(err)
}
