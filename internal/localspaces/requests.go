package localspaces

import "sync"

// Request is a request that the server was sent.
type Request struct {
	Operation, Region, Bucket, Key string
	Status                         int    // as answered; 0 when the connection was cut without an answer
	AccessKey                      string // "" when anonymous; calls of DigitalOcean's API have none
	Cache                          string // HIT or MISS, where the CDN's cache was asked
}

// remembered is how many requests Requests goes back.
const remembered = 10_000

// recorder is a ring of the latest requests.
type recorder struct {
	mu   sync.Mutex
	ring []Request
	next int // where the oldest is, once the ring is full
}

func (rec *recorder) add(r Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.ring) < remembered {
		rec.ring = append(rec.ring, r)
		return
	}
	rec.ring[rec.next] = r
	rec.next = (rec.next + 1) % remembered
}

// Requests are the latest requests, oldest first. A request is among them when
// its answer has been written, which can be a moment after its client has it.
func (s *Server) Requests() []Request {
	rec := &s.requests
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return append(append([]Request(nil), rec.ring[rec.next:]...), rec.ring[:rec.next]...)
}

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() {
	s.requests.mu.Lock()
	defer s.requests.mu.Unlock()
	s.requests.ring, s.requests.next = nil, 0
}
