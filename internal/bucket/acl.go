package bucket

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ACL is always there; deleting it makes the bucket private.
var ACL = document[aclModel]{
	Name: "bucket_acl",
	Summary: "Decides who may list a bucket's files.\n\n" +
		"This is the *file listing* setting of DigitalOcean's control panel. It does not make objects readable: each has an ACL of its own, and a `spaces_bucket_policy` can open all of them. Destroying this resource makes the listing private.",
	Attributes: map[string]schema.Attribute{
		"acl":      tfkit.RequiredString("`private`: only keys may list the bucket; `public-read`: anybody may.", spaces.ACLPrivate, spaces.ACLPublicRead),
		"owner_id": tfkit.ComputedString("ID of the account that owns the bucket."),
	},
	Get: func(ctx context.Context, c *s3.Client, m *aclModel) error {
		out, err := c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		m.ACL = types.StringValue(spaces.CannedACL(out.Grants, out.Owner))
		m.OwnerID = types.StringNull()
		if out.Owner != nil {
			m.OwnerID = types.StringPointerValue(text(out.Owner.ID))
		}
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *aclModel) error {
		return putACL(ctx, c, m, m.ACL.ValueString())
	},
	Delete: func(ctx context.Context, c *s3.Client, m *aclModel) error {
		return putACL(ctx, c, m, spaces.ACLPrivate)
	},
}

type aclModel struct {
	tfkit.InBucket
	ACL     types.String `tfsdk:"acl"`
	OwnerID types.String `tfsdk:"owner_id"`
}

func putACL(ctx context.Context, c *s3.Client, m *aclModel, acl string) error {
	_, err := c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: aws.String(*m.Name()), ACL: s3types.BucketCannedACL(acl)})
	return err
}
