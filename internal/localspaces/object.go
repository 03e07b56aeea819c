package localspaces

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxPut is how much one PUT may bring.
const maxPut = 5 << 30

// keptHeaders of a PUT are answered to a GET, and so are all x-amz-meta-*.
var keptHeaders = []string{
	"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires",
	"X-Amz-Website-Redirect-Location",
}

const metaPrefix = "x-amz-meta-"

// objectHeaders are the headers of a request that go with its object.
func objectHeaders(h http.Header) (map[string]string, error) {
	kept := map[string]string{}
	for _, name := range keptHeaders {
		if v := h.Get(name); v != "" {
			kept[name] = v
		}
	}
	for name, values := range h {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, metaPrefix) {
			kept[lower] = strings.Join(values, ",")
		}
	}
	if encodings := h.Get("Content-Encoding"); encodings != "" {
		var own []string
		for e := range splitTrimmed(encodings) {
			if !strings.EqualFold(e, "aws-chunked") { // how it was sent, not what it is
				own = append(own, e)
			}
		}
		if delete(kept, "Content-Encoding"); len(own) > 0 {
			kept["Content-Encoding"] = strings.Join(own, ", ")
		}
	}
	if target := kept["X-Amz-Website-Redirect-Location"]; target != "" &&
		!strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "http://") && !strings.HasPrefix(target, "https://") {
		return nil, invalidArgument("x-amz-website-redirect-location is %q; it begins with /, http:// or https://.", target)
	}
	return kept, nil
}

// newVersion makes a version of what the headers of c say. Its body is for the
// caller.
func (s *Server) newVersion(c *call) (*version, error) {
	v := &version{Modified: s.opt.Now()}
	var err error
	if v.Header, err = objectHeaders(c.r.Header); err != nil {
		return nil, err
	}
	if v.Tags, err = headerTags(c.r.Header.Get("x-amz-tagging")); err != nil {
		return nil, err
	}
	if canned := c.r.Header.Get("x-amz-acl"); canned != "" {
		a, err := cannedACL(canned)
		if err != nil {
			return nil, err
		}
		v.Public = a.publicRead()
	}
	v.SSEKeyMD5, err = customerKey(c.r.Header, sseHeader)
	return v, err
}

func (s *Server) putObject(c *call) error {
	v, err := s.newVersion(c)
	if err != nil {
		return err
	}
	cond, err := writeConditions(c.r.Header)
	if err != nil {
		return err
	}
	p, err := c.receivable()
	if err != nil {
		return err
	}
	content, err := s.store.files.receive(p)
	if err != nil {
		return err
	}
	v.Body = blob{[]piece{content}}
	v.ETag = hexSum(p.md5)
	v.Checksum = p.checksum
	if err := s.publish(c, v, cond); err != nil {
		s.store.files.remove(v.Body.Pieces)
		return err
	}
	for name, sum := range v.Checksum {
		c.w.Header().Set(name, sum)
	}
	c.w.Header().Set("ETag", quoted(v.ETag))
	writeSSE(c, v)
	return nil
}

// receivable opens a body that is to be stored.
func (c *call) receivable() (*payload, error) {
	p, err := newPayload(c, false)
	switch {
	case err != nil:
		return nil, err
	case p.left < 0:
		return nil, missingContentLength()
	case p.left > maxPut:
		return nil, failure(http.StatusBadRequest, "EntityTooLarge", "A PUT brings at most 5 GiB; there is multipart upload for more.")
	}
	return p, nil
}

// publish makes v the current version of c's key, unless a condition forbids.
func (s *Server) publish(c *call, v *version, cond conditions) error {
	return s.store.write(c, func(b *bucket) error {
		if err := cond.in(s, b).check(b.objects[c.at.Key].find("")); err != nil {
			return err
		}
		if err := s.store.put(b, c.at.Key, v); err != nil {
			return err
		}
		if v.ID != "" {
			c.w.Header().Set("x-amz-version-id", v.ID)
		}
		c.w.size = v.Body.size()
		return nil
	})
}

// version finds the version that c asks for.
func (s *Server) version(c *call) (*version, error) {
	_, o, err := s.look(c, c.at.Key)
	if err != nil {
		return nil, err
	}
	id := c.query.Get("versionId")
	v := o.find(id)
	if v == nil || v.Marker {
		return nil, missing(c, v, c.at.Key, id)
	}
	return v, nil
}

// missing is the error for a version that is not there, or is a delete marker.
func missing(c *call, v *version, key, id string) error {
	switch {
	case v != nil:
		c.w.Header().Set("x-amz-delete-marker", "true")
		c.w.Header().Set("x-amz-version-id", v.id())
	case id != "":
		return failure(http.StatusNotFound, "NoSuchVersion", "There is no version %q of %q.", id, key)
	}
	return noSuchKey(key)
}

// getObject serves GetObject and HeadObject.
func (s *Server) getObject(c *call) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	if err := v.openedBy(c.r.Header, sseHeader); err != nil {
		return err
	}
	if err := readConditions(c.r.Header, "").check(v); err != nil {
		c.w.Header().Set("ETag", quoted(v.ETag))
		return err
	}
	first, length, partial, err := requestedRange(c, v)
	if err != nil {
		return err
	}
	if err := overrides(c, v); err != nil {
		return err
	}
	h := c.w.Header()
	if id := c.query.Get("versionId"); id != "" {
		h.Set("x-amz-version-id", id) // also null, which is not said unless it was asked for
	}
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	h.Set("Accept-Ranges", "bytes")
	status := http.StatusOK
	if partial {
		h.Set("Content-Range", "bytes "+strconv.FormatInt(first, 10)+"-"+strconv.FormatInt(first+length-1, 10)+
			"/"+strconv.FormatInt(v.Body.size(), 10))
		status = http.StatusPartialContent
	} else if strings.EqualFold(c.r.Header.Get("x-amz-checksum-mode"), "ENABLED") {
		for name, sum := range v.Checksum {
			h.Set(name, sum)
		}
	}
	c.w.size = v.Body.size()
	return s.send(c, status, v, first, length)
}

// overrides writes the headers of v, some as the query has them if c is signed.
func overrides(c *call, v *version) error {
	instead := map[string]string{}
	for _, name := range keptHeaders[:len(keptHeaders)-1] {
		if query := "response-" + strings.ToLower(name); c.query.Has(query) {
			instead[name] = c.query.Get(query)
		}
	}
	if len(instead) > 0 && c.who.anonymous() {
		return invalidRequest("An anonymous request cannot set the headers of its answer.")
	}
	v.writeHeaders(c.w.Header())
	writeSSE(c, v)
	for name, value := range instead {
		c.w.Header().Set(name, value)
	}
	return nil
}

// writeHeaders says what v is.
func (v *version) writeHeaders(h http.Header) {
	h.Set("Content-Type", "binary/octet-stream")
	for name, value := range v.Header {
		if strings.HasPrefix(name, metaPrefix) {
			h[name] = []string{value} // in lower case, as Spaces does
		} else {
			h.Set(name, value)
		}
	}
	if v.ID != "" {
		h.Set("x-amz-version-id", v.ID)
	}
	if len(v.Tags) > 0 {
		h.Set("x-amz-tagging-count", strconv.Itoa(len(v.Tags)))
	}
	h.Set("ETag", quoted(v.ETag))
	h.Set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
}

// deleteObject deletes a key, or for good one version of it. What is not there
// is deleted with as much success.
func (s *Server) deleteObject(c *call) error {
	for _, name := range []string{"If-Match", "x-amz-if-match-last-modified-time", "x-amz-if-match-size"} {
		if c.r.Header.Get(name) != "" {
			return notImplemented("Spaces has no conditional delete: %s.", name)
		}
	}
	var done deleted
	err := s.store.write(c, func(b *bucket) (err error) {
		done, err = s.delete(b, c.at.Key, c.query.Get("versionId"))
		return err
	})
	if err != nil {
		return err
	}
	if done.DeleteMarker {
		c.w.Header().Set("x-amz-delete-marker", "true")
	}
	if id := done.VersionID + done.DeleteMarkerVersionID; id != "" {
		c.w.Header().Set("x-amz-version-id", id)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// delete says what it did by setting VersionID, of the version that is no
// more, or DeleteMarkerVersionID, of the marker that is new.
func (s *Server) delete(b *bucket, key, id string) (deleted, error) {
	if id != "" {
		v, err := s.store.removeVersion(b, key, id)
		return deleted{Key: key, VersionID: id, DeleteMarker: v != nil && v.Marker}, err
	}
	marker, err := s.store.remove(b, key, s.opt.Now())
	if marker == nil {
		return deleted{Key: key}, err
	}
	return deleted{Key: key, DeleteMarker: true, DeleteMarkerVersionID: marker.id()}, err
}

// amend replaces c's version by a changed copy: its ACL, its tags.
func (s *Server) amend(c *call, change func(v *version)) error {
	return s.store.write(c, func(b *bucket) error {
		o := b.objects[c.at.Key]
		v := o.find(c.query.Get("versionId"))
		if v == nil || v.Marker {
			return noSuchKey(c.at.Key)
		}
		changed := *v
		changed.Tags = maps.Clone(v.Tags)
		change(&changed)
		versions := make([]*version, len(o.Versions))
		for i, other := range o.Versions {
			if versions[i] = other; other == v {
				versions[i] = &changed
			}
		}
		return s.store.setVersions(b, c.at.Key, versions)
	})
}

func (s *Server) getObjectACL(c *call) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/xml")
	_, err = c.w.Write(acl{public: v.Public}.answer(ownerID))
	return err
}

func (s *Server) putObjectACL(c *call) error {
	body, err := s.document(c)
	if err != nil {
		return err
	}
	a, err := requestACL(c.r.Header, body)
	if err != nil {
		return err
	}
	return s.amend(c, func(v *version) { v.Public = a.publicRead() })
}

// lastModified is to the second, as HTTP has it.
func (v *version) lastModified() time.Time { return v.Modified.Truncate(time.Second) }
