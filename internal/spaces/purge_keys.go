package spaces

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// DeleteKeys deletes objects, a thousand a request. In a bucket that keeps
// versions it hides them behind delete markers. What is gone already counts as
// deleted; a key that cannot be deleted does not stop the others.
func DeleteKeys(ctx context.Context, c *s3.Client, bucket string, keys []string) error {
	d := deletion{client: c, bucket: bucket, deleted: func(Contents) {}}
	pages := func(yield func([]Version, error) bool) {
		for some := range slices.Chunk(keys, batchSize) {
			page := make([]Version, len(some))
			for i, key := range some {
				page[i].Key = key
			}
			if !yield(page, nil) {
				return
			}
		}
	}
	return d.all(ctx, pages, func(Version) bool { return true })
}
