package localspaces

import (
	"encoding/base64"
	"iter"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	xxml "github.com/minio/xxml"
	"github.com/rclone/gofakes3"
)

// listing is what a request asks of a list.
type listing struct {
	prefix, delimiter string
	max               int
	encode            func(string) string
	encoding          string
}

func newListing(query url.Values, maxName string) (listing, error) {
	l := listing{
		prefix: query.Get("prefix"), delimiter: query.Get("delimiter"),
		encoding: query.Get("encoding-type"), encode: func(s string) string { return s },
	}
	switch l.encoding {
	case "":
	case "url":
		l.encode = gofakes3.URLEncode
	default:
		return l, invalidArgument("The encoding-type is %q; there is only url.", l.encoding)
	}
	var err error
	l.max, err = bounded(query, maxName)
	return l, err
}

// bounded reads a number of the query that is at most 1000, which is also what
// it is by default, and what more is taken for.
func bounded(query url.Values, name string) (int, error) {
	if !query.Has(name) {
		return 1000, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 0 {
		return 0, invalidArgument("%s is %q, which is no number from 0.", name, query.Get(name))
	}
	return min(n, 1000), nil
}

// common is the prefix that key is rolled up under, if it is.
func (l listing) common(key string) (string, bool) {
	if l.delimiter == "" {
		return "", false
	}
	i := strings.Index(key[len(l.prefix):], l.delimiter)
	if i < 0 {
		return "", false
	}
	return key[:len(l.prefix)+i+len(l.delimiter)], true
}

// walk yields the sorted keys after a marker, each key or the common prefix
// that stands for it. With including the marker itself is yielded too, if it is
// a key.
func (l listing) walk(keys []string, after string, including bool) iter.Seq2[string, bool] {
	return func(yield func(key string, isPrefix bool) bool) {
		i := sort.SearchStrings(keys, max(after, l.prefix))
		for i < len(keys) && strings.HasPrefix(keys[i], l.prefix) {
			key := keys[i]
			if key == after && !including {
				i++
				continue
			}
			prefix, ok := l.common(key)
			if !ok {
				i++
				if !yield(key, false) {
					return
				}
				continue
			}
			// All the keys below the prefix stand together; go past them.
			i += sort.Search(len(keys)-i, func(n int) bool { return !strings.HasPrefix(keys[i+n], prefix) })
			if prefix == after {
				continue // the page before ended with it
			}
			if !yield(prefix, true) {
				return
			}
		}
	}
}

// current are the keys that have an object now, of those from a marker on.
func (b *bucket) current(from string) []string {
	var keys []string
	for _, k := range b.keys[sort.SearchStrings(b.keys, from):] {
		if !b.objects[k].Versions[0].Marker {
			keys = append(keys, k)
		}
	}
	return keys
}

// The lists are gofakes3's, which leave out a number that is 0.
type (
	objectList struct {
		gofakes3.ListBucketResult
		MaxKeys int
	}
	objectListV2 struct {
		gofakes3.ListBucketResultV2
		MaxKeys, KeyCount int
	}
	uploadList struct {
		XMLName xxml.Name `xml:"ListMultipartUploadsResult"`
		gofakes3.ListMultipartUploadsResult
		MaxUploads int
	}
)

// page is one page of ListObjects, either version.
func (s *Server) page(c *call, after string, withOwner bool) (base gofakes3.ListBucketResultBase, next string, l listing, err error) {
	if l, err = newListing(c.query, "max-keys"); err != nil {
		return base, "", l, err
	}
	base = gofakes3.ListBucketResultBase{
		Xmlns: s3Namespace, Name: c.at.Bucket, Prefix: l.encode(l.prefix), Delimiter: l.encode(l.delimiter),
		EncodingType: l.encoding,
	}
	err = s.store.read(c, func(b *bucket) error {
		n, last := 0, ""
		for key, isPrefix := range l.walk(b.current(max(after, l.prefix)), after, false) {
			if n == l.max {
				base.IsTruncated, next = l.max > 0, last
				return nil
			}
			n, last = n+1, key
			if isPrefix {
				base.CommonPrefixes = append(base.CommonPrefixes, gofakes3.CommonPrefix{Prefix: l.encode(key)})
				continue
			}
			v := b.objects[key].Versions[0]
			content := &gofakes3.Content{
				Key: l.encode(key), LastModified: gofakes3.NewContentTime(v.Modified), ETag: quoted(v.ETag),
				Size: v.Body.size(), StorageClass: gofakes3.StorageStandard,
			}
			if withOwner {
				content.Owner = ownerInfo
			}
			base.Contents = append(base.Contents, content)
		}
		return nil
	})
	return base, next, l, err
}

func (s *Server) listObjects(c *call) error {
	marker := c.query.Get("marker")
	base, next, l, err := s.page(c, marker, true)
	if err != nil {
		return err
	}
	out := objectList{ListBucketResult: gofakes3.ListBucketResult{ListBucketResultBase: base, Marker: l.encode(marker)}, MaxKeys: l.max}
	if l.delimiter != "" { // without one, the last key is the marker
		out.NextMarker = l.encode(next)
	}
	return writeXML(c, out)
}

func (s *Server) listObjectsV2(c *call) error {
	if c.query.Get("list-type") != "2" {
		return invalidArgument("The list-type is %q; there is only 2.", c.query.Get("list-type"))
	}
	after := c.query.Get("start-after")
	token := c.query.Get("continuation-token")
	if token != "" {
		last, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return invalidArgument("The continuation token is not one of this server.")
		}
		after = string(last)
	}
	base, next, l, err := s.page(c, after, c.query.Get("fetch-owner") == "true")
	if err != nil {
		return err
	}
	out := objectListV2{
		ListBucketResultV2: gofakes3.ListBucketResultV2{ListBucketResultBase: base, StartAfter: l.encode(c.query.Get("start-after"))},
		MaxKeys:            l.max, KeyCount: len(base.Contents) + len(base.CommonPrefixes),
	}
	if token != "" {
		out.ContinuationToken = &token
	}
	if base.IsTruncated {
		out.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(next))
	}
	return writeXML(c, out)
}

// versionList is gofakes3's with the element name of S3 and an encoding type.
type versionList struct {
	XMLName             xxml.Name `xml:"ListVersionsResult"`
	Xmlns               string    `xml:"xmlns,attr"`
	Name                string
	Prefix              string
	Delimiter           string `xml:",omitempty"`
	EncodingType        string `xml:",omitempty"`
	KeyMarker           string
	VersionIDMarker     string `xml:"VersionIdMarker"`
	NextKeyMarker       string `xml:",omitempty"`
	NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
	MaxKeys             int
	IsTruncated         bool
	Versions            []gofakes3.VersionItem
	CommonPrefixes      []gofakes3.CommonPrefix
}

func (s *Server) listObjectVersions(c *call) error {
	l, err := newListing(c.query, "max-keys")
	if err != nil {
		return err
	}
	after, afterID := c.query.Get("key-marker"), c.query.Get("version-id-marker")
	if afterID != "" && after == "" {
		return invalidArgument("A version-id-marker needs a key-marker.")
	}
	out := versionList{
		Xmlns: s3Namespace, Name: c.at.Bucket, Prefix: l.encode(l.prefix), Delimiter: l.encode(l.delimiter),
		EncodingType: l.encoding, KeyMarker: l.encode(after), VersionIDMarker: afterID, MaxKeys: l.max,
	}
	err = s.store.read(c, func(b *bucket) error {
		n := 0
		add := func(key, id string) bool { // one more entry, if the page has room
			if n == l.max {
				out.IsTruncated = l.max > 0
				return false
			}
			n, out.NextKeyMarker, out.NextVersionIDMarker = n+1, key, id
			return true
		}
		for key, isPrefix := range l.walk(b.keys, after, afterID != "") {
			if isPrefix {
				if !add(key, "") {
					return nil
				}
				out.CommonPrefixes = append(out.CommonPrefixes, gofakes3.CommonPrefix{Prefix: l.encode(key)})
				continue
			}
			versions := b.objects[key].Versions
			for i := b.objects[key].resume(key == after, afterID); i < len(versions); i++ {
				if !add(key, versions[i].id()) {
					return nil
				}
				out.Versions = append(out.Versions, versionItem(l.encode(key), versions[i], i == 0))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.NextKeyMarker = l.encode(out.NextKeyMarker)
	if !out.IsTruncated {
		out.NextKeyMarker, out.NextVersionIDMarker = "", ""
	}
	return writeXML(c, out)
}

// resume is where to go on in the object's versions after a marker. When the
// version that it names has been deleted since, as one who empties a bucket
// page by page does, those that are left are listed from the first.
func (o *object) resume(here bool, afterID string) int {
	if here {
		return slices.IndexFunc(o.Versions, func(v *version) bool { return v.id() == afterID }) + 1
	}
	return 0
}

func versionItem(key string, v *version, latest bool) gofakes3.VersionItem {
	modified := gofakes3.NewContentTime(v.Modified)
	if v.Marker {
		return &gofakes3.DeleteMarker{
			Key: key, VersionID: gofakes3.VersionID(v.id()), IsLatest: latest, LastModified: modified, Owner: ownerInfo,
		}
	}
	return &gofakes3.Version{
		Key: key, VersionID: gofakes3.VersionID(v.id()), IsLatest: latest, LastModified: modified,
		Size: v.Body.size(), StorageClass: gofakes3.StorageStandard, ETag: quoted(v.ETag), Owner: ownerInfo,
	}
}

func quoted(etag string) string { return `"` + etag + `"` }

func sortedKeys[V any, M ~map[string]V](m M) []string { return slices.Sorted(maps.Keys(m)) }

func splitTrimmed(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(list, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}
