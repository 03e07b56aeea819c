package localspaces

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serveCDN answers at the hosts of CDN endpoints: from the edge's cache, or with
// what the bucket answers there and then. It keeps the objects that anybody may
// read and nothing else. What is signed is for the bucket to judge, by the
// signature for its own host: so the documentation has presigned URLs made.
func (s *Server) serveCDN(c *call) {
	if c.at.endpoint == nil {
		c.fail(failure(http.StatusNotFound, "NoSuchEndpoint", "There is no CDN endpoint at %s.", c.r.Host))
		return
	}
	origin := c.atOrigin()
	op, unsupported := operationOf(origin.r, origin.at, origin.query)
	origin.op = op
	if unsupported != nil || op.name != "GetObject" && op.name != "HeadObject" || signedAtAll(origin) {
		s.askOrigin(c, origin, unsupported)
		return
	}
	now := s.opt.Now()
	ttl := time.Duration(c.at.endpoint.TTL) * time.Second
	kept, purged := s.edge.find(copyOf(c), now)
	if kept != nil {
		c.cache = "HIT"
	} else {
		c.cache = "MISS"
		if kept = s.fetch(origin, now, ttl); kept == nil {
			s.askOrigin(c, origin, nil)
			return
		}
		s.edge.keep(copyOf(c), kept, purged)
	}
	h := c.w.Header()
	maps.Copy(h, kept.header)
	h.Set("X-Cache", c.cache)
	h.Set("Age", strconv.Itoa(int(now.Sub(kept.fetched)/time.Second)))
	modified, _ := http.ParseTime(h.Get("Last-Modified"))
	http.ServeContent(c.w, c.r, "", modified, bytes.NewReader(kept.body))
}

// atOrigin is c, but asked of its bucket's own host.
func (c *call) atOrigin() *call {
	origin := *c
	origin.at = address{Region: c.at.Region, Bucket: c.at.Bucket, Key: c.at.Key}
	origin.r = c.r.Clone(c.r.Context())
	if origin.r.Host = strings.Replace(c.r.Host, ".cdn.", ".", 1); origin.r.Host == c.r.Host { // a custom domain
		origin.r.Host = c.at.endpoint.Origin
	}
	return &origin
}

// signedAtAll reports whether c has a signature, be it good or not.
func signedAtAll(c *call) bool {
	return c.r.Header.Get("Authorization") != "" || c.query.Has("X-Amz-Signature") || c.query.Has("Signature")
}

// askOrigin has the bucket answer c.
func (s *Server) askOrigin(c, origin *call, unsupported error) {
	if c.cache != "" {
		c.w.Header().Set("X-Cache", c.cache)
	}
	err := s.serveS3(origin, unsupported)
	c.who = origin.who
	if err != nil {
		c.fail(err)
	}
}

// fetch gets a whole object for the cache, or nil when it is not to be kept: it
// is not there or not public, says so itself, or is too large.
func (s *Server) fetch(origin *call, now time.Time, ttl time.Duration) *edgeCopy {
	header, _, ok := s.fetchBy(http.MethodHead, origin)
	size, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	lasts := lifetime(header, ttl)
	if !ok || err != nil || size > largestCopy || lasts <= 0 {
		return nil
	}
	header, body, ok := s.fetchBy(http.MethodGet, origin)
	if !ok {
		return nil
	}
	header.Del("Content-Length") // that of a range differs
	return &edgeCopy{header: header, body: body, fetched: now, expires: now.Add(lasts)}
}

// fetchBy asks the bucket for the whole of what c asks for, or a part of it.
func (s *Server) fetchBy(method string, c *call) (header http.Header, body []byte, ok bool) {
	w := &memory{header: http.Header{}}
	whole := *c
	whole.w = &answer{ResponseWriter: w}
	whole.r = c.r.Clone(context.WithoutCancel(c.r.Context()))
	whole.r.Method = method
	for _, name := range []string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		whole.r.Header.Del(name)
	}
	whole.op, _ = operationOf(whole.r, whole.at, whole.query)
	err := s.serveS3(&whole, nil)
	return w.header, w.body.Bytes(), err == nil && w.status == http.StatusOK
}

// memory is an answer that is not sent.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) WriteHeader(status int)      { m.status = status }
func (m *memory) Write(p []byte) (int, error) { return m.body.Write(p) }

// lifetime is how long an object stays in the cache: as long as it says itself
// (RFC 9111; Spaces' page on the cache has max-age as metadata take the place of
// the endpoint's TTL), else as long as the endpoint does.
func lifetime(h http.Header, ttl time.Duration) time.Duration {
	own := map[string][]string(h)[metaPrefix+"max-age"] // in lower case; see writeHeaders
	directives := map[string]string{}
	for directive := range splitTrimmed(h.Get("Cache-Control")) {
		name, value, _ := strings.Cut(strings.ToLower(directive), "=")
		directives[name] = strings.Trim(value, `"`)
	}
	for _, name := range []string{"no-store", "no-cache", "private"} {
		if _, there := directives[name]; there {
			return 0
		}
	}
	for _, seconds := range append([]string{directives["s-maxage"], directives["max-age"]}, own...) {
		if n, err := strconv.Atoi(seconds); err == nil && n >= 0 {
			return time.Duration(n) * time.Second
		}
	}
	return ttl
}
