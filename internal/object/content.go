package object

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with; it guards against accidents only
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
		err = spaces.Fail(spaces.Other, "%s is a directory, and an object is made of one file. For all files below it, make one object of each: for_each = fileset(\"%s\", \"**\").", c.path, c.path)
	case !info.Mode().IsRegular():
		err = spaces.Fail(spaces.Other, "%s is no regular file, and only those can be read twice, for the plan and for the upload.", c.path)
	}
	if err != nil {
		_ = f.Close()
		return body{}, err
	}
	return body{f, f, info.Size()}, nil
}

// unreadable says why a file cannot be read, and how paths are understood.
func (c content) unreadable(cause error) error {
	text := fmt.Sprintf("The file %s cannot be opened: %v.", c.path, errors.Unwrap(cause)) // its own words have the path once more
	if errors.Is(cause, fs.ErrNotExist) {
		text = fmt.Sprintf("There is no file %s. If another resource makes it during apply, it cannot be read while planning: give what it is made of as content.", c.path)
	}
	if !filepath.IsAbs(c.path) {
		here, err := os.Getwd()
		if err != nil {
			here = "not known"
		}
		text += fmt.Sprintf("\n\nA path is relative to the directory that Terraform runs in, which is %s, and not to the module. To name a file of the module, write \"${path.module}/%s\".", here, strings.TrimPrefix(c.path, "./"))
	}
	return spaces.Fail(spaces.Other, "%s", text)
}

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
func (b body) reader() *io.SectionReader { return io.NewSectionReader(b, 0, b.size) }

// fingerprint is what can be known of a body by reading it once.
type fingerprint struct {
	size   int64
	sha256 string // in hexadecimal, as md5
	md5    string // only where it was asked for
	head   []byte // its first bytes, to tell its type by
}

// headSize is as much as mimetype looks at.
const headSize = 4096

// measure reads all of it once, with a buffer of fixed size. The MD5 takes
// more than twice as long as the SHA-256, so it has to be asked for.
func (b body) measure(ctx context.Context, withMD5 bool) (fingerprint, error) {
	const bufferSize = 256 << 10
	sha, sum, head := sha256.New(), md5.New(), &limited{left: headSize} //nolint:gosec // see the import
	all := io.MultiWriter(sha, head)
	if withMD5 {
		all = io.MultiWriter(sha, head, sum)
	}
	n, err := io.CopyBuffer(all, cancellable{ctx, b.reader()}, make([]byte, bufferSize))
	if err != nil {
		return fingerprint{}, err
	}
	f := fingerprint{size: n, sha256: hex.EncodeToString(sha.Sum(nil)), head: head.Bytes()}
	if withMD5 {
		f.md5 = hex.EncodeToString(sum.Sum(nil))
	}
	return f, nil
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

// limited keeps the first bytes that are written to it.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n, _ := l.Buffer.Write(p[:min(len(p), l.left)])
	l.left -= n
	return len(p), nil
}
