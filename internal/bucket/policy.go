package bucket

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// Policy opens or closes a bucket to others, by rules.
var Policy = document[policyModel]{
	Name: "bucket_policy",
	Summary: "Allows or denies access to a bucket and its objects by rules.\n\n" +
		"Policies and limited access keys exclude each other: Spaces takes no policy for a bucket that a limited key can reach, and grants no limited key for a bucket that has a policy. A policy needs a key with full access.",
	Attributes: map[string]schema.Attribute{
		"policy": schema.StringAttribute{
			MarkdownDescription: "The policy, as JSON of at most 20 KiB. It is compared by meaning: white space, the order of keys and of actions, and a single value for a list of one make no difference.",
			Required:            true,
			CustomType:          policyType{},
			Validators:          []validator.String{policyValidator{}},
			PlanModifiers:       []planmodifier.String{sameMeaning{}},
		},
	},
	Get: func(ctx context.Context, c *s3.Client, m *policyModel) error {
		out, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		if text(out.Policy) == nil {
			return spaces.ErrNotFound
		}
		m.Policy = newPolicyValue(*out.Policy)
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *policyModel) error {
		_, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: m.Name(), Policy: m.Policy.ValueStringPointer()})
		return err
	},
	Delete: func(ctx context.Context, c *s3.Client, m *policyModel) error {
		_, err := c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: m.Name()})
		return err
	},
}

type policyModel struct {
	tfkit.InBucket
	Policy policyValue `tfsdk:"policy"`
}
