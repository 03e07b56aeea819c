package spaces

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

const (
	batchSize       = 1000 // keys in one DeleteObjects: S3's limit
	batchesInFlight = 8    // bounds memory and what the server has to bear
	namedFailures   = 10   // keys that an error names, before it counts
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
			switch {
			case v.Marker:
				n.Markers++
			case v.Latest:
				n.Objects++
			default:
				n.Versions++
			}
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
			parts = append(parts, fmt.Sprintf("%d %s", p.count, p.many))
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

// Empty deletes everything in a bucket: objects, earlier versions, delete
// markers and unfinished uploads. Its memory does not grow with the bucket. A
// key that cannot be deleted does not stop the others; the error names the
// first of them. Ended early, it goes on where it was when it is called again,
// because what is gone is no longer listed.
func Empty(ctx context.Context, c *s3.Client, bucket string) error {
	d := deletion{client: c, bucket: bucket}
	if err := d.all(ctx, Versions(ctx, c, bucket, ""), nil); err != nil {
		return err
	}
	return abortUploads(ctx, c, bucket)
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

// deletion is one sweep over a listing.
type deletion struct {
	client *s3.Client
	bucket string

	mu     sync.Mutex
	failed []string // the first few, with why
	count  int      // all of them
}

func (d *deletion) all(ctx context.Context, pages func(func([]Version, error) bool), wanted func(Version) bool) error {
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(batchesInFlight)
	var listing error
	for page, err := range pages {
		if err != nil {
			listing = err
			break
		}
		batch := make([]types.ObjectIdentifier, 0, len(page))
		for _, v := range page {
			if wanted == nil || wanted(v) {
				batch = append(batch, types.ObjectIdentifier{Key: aws.String(v.Key), VersionId: optional(v.ID)})
			}
		}
		for start := 0; start < len(batch); start += batchSize {
			part := batch[start:min(start+batchSize, len(batch))]
			group.Go(func() error { return d.batch(running, part) })
		}
		if running.Err() != nil {
			listing = context.Cause(ctx)
			break
		}
	}
	// A batch's error comes first: it is what ended the listing.
	if err := group.Wait(); err != nil {
		return err
	}
	if listing != nil {
		return listing
	}
	if d.count > 0 {
		return d.failures()
	}
	return nil
}

// batch deletes up to a thousand keys, and those that met a passing fault again.
func (d *deletion) batch(ctx context.Context, keys []types.ObjectIdentifier) error {
	keys, err := d.unspeakable(ctx, keys)
	if err != nil {
		return err
	}
	for try := 1; len(keys) > 0; try++ {
		out, err := d.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &d.bucket,
			Delete: &types.Delete{Objects: keys, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return err
		}
		var again []types.ObjectIdentifier
		for _, e := range out.Errors {
			code := aws.ToString(e.Code)
			switch {
			case kinds[code] == NotFound: // somebody else was quicker
			case kinds[code] == Busy && try < 4:
				again = append(again, named(keys, e)...)
			default:
				d.fail(aws.ToString(e.Key), aws.ToString(e.VersionId), strings.TrimSpace(code+" "+aws.ToString(e.Message)))
			}
		}
		if len(again) > 0 {
			if err := Pause(ctx, time.Duration(try)*time.Second); err != nil {
				return err
			}
		}
		keys = again
	}
	return nil
}

// named are the keys that an error of a batch is about. One without a version,
// as servers send it for some, is about all those of the key: without its
// version a key would not be deleted but hidden by a delete marker.
func named(keys []types.ObjectIdentifier, e types.Error) []types.ObjectIdentifier {
	var some []types.ObjectIdentifier
	for _, k := range keys {
		if aws.ToString(k.Key) == aws.ToString(e.Key) && (aws.ToString(e.VersionId) == "" || aws.ToString(k.VersionId) == aws.ToString(e.VersionId)) {
			some = append(some, k)
		}
	}
	return some
}

// unspeakable deletes the keys that XML has no characters for, one by one, and
// returns the others.
func (d *deletion) unspeakable(ctx context.Context, keys []types.ObjectIdentifier) ([]types.ObjectIdentifier, error) {
	rest := keys[:0:0]
	for _, k := range keys {
		if speakable(aws.ToString(k.Key)) {
			rest = append(rest, k)
			continue
		}
		_, err := d.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &d.bucket, Key: k.Key, VersionId: k.VersionId})
		switch {
		case err == nil, KindOf(err) == NotFound:
		case KindOf(err) == Denied:
			d.fail(aws.ToString(k.Key), aws.ToString(k.VersionId), "AccessDenied")
		default:
			return nil, err
		}
	}
	return rest, nil
}

// speakable says whether XML 1.0 has all characters of a key.
func speakable(key string) bool {
	if !utf8.ValidString(key) {
		return false
	}
	return !strings.ContainsFunc(key, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' || r == '\r' || r == 0xFFFE || r == 0xFFFF
	})
}

func (d *deletion) fail(key, version, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	if len(d.failed) >= namedFailures {
		return
	}
	name := fmt.Sprintf("%q", key)
	if version != "" && version != "null" {
		name += " (version " + version + ")"
	}
	d.failed = append(d.failed, name+": "+why)
}

func (d *deletion) failures() error {
	text := fmt.Sprintf("%d of the keys in bucket %s could not be deleted; the others are gone:\n  %s", d.count, d.bucket, strings.Join(d.failed, "\n  "))
	if more := d.count - len(d.failed); more > 0 {
		text += fmt.Sprintf("\n  … and %d more", more)
	}
	return errors.New(text)
}

// abortUploads ends unfinished multipart uploads, whose parts take space
// without being listed.
func abortUploads(ctx context.Context, c *s3.Client, bucket string) error {
	in := &s3.ListMultipartUploadsInput{Bucket: &bucket, EncodingType: types.EncodingTypeUrl}
	for first := ""; ; {
		out, err := c.ListMultipartUploads(ctx, in)
		if KindOf(err) == Unsupported { // as in Count
			return nil
		}
		if err != nil {
			return err
		}
		group, sub := errgroup.WithContext(ctx)
		group.SetLimit(batchesInFlight)
		for _, u := range out.Uploads {
			group.Go(func() error { return abortUpload(sub, c, bucket, u) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		// What was listed is gone, so the first page is always the next one.
		if !aws.ToBool(out.IsTruncated) || len(out.Uploads) == 0 || aws.ToString(out.Uploads[0].UploadId) == first {
			return nil
		}
		first = aws.ToString(out.Uploads[0].UploadId)
	}
}

// abortUpload takes the key for URL encoded, as was asked for, and then for
// what it is: Ceph encodes the keys of uploads without saying so.
func abortUpload(ctx context.Context, c *s3.Client, bucket string, u types.MultipartUpload) error {
	key := aws.ToString(u.Key)
	for _, reading := range slices.Compact([]string{decoder(types.EncodingTypeUrl)(key), key}) {
		_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: &reading, UploadId: u.UploadId})
		if KindOf(err) != NotFound {
			return err
		}
	}
	return nil // somebody else was quicker
}
