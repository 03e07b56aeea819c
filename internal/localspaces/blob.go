package localspaces

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// spillSize is how long a body may be to be kept in memory.
const spillSize = 1 << 20

// blob is the bytes of an object: in one piece, or in those of a multipart
// upload.
type blob struct {
	Pieces []piece
}

// piece is bytes that never change: in memory, in an unlinked temporary file,
// or in a file of Options.Dir.
type piece struct {
	Size int64
	File string // its name in Options.Dir

	memory []byte
	temp   *os.File // closed, and so given back to the disk, by the garbage collector
}

func (b blob) size() int64 {
	var n int64
	for _, p := range b.Pieces {
		n += p.Size
	}
	return n
}

// receive takes in a stream. Nothing stays of it on an error.
func (f *files) receive(r io.Reader) (piece, error) {
	var head bytes.Buffer
	n, err := io.Copy(&head, io.LimitReader(r, spillSize+1))
	if err != nil {
		return piece{}, err
	}
	if f == nil && n <= spillSize {
		return piece{Size: n, memory: head.Bytes()}, nil
	}
	all := io.MultiReader(&head, r)
	if f != nil {
		return f.receiveFile(all)
	}
	temp, err := os.CreateTemp("", "localspaces-")
	if err != nil {
		return piece{}, fmt.Errorf("keep a large body: %w", err)
	}
	_ = os.Remove(temp.Name()) // open, it stays usable; Windows keeps the name as well
	n, err = io.Copy(&sparse{to: temp}, all)
	if err == nil {
		err = temp.Truncate(n)
	}
	if err != nil {
		return piece{}, errors.Join(err, temp.Close())
	}
	return piece{Size: n, temp: temp}, nil
}

// sparse leaves out zeros, so that a test can send gigabytes of them and need
// no disk. The file has to be given its length afterwards.
type sparse struct {
	to io.WriterAt
	at int64
}

var zeros [64 << 10]byte

func (s *sparse) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		block := p[done:min(len(p), done+len(zeros))]
		if !bytes.Equal(block, zeros[:len(block)]) {
			if n, err := s.to.WriteAt(block, s.at); err != nil {
				return done + n, err
			}
		}
		done += len(block)
		s.at += int64(len(block))
	}
	return len(p), nil
}

// blobReader reads a body from any place in it, opening one piece at a time: a
// body can have ten thousand.
type blobReader struct {
	files  *files
	pieces []piece
	size   int64
	offset int64

	open   io.ReaderAt // the piece at hand
	first  int64       // where it begins
	end    int64
	closer io.Closer
}

func (f *files) open(b blob) *blobReader {
	return &blobReader{files: f, pieces: b.Pieces, size: b.size()}
}

func (r *blobReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a body")
	}
	r.offset = offset
	return offset, nil
}

func (r *blobReader) Read(p []byte) (int, error) {
	if r.offset >= r.size {
		return 0, io.EOF
	}
	if r.open == nil || r.offset < r.first || r.offset >= r.end {
		if err := r.turn(); err != nil {
			return 0, err
		}
	}
	n, err := r.open.ReadAt(p[:min(int64(len(p)), r.end-r.offset)], r.offset-r.first)
	r.offset += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// turn opens the piece at the offset.
func (r *blobReader) turn() error {
	if err := r.Close(); err != nil {
		return err
	}
	r.first = 0
	for _, p := range r.pieces {
		r.end = r.first + p.Size
		if r.offset >= r.end {
			r.first = r.end
			continue
		}
		switch {
		case p.File != "":
			file, err := os.Open(r.files.body(p.File))
			if err != nil {
				return err
			}
			r.open, r.closer = file, file
		case p.temp != nil:
			r.open = p.temp
		default:
			r.open = bytes.NewReader(p.memory)
		}
		return nil
	}
	return io.EOF
}

// Close closes the piece at hand. The reader can be used again.
func (r *blobReader) Close() error {
	c := r.closer
	r.open, r.closer = nil, nil
	if c == nil {
		return nil
	}
	return c.Close()
}
