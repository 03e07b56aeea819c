package localspaces

import (
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// send writes status and a stretch of v's body. An error after that can no
// longer be answered: the connection is cut, so that the client does not take
// what it has for the whole.
func (s *Server) send(c *call, status int, v *version, first, length int64) error {
	body := s.store.files.open(v.Body)
	defer body.Close()
	if _, err := body.Seek(first, io.SeekStart); err != nil {
		return err
	}
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodHead {
		return nil
	}
	if n, err := io.CopyN(c.w, body, length); n < length {
		_ = err
		panic(http.ErrAbortHandler)
	}
	return nil
}

// requestedRange is the stretch of v that c asks for, by Range or partNumber.
// A Range that makes no sense, or has several parts, counts as none.
func requestedRange(c *call, v *version) (first, length int64, partial bool, err error) {
	size := v.Body.size()
	if n := c.query.Get("partNumber"); n != "" {
		return v.part(c, n)
	}
	from, to, ok := parseRange(c.r.Header.Get("Range"))
	switch {
	case !ok:
		return 0, size, false, nil
	case from < 0: // the last -from bytes
		from, to = max(0, size+from), size-1
	}
	if from >= size {
		c.w.Header().Set("Content-Range", "bytes */"+strconv.FormatInt(size, 10))
		return 0, 0, false, invalidRange(size)
	}
	return from, min(to, size-1) - from + 1, true, nil
}

func invalidRange(size int64) error {
	return failure(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The object has %d bytes.", size)
}

// part is where the part of that number of a multipart upload lies.
func (v *version) part(c *call, number string) (first, length int64, partial bool, err error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return 0, 0, false, invalidArgument("partNumber is %q, which is no number from 1.", number)
	}
	if n > len(v.Body.Pieces) {
		return 0, 0, false, failure(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The object has %d parts.", len(v.Body.Pieces))
	}
	for _, p := range v.Body.Pieces[:n-1] {
		first += p.Size
	}
	c.w.Header().Set("x-amz-mp-parts-count", strconv.Itoa(len(v.Body.Pieces)))
	length = v.Body.Pieces[n-1].Size
	return first, length, length > 0, nil
}

// parseRange reads bytes=FROM-TO, bytes=FROM-, or bytes=-LAST, which it returns
// as a negative from.
func parseRange(header string) (from, to int64, ok bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok {
		return 0, 0, false
	}
	a, b, ok := strings.Cut(spec, "-")
	if !ok {
		return 0, 0, false
	}
	if a == "" {
		last, err := strconv.ParseInt(b, 10, 64)
		if err == nil && last == 0 {
			return 1<<63 - 1, 1<<63 - 1, true // nothing: not satisfiable
		}
		return -last, 0, err == nil && last > 0
	}
	from, err := strconv.ParseInt(a, 10, 64)
	if err != nil || from < 0 {
		return 0, 0, false
	}
	if b == "" {
		return from, 1<<63 - 1, true
	}
	to, err = strconv.ParseInt(b, 10, 64)
	return from, to, err == nil && to >= from
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
