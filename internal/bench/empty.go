package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const objects = 20_000

// empty compares emptying a bucket, which is what destroying a full one takes
// more than destroying an empty one, with the loop that others have for it: a
// page of versions, its DeleteObjects, the next page.
func empty(ctx context.Context, b *bench) error {
	var full, bare, theirs time.Duration
	for round := range b.rounds {
		name := fmt.Sprintf("bench-full-%d", round)
		folder, err := b.folder(name, fmt.Sprintf("resource \"spaces_bucket\" \"full\" {\n  name = %q\n  force_destroy = true\n}\n", name))
		if err != nil {
			return err
		}
		for _, best := range []*time.Duration{&bare, &full} {
			if _, err := b.terraform(ctx, folder, "apply", "-auto-approve"); err != nil {
				return err
			}
			if best == &full {
				if err := b.populate(ctx, name); err != nil {
					return err
				}
			}
			took, err := b.terraform(ctx, folder, "destroy", "-auto-approve")
			if err != nil {
				return err
			}
			least(best, took)
		}

		other := name + "-in-turn"
		if err := b.bucket(ctx, other); err != nil {
			return err
		}
		if err := b.populate(ctx, other); err != nil {
			return err
		}
		begin := time.Now()
		if err := b.inTurn(ctx, other); err != nil {
			return err
		}
		least(&theirs, time.Since(begin))
	}
	b.row(fmt.Sprintf("emptying %d objects", objects), fmt.Sprintf("%s (`destroy` %s, of an empty bucket %s)", seconds(full-bare), seconds(full), seconds(bare)),
		"a page of versions, then its `DeleteObjects`, in turn: "+seconds(theirs), ratio(full-bare, theirs), "≤ 0.6")
	return nil
}

func (b *bench) populate(ctx context.Context, bucket string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(128)
	for i := range objects {
		group.Go(func() error {
			_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(fmt.Sprintf("folder/%05d", i)), Body: bytes.NewReader([]byte("x"))})
			return err
		})
	}
	return group.Wait()
}

// inTurn deletes versions, as whatever empties a bucket has to.
func (b *bench) inTurn(ctx context.Context, bucket string) error {
	for page, err := range spaces.Versions(ctx, b.client, bucket, "") {
		if err != nil {
			return err
		}
		batch := make([]types.ObjectIdentifier, len(page))
		for i, v := range page {
			batch[i].Key, batch[i].VersionId = &v.Key, &v.ID
		}
		if _, err := b.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: batch, Quiet: aws.Bool(true)}}); err != nil {
			return err
		}
	}
	return nil
}
