package localspaces

import (
	"crypto/rand"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// store holds all buckets of all regions. Bodies are received before its lock
// is taken, so the lock is never held for long, and what is decided under it,
// such as a conditional write, is not raced.
type store struct {
	mu      sync.RWMutex
	buckets map[string]*bucket // names are global
	history history
	files   *files
}

// bucketView is what there is to say of a bucket but for its objects. Its map
// is replaced and never changed, so a view stays good without the lock.
type bucketView struct {
	Name, Region string
	Created      time.Time
	Documents    map[string][]byte // as they are answered, by sub-resource
}

type bucket struct {
	bucketView
	objects map[string]*object
	keys    []string // of objects, sorted
	uploads map[string]*upload
	ended   map[string]completed // uploads, by ID
}

// object is a key with its versions, the current one first. It is replaced and
// never changed.
type object struct {
	Key      string
	Versions []*version
}

// version is one version of an object, or a delete marker. It is replaced and
// never changed.
type version struct {
	ID         string // "" is the null version
	Modified   time.Time
	Noncurrent time.Time // since when it is not current
	Marker     bool
	ETag       string            // without quotes
	Header     map[string]string // as given: Content-Type, x-amz-meta-* in lower case, …
	Checksum   map[string]string // x-amz-checksum-*
	Tags       map[string]string
	Public     bool   // its ACL is public-read
	SSEKeyMD5  string // of the customer's key, when encrypted with one
	Body       blob
}

// id is the version's ID on the wire.
func (v *version) id() string {
	if v.ID == "" {
		return "null"
	}
	return v.ID
}

// find is the version of that ID on the wire, or the current one without it,
// or nil. The object may be nil.
func (o *object) find(id string) *version {
	if o == nil || len(o.Versions) == 0 {
		return nil
	}
	if id == "" {
		return o.Versions[0]
	}
	for _, v := range o.Versions {
		if v.id() == id {
			return v
		}
	}
	return nil
}

// read calls f with c's bucket, as before the last write if c is to be
// answered stale.
func (st *store) read(c *call, f func(b *bucket) error) error {
	st.mu.RLock()
	defer st.mu.RUnlock()
	b := st.buckets[c.at.Bucket]
	if c.stale {
		b = st.history.before(b, c)
	}
	if b == nil || b.Region != c.at.Region {
		return missingBucket(c)
	}
	return f(b)
}

// write calls f with c's bucket, which f may change.
func (st *store) write(c *call, f func(b *bucket) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	b := st.buckets[c.at.Bucket]
	if b == nil || b.Region != c.at.Region {
		return missingBucket(c)
	}
	return f(b)
}

// missingBucket is the error for a bucket that is not there. To two writes
// Spaces has been seen to answer with another code than one would think.
func missingBucket(c *call) error {
	e := noSuchBucket(c.at.Bucket)
	if c.op.name == "PutBucketPolicy" || c.op.name == "PutBucketCors" {
		e.Code = "NoSuchKey"
	}
	return e
}

// look is c's bucket and one of its objects, nil if there is none.
func (s *Server) look(c *call, key string) (b bucketView, o *object, err error) {
	err = s.store.read(c, func(found *bucket) error {
		b, o = found.bucketView, found.objects[key]
		return nil
	})
	return b, o, err
}

// public reports whether anyone may list the bucket.
func (b *bucketView) public() bool {
	a, err := parseACL(b.Documents["acl"])
	return err == nil && a.publicRead()
}

// versioning is "", "Enabled" or "Suspended".
func (b *bucketView) versioning() string {
	if b.Documents["versioning"] == nil {
		return ""
	}
	status, err := parseVersioning(b.Documents["versioning"])
	if err != nil {
		return ""
	}
	return status
}

// setDocument replaces a document; nil removes it.
func (st *store) setDocument(b *bucket, name string, content []byte) error {
	st.history.add(write{bucket: b.Name, document: name, content: b.Documents[name]})
	b.Documents = maps.Clone(b.Documents)
	if content == nil {
		delete(b.Documents, name)
	} else {
		b.Documents[name] = content
	}
	return st.files.saveBucket(b)
}

// set replaces an object. Without versions it is gone.
func (b *bucket) set(key string, versions []*version) {
	i, found := sort.Find(len(b.keys), func(i int) int { return strings.Compare(key, b.keys[i]) })
	switch {
	case len(versions) == 0:
		delete(b.objects, key)
		if found {
			b.keys = slices.Delete(b.keys, i, i+1)
		}
		return
	case !found:
		b.keys = slices.Insert(b.keys, i, key)
	}
	b.objects[key] = &object{Key: key, Versions: versions}
}

// setVersions replaces an object's versions, here and on disk, and lets go of
// the bodies that no version has any more.
func (st *store) setVersions(b *bucket, key string, versions []*version) error {
	old := b.objects[key]
	st.history.add(write{bucket: b.Name, key: key, object: old})
	b.set(key, versions)
	if err := st.files.saveObject(b, key); err != nil {
		return err
	}
	if old == nil {
		return nil
	}
	kept := map[string]bool{}
	for _, v := range versions {
		for _, p := range v.Body.Pieces {
			kept[p.File] = true
		}
	}
	for _, v := range old.Versions {
		st.files.remove(slices.DeleteFunc(slices.Clone(v.Body.Pieces), func(p piece) bool { return kept[p.File] }))
	}
	return nil
}

// put adds v as its key's current version, as the bucket's versioning has it,
// and gives it its ID.
func (st *store) put(b *bucket, key string, v *version) error {
	var rest []*version
	if o := b.objects[key]; o != nil {
		rest = o.Versions
	}
	if b.versioning() == "Enabled" {
		v.ID = newID(32)
	} else {
		rest = without(rest, "null") // it overwrites that one
	}
	return st.setVersions(b, key, append([]*version{v}, superseded(rest, v.Modified)...))
}

// remove deletes a key: with versioning by a marker, which is returned.
func (st *store) remove(b *bucket, key string, now time.Time) (marker *version, err error) {
	if b.versioning() != "" {
		marker = &version{Modified: now, Marker: true}
		return marker, st.put(b, key, marker)
	}
	return nil, st.setVersions(b, key, nil)
}

// removeVersion deletes one version for good, and returns it if it was there.
func (st *store) removeVersion(b *bucket, key, id string) (*version, error) {
	o := b.objects[key]
	v := o.find(id)
	if v == nil {
		return nil, nil
	}
	rest := slices.Clone(without(o.Versions, id))
	if len(rest) > 0 && !rest[0].Noncurrent.IsZero() {
		current := *rest[0]
		current.Noncurrent = time.Time{}
		rest[0] = &current
	}
	return v, st.setVersions(b, key, rest)
}

func without(versions []*version, id string) []*version {
	return slices.DeleteFunc(slices.Clone(versions), func(v *version) bool { return v.id() == id })
}

// superseded are versions of which none is current any more, the first since
// now.
func superseded(versions []*version, now time.Time) []*version {
	versions = slices.Clone(versions)
	if len(versions) > 0 && versions[0].Noncurrent.IsZero() {
		first := *versions[0]
		first.Noncurrent = now
		versions[0] = &first
	}
	return versions
}

// newID makes an ID of n characters, n being at most 52.
func newID(n int) string { return (rand.Text() + rand.Text())[:n] }
