package object

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/semaphore"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// shipment is the uploads of one apply.
type shipment struct {
	cl *spaces.Clients
	c  *s3.Client
	at spaces.Location

	mu     sync.Mutex
	there  manifest
	done   int
	failed []string
	first  error
}

// Uploads at the same time: so many small files, or fewer larger ones, of which
// each takes room for its megabytes.
const (
	shipRoom  = 64
	largeFile = 16 // of the room, at most
	hopeless  = 100
)

// run uploads files. One that fails does not stop the others, unless nothing
// has succeeded and nothing will.
func (s *shipment) run(ctx context.Context, items []item) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	room := semaphore.NewWeighted(shipRoom)
	var sending sync.WaitGroup
	defer sending.Wait()
	for n := range items {
		if s.hopeless() {
			return
		}
		i := &items[n]
		takes := min(1+i.entry.size>>20, largeFile)
		if room.Acquire(ctx, takes) != nil {
			return
		}
		sending.Go(func() {
			defer room.Release(takes)
			e, err := s.ship(ctx, i)
			if s.note(i, e, err); s.hopeless() {
				stop()
			}
		})
	}
}

// ship uploads a file, or sets its ACL where that is all.
func (s *shipment) ship(ctx context.Context, i *item) (entry, error) {
	s.mu.Lock()
	there := s.there[i.key]
	s.mu.Unlock()
	if i.todo(there) == toGrant {
		_, err := s.c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &s.at.Bucket, Key: &i.key, ACL: s3types.ObjectCannedACL(i.entry.acl)})
		return i.adopt(there), err
	}
	got, err := send(ctx, s.cl, parcel{
		at: s.at, headers: i.extras.headers(s.at.Bucket, i.key, i.entry.acl), from: content{path: i.name}, sha256: i.sha256,
	})
	return i.adopt(entry{etag: got.etag}), err
}

func (s *shipment) note(i *item, e entry, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.there[i.key] = e
		s.done++
	case spaces.KindOf(err) == spaces.Cancelled: // with the others
	default:
		s.failed = append(s.failed, fmt.Sprintf("%q: %s", i.path, spaces.Text(err)))
		if s.first == nil {
			s.first = err
		}
	}
}

// hopeless says whether to give up: what the first files met would meet all,
// or too many have failed.
func (s *shipment) hopeless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		return false
	}
	switch spaces.KindOf(s.first) {
	case spaces.Denied, spaces.BadKey, spaces.NotFound, spaces.Unreachable, spaces.Unknown, spaces.Unsupported:
		return s.done == 0 || len(s.failed) >= named
	}
	return len(s.failed) >= hopeless
}

// err is what became of so many files, in words, with the kind and the facts of
// the first failure.
func (s *shipment) err(ctx context.Context, all int) error {
	left := all - s.done - len(s.failed)
	if s.first == nil {
		if left == 0 {
			return nil
		}
		why := "It was cancelled"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			why = "It took longer than its timeout allows"
		}
		return &told{fmt.Sprintf("%s: %s of %s are uploaded.", why, spaces.Grouped(int64(s.done)), counted(all, "file", "files")), context.Cause(ctx)}
	}
	text := fmt.Sprintf("%s of %s could not be uploaded", spaces.Grouped(int64(len(s.failed))), counted(all, "file", "files"))
	if left > 0 {
		text += fmt.Sprintf(", and %s not tried after that", counted(left, "was", "were"))
	}
	return &told{text + ":\n" + firstOf(s.failed), s.first}
}

// told is an error in other words. It keeps its kind and its facts.
type told struct {
	text  string
	cause error
}

func (t *told) Error() string { return t.text }

func (t *told) Unwrap() error { return t.cause }
