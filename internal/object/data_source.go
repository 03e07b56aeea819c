package object

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// DataSource reads one object.
func DataSource() datasource.DataSource {
	all := tfkit.ReadOnly("An object's headers, metadata and ACL, and on request what is in it.\n\n"+
		"What is read is kept in the state, so `body` is for small objects that are no secrets.", description(), "bucket", "key")
	maps.Copy(all.Attributes, map[string]schema.Attribute{
		"key": schema.StringAttribute{
			MarkdownDescription: "Name of the object in the bucket.", Required: true, Validators: []validator.String{keyRule},
		},
		"acl": schema.StringAttribute{
			MarkdownDescription: "`private`, `public-read`, or `other` for grants that neither of them makes. It is null where the key may not read it.", Computed: true,
		},
		"content_type": schema.StringAttribute{MarkdownDescription: "Media type.", Computed: true},
		"version_id": schema.StringAttribute{
			MarkdownDescription: "ID of the version to read. The default is the current one, whose ID is then found here; it is null in a bucket without versions.",
			Optional:            true, Computed: true, Validators: []validator.String{tfkit.NotEmpty()},
		},
		"content_sha256": schema.StringAttribute{
			MarkdownDescription: "SHA-256 of the content, in hexadecimal. It is null unless the content is read.", Computed: true,
		},
		"max_body_size": schema.Int64Attribute{
			MarkdownDescription: "Reads the content into `body` and `body_base64`, if it has no more bytes than this; a larger one is an error. Without it the content is not read.",
			Optional:            true, Validators: []validator.Int64{int64validator.AtLeast(0)},
		},
		"body": schema.StringAttribute{
			MarkdownDescription: "The content, where it is text in UTF-8; else null.", Computed: true,
		},
		"body_base64": schema.StringAttribute{
			MarkdownDescription: "The content in base64.", Computed: true,
		},
	})
	return tfkit.NewDataSource(tfkit.DataSourceSpec[dataModel]{Name: "object", Schema: all, Read: readData})
}

type dataModel struct {
	described
	MaxBodySize types.Int64  `tfsdk:"max_body_size"`
	Body        types.String `tfsdk:"body"`
	BodyBase64  types.String `tfsdk:"body_base64"`
}

func readData(ctx context.Context, cl *spaces.Clients, m *dataModel) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	version := m.VersionID.ValueStringPointer()
	if err := m.describe(ctx, cl, c, version); err != nil {
		return err
	}
	if version != nil {
		m.VersionID = types.StringPointerValue(version) // "null" too, as it is configured
	}
	m.ACL, err = readACL(ctx, c, &m.described, version)
	if err != nil && spaces.KindOf(err) != spaces.Denied {
		return err
	}
	if m.MaxBodySize.IsNull() {
		return nil
	}
	return m.readBody(ctx, c, version)
}

// readBody reads the content that was described, and no other.
func (m *dataModel) readBody(ctx context.Context, c *s3.Client, version *string) error {
	limit := m.MaxBodySize.ValueInt64()
	tooLarge := func(size int64) error {
		return spaces.Fail(spaces.Other, "The object has %d bytes, and max_body_size is %d. A body is kept in the state: raise max_body_size if it is to be there, or leave it out to read the headers alone.", size, limit)
	}
	if size := m.Size.ValueInt64(); size > limit {
		return tooLarge(size)
	}
	etag := fmt.Sprintf("%q", m.ETag.ValueString())
	_, content, err := download(ctx, c, &s3.GetObjectInput{Bucket: m.Name(), Key: m.Key.ValueStringPointer(), VersionId: version, IfMatch: &etag}, limit, tooLarge)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	m.ContentSHA256 = types.StringValue(hex.EncodeToString(sum[:]))
	m.Body, m.BodyBase64 = shown(content)
	return nil
}
