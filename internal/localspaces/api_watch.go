package localspaces

import (
	"bytes"
	_ "embed" // for api.yaml
	"io"
	"net/http"
)

// APICall is a call of DigitalOcean's API, and its answer. An answer that a
// fault kept from the client is there; Status is 0 when nothing was done.
type APICall struct {
	Request *http.Request // without its body
	Sent    []byte
	Status  int
	Header  http.Header
	Answer  []byte
}

// watch begins to record c for Options.Watch. The function that it returns
// ends that, also when a fault cuts the connection by panicking.
func (s *Server) watch(c *call) (end func()) {
	if s.opt.Watch == nil {
		return func() {}
	}
	sent, err := io.ReadAll(c.r.Body)
	c.r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(sent), failing{err}))
	c.w.copied = new(bytes.Buffer)
	return func() {
		s.opt.Watch(APICall{Request: c.r, Sent: sent, Status: c.w.copiedStatus, Header: c.w.Header().Clone(), Answer: c.w.copied.Bytes()})
	}
}

// failing ends with err, or well if that is nil.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

//go:embed api.yaml
var apiDescription []byte

// APIDescription is what the server speaks of DigitalOcean's API, in OpenAPI.
func APIDescription() []byte { return bytes.Clone(apiDescription) }
