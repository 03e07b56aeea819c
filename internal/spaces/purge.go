package spaces

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Contents counts what a bucket holds.
type Contents struct {
	Objects  int // current versions
	Versions int // earlier ones
	Markers  int // delete markers
	Uploads  int // unfinished multipart uploads
	More     bool
}

// Count looks into a bucket until it has seen the limit.
func Count(ctx context.Context, c *s3.Client, bucket string, limit int) (Contents, error) {
	var n Contents
	for page, err := range Versions(ctx, c, bucket, "") {
		if err != nil {
			return n, err
		}
		for _, v := range page {
			n.add(v)
		}
		if n.Objects+n.Versions+n.Markers >= limit {
			n.More = true
			break
		}
	}
	out, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
	if KindOf(err) == Unsupported { // has been reported of Spaces
		return n, nil
	}
	if err != nil {
		return n, err
	}
	n.Uploads = len(out.Uploads)
	n.More = n.More || aws.ToBool(out.IsTruncated)
	return n, nil
}

func (n *Contents) add(v Version) {
	switch {
	case v.Marker:
		n.Markers++
	case v.Latest:
		n.Objects++
	default:
		n.Versions++
	}
}

// Plus is both together.
func (n Contents) Plus(o Contents) Contents {
	return Contents{n.Objects + o.Objects, n.Versions + o.Versions, n.Markers + o.Markers, n.Uploads + o.Uploads, n.More || o.More}
}

// Total is how many there are of all sorts.
func (n Contents) Total() int { return n.Objects + n.Versions + n.Markers + n.Uploads }

// String says it in words: "3 objects and 2 delete markers".
func (n Contents) String() string {
	var parts []string
	for _, p := range []struct {
		count     int
		one, many string
	}{
		{n.Objects, "object", "objects"},
		{n.Versions, "earlier version", "earlier versions"},
		{n.Markers, "delete marker", "delete markers"},
		{n.Uploads, "unfinished upload", "unfinished uploads"},
	} {
		switch p.count {
		case 0:
		case 1:
			parts = append(parts, "1 "+p.one)
		default:
			parts = append(parts, Grouped(int64(p.count))+" "+p.many)
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	if n.More {
		parts[0] = "at least " + parts[0]
	}
	if last := len(parts) - 1; last > 0 {
		return strings.Join(parts[:last], ", ") + " and " + parts[last]
	}
	return parts[0]
}

// Emptying says what to delete of a bucket.
type Emptying struct {
	Bucket string
	Prefix string    // only keys that begin with it
	Before time.Time // only what was written before; the zero time is no limit

	// Deleted is told of what is gone, a batch at a time and from several
	// goroutines. It may be nil.
	Deleted func(Contents)
}

// Empty deletes everything in a bucket: objects, earlier versions, delete
// markers and unfinished uploads.
func Empty(ctx context.Context, c *s3.Client, bucket string) error {
	return Emptying{Bucket: bucket}.Run(ctx, c)
}

// Run deletes objects, earlier versions, delete markers and unfinished uploads.
// Its memory does not grow with the bucket. A key that cannot be deleted does
// not stop the others; the error names the first of them. Ended early, it goes
// on where it was when it is called again, because what is gone is no longer
// listed.
func (e Emptying) Run(ctx context.Context, c *s3.Client) error {
	d := deletion{client: c, bucket: e.Bucket, deleted: e.Deleted}
	wanted := func(v Version) bool { return e.wants(v.Key, v.Modified) }
	aborted := make(chan error, 1) // meanwhile: it has nothing to do with the versions
	go func() { aborted <- e.abortUploads(ctx, c) }()
	err := d.all(ctx, Versions(ctx, c, e.Bucket, e.Prefix), wanted)
	if uploads := <-aborted; err == nil {
		err = uploads
	}
	return err
}

// wants does not leave the prefix to the server alone. What has no time is not
// known to be old.
func (e Emptying) wants(key string, written time.Time) bool {
	return strings.HasPrefix(key, e.Prefix) && (e.Before.IsZero() || written.Before(e.Before) && !written.IsZero())
}

// DeleteVersions deletes every version and delete marker of one key. Listings
// are in the order of keys, so the page that goes past it is the last to read.
func DeleteVersions(ctx context.Context, c *s3.Client, bucket, key string) error {
	d := deletion{client: c, bucket: bucket}
	pages := func(yield func([]Version, error) bool) {
		for page, err := range Versions(ctx, c, bucket, key) {
			past := slices.ContainsFunc(page, func(v Version) bool { return v.Key > key })
			if !yield(page, err) || past {
				return
			}
		}
	}
	return d.all(ctx, pages, func(v Version) bool { return v.Key == key })
}
