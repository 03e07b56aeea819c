package object

import (
	"crypto/md5" //nolint:gosec // what S3 compares bodies with; it guards against accidents only
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"
)

// together writes to several at the same time: two hashes then take as long as
// the slower one. None of them may fail, as hashes never do.
type together []io.Writer

func (all together) Write(p []byte) (int, error) {
	var others sync.WaitGroup
	for _, w := range all[1:] {
		others.Go(func() { _, _ = w.Write(p) })
	}
	_, _ = all[0].Write(p)
	others.Wait()
	return len(p), nil
}

// etagHash computes the ETag of a content that is uploaded in parts: the MD5 of
// the MD5s of the parts, and how many there are.
type etagHash struct {
	partSize, left int64
	part, all      hash.Hash
	parts          int
}

func newETagHash(partSize int64) *etagHash {
	return &etagHash{partSize: partSize, left: partSize, part: md5.New(), all: md5.New()} //nolint:gosec // see the import
}

func (h *etagHash) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		if h.left == 0 {
			h.endPart()
		}
		n := min(int64(len(p)), h.left)
		h.part.Write(p[:n])
		h.left -= n
		p = p[n:]
	}
	return written, nil
}

func (h *etagHash) endPart() {
	h.all.Write(h.part.Sum(nil))
	h.part.Reset()
	h.left = h.partSize
	h.parts++
}

// etag ends the last part. Nothing can be written after it.
func (h *etagHash) etag() string {
	h.endPart()
	return multipartETag(h.all, h.parts)
}

func multipartETag(sums hash.Hash, parts int) string {
	return fmt.Sprintf("%s-%d", hex.EncodeToString(sums.Sum(nil)), parts)
}
