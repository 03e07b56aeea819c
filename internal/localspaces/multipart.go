package localspaces

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	xxml "github.com/minio/xxml"
	"github.com/rclone/gofakes3"
)

const (
	minPart  = 5 << 20 // of all parts but the last
	maxParts = 10_000
)

// upload is an unfinished multipart upload.
type upload struct {
	ID, Key   string
	Initiated time.Time
	Result    version // what it will be, but for body and ETag
	Parts     map[int]part
}

type part struct {
	Piece    piece
	ETag     string
	Modified time.Time
}

// completed remembers how an upload ended well: who asks again, for having
// missed the answer, is answered the same.
type completed struct {
	key, etag, versionID string
}

// rememberEnded is how many uploads of a bucket are so remembered.
const rememberEnded = 1000

func (u *upload) pieces() []piece {
	var all []piece
	for _, p := range u.Parts {
		all = append(all, p.Piece)
	}
	return all
}

// upload is the one that c names.
func (b *bucket) upload(c *call) (*upload, error) {
	u := b.uploads[c.query.Get("uploadId")]
	if u == nil || u.Key != c.at.Key {
		return nil, noSuchUpload()
	}
	return u, nil
}

func (s *Server) createMultipartUpload(c *call) error {
	v, err := s.newVersion(c)
	if err != nil {
		return err
	}
	u := &upload{ID: newID(40), Key: c.at.Key, Initiated: v.Modified, Result: *v, Parts: map[int]part{}}
	err = s.store.write(c, func(b *bucket) error {
		b.uploads[u.ID] = u
		return s.store.files.saveUpload(b, u)
	})
	if err != nil {
		return err
	}
	writeSSE(c, v)
	return writeXML(c, struct {
		XMLName xxml.Name `xml:"InitiateMultipartUploadResult"`
		Xmlns   string    `xml:"xmlns,attr"`
		gofakes3.InitiateMultipartUpload
	}{Xmlns: s3Namespace, InitiateMultipartUpload: gofakes3.InitiateMultipartUpload{
		Bucket: c.at.Bucket, Key: u.Key, UploadID: gofakes3.UploadID(u.ID),
	}})
}

func (s *Server) uploadPart(c *call) error {
	p, err := c.receivable()
	if err != nil {
		return err
	}
	stored, err := s.addPart(c, p)
	if err != nil {
		return err
	}
	for name, sum := range p.checksum {
		c.w.Header().Set(name, sum)
	}
	c.w.Header().Set("ETag", quoted(stored.ETag))
	return nil
}

// addPart stores a part of the upload that c names, in place of one of the
// same number.
func (s *Server) addPart(c *call, content io.Reader) (part, error) {
	number, err := strconv.Atoi(c.query.Get("partNumber"))
	if err != nil || number < 1 || number > maxParts {
		return part{}, invalidArgument("partNumber is %q, which is no number from 1 to %d.", c.query.Get("partNumber"), maxParts)
	}
	err = s.store.read(c, func(b *bucket) error { // before the bytes come
		u, err := b.upload(c)
		if err != nil {
			return err
		}
		return u.Result.openedBy(c.r.Header, sseHeader)
	})
	if err != nil {
		return part{}, err
	}
	sum := md5.New()
	if p, ok := content.(*payload); ok {
		sum = p.md5 // it is computed anyway
	} else {
		content = io.TeeReader(content, sum)
	}
	stored, err := s.store.files.receive(content)
	if err != nil {
		return part{}, err
	}
	p := part{Piece: stored, ETag: hexSum(sum), Modified: s.opt.Now()}
	err = s.store.write(c, func(b *bucket) error {
		u, err := b.upload(c)
		if err != nil {
			return err
		}
		old, had := u.Parts[number]
		u.Parts[number] = p
		if err := s.store.files.saveUpload(b, u); err != nil {
			return err
		}
		if had {
			s.store.files.remove([]piece{old.Piece})
		}
		writeSSE(c, &u.Result)
		return nil
	})
	if err != nil {
		s.store.files.remove([]piece{stored})
	}
	return p, err
}

func (s *Server) completeMultipartUpload(c *call) error {
	body, err := s.document(c)
	if err != nil {
		return err
	}
	var in gofakes3.CompleteMultipartUploadRequest
	if err := decodeDocument("CompleteMultipartUpload", body, &in); err != nil {
		return err
	}
	cond, err := writeConditions(c.r.Header)
	if err != nil {
		return err
	}
	var done completed
	err = s.store.write(c, func(b *bucket) (err error) {
		done, err = s.complete(c, b, in.Parts, cond)
		return err
	})
	if err != nil {
		return err
	}
	if done.versionID != "" {
		c.w.Header().Set("x-amz-version-id", done.versionID)
	}
	return writeXML(c, gofakes3.CompleteMultipartUploadResult{
		Location: "/" + c.at.Bucket + "/" + c.at.Key, Bucket: c.at.Bucket, Key: c.at.Key, ETag: quoted(done.etag),
	})
}

// complete makes an object of an upload's parts.
func (s *Server) complete(c *call, b *bucket, wanted []gofakes3.CompletedPart, cond conditions) (completed, error) {
	if done, ok := b.ended[c.query.Get("uploadId")]; ok && done.key == c.at.Key {
		return done, nil
	}
	u, err := b.upload(c)
	if err != nil {
		return completed{}, err
	}
	if err := cond.in(s, b).check(b.objects[u.Key].find("")); err != nil {
		return completed{}, err
	}
	v, err := u.assemble(wanted)
	if err != nil {
		return completed{}, err
	}
	v.Modified = s.opt.Now()
	if err := s.store.put(b, u.Key, v); err != nil {
		return completed{}, err
	}
	if err := s.end(b, u, v.Body.Pieces); err != nil {
		return completed{}, err
	}
	done := completed{key: u.Key, etag: v.ETag, versionID: v.ID}
	if len(b.ended) == rememberEnded {
		clear(b.ended)
	}
	b.ended[u.ID] = done
	return done, nil
}

// assemble makes the version that consists of the wanted parts.
func (u *upload) assemble(wanted []gofakes3.CompletedPart) (*version, error) {
	if len(wanted) == 0 {
		return nil, malformedXML("There are no parts to complete the upload with.")
	}
	for i := range wanted[1:] {
		if wanted[i].PartNumber >= wanted[i+1].PartNumber {
			return nil, failure(http.StatusBadRequest, "InvalidPartOrder", "The parts are not in the order of their numbers.")
		}
	}
	v := u.Result
	v.Body = blob{}
	sums := md5.New()
	for i, w := range wanted {
		p, ok := u.Parts[w.PartNumber]
		if !ok || !matches(w.ETag, p.ETag) {
			return nil, failure(http.StatusBadRequest, "InvalidPart", "There is no part %d with ETag %s.", w.PartNumber, w.ETag)
		}
		if i < len(wanted)-1 && p.Piece.Size < minPart {
			return nil, failure(http.StatusBadRequest, "EntityTooSmall",
				"Part %d has %d bytes; all but the last have at least %d.", w.PartNumber, p.Piece.Size, minPart)
		}
		sum, err := hex.DecodeString(p.ETag)
		if err != nil {
			return nil, err
		}
		sums.Write(sum)
		v.Body.Pieces = append(v.Body.Pieces, p.Piece)
	}
	v.ETag = fmt.Sprintf("%s-%d", hexSum(sums), len(wanted))
	return &v, nil
}

// end forgets an upload and the parts that are not to be kept.
func (s *Server) end(b *bucket, u *upload, keep []piece) error {
	delete(b.uploads, u.ID)
	kept := map[string]bool{}
	for _, p := range keep {
		kept[p.File] = true
	}
	s.store.files.remove(slices.DeleteFunc(u.pieces(), func(p piece) bool { return kept[p.File] }))
	return s.store.files.removeUpload(b, u.ID)
}

func (s *Server) abortMultipartUpload(c *call) error {
	err := s.store.write(c, func(b *bucket) error {
		u, err := b.upload(c)
		if err != nil {
			return err
		}
		return s.end(b, u, nil)
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) listParts(c *call) error {
	limit, err := bounded(c.query, "max-parts")
	if err != nil {
		return err
	}
	marker := 0
	if m := c.query.Get("part-number-marker"); m != "" {
		if marker, err = strconv.Atoi(m); err != nil {
			return invalidArgument("part-number-marker is no number.")
		}
	}
	out := gofakes3.ListMultipartUploadPartsResult{
		Bucket: c.at.Bucket, Key: c.at.Key, UploadID: gofakes3.UploadID(c.query.Get("uploadId")),
		StorageClass: gofakes3.StorageStandard, Initiator: ownerInfo, Owner: ownerInfo,
		PartNumberMarker: marker, MaxParts: int64(limit),
	}
	err = s.store.read(c, func(b *bucket) error {
		u, err := b.upload(c)
		if err != nil {
			return err
		}
		for _, number := range slices.Sorted(maps.Keys(u.Parts)) {
			if number <= marker {
				continue
			}
			if len(out.Parts) == limit {
				out.IsTruncated = limit > 0
				break
			}
			p := u.Parts[number]
			out.NextPartNumberMarker = number
			out.Parts = append(out.Parts, gofakes3.ListMultipartUploadPartItem{
				PartNumber: number, LastModified: gofakes3.NewContentTime(p.Modified), ETag: quoted(p.ETag), Size: p.Piece.Size,
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeXML(c, out)
}
