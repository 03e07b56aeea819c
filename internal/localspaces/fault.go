package localspaces

import (
	"cmp"
	"maps"
	"net/http"
	"sync"
	"time"
)

// Fault is something that is to go wrong. The fields up to Times choose calls,
// the rest say what happens to them; several may be set.
type Fault struct {
	Operation string // S3's name, such as "PutBucketCors", or one in api.go; "" for any
	Bucket    string // "" for any
	Key       string // "" for any; an ID in DigitalOcean's API
	API       bool   // only calls of DigitalOcean's API
	Match     func(r *http.Request, operation string) bool

	Skip  int // let so many matching calls pass
	Times int // then strike so often; 0 for ever

	Delay   time.Duration
	Status  int         // fail with this status
	Code    string      // and this S3 code, or id of the API; a usual one for the status when empty
	Message string      // and this message
	Header  http.Header // sent with the answer, be it a failure or not

	Cut      bool // close the connection and do nothing
	CutAfter bool // do it, then close the connection without an answer

	// Stale answers a read as if the last write to what it reads had not
	// happened: an object's body, ACL or tags, one document of a bucket, a
	// bucket's being there, or its list of objects. It goes back a thousand
	// writes, none that replaced more than 64 KiB, and with Options.Dir not to
	// replaced bodies. DigitalOcean's API does not heed it.
	Stale bool
}

// faults are those in force, oldest first.
type faults struct {
	mu     sync.Mutex
	active []*activeFault
}

type activeFault struct {
	Fault
	seen int
}

// Fail makes calls fail from now on, until cancel or the fault's own end.
func (s *Server) Fail(f Fault) (cancel func()) {
	fs := &s.faults
	a := &activeFault{Fault: f}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.active = append(fs.active, a)
	return func() {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		for i, other := range fs.active {
			if other == a {
				fs.active = append(fs.active[:i:i], fs.active[i+1:]...)
				return
			}
		}
	}
}

// due is the oldest fault that strikes c. Every fault that matches c counts it.
func (fs *faults) due(c *call) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var due *Fault
	for _, f := range fs.active {
		if !f.matches(c) {
			continue
		}
		f.seen++
		if f.seen > f.Skip && (f.Times == 0 || f.seen <= f.Skip+f.Times) && due == nil {
			due = &f.Fault
		}
	}
	return due
}

func (f *Fault) matches(c *call) bool {
	return (f.Operation == "" || f.Operation == c.op.name) &&
		(f.Bucket == "" || f.Bucket == c.at.Bucket) &&
		(f.Key == "" || f.Key == c.at.Key) &&
		(!f.API || c.at.API) &&
		(f.Match == nil || f.Match(c.r, c.op.name))
}

// apply serves c, or does to it what a fault says.
func (fs *faults) apply(c *call, serve func(*call)) {
	f := fs.due(c)
	if f == nil {
		serve(c)
		return
	}
	if f.Delay > 0 && !pause(c.r.Context(), f.Delay) {
		return
	}
	if f.Cut {
		c.w.muted = true
		panic(http.ErrAbortHandler) // net/http's way to close a connection
	}
	maps.Copy(c.w.Header(), f.Header)
	if f.Status != 0 {
		c.fail(failure(f.Status, cmp.Or(f.Code, c.usualCode(f.Status)), "%s", cmp.Or(f.Message, "This failure was asked for.")))
		return
	}
	c.stale = f.Stale
	c.w.muted = f.CutAfter
	serve(c)
	if f.CutAfter {
		c.w.status = 0
		panic(http.ErrAbortHandler)
	}
}

// usualCode is the code that most often comes with status.
func (c *call) usualCode(status int) string {
	if c.at.API {
		return usualID(status)
	}
	switch status {
	case http.StatusForbidden:
		return "AccessDenied"
	case http.StatusNotFound:
		return "NoSuchBucket"
	case http.StatusConflict:
		return "OperationAborted"
	case http.StatusPreconditionFailed:
		return "PreconditionFailed"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return "SlowDown"
	case http.StatusInternalServerError:
		return "InternalError"
	case http.StatusNotImplemented:
		return "NotImplemented"
	}
	return "InvalidRequest"
}
