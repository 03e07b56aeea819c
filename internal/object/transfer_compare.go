package object

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// listing is what a list tells of an object.
type listing struct {
	key, etag string
	size      int64
	modified  time.Time
}

// pair is an object of the source, and what the destination has at its key.
type pair struct {
	source listing
	there  *listing // nil: nothing
}

// same says whether the destination has the source's object. The ETags of what
// came in parts say nothing of the content alone: what is then as large, and
// was written later, is taken for a copy.
func (p pair) same() bool {
	there := p.there
	switch {
	case there == nil || there.size != p.source.size:
		return false
	case there.etag == p.source.etag:
		return true
	case plainMD5.MatchString(there.etag) && plainMD5.MatchString(p.source.etag):
		return false
	}
	return !there.modified.Before(p.source.modified)
}

// pairs goes through both buckets side by side: lists are in the order of keys.
func (t *transfer) pairs(ctx context.Context) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		next, stop := iter.Pull2(listings(ctx, t.c, t.at.Bucket, t.prefix))
		defer stop()
		there, err, more := next()
		for o, failed := range listings(ctx, t.from.c, t.from.bucket, t.prefix) {
			if failed != nil {
				yield(pair{}, t.from.failed(failed))
				return
			}
			for more && err == nil && there.key < o.key {
				there, err, more = next()
			}
			if err != nil {
				yield(pair{}, err)
				return
			}
			p := pair{source: o}
			if more && there.key == o.key {
				found := there
				p.there = &found
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// listings are the objects of a bucket, one by one.
func listings(ctx context.Context, c *s3.Client, bucket, prefix string) iter.Seq2[listing, error] {
	return func(yield func(listing, error) bool) {
		for page, err := range spaces.Objects(ctx, c, spaces.ObjectsInput{Bucket: bucket, Prefix: prefix}) {
			if err != nil {
				yield(listing{}, err)
				return
			}
			for _, o := range page.Objects {
				one := listing{aws.ToString(o.Key), *bare(o.ETag), aws.ToInt64(o.Size), aws.ToTime(o.LastModified)}
				if strings.HasPrefix(one.key, prefix) && !yield(one, nil) {
					return
				}
			}
		}
	}
}

// verify compares both buckets once more. Lists may lag behind for a while.
// What was written into the source since the transfer began does not count.
func (t *transfer) verify(ctx context.Context) error {
	var objects, bytes, newer int64
	err := t.cl.Patience.Until(ctx, t.cl.Patience.Write, func(ctx context.Context) error {
		objects, bytes, newer = 0, 0, 0
		var missing []string
		lacks := int64(0)
		for p, err := range t.pairs(ctx) {
			if err != nil {
				return err
			}
			objects, bytes = objects+1, bytes+p.source.size
			switch {
			case p.same():
			case p.source.modified.After(t.start):
				newer++
			default:
				lacks++
				if len(missing) < namedFailures {
					missing = append(missing, fmt.Sprintf("%q", p.source.key))
				}
			}
		}
		if lacks > 0 {
			return spaces.NotYet(spaces.Fail(spaces.Other, "All was copied, but %s of %s objects are not in the bucket %s as they are in the source: %s. Somebody else writes to one of the two buckets, or lists lag behind. Run it again.",
				spaces.Grouped(lacks), spaces.Grouped(objects), t.at.Bucket, strings.Join(missing, ", ")))
		}
		return nil
	})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("All %s objects of %s are in %s, %s. Copied were %s, %s", spaces.Grouped(objects-newer), t.from.name, t.at,
		spaces.Bytes(bytes), spaces.Grouped(t.copied.Load()), spaces.Bytes(t.bytes.Load()))
	tfkit.Progress(ctx, "%s", text)
	if newer > 0 {
		tfkit.Warn(ctx, "The source was written to", fmt.Sprintf("%s objects were written into %s since the transfer began, and not all of them are in %s. Run it again.", spaces.Grouped(newer), t.from.name, t.at))
	}
	if closed := t.closed.Load(); closed > 0 {
		tfkit.Warn(ctx, "ACLs that are not kept", fmt.Sprintf("The ACL of %s objects could not be read, or is one that Spaces has not. Their copies are private.", spaces.Grouped(closed)))
	}
	return nil
}

// failed says of an error that it is the source's. The advice that goes with
// errors is about the provider's keys and endpoint, so a foreign source has
// words of its own.
func (o origin) failed(err error) error {
	if !o.foreign || spaces.KindOf(err) == spaces.Cancelled {
		return fmt.Errorf("the source %s could not be listed: %w", o.name, err)
	}
	advice := "Check source_endpoint, source_region and source_bucket."
	switch spaces.KindOf(err) {
	case spaces.BadKey:
		advice = "Check source_access_key and source_secret_key."
	case spaces.Denied:
		advice = "The key has to be allowed to list the bucket and to read its objects: check source_access_key, and the bucket's policy."
	}
	return spaces.Fail(spaces.KindOf(err), "The source %s could not be listed: %s\n\n%s\n\n%s", o.name, spaces.Text(err), strings.Join(spaces.Facts(err), "\n"), advice)
}
