package localspaces

import (
	"crypto/md5"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/rclone/gofakes3"
)

// source finds the version that x-amz-copy-source names, if the asker may read
// it and it meets the conditions on it. It is to be in the same region: Spaces
// copies neither across regions nor across clusters.
func (s *Server) source(c *call) (*version, *call, error) {
	from, versionID, _ := strings.Cut(strings.TrimPrefix(c.r.Header.Get(copySource), "/"), "?versionId=")
	path, err := url.PathUnescape(from)
	bucket, key, ok := strings.Cut(path, "/")
	if err != nil || !ok || bucket == "" || key == "" {
		return nil, nil, invalidArgument("x-amz-copy-source is not BUCKET/KEY, URL-encoded.")
	}
	reading := *c
	reading.at = address{Region: c.at.Region, Bucket: bucket, Key: key}
	reading.query = url.Values{}
	if versionID != "" {
		reading.query.Set("versionId", versionID)
	}
	if err := s.mayDo(&reading, readOperation(), key, versionID); err != nil {
		return nil, nil, err
	}
	v, err := s.version(&reading)
	if err != nil {
		return nil, nil, err
	}
	if err := v.openedBy(c.r.Header, copySSEHeader); err != nil {
		return nil, nil, err
	}
	if v.ID != "" {
		c.w.Header().Set("x-amz-copy-source-version-id", v.ID)
	}
	return v, &reading, readConditions(c.r.Header, "x-amz-copy-source-").check(v)
}

// directive reads a header that says COPY, the default, or REPLACE.
func directive(h http.Header, name string) (replace bool, err error) {
	switch v := h.Get(name); v {
	case "", "COPY":
		return false, nil
	case "REPLACE":
		return true, nil
	default:
		return false, invalidArgument("%s is %q, neither COPY nor REPLACE.", name, v)
	}
}

func (s *Server) copyObject(c *call) error {
	src, from, err := s.source(c)
	if err != nil {
		return err
	}
	cond, err := writeConditions(c.r.Header)
	if err != nil {
		return err
	}
	v, err := s.newVersion(c)
	if err != nil {
		return err
	}
	newMetadata, err := directive(c.r.Header, "x-amz-metadata-directive")
	if err != nil {
		return err
	}
	newTags, err := directive(c.r.Header, "x-amz-tagging-directive")
	if err != nil {
		return err
	}
	redirect := v.Header["X-Amz-Website-Redirect-Location"] // never copied
	if from.at == c.at && from.query.Get("versionId") == "" && !newMetadata && redirect == "" && v.SSEKeyMD5 == src.SSEKeyMD5 {
		return invalidRequest("A copy of an object to itself has to change something: its metadata, its redirect, its encryption.")
	}
	if !newMetadata {
		v.Header = map[string]string{}
		for name, value := range src.Header {
			v.Header[name] = value
		}
		if delete(v.Header, "X-Amz-Website-Redirect-Location"); redirect != "" {
			v.Header["X-Amz-Website-Redirect-Location"] = redirect
		}
	}
	if !newTags {
		v.Tags = src.Tags
	}

	reader := s.store.files.open(src.Body)
	defer reader.Close()
	sum := md5.New()
	content, err := s.store.files.receive(io.TeeReader(reader, sum))
	if err != nil {
		return err
	}
	v.Body, v.ETag = blob{[]piece{content}}, hexSum(sum)
	if err := s.publish(c, v, cond); err != nil {
		s.store.files.remove(v.Body.Pieces)
		return err
	}
	writeSSE(c, v)
	return writeXML(c, gofakes3.CopyObjectResult{ETag: quoted(v.ETag), LastModified: gofakes3.NewContentTime(v.Modified)})
}

var copyRange = regexp.MustCompile(`^bytes=([0-9]+)-([0-9]+)$`)

func (s *Server) uploadPartCopy(c *call) error {
	src, _, err := s.source(c)
	if err != nil {
		return err
	}
	first, length := int64(0), src.Body.size()
	if header := c.r.Header.Get("x-amz-copy-source-range"); header != "" {
		m := copyRange.FindStringSubmatch(header)
		if m == nil {
			return invalidArgument("x-amz-copy-source-range is not bytes=FIRST-LAST.")
		}
		from, err1 := strconv.ParseInt(m[1], 10, 64)
		to, err2 := strconv.ParseInt(m[2], 10, 64)
		if err1 != nil || err2 != nil || from > to || to >= length {
			return invalidRange(length)
		}
		first, length = from, to-from+1
	}
	reader := s.store.files.open(src.Body)
	defer reader.Close()
	if _, err := reader.Seek(first, io.SeekStart); err != nil {
		return err
	}
	p, err := s.addPart(c, io.LimitReader(reader, length))
	if err != nil {
		return err
	}
	return writeXML(c, gofakes3.CopyPartResult{ETag: quoted(p.ETag), LastModified: gofakes3.NewContentTime(p.Modified)})
}
