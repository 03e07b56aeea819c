package localspaces

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// What is stored with holes for its zeros is read as it was.
func TestSparse(t *testing.T) {
	random := make([]byte, 3*len(zeros)+5)
	for i := range random {
		random[i] = byte(rand.Uint32())
	}
	gap := make([]byte, spillSize)
	for name, want := range map[string][]byte{
		"zeros":         make([]byte, 2*spillSize+1),
		"zeros around":  slices.Concat(gap, random, gap),
		"zeros between": slices.Concat(random, gap, random),
	} {
		for _, step := range []int{1 << 10, len(zeros), len(want)} {
			var f *files
			p, err := f.receive(chunked{bytes.NewReader(want), step})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(f.open(blob{[]piece{p}}))
			if err != nil || p.Size != int64(len(want)) || !bytes.Equal(got, want) {
				t.Errorf("%s, %d at a time: %d bytes of %d, %v", name, step, len(got), len(want), err)
			}
		}
	}
}

// chunked reads so many bytes at a time.
type chunked struct {
	io.Reader
	step int
}

func (c chunked) Read(p []byte) (int, error) { return c.Reader.Read(p[:min(len(p), c.step)]) }
