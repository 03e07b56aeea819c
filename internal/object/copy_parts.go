package object

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// partCopier brings one part of an upload to its server, and returns its ETag.
type partCopier func(ctx context.Context, m *multipart, number *int32, p piece) (etag string, err error)

// inParts copies in parts, several at a time. Either all of it becomes the
// object, or nothing is left.
//
// Spaces has been seen to disregard the condition on the source of a part, so
// the source is looked at once more before anything is made of the parts.
func (k *copying) inParts(ctx context.Context, size int64, bring partCopier) (sent, error) {
	m := &multipart{uploading: &k.uploading}
	if err := m.create(ctx); err != nil {
		return sent{}, err
	}
	parts, err := k.bringAll(ctx, m, size, bring)
	if err == nil {
		err = k.from.same(ctx)
	}
	if err != nil {
		return sent{}, m.abort(ctx, err)
	}
	done, err := m.complete(ctx, parts)
	if err != nil {
		return sent{}, m.abort(ctx, err)
	}
	return done, nil
}

// bringAll brings all parts. It returns when none is on its way any more.
func (k *copying) bringAll(ctx context.Context, m *multipart, size int64, bring partCopier) ([]s3types.CompletedPart, error) {
	parts := make([]s3types.CompletedPart, countParts(k.from.size, size))
	group, ctx := errgroup.WithContext(ctx)
	for i := range parts {
		if err := takeSlot(ctx); err != nil {
			group.Go(func() error { return err })
			break
		}
		p := piece{from: int64(i) * size}
		p.size = min(size, k.from.size-p.from)
		number := aws.Int32(int32(i + 1))
		group.Go(func() error {
			defer func() { <-slots }()
			etag, err := bring(ctx, m, number, p)
			parts[i] = s3types.CompletedPart{PartNumber: number, ETag: &etag}
			return err
		})
	}
	return parts, group.Wait()
}
