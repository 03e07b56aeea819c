package localspaces_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const allowAll = `{"Version": "2012-10-17",  "Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}]}`

func policyFor(bucket string) *string {
	return aws.String(strings.ReplaceAll(allowAll, "BUCKET", bucket))
}

// TestDocuments: each is not there, is put, comes back, is deleted.
func TestDocuments(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("documents")
	ctx, b := t.Context(), aws.String("documents")

	getCORS := func() (any, error) { return c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b}) }
	getPolicy := func() (any, error) { return c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: b}) }
	getWebsite := func() (any, error) { return c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: b}) }
	getLifecycle := func() (any, error) {
		return c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: b})
	}
	absent := func() {
		t.Helper()
		refused(t, 404, "NoSuchCORSConfiguration")(getCORS())
		refused(t, 404, "NoSuchBucketPolicy")(getPolicy())
		refused(t, 404, "NoSuchWebsiteConfiguration")(getWebsite())
		refused(t, 404, "NoSuchLifecycleConfiguration")(getLifecycle())
	}
	absent()
	must(t)(c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: b})) // also when there is none

	must(t)(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{
		AllowedMethods: []string{"POST", "GET"}, AllowedOrigins: []string{"https://z.example", "https://a.example"},
	}}}}))
	out, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b})
	must(t)(out, err)
	if r := out.CORSRules[0]; r.AllowedMethods[0] != "GET" || r.AllowedOrigins[0] != "https://a.example" {
		t.Errorf("the lists come back as they were sent: %+v", r)
	}

	must(t)(c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: policyFor(*b)}))
	policy, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: b})
	must(t)(policy, err)
	if *policy.Policy != *policyFor(*b) {
		t.Errorf("the policy came back as %s", *policy.Policy)
	}

	must(t)(c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: b, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{
			expireAfter("zz", "z/", 1), expireAfter("aa", "a/", 2),
		}},
	}))
	rules, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: b})
	must(t)(rules, err)
	if len(rules.Rules) != 2 || *rules.Rules[0].ID != "aa" {
		t.Errorf("got rules %+v", rules.Rules)
	}
	must(t)(c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: b, WebsiteConfiguration: &types.WebsiteConfiguration{
		IndexDocument: &types.IndexDocument{Suffix: aws.String("index.html")}, ErrorDocument: &types.ErrorDocument{Key: aws.String("error.html")},
	}}))
	site, err := c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: b})
	must(t)(site, err)
	if *site.IndexDocument.Suffix != "index.html" || *site.ErrorDocument.Key != "error.html" {
		t.Errorf("got website %+v", site)
	}

	must(t)(c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: b}))
	must(t)(c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: b}))
	must(t)(c.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: b}))
	must(t)(c.DeleteBucketWebsite(ctx, &s3.DeleteBucketWebsiteInput{Bucket: b}))
	absent()
}

func expireAfter(id, prefix string, days int32) types.LifecycleRule {
	return types.LifecycleRule{
		ID: &id, Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: &prefix},
		Expiration: &types.LifecycleExpiration{Days: &days},
	}
}

func TestDocumentsOfMissingBucket(t *testing.T) {
	e := start(t, localspaces.Options{})
	c, ctx, b := e.client("nyc3"), t.Context(), aws.String("missing")
	refused(t, 404, "NoSuchKey")(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: someCORS}))
	refused(t, 404, "NoSuchKey")(c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: policyFor(*b)}))
	gone := refused(t, 404, "NoSuchBucket")
	gone(c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b}))
	gone(c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: b}))
	gone(c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: b, ACL: "private"}))
	gone(c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: b, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"}}))
	gone(c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: b}))
}

func TestVersioningDocument(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("versioned")
	ctx, b := t.Context(), aws.String("versioned")
	never, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: b})
	must(t)(never, err)
	if never.Status != "" {
		t.Errorf("a new bucket has status %q", never.Status)
	}
	for _, status := range []types.BucketVersioningStatus{"Enabled", "Suspended"} {
		must(t)(c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: b, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
		}))
		out, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: b})
		must(t)(out, err)
		if out.Status != status || out.MFADelete != "Disabled" {
			t.Errorf("got %+v", out)
		}
	}
	refused(t, 501, "NotImplemented")(c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: b, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled", MFADelete: "Enabled"},
	}))
}

func TestLoggingDocument(t *testing.T) {
	e := start(t, twoRegions)
	c := e.withBucket("source")
	e.withBucket("target")
	ctx := t.Context()
	must(t)(e.client("fra1").CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("far")}))
	set := func(target string) (any, error) {
		status := &types.BucketLoggingStatus{}
		if target != "" {
			status.LoggingEnabled = &types.LoggingEnabled{TargetBucket: &target, TargetPrefix: aws.String("logs/")}
		}
		return c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: aws.String("source"), BucketLoggingStatus: status})
	}
	check := func(want string) {
		t.Helper()
		out, err := c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: aws.String("source")})
		must(t)(out, err)
		got := ""
		if out.LoggingEnabled != nil {
			got = *out.LoggingEnabled.TargetBucket
		}
		if got != want {
			t.Errorf("logs go to %q, want %q", got, want)
		}
	}
	check("")
	must(t)(set("target"))
	check("target")
	for _, bad := range []string{"source", "far", "missing"} {
		refused(t, 400, "InvalidTargetBucketForLogging")(set(bad))
	}
	check("target")
	must(t)(set(""))
	check("")
}
