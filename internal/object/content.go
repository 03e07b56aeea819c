package object

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with; it guards against accidents only
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// content is where an object's bytes come from: a file, or memory.
type content struct {
	path   string // of a file, as the user wrote it
	memory []byte // where there is no path
}

// name is what messages call it.
func (c content) name() string {
	if c.path == "" {
		return "The content"
	}
	return "The file " + c.path
}

// open makes the bytes readable. They have to be closed.
func (c content) open() (body, error) {
	if c.path == "" {
		return body{bytes.NewReader(c.memory), io.NopCloser(nil), int64(len(c.memory))}, nil
	}
	name, err := expandHome(c.path)
	if err != nil {
		return body{}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return body{}, c.unreadable(err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = c.unreadable(err)
	case info.IsDir():
		err = spaces.Fail(spaces.Other, "%s is a directory, and an object is made of one file. For all files below it, use spaces_directory.", c.path)
	case !info.Mode().IsRegular():
		err = spaces.Fail(spaces.Other, "%s is no regular file, and only those can be read twice, for the plan and for the upload.", c.path)
	}
	if err != nil {
		_ = f.Close()
		return body{}, err
	}
	if info.Size() > readWhole {
		return body{f, f, info.Size()}, nil
	}
	memory := make([]byte, info.Size())
	n, err := io.ReadFull(f, memory)
	_ = f.Close()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) { // these: it has become shorter
		return body{}, c.unreadable(err)
	}
	return content{memory: memory[:n]}.open()
}

// readWhole is how large a file may be to be read into memory: it is then read
// once, and cannot change while it is sent.
const readWhole = 256 << 10

// unreadable says why a file cannot be read, and how paths are understood.
func (c content) unreadable(cause error) error {
	text := fmt.Sprintf("The file %s cannot be opened: %v.", c.path, errors.Unwrap(cause)) // its own words have the path once more
	if errors.Is(cause, fs.ErrNotExist) {
		text = fmt.Sprintf("There is no file %s. If another resource makes it during apply, it cannot be read while planning: give what it is made of as content.", c.path)
	}
	text += relativeTo(c.path, "file")
	err := spaces.Fail(spaces.Other, "%s", text)
	if errors.Is(cause, fs.ErrNotExist) {
		return errNothing{err}
	}
	return err
}

// relativeTo says how the path of a file, or a directory, is understood that
// does not begin at a root.
func relativeTo(path, what string) string {
	here, err := os.Getwd()
	if err != nil || filepath.IsAbs(path) || strings.HasPrefix(path, "~") {
		return ""
	}
	return fmt.Sprintf("\n\nA path is relative to the directory that Terraform runs in, which is %s, and not to the module. To name a %s of the module, write \"${path.module}/%s\".", here, what, strings.TrimPrefix(path, "./"))
}

// errNothing is for a source with nothing to upload: a file that is not there,
// a directory that is missing or empty. Terraform plans what an apply would do
// before it plans a destroy, so with a state it must not fail a plan: a destroy
// has to succeed. An apply fails.
type errNothing struct{ error }

// expandHome replaces a leading ~, as DigitalOcean's own provider does.
func expandHome(name string) (string, error) {
	rest, found := strings.CutPrefix(name, "~")
	if !found || rest != "" && !os.IsPathSeparator(rest[0]) {
		return name, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("cannot tell what ~ in %s stands for: %w", name, err)
	}
	return filepath.Join(home, rest), nil
}

// body is content that is open. It can be read as often as is needed.
type body struct {
	io.ReaderAt
	io.Closer
	size int64 // when it was opened
}

// reader reads it from its beginning.
func (b body) reader() *io.SectionReader { return b.section(0, b.size) }

// section reads so many bytes of it.
func (b body) section(from, size int64) *io.SectionReader { return io.NewSectionReader(b, from, size) }

// head is its first bytes, to tell its type by.
func (b body) head() ([]byte, error) {
	const enough = 4096 // for package mimetype
	return io.ReadAll(b.section(0, min(b.size, enough)))
}

// fingerprint is what can be known of a body by reading it once.
type fingerprint struct {
	size   int64
	sha256 string   // in hexadecimal, as all sums
	md5    string   // only where it was asked for
	etags  []string // that it can have on a server, as far as they were asked for
	head   []byte   // its first bytes, to tell its type by
}

// measure reads all of it once. The MD5 takes twice as long as the SHA-256, so
// it has to be asked for; both are computed side by side.
func (b body) measure(ctx context.Context, withMD5 bool) (fingerprint, error) {
	if withMD5 {
		return b.fingerprint(ctx, md5.New()) //nolint:gosec // see the import
	}
	return b.fingerprint(ctx, nil)
}

// compare is measure with the ETags that a content of this size may have to
// which a server has given one.
func (b body) compare(ctx context.Context, etag string) (fingerprint, error) {
	var sum hash.Hash
	if plainMD5.MatchString(etag) {
		sum = md5.New() //nolint:gosec // see the import
	}
	var cut []*etagHash
	for _, size := range partSizesOf(etag, b.size) {
		cut = append(cut, newETagHash(size))
	}
	f, err := b.fingerprint(ctx, sum, cut...)
	if f.md5 != "" {
		f.etags = append(f.etags, f.md5)
	}
	return f, err
}

// fingerprint computes what is asked for besides the SHA-256.
func (b body) fingerprint(ctx context.Context, sum hash.Hash, cut ...*etagHash) (fingerprint, error) {
	sha := sha256.New()
	all := together{sha}
	if sum != nil {
		all = append(all, sum)
	}
	for _, h := range cut {
		all = append(all, h)
	}
	head, err := b.head()
	if err != nil {
		return fingerprint{}, err
	}
	n, err := io.CopyBuffer(all, cancellable{ctx, b.reader()}, b.buffer())
	if err != nil {
		return fingerprint{}, err
	}
	f := fingerprint{size: n, sha256: hex.EncodeToString(sha.Sum(nil)), head: head}
	if sum != nil {
		f.md5 = hex.EncodeToString(sum.Sum(nil))
	}
	for _, h := range cut {
		f.etags = append(f.etags, h.etag())
	}
	return f, nil
}

// buffer is what to read it with.
func (b body) buffer() []byte {
	const most = 1 << 20
	return make([]byte, max(1, min(b.size, most)))
}

// cancellable stops reading when the context has ended.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
