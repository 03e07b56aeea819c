package bucket

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// Website serves a bucket as a web site.
var Website = document[websiteModel]{
	Name: "bucket_website_configuration",
	Summary: "Serves a bucket as a web site, at `website_endpoint`.\n\n" +
		"Visitors see what anonymous readers may read, so the objects have to be public, by their ACL or by a `spaces_bucket_policy`. The CDN does not serve websites.",
	Attributes: websiteAttributes,
	Get: func(ctx context.Context, c *s3.Client, m *websiteModel) error {
		out, err := c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		m.Index, m.Error, m.RedirectAll = types.StringNull(), types.StringNull(), nil
		if out.IndexDocument != nil {
			m.Index = types.StringPointerValue(text(out.IndexDocument.Suffix))
		}
		if out.ErrorDocument != nil {
			m.Error = types.StringPointerValue(text(out.ErrorDocument.Key))
		}
		if r := out.RedirectAllRequestsTo; r != nil && text(r.HostName) != nil {
			m.RedirectAll = &redirectAll{Host: aws.ToString(r.HostName), Protocol: word(r.Protocol)}
		}
		m.Rules = tfkit.Each(out.RoutingRules, newRoutingRule)
		m.Endpoint = types.StringValue(spaces.EndpointOf(c).WebsiteHost(m.Location()))
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *websiteModel) error {
		config := &s3types.WebsiteConfiguration{RoutingRules: tfkit.Each(m.Rules, routingRule.toS3)}
		if !m.Index.IsNull() {
			config.IndexDocument = &s3types.IndexDocument{Suffix: m.Index.ValueStringPointer()}
		}
		if !m.Error.IsNull() {
			config.ErrorDocument = &s3types.ErrorDocument{Key: m.Error.ValueStringPointer()}
		}
		if r := m.RedirectAll; r != nil {
			config.RedirectAllRequestsTo = &s3types.RedirectAllRequestsTo{HostName: &r.Host, Protocol: s3types.Protocol(aws.ToString(r.Protocol))}
		}
		_, err := c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: m.Name(), WebsiteConfiguration: config})
		return err
	},
	Delete: func(ctx context.Context, c *s3.Client, m *websiteModel) error {
		_, err := c.DeleteBucketWebsite(ctx, &s3.DeleteBucketWebsiteInput{Bucket: m.Name()})
		return err
	},
}

type websiteModel struct {
	tfkit.InBucket
	Index       types.String  `tfsdk:"index_document"`
	Error       types.String  `tfsdk:"error_document"`
	RedirectAll *redirectAll  `tfsdk:"redirect_all_requests_to"`
	Rules       []routingRule `tfsdk:"routing_rules"`
	Endpoint    types.String  `tfsdk:"website_endpoint"`
}

type redirectAll struct {
	Host     string  `tfsdk:"host_name"`
	Protocol *string `tfsdk:"protocol"`
}

type routingRule struct {
	Condition *routingCondition `tfsdk:"condition"`
	Redirect  *routingRedirect  `tfsdk:"redirect"`
}

type routingCondition struct {
	Prefix *string `tfsdk:"key_prefix_equals"`
	Code   *string `tfsdk:"http_error_code_returned_equals"`
}

type routingRedirect struct {
	Host      *string `tfsdk:"host_name"`
	Protocol  *string `tfsdk:"protocol"`
	Code      *string `tfsdk:"http_redirect_code"`
	KeyPrefix *string `tfsdk:"replace_key_prefix_with"`
	Key       *string `tfsdk:"replace_key_with"`
}

func newRoutingRule(r s3types.RoutingRule) routingRule {
	rule := routingRule{Redirect: &routingRedirect{}}
	if c := r.Condition; c != nil && (text(c.KeyPrefixEquals) != nil || text(c.HttpErrorCodeReturnedEquals) != nil) {
		rule.Condition = &routingCondition{Prefix: text(c.KeyPrefixEquals), Code: text(c.HttpErrorCodeReturnedEquals)}
	}
	if d := r.Redirect; d != nil {
		rule.Redirect = &routingRedirect{
			Host: text(d.HostName), Protocol: word(d.Protocol), Code: text(d.HttpRedirectCode),
			KeyPrefix: text(d.ReplaceKeyPrefixWith), Key: text(d.ReplaceKeyWith),
		}
	}
	return rule
}

func (r routingRule) toS3() s3types.RoutingRule {
	rule := s3types.RoutingRule{Redirect: &s3types.Redirect{}}
	if c := r.Condition; c != nil {
		rule.Condition = &s3types.Condition{KeyPrefixEquals: c.Prefix, HttpErrorCodeReturnedEquals: c.Code}
	}
	if d := r.Redirect; d != nil {
		rule.Redirect = &s3types.Redirect{
			HostName: d.Host, Protocol: s3types.Protocol(aws.ToString(d.Protocol)), HttpRedirectCode: d.Code,
			ReplaceKeyPrefixWith: d.KeyPrefix, ReplaceKeyWith: d.Key,
		}
	}
	return rule
}

func word[S ~string](s S) *string {
	plain := string(s)
	return text(&plain)
}
