package object

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// The format begins with a version, so that another can follow it. Then come
// the distinct texts of extras and ACLs, and the entries in the order of their
// keys, of which only what differs from the one before is written.
const manifestVersion = 1

const (
	hasSHA = 1 << iota
	plainETag
	isForeign
)

func (m manifest) pack() ([]byte, error) {
	var texts []string
	index := map[string]uint64{}
	for _, e := range m {
		for _, text := range []string{e.extras, e.acl} {
			if _, found := index[text]; !found {
				index[text] = 0
				texts = append(texts, text)
			}
		}
	}
	slices.Sort(texts) // so that equal manifests are packed into equal bytes
	var p packer
	p.number(manifestVersion)
	p.number(uint64(len(texts)))
	for i, text := range texts {
		index[text] = uint64(i)
		p.text(text)
	}
	p.number(uint64(len(m)))
	before := ""
	for _, key := range slices.Sorted(maps.Keys(m)) {
		shared := 0
		for shared < min(len(key), len(before)) && key[shared] == before[shared] {
			shared++
		}
		p.number(uint64(shared))
		p.text(key[shared:])
		before = key
		p.entry(m[key], index)
	}
	return compressed(p.Bytes())
}

func compressed(all []byte) ([]byte, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(all); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

type packer struct{ bytes.Buffer }

func (p *packer) number(n uint64) { p.Write(binary.AppendUvarint(nil, n)) }

func (p *packer) text(s string) {
	p.number(uint64(len(s)))
	p.WriteString(s)
}

func (p *packer) entry(e entry, index map[string]uint64) {
	sha, err := hex.DecodeString(e.sha256)
	flags := uint64(0)
	if err == nil && len(sha) == sha256.Size {
		flags |= hasSHA
	}
	if plainMD5.MatchString(e.etag) {
		flags |= plainETag
	}
	if e.foreign {
		flags |= isForeign
	}
	p.number(flags)
	if flags&hasSHA != 0 {
		p.Write(sha)
	}
	if flags&plainETag != 0 {
		sum, _ := hex.DecodeString(e.etag)
		p.Write(sum)
	} else {
		p.text(e.etag)
	}
	p.number(uint64(e.size)) //nolint:gosec // sizes are not negative
	p.number(index[e.extras])
	p.number(index[e.acl])
}

func unpack(packed []byte) (manifest, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	u := unpacker{rest: all}
	if version := u.number(); version != manifestVersion {
		return nil, fmt.Errorf("its format is %d, and this release of the provider knows %d: a newer release wrote it", version, manifestVersion)
	}
	texts := make([]string, u.count())
	for i := range texts {
		texts[i] = u.text()
	}
	n := u.count()
	m, before := make(manifest, n), ""
	for range n {
		shared := u.number()
		if shared > uint64(len(before)) {
			return nil, errBroken
		}
		key := before[:shared] + u.text()
		before = key
		if m[key] = u.entry(texts); u.err != nil {
			return nil, u.err
		}
	}
	return m, u.err
}

var errBroken = errors.New("it is damaged")

type unpacker struct {
	rest []byte
	err  error
}

func (u *unpacker) number() uint64 {
	n, size := binary.Uvarint(u.rest)
	if size <= 0 {
		u.rest, u.err = nil, errBroken
		return 0
	}
	u.rest = u.rest[size:]
	return n
}

// count is how many of something follow, which take a byte each at least.
func (u *unpacker) count() uint64 {
	n := u.number()
	if n > uint64(len(u.rest)) {
		u.rest, u.err = nil, errBroken
		return 0
	}
	return n
}

func (u *unpacker) bytes(n uint64) []byte {
	if n > uint64(len(u.rest)) {
		u.rest, u.err = nil, errBroken
		return nil
	}
	some := u.rest[:n]
	u.rest = u.rest[n:]
	return some
}

func (u *unpacker) text() string { return string(u.bytes(u.number())) }

func (u *unpacker) entry(texts []string) entry {
	var e entry
	flags := u.number()
	if flags&hasSHA != 0 {
		e.sha256 = hex.EncodeToString(u.bytes(sha256.Size))
	}
	if flags&plainETag != 0 {
		e.etag = hex.EncodeToString(u.bytes(16))
	} else {
		e.etag = u.text()
	}
	e.foreign = flags&isForeign != 0
	e.size = int64(u.number()) //nolint:gosec // was not negative
	for _, field := range []*string{&e.extras, &e.acl} {
		i := u.number()
		if i >= uint64(len(texts)) {
			u.err = errBroken
			return e
		}
		*field = texts[i]
	}
	return e
}
