package localspaces

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// edge is the CDN's cache. It ends with the process.
type edge struct {
	mu      sync.Mutex
	copies  map[copyID]*edgeCopy
	bytes   int64 // of their bodies
	purges  []Purge
	purged  int             // how many there have been
	running map[string]bool // purges, by endpoint's ID and files
}

// largestCopy is how large an object can be to be kept in the cache, and
// largestCache how much there is room for.
const (
	largestCopy  = 32 << 20
	largestCache = 256 << 20
)

// copyID tells apart what is cached apart: each URL of an endpoint with its
// query, as the documentation says, and with each Origin, since the answers'
// CORS headers differ.
type copyID struct{ endpoint, path, origin string }

func copyOf(c *call) copyID {
	return copyID{c.at.endpoint.ID, copyPath(c), c.r.Header.Get("Origin")}
}

// edgeCopy is an object in the cache. It is replaced and never changed.
type edgeCopy struct {
	header           http.Header
	body             []byte
	fetched, expires time.Time
}

// Purge is a purge of a CDN endpoint's cache that was done.
type Purge struct {
	Endpoint string // its ID
	Files    []string
}

// copyPath is what a purge has to name: the key, and the query if there is one.
func copyPath(c *call) string {
	if c.r.URL.RawQuery == "" {
		return c.at.Key
	}
	return c.at.Key + "?" + c.r.URL.RawQuery
}

// find is the copy that can still be served, or nil, and how many purges there
// have been.
func (ed *edge) find(id copyID, now time.Time) (kept *edgeCopy, purged int) {
	ed.mu.Lock()
	defer ed.mu.Unlock()
	if kept = ed.copies[id]; kept != nil && !now.Before(kept.expires) {
		kept = nil
	}
	return kept, ed.purged
}

// keep keeps a copy, unless there was a purge since purged: the copy may be of
// before. When there is no room for it, all others go.
func (ed *edge) keep(id copyID, fetched *edgeCopy, purged int) {
	ed.mu.Lock()
	defer ed.mu.Unlock()
	if ed.purged != purged {
		return
	}
	ed.drop(id)
	if size := int64(len(fetched.body)); ed.copies == nil || ed.bytes+size > largestCache {
		ed.copies, ed.bytes = map[copyID]*edgeCopy{}, 0
	}
	ed.copies[id] = fetched
	ed.bytes += int64(len(fetched.body))
}

func (ed *edge) drop(id copyID) {
	if kept := ed.copies[id]; kept != nil {
		ed.bytes -= int64(len(kept.body))
		delete(ed.copies, id)
	}
}

// forget drops all copies of an endpoint that is deleted.
func (ed *edge) forget(endpoint string) {
	ed.mu.Lock()
	defer ed.mu.Unlock()
	for id := range ed.copies {
		if id.endpoint == endpoint {
			ed.drop(id)
		}
	}
}

// begin notes that a purge runs, unless the same one does already.
func (ed *edge) begin(p Purge) (end func(), ok bool) {
	name := p.Endpoint + "\n" + strings.Join(p.Files, "\n")
	ed.mu.Lock()
	defer ed.mu.Unlock()
	if ed.running[name] {
		return nil, false
	}
	if ed.running == nil {
		ed.running = map[string]bool{}
	}
	ed.running[name] = true
	return func() {
		ed.mu.Lock()
		defer ed.mu.Unlock()
		delete(ed.running, name)
	}, true
}

// purge drops the copies that p names.
func (ed *edge) purge(p Purge) {
	ed.mu.Lock()
	defer ed.mu.Unlock()
	for id := range ed.copies {
		if id.endpoint == p.Endpoint && slices.ContainsFunc(p.Files, func(file string) bool { return purges(file, id.path) }) {
			ed.drop(id)
		}
	}
	ed.purged++
	if ed.purges = append(ed.purges, p); len(ed.purges) > remembered {
		ed.purges = ed.purges[1:]
	}
}

// purges reports whether a file of a purge, which may be * or DIR/*, is path.
func purges(file, path string) bool {
	if dir, all := strings.CutSuffix(file, "*"); all {
		return strings.HasPrefix(path, dir)
	}
	return file == path
}

// purgeable reports whether file is of a form that the documentation has: a
// path, DIR/* or *.
func purgeable(file string) bool {
	dir, _ := strings.CutSuffix(file, "*")
	return file != "" && !strings.Contains(dir, "*") && (dir == file || dir == "" || strings.HasSuffix(dir, "/"))
}

// Purges are the latest purges of the CDN's cache that were done, oldest first.
func (s *Server) Purges() []Purge {
	s.edge.mu.Lock()
	defer s.edge.mu.Unlock()
	return slices.Clone(s.edge.purges)
}
