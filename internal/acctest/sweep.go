package acctest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Sweep removes the buckets whose names begin with Prefix, with all that is in
// them, and the keys that are named so, from the server that the environment
// names.
func Sweep(ctx context.Context) error {
	e := &Env{}
	if err := errors.Join(e.fromEnvironment(), e.connect()); err != nil {
		return err
	}
	var failed []error
	for _, region := range e.Regions {
		c, err := e.clients.S3(region)
		if err != nil {
			return err
		}
		out, err := c.ListBuckets(ctx, &s3.ListBucketsInput{})
		if err != nil {
			return err
		}
		for _, b := range out.Buckets {
			name := aws.ToString(b.Name)
			if !strings.HasPrefix(name, Prefix) {
				continue
			}
			err := spaces.Empty(ctx, c, name)
			if err == nil {
				_, err = c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
			}
			if err != nil && spaces.KindOf(err) != spaces.NotFound {
				failed = append(failed, fmt.Errorf("%s/%s: %w", region, name, err))
				continue
			}
			fmt.Printf("removed %s/%s\n", region, name)
		}
	}
	if e.Token != "" {
		failed = append(failed, sweepKeys(ctx, e.clients), sweepEndpoints(ctx, e.clients))
	}
	return errors.Join(failed...)
}

func sweepKeys(ctx context.Context, cl *spaces.Clients) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	var left []*godo.SpacesKey
	for key, err := range spaces.Pages(ctx, api.SpacesKeys.List) {
		if err != nil {
			return err
		}
		if strings.HasPrefix(key.Name, Prefix) {
			left = append(left, key)
		}
	}
	var failed []error
	for _, key := range left {
		if _, err := api.SpacesKeys.Delete(ctx, key.AccessKey); err != nil && spaces.KindOf(err) != spaces.NotFound {
			failed = append(failed, fmt.Errorf("the key %s: %w", key.Name, err))
			continue
		}
		fmt.Printf("removed the key %s\n", key.Name)
	}
	return errors.Join(failed...)
}
