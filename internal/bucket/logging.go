package bucket

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// Logging is off or on, never absent: deleting it puts an empty document.
var Logging = document[loggingModel]{
	Name: "bucket_logging",
	Summary: "Writes a bucket's access logs into another bucket of the same region.\n\n" +
		"Logs usually arrive within an hour, in the format of S3 server access logs; requests to the CDN are logged too. The key needs full access.",
	Attributes: map[string]schema.Attribute{
		"target_bucket": schema.StringAttribute{
			MarkdownDescription: "Name of the bucket that the logs are written to: another one, in the same region.",
			Required:            true,
			Validators:          []validator.String{tfkit.NotEmpty(), otherBucket{}},
		},
		"target_prefix": tfkit.OptionalString("What the keys of the logs begin with, for example `site/`."),
	},
	Get: func(ctx context.Context, c *s3.Client, m *loggingModel) error {
		out, err := c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		if out.LoggingEnabled == nil {
			return spaces.ErrNotFound
		}
		m.Target = types.StringPointerValue(text(out.LoggingEnabled.TargetBucket))
		m.Prefix = types.StringPointerValue(text(out.LoggingEnabled.TargetPrefix))
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *loggingModel) error {
		return putLogging(ctx, c, m, &s3types.LoggingEnabled{
			TargetBucket: m.Target.ValueStringPointer(),
			TargetPrefix: aws.String(m.Prefix.ValueString()),
		})
	},
	Delete: func(ctx context.Context, c *s3.Client, m *loggingModel) error {
		return putLogging(ctx, c, m, nil)
	},
}

type loggingModel struct {
	tfkit.InBucket
	Target types.String `tfsdk:"target_bucket"`
	Prefix types.String `tfsdk:"target_prefix"`
}

func putLogging(ctx context.Context, c *s3.Client, m *loggingModel, enabled *s3types.LoggingEnabled) error {
	_, err := c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{
		Bucket:              m.Name(),
		BucketLoggingStatus: &s3types.BucketLoggingStatus{LoggingEnabled: enabled},
	})
	return err
}

// otherBucket refuses a bucket that logs into itself, as Spaces does.
type otherBucket struct{}

func (otherBucket) Description(context.Context) string { return "must be another bucket" }

func (v otherBucket) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (otherBucket) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	var bucket types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("bucket"), &bucket)...)
	if bucket.IsNull() || bucket.IsUnknown() || req.ConfigValue.IsUnknown() {
		return
	}
	if req.ConfigValue.ValueString() == bucket.ValueString() {
		resp.Diagnostics.AddAttributeError(req.Path, "A bucket that logs into itself",
			fmt.Sprintf("%q is also the bucket that is logged, and Spaces requires another one: each log written would be logged in turn.", bucket.ValueString()))
	}
}
