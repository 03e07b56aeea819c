package bucket_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// documents are the seven, with how each is undone behind Terraform's back.
var documents = []acctest.Document{
	{
		Type: "spaces_bucket_acl",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error { // updated.tf has private
			_, err := c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket, ACL: types.BucketCannedACLPublicRead})
			return err
		},
	},
	{
		Type: "spaces_bucket_cors_configuration",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: &bucket})
			return err
		},
	},
	{
		Type: "spaces_bucket_lifecycle_configuration",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: &bucket})
			return err
		},
	},
	{
		Type: "spaces_bucket_logging", Needs: "logging",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: &bucket, BucketLoggingStatus: &types.BucketLoggingStatus{}})
			return err
		},
	},
	{
		Type: "spaces_bucket_policy",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket})
			return err
		},
	},
	{
		Type: "spaces_bucket_versioning",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error { // updated.tf has Suspended
			_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket: aws.String(bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
			})
			return err
		},
	},
	{
		Type: "spaces_bucket_website_configuration",
		Erase: func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.DeleteBucketWebsite(ctx, &s3.DeleteBucketWebsiteInput{Bucket: &bucket})
			return err
		},
	},
}

func TestAccDocuments(t *testing.T) {
	for _, d := range documents {
		t.Run(d.Type, d.Suite)
	}
}
