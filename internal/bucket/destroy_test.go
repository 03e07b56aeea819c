package bucket_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// fill leaves 2 objects, 2 earlier versions, 1 delete marker and 1 unfinished
// upload in a bucket.
func fill(e *acctest.Env, bucket string) {
	e.T.Helper()
	ctx, c := e.T.Context(), e.S3(e.Region())
	_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: &bucket, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
	})
	must(e.T, err)
	put(e, e.Region(), bucket, "written twice", "written twice", "a/b +%ü", "deleted")
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("deleted")})
	must(e.T, err)
	upload, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("unfinished")})
	must(e.T, err)
	_, err = c.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &bucket, Key: upload.Key, UploadId: upload.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("part"),
	})
	must(e.T, err)
}

// putMany uploads small objects, many at a time.
func putMany(e *acctest.Env, bucket string, n int) {
	e.T.Helper()
	c := e.S3(e.Region())
	group, ctx := errgroup.WithContext(e.T.Context())
	group.SetLimit(32)
	for i := range n {
		group.Go(func() error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(fmt.Sprintf("many/%04d", i))})
			return err
		})
	}
	must(e.T, group.Wait())
}

func destroyed(hcl string) resource.TestStep { return resource.TestStep{Config: hcl, Destroy: true} }

func TestAccBucketDestroyFull(t *testing.T) {
	e := acctest.New(t)
	hcl, forced := bucketNamed(e, e.Name), bucketNamed(e, e.Name, "force_destroy = true")
	refused := []string{
		"Could not delete spaces_bucket " + e.Region() + "/" + e.Name, "is not empty",
		"2 objects, 2 earlier versions, 1 delete marker and 1 unfinished upload", "Nothing was deleted",
		"set force_destroy = true, apply that",
	}
	refuses := func(hcl string) resource.TestStep {
		step := destroyed(hcl)
		step.ExpectError = says(refused...)
		return step
	}
	e.Steps(
		after(resource.TestStep{Config: hcl}, func(context.Context) error { fill(e, e.Name); return nil }),
		refuses(hcl),
		refuses(forced), // written, but not applied
		after(planned(forced, addr, plancheck.ResourceActionUpdate), func(context.Context) error {
			putMany(e, e.Name, 1200) // more than one DeleteObjects may have
			return nil
		}),
		destroyed(forced),
	)
	must(t, isGone(e, e.Region(), e.Name))
}

// What cannot be deleted is named, all else is gone, and when the obstacle is
// out of the way the next run ends the work.
func TestLocalBucketDestroyLockedKey(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := bucketNamed(e, e.Name, "force_destroy = true")
	stuck := destroyed(hcl)
	stuck.ExpectError = says("Could not delete spaces_bucket", "1 of the keys in bucket "+e.Name+" could not be deleted; the others are gone", `"locked.txt"`, "AccessDenied")
	e.Steps(
		after(resource.TestStep{Config: hcl}, func(ctx context.Context) error {
			put(e, e.Region(), e.Name, "a", "locked.txt", "z")
			_, err := e.S3(e.Region()).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &e.Name, Policy: aws.String(`{
				"Version": "2012-10-17",
				"Statement": [{
					"Effect": "Deny", "Principal": "*",
					"Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"], "Resource": "arn:aws:s3:::` + e.Name + `/locked.txt"
				}]
			}`)})
			return err
		}),
		stuck,
		before(destroyed(hcl), e.Behind(func(ctx context.Context, c *s3.Client) error {
			if err := holds(e, e.Region(), e.Name, "locked.txt"); err != nil {
				return err
			}
			_, err := c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &e.Name})
			return err
		})),
	)
	must(t, isGone(e, e.Region(), e.Name))
}

// Emptying ends with its timeout, says so, and goes on in the next run.
func TestLocalBucketDestroyTimeout(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	hcl := bucketNamed(e, e.Name, "force_destroy = true", `timeouts = { create = "10m", delete = "2s" }`)
	late := destroyed(hcl)
	late.ExpectError = says("Could not delete spaces_bucket", "ended before it was empty", "the next run goes on from there", "longer than its timeout allows")
	var cancel func()
	late.PreConfig = func() {
		cancel = e.Local.Fail(localspaces.Fault{Operation: "DeleteObjects", Bucket: e.Name, Delay: 20 * time.Second})
	}
	e.Steps(
		after(resource.TestStep{Config: hcl}, func(context.Context) error { put(e, e.Region(), e.Name, "a", "b"); return nil }),
		late,
		before(destroyed(hcl), func() { cancel() }),
	)
	must(t, isGone(e, e.Region(), e.Name))
}
