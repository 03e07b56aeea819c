package bucket

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// Versioning can be suspended, never removed, so deleting it suspends it.
var Versioning = document[versioningModel]{
	Name: "bucket_versioning",
	Summary: "Keeps earlier versions of a bucket's objects.\n\n" +
		"Versioning can be suspended but never removed from a bucket, so destroying this resource suspends it. Versions that were kept stay, and count towards storage.",
	Attributes: map[string]schema.Attribute{
		"status": tfkit.RequiredString("Whether new versions are kept.", "Enabled", "Suspended"),
	},
	Get: func(ctx context.Context, c *s3.Client, m *versioningModel) error {
		out, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		if out.Status == "" {
			return spaces.ErrNotFound // never set
		}
		m.Status = types.StringValue(string(out.Status))
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *versioningModel) error {
		return putVersioning(ctx, c, m, s3types.BucketVersioningStatus(m.Status.ValueString()))
	},
	Delete: func(ctx context.Context, c *s3.Client, m *versioningModel) error {
		return putVersioning(ctx, c, m, s3types.BucketVersioningStatusSuspended)
	},
}

type versioningModel struct {
	tfkit.InBucket
	Status types.String `tfsdk:"status"`
}

// putVersioning leaves MFA delete alone: Spaces does not have it.
func putVersioning(ctx context.Context, c *s3.Client, m *versioningModel, status s3types.BucketVersioningStatus) error {
	_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket:                  m.Name(),
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: status},
	})
	return err
}
