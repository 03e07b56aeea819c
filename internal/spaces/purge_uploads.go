package spaces

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// abortUploads ends unfinished multipart uploads, whose parts take space
// without being listed.
func (e Emptying) abortUploads(ctx context.Context, c *s3.Client) error {
	decode := decoder(types.EncodingTypeUrl)
	in := &s3.ListMultipartUploadsInput{Bucket: &e.Bucket, Prefix: optional(e.Prefix), EncodingType: types.EncodingTypeUrl}
	for first := ""; ; {
		out, err := c.ListMultipartUploads(ctx, in)
		if KindOf(err) == Unsupported { // as in Count
			return nil
		}
		if err != nil {
			return err
		}
		wanted := slices.DeleteFunc(slices.Clone(out.Uploads), func(u types.MultipartUpload) bool {
			return !e.wants(decode(aws.ToString(u.Key)), aws.ToTime(u.Initiated)) && !e.wants(aws.ToString(u.Key), aws.ToTime(u.Initiated))
		})
		group, sub := errgroup.WithContext(ctx)
		group.SetLimit(batchesInFlight)
		for _, u := range wanted {
			group.Go(func() error {
				err := abortUpload(sub, c, e.Bucket, u)
				if err == nil && e.Deleted != nil {
					e.Deleted(Contents{Uploads: 1})
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if !aws.ToBool(out.IsTruncated) || len(out.Uploads) == 0 {
			return nil
		}
		if len(wanted) < len(out.Uploads) {
			// Some stay, so the next page is what comes after this one.
			key, id := decode(aws.ToString(out.NextKeyMarker)), aws.ToString(out.NextUploadIdMarker)
			if key == "" || key == aws.ToString(in.KeyMarker) && id == aws.ToString(in.UploadIdMarker) {
				return stuck(e.Bucket, key)
			}
			in.KeyMarker, in.UploadIdMarker = &key, optional(id)
			continue
		}
		// What was listed is gone, so the same request lists what comes next.
		if aws.ToString(out.Uploads[0].UploadId) == first {
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
