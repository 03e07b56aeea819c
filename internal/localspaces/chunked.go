package localspaces

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// chunkedReader decodes a body of Content-Encoding aws-chunked:
//
//	SIZE;chunk-signature=SIGNATURE\r\n DATA \r\n ... 0;chunk-signature=SIGNATURE\r\n
//	TRAILER:VALUE\r\n x-amz-trailer-signature:SIGNATURE\r\n \r\n
//
// with signatures unless the payload is STREAMING-UNSIGNED, with trailers if
// x-amz-trailer announces them. Signatures are verified, each over the one
// before it and its chunk.
type chunkedReader struct {
	in       *bufio.Reader
	left     int64 // of the chunk being read
	sum      hash.Hash
	expected string // the chunk's signature
	err      error

	signing *chunkSigning // nil when unsigned
	trailer http.Header   // complete at io.EOF
}

// chunkSigning is the state of the chain of signatures.
type chunkSigning struct {
	key         []byte
	date, scope string
	previous    string
}

// newChunkedReader decodes in, which who's signature opens. A nil key means an
// unsigned chain.
func newChunkedReader(in io.Reader, who identity, date string, signed bool) *chunkedReader {
	cr := &chunkedReader{in: bufio.NewReaderSize(in, 64<<10), trailer: http.Header{}, sum: sha256.New()}
	if signed && who.key != nil {
		cr.signing = &chunkSigning{
			key: signingKey(who.key.secretKey, who.scope), date: date, scope: who.scope, previous: who.signature,
		}
	}
	return cr
}

// signingKey is the key of SigV4 for a scope of DATE/REGION/SERVICE/aws4_request.
func signingKey(secret, scope string) []byte {
	k := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		k = mac(k, part)
	}
	return k
}

func mac(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}

func hexSHA256(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// verify checks a link of the chain: what kind of it, over what, signed how.
func (cs *chunkSigning) verify(kind, signature string, over ...string) error {
	if cs == nil {
		return nil
	}
	lines := append([]string{kind, cs.date, cs.scope, cs.previous}, over...)
	want := hex.EncodeToString(mac(cs.key, strings.Join(lines, "\n")))
	if !hmac.Equal([]byte(want), []byte(signature)) {
		return failure(http.StatusForbidden, "SignatureDoesNotMatch", "The signature of a chunk of the body does not match it.")
	}
	cs.previous = want
	return nil
}

func (cr *chunkedReader) Read(p []byte) (int, error) {
	for cr.err == nil && cr.left == 0 {
		cr.err = cr.next()
	}
	if cr.err != nil {
		return 0, cr.err
	}
	n, err := cr.in.Read(p[:min(int64(len(p)), cr.left)])
	cr.left -= int64(n)
	cr.sum.Write(p[:n])
	if err != nil {
		cr.err = incompleteBody()
		return n, cr.err
	}
	if cr.left == 0 {
		cr.err = cr.endChunk()
	}
	return n, nil
}

// next reads the head of a chunk, and the end of the body if it is the last.
func (cr *chunkedReader) next() error {
	head, err := cr.line()
	if err != nil {
		return err
	}
	size, signature, _ := strings.Cut(head, ";chunk-signature=")
	if cr.left, err = strconv.ParseInt(size, 16, 64); err != nil || cr.left < 0 {
		return invalidRequest("The body is not aws-chunked: %q is no size of a chunk.", size)
	}
	cr.expected = signature
	if cr.left > 0 {
		return nil
	}
	if err := cr.verifyChunk(); err != nil {
		return err
	}
	return cr.end()
}

// endChunk reads what follows a chunk's data.
func (cr *chunkedReader) endChunk() error {
	if rest, err := cr.line(); err != nil || rest != "" {
		return invalidRequest("The body is not aws-chunked: a chunk is longer than it says.")
	}
	return cr.verifyChunk()
}

func (cr *chunkedReader) verifyChunk() error {
	sum := hex.EncodeToString(cr.sum.Sum(nil))
	cr.sum.Reset()
	return cr.signing.verify("AWS4-HMAC-SHA256-PAYLOAD", cr.expected, hexSHA256(""), sum)
}

// end reads the trailers.
func (cr *chunkedReader) end() error {
	var canonical strings.Builder
	for {
		line, err := cr.line()
		if err != nil {
			return err
		}
		name, value, _ := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch name {
		case "":
			if canonical.Len() > 0 && cr.signing != nil {
				return failure(http.StatusForbidden, "SignatureDoesNotMatch", "The trailers of the body are not signed.")
			}
			return io.EOF
		case "x-amz-trailer-signature":
			if err := cr.signing.verify("AWS4-HMAC-SHA256-TRAILER", value, hexSHA256(canonical.String())); err != nil {
				return err
			}
			canonical.Reset()
		default:
			canonical.WriteString(name + ":" + value + "\n")
			cr.trailer.Set(name, value)
		}
	}
}

// line reads up to and without \r\n. The end of the body ends a line, too: some
// clients leave the last one out.
func (cr *chunkedReader) line() (string, error) {
	line, err := cr.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func incompleteBody() error {
	return failure(http.StatusBadRequest, "IncompleteBody", "The body ends before the length that was announced.")
}
