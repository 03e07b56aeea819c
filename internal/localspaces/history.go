package localspaces

import (
	"maps"
	"net/http"
	"slices"
)

// history is what the latest writes replaced, newest last, for stale answers.
type history struct {
	writes []write
}

// write is one write, and what was there before: of a document, of a key, or,
// with neither, of the bucket itself.
type write struct {
	bucket, document, key string

	content []byte
	object  *object
	whole   *bucket
}

const (
	historyLength = 1000
	historySize   = 64 << 10 // of an object worth keeping
)

func (h *history) add(w write) {
	if w.object != nil {
		var size int64
		for _, v := range w.object.Versions {
			size += v.Body.size()
		}
		if size > historySize {
			return
		}
	}
	if len(h.writes) == historyLength {
		h.writes = slices.Delete(h.writes, 0, 1)
	}
	h.writes = append(h.writes, w)
}

// last is the latest write to bucket that is wanted.
func (h *history) last(bucket string, wanted func(w write) bool) (write, bool) {
	for _, w := range slices.Backward(h.writes) {
		if w.bucket == bucket && wanted(w) {
			return w, true
		}
	}
	return write{}, false
}

func (w write) ofBucket() bool { return w.document == "" && w.key == "" }

// before is b, which may be nil, as it was before the last write to what c
// reads: the key, the document, any key for a listing, and the bucket itself
// if that is all that was written.
func (h *history) before(b *bucket, c *call) *bucket {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return b
	}
	name := c.at.Bucket
	if b != nil {
		w, ok := h.last(name, func(w write) bool {
			switch document := documentOf(c); {
			case c.at.Key != "":
				return w.key == c.at.Key
			case document != "":
				return w.document == document
			case isListing(c.op.name):
				return w.key != ""
			}
			return false
		})
		if ok {
			return w.undo(b)
		}
	}
	if w, ok := h.last(name, write.ofBucket); ok {
		return w.whole
	}
	return b
}

func isListing(operation string) bool {
	return operation == "ListObjects" || operation == "ListObjectsV2" || operation == "ListObjectVersions"
}

// undo is b as before w, a write to a document or a key.
func (w write) undo(b *bucket) *bucket {
	before := *b
	if w.document != "" {
		before.Documents = maps.Clone(b.Documents)
		before.Documents[w.document] = w.content
		if w.content == nil {
			delete(before.Documents, w.document)
		}
		return &before
	}
	before.objects, before.keys = maps.Clone(b.objects), slices.Clone(b.keys)
	var versions []*version
	if w.object != nil {
		versions = w.object.Versions
	}
	before.set(w.key, versions)
	return &before
}
