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

// deletion is one sweep over a listing.
type deletion struct {
	client  *s3.Client
	bucket  string
	deleted func(Contents) // may be nil

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
		if wanted != nil {
			page = slices.DeleteFunc(page, func(v Version) bool { return !wanted(v) })
		}
		for part := range slices.Chunk(page, batchSize) {
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

// batch deletes up to a thousand versions, and tells of those that are gone.
func (d *deletion) batch(ctx context.Context, versions []Version) error {
	left, err := d.delete(ctx, versions)
	if err != nil || d.deleted == nil {
		return err
	}
	var gone Contents
	for _, v := range versions {
		if !left[id{v.Key, v.ID}] {
			gone.add(v)
		}
	}
	d.deleted(gone)
	return nil
}

// id is what an answer names a version by.
type id struct{ key, version string }

// delete deletes versions, and those that met a passing fault again. It returns
// those that could not be deleted.
func (d *deletion) delete(ctx context.Context, versions []Version) (left map[id]bool, err error) {
	left = map[id]bool{}
	keys, err := d.unspeakable(ctx, versions, left)
	if err != nil {
		return nil, err
	}
	for try := 1; len(keys) > 0; try++ {
		out, err := d.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &d.bucket,
			Delete: &types.Delete{Objects: keys, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return nil, err
		}
		var again []types.ObjectIdentifier
		for _, e := range out.Errors {
			code := aws.ToString(e.Code)
			switch {
			case kinds[code] == NotFound: // somebody else was quicker
			case kinds[code] == Busy && try < 4:
				again = append(again, named(keys, e)...)
			default:
				for _, k := range named(keys, e) {
					left[id{aws.ToString(k.Key), aws.ToString(k.VersionId)}] = true
				}
				d.fail(aws.ToString(e.Key), aws.ToString(e.VersionId), strings.TrimSpace(code+" "+aws.ToString(e.Message)))
			}
		}
		if len(again) > 0 {
			if err := Pause(ctx, time.Duration(try)*time.Second); err != nil {
				return nil, err
			}
		}
		keys = again
	}
	return left, nil
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
// returns the others. What could not be deleted is added to left.
func (d *deletion) unspeakable(ctx context.Context, versions []Version, left map[id]bool) ([]types.ObjectIdentifier, error) {
	rest := make([]types.ObjectIdentifier, 0, len(versions))
	for _, v := range versions {
		if speakable(v.Key) {
			rest = append(rest, types.ObjectIdentifier{Key: aws.String(v.Key), VersionId: optional(v.ID)})
			continue
		}
		_, err := d.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &d.bucket, Key: &v.Key, VersionId: optional(v.ID)})
		switch {
		case err == nil, KindOf(err) == NotFound:
		case KindOf(err) == Denied:
			left[id{v.Key, v.ID}] = true
			d.fail(v.Key, v.ID, "AccessDenied")
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
