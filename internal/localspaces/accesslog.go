package localspaces

import (
	"context"
	"crypto/md5"
	"io"
	"net"
	"strings"
	"sync"
)

// accessLogs are lines that wait to be delivered, by bucket.
type accessLogs struct {
	mu      sync.Mutex
	pending map[string][]string
}

// maxPending is how many lines of a bucket wait at most; later ones are lost,
// as access logs are on a best effort basis.
const maxPending = 100_000

// add writes a line about c if its bucket has a log.
func (al *accessLogs) add(s *Server, c *call) {
	if c.at.Bucket == "" {
		return
	}
	s.store.mu.RLock()
	b := s.store.buckets[c.at.Bucket]
	logged := b != nil && b.Region == c.at.Region && b.Documents["logging"] != nil
	s.store.mu.RUnlock()
	if !logged {
		return
	}
	ip, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		ip = c.r.RemoteAddr
	}
	line := logLine(logEntry{
		Bucket: c.at.Bucket, BucketOwner: ownerID, Time: c.start, RemoteIP: ip, Requester: c.who.principal(),
		RequestID: c.w.Header().Get("x-amz-request-id"), Operation: logName(c), Key: c.at.Key,
		RequestURI: c.r.Method + " " + c.r.RequestURI + " " + c.r.Proto,
		Status:     c.w.status, ErrorCode: c.w.code, BytesSent: c.w.sent, ObjectSize: c.w.size, Total: s.opt.Now().Sub(c.start),
		Referer: c.r.Referer(), UserAgent: c.r.UserAgent(), VersionID: c.query.Get("versionId"),
	})
	al.mu.Lock()
	defer al.mu.Unlock()
	if al.pending == nil {
		al.pending = map[string][]string{}
	}
	if len(al.pending[c.at.Bucket]) < maxPending {
		al.pending[c.at.Bucket] = append(al.pending[c.at.Bucket], line)
	}
}

// logName is the operation as access logs have it: REST.GET.OBJECT.
func logName(c *call) string {
	if c.at.Website {
		return "WEBSITE." + c.r.Method + ".OBJECT"
	}
	thing := "BUCKET"
	if c.at.Key != "" {
		thing = "OBJECT"
	}
	for word := range c.query {
		if isRoute(bucketTarget, word) || isRoute(objectTarget, word) {
			thing = strings.ToUpper(word)
		}
	}
	return "REST." + c.r.Method + "." + thing
}

func (al *accessLogs) take() map[string][]string {
	al.mu.Lock()
	defer al.mu.Unlock()
	taken := al.pending
	al.pending = nil
	return taken
}

// DeliverLogs writes the access logs that have come together into their target
// buckets, an object for each bucket logged. Spaces does so within an hour or
// two, by itself. Lines without a target, because it is gone, are dropped.
func (s *Server) DeliverLogs(ctx context.Context) error {
	for bucket, lines := range s.logs.take() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.deliver(bucket, strings.Join(lines, "\n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) deliver(bucket, log string) error {
	sum := md5.New()
	content, err := s.store.files.receive(io.TeeReader(strings.NewReader(log), sum))
	if err != nil {
		return err
	}
	now := s.opt.Now()
	v := &version{
		Modified: now, ETag: hexSum(sum), Header: map[string]string{"Content-Type": "text/plain"}, Body: blob{[]piece{content}},
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	from := s.store.buckets[bucket]
	if from == nil || from.Documents["logging"] == nil {
		s.store.files.remove(v.Body.Pieces)
		return nil
	}
	l, err := parseLogging(bucket, from.Documents["logging"])
	if err != nil {
		return err
	}
	to := s.store.buckets[l.TargetBucket]
	if to == nil || to.Region != from.Region {
		s.store.files.remove(v.Body.Pieces)
		return nil
	}
	key := l.TargetPrefix + now.UTC().Format("2006-01-02-15-04-05-") + newID(16)
	return s.store.put(to, key, v)
}
