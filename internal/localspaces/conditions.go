package localspaces

import (
	"net/http"
	"strings"
	"time"
)

// conditions are the If-* headers of a request.
type conditions struct {
	prefix                                           string // of their names, for a copy's source
	match, noneMatch, modifiedSince, unmodifiedSince string
	writing                                          bool
}

// readConditions are those on reading. With prefix "x-amz-copy-source-" they
// are those on a copy's source.
func readConditions(h http.Header, prefix string) conditions {
	return conditions{
		prefix: prefix,
		match:  h.Get(prefix + "If-Match"), noneMatch: h.Get(prefix + "If-None-Match"),
		modifiedSince: h.Get(prefix + "If-Modified-Since"), unmodifiedSince: h.Get(prefix + "If-Unmodified-Since"),
	}
}

// writeConditions are those on the object that a write replaces: an ETag to
// match, or that there is none.
func writeConditions(h http.Header) (conditions, error) {
	c := conditions{match: h.Get("If-Match"), noneMatch: h.Get("If-None-Match"), writing: true}
	if c.noneMatch != "" && c.noneMatch != "*" {
		return c, notImplemented("On a write, If-None-Match can only be *.")
	}
	return c, nil
}

// in is c as a bucket heeds it. Spaces' documentation does not say whether
// If-None-Match excludes where versions are kept. In S3 it does; Ceph, on which
// Spaces is built, takes every write (measured, 16 and 18), and so does Strict.
func (c conditions) in(s *Server, b *bucket) conditions {
	if s.opt.Strict && b.versioning() == "Enabled" {
		c.noneMatch = ""
	}
	return c
}

// check checks them on v: nil, or a delete marker, if there is no object. As
// in HTTP, a condition on the ETag leaves that on the time unheeded.
func (c conditions) check(v *version) error {
	if v == nil || v.Marker {
		if c.match != "" {
			return failure(http.StatusNotFound, "NoSuchKey", "There is no object for If-Match to match.")
		}
		return nil
	}
	if c.match != "" {
		if !matches(c.match, v.ETag) {
			return preconditionFailed(c.prefix + "If-Match")
		}
	} else if t, err := http.ParseTime(c.unmodifiedSince); err == nil && v.lastModified().After(t) {
		return preconditionFailed(c.prefix + "If-Unmodified-Since")
	}
	if c.noneMatch != "" {
		if matches(c.noneMatch, v.ETag) {
			return c.notModified("If-None-Match")
		}
	} else if t, err := http.ParseTime(c.modifiedSince); err == nil && !v.lastModified().After(t) && !t.After(time.Now()) {
		return c.notModified("If-Modified-Since")
	}
	return nil
}

// notModified is 304 to a reader and 412 to others.
func (c conditions) notModified(header string) error {
	if c.writing || c.prefix != "" {
		return preconditionFailed(c.prefix + header)
	}
	return failure(http.StatusNotModified, "NotModified", "Not Modified")
}

// matches reports whether etag is in a list of quoted or bare ETags.
func matches(list, etag string) bool {
	for tag := range splitTrimmed(list) {
		if tag == "*" || strings.Trim(strings.TrimPrefix(tag, "W/"), `"`) == etag {
			return true
		}
	}
	return false
}
