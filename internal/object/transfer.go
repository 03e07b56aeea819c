package object

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const (
	objectsAtOnce = 32     // that are copied at a time
	listedAhead   = 50_000 // objects that are known to be copied later: some 10 MiB
	namedFailures = 10     // keys that an error names, before it counts
)

// transfer copies what a bucket lacks of another one.
type transfer struct {
	cl     *spaces.Clients
	c      *s3.Client
	at     spaces.Location
	prefix string
	from   origin
	beside atomic.Bool // the destination's server can read the source by itself

	start    time.Time
	found    atomic.Int64 // objects to copy, as far as is listed
	foundAll atomic.Bool
	copied   atomic.Int64
	bytes    atomic.Int64 // of those
	closed   atomic.Int64 // objects whose ACL could not be read or kept

	mu     sync.Mutex
	failed []string // the first few, with why
	count  int      // all of them
}

// origin is the bucket to copy from.
type origin struct {
	c       *s3.Client
	bucket  string
	name    string // for messages
	foreign bool   // it has an endpoint or keys of its own
}

// run copies, and compares both buckets in the end.
func (t *transfer) run(ctx context.Context) error {
	t.start = time.Now()
	if err := t.appear(ctx); err != nil {
		return err
	}
	stop := spaces.Meanwhile(ctx, t.cl.Patience.NewsEvery(), func() { tfkit.Progress(ctx, "%s", t.progress()) })
	err := t.copyAll(ctx)
	stop()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("it was ended after %s. What is copied stays copied, and the next run copies the rest: %w", t.progress(), context.Cause(ctx))
	case err != nil:
		return fmt.Errorf("%w\n\nUntil then: %s. The next run copies the rest", err, t.progress())
	case t.count > 0:
		return t.failures()
	}
	return t.verify(ctx)
}

// appear waits for a bucket that was made a moment ago, as one is that
// triggers this action.
func (t *transfer) appear(ctx context.Context) error {
	return t.cl.Patience.Until(ctx, t.cl.BirthWait(t.at), func(ctx context.Context) error {
		_, err := t.c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: &t.at.Bucket, MaxKeys: aws.Int32(1)})
		if spaces.KindOf(err) == spaces.NotFound {
			return spaces.NotYet(fmt.Errorf("there is no bucket %s in region %s: %w", t.at.Bucket, t.at.Region, err))
		}
		return err
	})
}

// copyAll lists and copies side by side. The list runs ahead, so that soon the
// number of objects is known.
func (t *transfer) copyAll(ctx context.Context) error {
	queue := make(chan listing, listedAhead)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(queue)
		for pair, err := range t.pairs(ctx) {
			if err != nil {
				return err
			}
			if pair.same() {
				continue
			}
			t.found.Add(1)
			select {
			case queue <- pair.source:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		t.foundAll.Store(true)
		return nil
	})
	for range objectsAtOnce {
		group.Go(func() error {
			for o := range queue {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if err := t.copy(ctx, o); err != nil && ctx.Err() == nil {
					t.fail(o.key, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// copy copies one object. One that is changed meanwhile is copied as it is then,
// and one that is deleted meanwhile is none to copy.
func (t *transfer) copy(ctx context.Context, o listing) error {
	const tries = 3
	for try := 1; ; try++ {
		size, err := t.copyOnce(ctx, o)
		if err == nil {
			t.copied.Add(1)
			t.bytes.Add(size)
			return nil
		}
		if errors.Is(err, errGone) {
			t.found.Add(-1)
			return nil
		}
		var changed *sourceChanged
		if try == tries || !errors.As(err, &changed) && spaces.KindOf(err) != spaces.Busy && spaces.KindOf(err) != spaces.Unreachable {
			return err
		}
	}
}

// errGone is met by an object that was listed and is no longer there.
var errGone = errors.New("it was deleted meanwhile")

func (t *transfer) copyOnce(ctx context.Context, o listing) (int64, error) {
	head, err := t.from.c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &t.from.bucket, Key: &o.key})
	if spaces.KindOf(err) == spaces.NotFound {
		return 0, errGone // if it is not, the comparison in the end will say so
	}
	if err != nil {
		return 0, fmt.Errorf("its headers could not be read: %w", err)
	}
	headers := carried(head)
	headers.Bucket, headers.Key, headers.ACL = &t.at.Bucket, &o.key, t.acl(ctx, o.key)
	k := newCopy(t.cl, t.c, t.at, headers, seen(t.from.c, t.from.bucket, o.key, nil, head), t.beside.Load())
	done, err := k.run(ctx)
	if err == nil && k.refused {
		t.beside.Store(false) // as it will be for the others
	}
	return done.size, err
}

// acl is public-read where the source's is known to be, and else private.
func (t *transfer) acl(ctx context.Context, key string) s3types.ObjectCannedACL {
	out, err := t.from.c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: &t.from.bucket, Key: &key})
	acl := spaces.ACLOther
	if err == nil {
		acl = spaces.CannedACL(out.Grants, out.Owner)
	}
	if acl == spaces.ACLOther {
		t.closed.Add(1)
		acl = spaces.ACLPrivate
	}
	return s3types.ObjectCannedACL(acl)
}

// progress is how far it is: "12,480 of 31,022 objects, 3.1 GiB, 210/s".
func (t *transfer) progress() string {
	total := spaces.Grouped(t.found.Load())
	if !t.foundAll.Load() {
		total = "at least " + total
	}
	copied := t.copied.Load()
	return fmt.Sprintf("%s of %s objects, %s, %s", spaces.Grouped(copied), total, spaces.Bytes(t.bytes.Load()), spaces.Rate(int(copied), t.start))
}

func (t *transfer) fail(key string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	if len(t.failed) < namedFailures {
		t.failed = append(t.failed, fmt.Sprintf("%q: %s", key, spaces.Text(err)))
	}
}

func (t *transfer) failures() error {
	text := fmt.Sprintf("%s of %s objects could not be copied; the others are there:\n  %s",
		spaces.Grouped(int64(t.count)), spaces.Grouped(t.found.Load()), strings.Join(t.failed, "\n  "))
	if more := t.count - len(t.failed); more > 0 {
		text += fmt.Sprintf("\n  … and %s more", spaces.Grouped(int64(more)))
	}
	return spaces.Fail(spaces.Other, "%s\n\nThe next run copies what is missing.", text)
}
