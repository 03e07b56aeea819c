package localspaces

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// payload is a request's body, decoded, and checked at its end against all
// that the request says of it.
type payload struct {
	in       io.Reader
	left     int64 // -1 when the length is unknown
	md5      hash.Hash
	checks   []check
	checksum map[string]string // the x-amz-checksum-* that were good
}

// check is one thing that a request says of its body.
type check struct {
	name   string // of the header
	code   string // of the error
	sum    hash.Hash
	encode func([]byte) string
	want   func() string // known only at the end if it is a trailer
}

// checksums are the algorithms that the Spaces API page lists. CRC64NVME it
// does not.
var checksums = map[string]func() hash.Hash{
	"x-amz-checksum-crc32":  func() hash.Hash { return crc32.NewIEEE() },
	"x-amz-checksum-crc32c": func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"x-amz-checksum-sha1":   sha1.New,
	"x-amz-checksum-sha256": sha256.New,
}

// newPayload opens the body of c. objectChecksum says that an x-amz-checksum
// header is about an object and not about this body.
func newPayload(c *call, objectChecksum bool) (*payload, error) {
	h := c.r.Header
	p := &payload{in: c.r.Body, left: c.r.ContentLength, md5: md5.New(), checksum: map[string]string{}}
	trailer := http.Header{}

	switch sha := h.Get("X-Amz-Content-Sha256"); {
	case sha == "" || sha == "UNSIGNED-PAYLOAD":
	case strings.HasPrefix(sha, "STREAMING-"):
		chunks, err := streaming(c, sha)
		if err != nil {
			return nil, err
		}
		if p.left, err = strconv.ParseInt(h.Get("X-Amz-Decoded-Content-Length"), 10, 64); err != nil || p.left < 0 {
			return nil, missingContentLength()
		}
		p.in, trailer = chunks, chunks.trailer
	case len(sha) != 2*sha256.Size:
		return nil, invalidArgument("x-amz-content-sha256 is neither a SHA-256 in hexadecimal nor one of the words for it.")
	default:
		p.checks = append(p.checks, check{
			"x-amz-content-sha256", "XAmzContentSHA256Mismatch", sha256.New(),
			hex.EncodeToString, func() string { return strings.ToLower(sha) },
		})
	}

	if _, given := h["Content-Md5"]; given {
		want := h.Get("Content-Md5")
		if sum, err := base64.StdEncoding.DecodeString(want); err != nil || len(sum) != md5.Size {
			return nil, failure(http.StatusBadRequest, "InvalidDigest", "Content-MD5 is not the base64 of an MD5.")
		}
		p.checks = append(p.checks, check{
			"Content-MD5", "BadDigest", p.md5, base64.StdEncoding.EncodeToString,
			func() string { return want },
		})
	}
	if objectChecksum {
		return p, nil
	}
	announced := commaSeparated(h.Values("X-Amz-Trailer"))
	for _, name := range announced {
		if checksums[strings.ToLower(name)] == nil {
			return nil, notImplemented("Spaces does not have the trailer %s.", name)
		}
	}
	for name, sum := range checksums {
		trails := func(announced string) bool { return strings.EqualFold(announced, name) }
		if h.Get(name) != "" || slices.ContainsFunc(announced, trails) {
			p.checks = append(p.checks, check{
				name, "BadDigest", sum(), base64.StdEncoding.EncodeToString,
				func() string { return h.Get(name) + trailer.Get(name) },
			})
		}
	}
	return p, nil
}

// streaming decodes a body of the kind that sha, the x-amz-content-sha256
// header, says.
func streaming(c *call, sha string) (*chunkedReader, error) {
	date := c.r.Header.Get("X-Amz-Date")
	switch sha {
	case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
		return newChunkedReader(c.r.Body, c.who, date, true), nil
	case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
		return newChunkedReader(c.r.Body, c.who, date, false), nil
	}
	return nil, notImplemented("The payload %s is not done here.", sha)
}

func missingContentLength() error {
	return failure(http.StatusLengthRequired, "MissingContentLength", "The length of the body must be announced.")
}

func (p *payload) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	if p.left >= 0 {
		if p.left -= int64(n); p.left < 0 {
			return 0, invalidRequest("The body is longer than the length that was announced.")
		}
	}
	hashed := false
	for _, ch := range p.checks {
		ch.sum.Write(b[:n])
		hashed = hashed || ch.sum == p.md5
	}
	if !hashed {
		p.md5.Write(b[:n])
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && p.left > 0 {
		return n, incompleteBody()
	}
	if errors.Is(err, io.EOF) {
		if wrong := p.verify(); wrong != nil {
			return n, wrong
		}
	}
	return n, err
}

func (p *payload) verify() error {
	for _, ch := range p.checks {
		got, want := ch.encode(ch.sum.Sum(nil)), ch.want()
		if got != want {
			return failure(http.StatusBadRequest, ch.code, "The %s of the body is %s and not %q, as the request says.", ch.name, got, want)
		}
		if _, isChecksum := checksums[ch.name]; isChecksum {
			p.checksum[ch.name] = got
		}
	}
	return nil
}

// maxDocument is as long as a body may be that is no object.
const maxDocument = 1 << 20

// document reads a body that is no object.
func (s *Server) document(c *call) ([]byte, error) {
	if c.op.md5 {
		if err := s.requireDigest(c.op.name, c.r.Header); err != nil {
			return nil, err
		}
	}
	p, err := newPayload(c, c.op.name == "CompleteMultipartUpload")
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(p, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxDocument {
		return nil, failure(http.StatusBadRequest, "MaxMessageLengthExceeded", "The request is too long.")
	}
	return body, nil
}

// requireDigest refuses a request that does not say what its body is.
// DigitalOcean requires Content-MD5; whether a checksum does as well is not
// documented, and current SDKs send only that. For ACLs s3cmd sends neither, and
// DigitalOcean's pages have people use it.
func (s *Server) requireDigest(operation string, h http.Header) error {
	if h.Get("Content-Md5") != "" {
		return nil
	}
	if !s.opt.Strict {
		if operation == "PutBucketAcl" || operation == "PutObjectAcl" {
			return nil
		}
		for name := range checksums {
			if h.Get(name) != "" {
				return nil
			}
		}
		if h.Get("X-Amz-Trailer") != "" {
			return nil
		}
	}
	return invalidRequest("Missing required header for this request: Content-MD5")
}
