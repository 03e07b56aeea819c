package object

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// defaultBody and maxBody bound what an ephemeral object may have: it goes
// through Terraform in one message.
const (
	defaultBody = 1 << 20
	maxBody     = 64 << 20
)

// Ephemeral reads an object into neither state nor plan.
func Ephemeral() ephemeral.EphemeralResource {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	secret := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true, Sensitive: true}
	}
	return tfkit.NewEphemeral(tfkit.EphemeralSpec[bodyModel]{
		Name: "object",
		Schema: schema.Schema{
			MarkdownDescription: "What is in an object, for as long as a run takes: it is in no state and no plan. It is for secrets, such as a password that goes into another provider's write-only argument. " +
				"It is read while planning and again while applying, so the object has to be there before. One that the same run makes is waited for when `version_id` is its resource's, which is not known until then (and null in a bucket without versions).",
			Attributes: map[string]schema.Attribute{
				"region": schema.StringAttribute{
					MarkdownDescription: "Region of the bucket, for example `nyc3`. The default is the provider's `region`.",
					Optional:            true, Computed: true, Validators: []validator.String{tfkit.RegionRule},
				},
				"bucket": schema.StringAttribute{MarkdownDescription: "Name of the bucket.", Required: true, Validators: []validator.String{tfkit.BucketRule}},
				"key":    schema.StringAttribute{MarkdownDescription: "Name of the object in the bucket.", Required: true, Validators: []validator.String{keyRule}},
				"version_id": schema.StringAttribute{
					MarkdownDescription: "ID of the version to read. The default is the current one, whose ID is then found here; it is null in a bucket without versions.",
					Optional:            true, Computed: true, Validators: []validator.String{tfkit.NotEmpty()},
				},
				"max_body_size": schema.Int64Attribute{
					MarkdownDescription: "The most bytes that the object may have; a larger one is an error. The default is 1 MiB (1048576), the most is 64 MiB (67108864).",
					Optional:            true, Validators: []validator.Int64{int64validator.Between(0, maxBody)},
				},
				"body":          secret("The content, where it is text in UTF-8; else null."),
				"body_base64":   secret("The content in base64."),
				"content_type":  computed("Media type."),
				"etag":          computed("ETag, without quotes."),
				"last_modified": computed("When it was last written, in RFC 3339."),
				"size":          schema.Int64Attribute{MarkdownDescription: "Size in bytes.", Computed: true},
			},
		},
		Open: func(ctx context.Context, cl *spaces.Clients, m *bodyModel) (string, error) {
			return "", m.open(ctx, cl)
		},
	})
}

type bodyModel struct {
	tfkit.InBucket
	Key          types.String `tfsdk:"key"`
	VersionID    types.String `tfsdk:"version_id"`
	MaxBodySize  types.Int64  `tfsdk:"max_body_size"`
	Body         types.String `tfsdk:"body"`
	BodyBase64   types.String `tfsdk:"body_base64"`
	ContentType  types.String `tfsdk:"content_type"`
	ETag         types.String `tfsdk:"etag"`
	LastModified types.String `tfsdk:"last_modified"`
	Size         types.Int64  `tfsdk:"size"`
}

func (m *bodyModel) open(ctx context.Context, cl *spaces.Clients) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	limit := int64(defaultBody)
	if !m.MaxBodySize.IsNull() {
		limit = m.MaxBodySize.ValueInt64()
	}
	tooLarge := func(size int64) error {
		return spaces.Fail(spaces.Other, "The object has %d bytes, and max_body_size is %d: raise it to read so many, up to 64 MiB (%d).", size, limit, maxBody)
	}
	in := &s3.GetObjectInput{Bucket: m.Name(), Key: m.Key.ValueStringPointer(), VersionId: m.VersionID.ValueStringPointer()}
	out, content, err := download(ctx, c, in, limit, tooLarge)
	if err != nil {
		return err
	}
	if m.VersionID.IsNull() {
		m.VersionID = versionID(out.VersionId)
	}
	m.Body, m.BodyBase64 = shown(content)
	m.ContentType, m.ETag, m.Size = text(out.ContentType), text(bare(out.ETag)), types.Int64Value(int64(len(content)))
	if out.LastModified != nil {
		m.LastModified = types.StringValue(aws.ToTime(out.LastModified).UTC().Format(time.RFC3339))
	}
	return nil
}
