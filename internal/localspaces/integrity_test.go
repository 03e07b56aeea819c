package localspaces_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

var (
	someCORS = &types.CORSConfiguration{CORSRules: []types.CORSRule{{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}}}}
	wrongMD5 = aws.String("1B2M2Y8AsgTpgAmY7PhCfg==")
)

func TestWrongMD5(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("digests")
	b, ctx := aws.String("digests"), t.Context()
	bad := refused(t, 400, "BadDigest")
	bad(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: b, Body: strings.NewReader("x"), ContentMD5: wrongMD5}))
	bad(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: someCORS, ContentMD5: wrongMD5}))
	bad(c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: b, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"}, ContentMD5: wrongMD5,
	}))
	bad(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: b, Body: strings.NewReader("x"), ChecksumCRC32: aws.String("AAAAAA==")}))
	bad(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: b, Body: strings.NewReader("x"), ChecksumSHA256: aws.String("AAAAAA==")}))
	refused(t, 400, "InvalidDigest")(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: b, ContentMD5: aws.String("nonsense")}))
	refused(t, 404, "NoSuchCORSConfiguration")(c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b}))
	refused(t, 404, "NoSuchKey")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: b}))
	refused(t, 501, "NotImplemented")(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: b, ChecksumCRC64NVME: aws.String("AAAAAAAAAAA=")}))
}

// TestMissingMD5: the SDK sends CRC32, which counts unless the server is
// strict. Without any digest both refuse.
func TestMissingMD5(t *testing.T) {
	for _, strict := range []bool{false, true} {
		e := start(t, localspaces.Options{Strict: strict})
		c := e.withBucket("required")
		ctx, b := t.Context(), aws.String("required")
		put(t, c, *b, "k", "v")
		check := func(_ any, err error) {
			t.Helper()
			if strict {
				refused(t, 400, "InvalidRequest")(nil, err)
			} else {
				must(t)(nil, err)
			}
		}
		check(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: someCORS}))
		check(c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: b, ACL: "private"}))
		check(c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: b, Key: aws.String("k"), ACL: "private"}))
		check(c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: b, BucketLoggingStatus: &types.BucketLoggingStatus{}}))
		check(c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: b, WebsiteConfiguration: &types.WebsiteConfiguration{
			IndexDocument: &types.IndexDocument{Suffix: aws.String("index.html")},
		}}))
		check(c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: b, Key: aws.String("k"), Tagging: &types.Tagging{TagSet: []types.Tag{}}}))
		must(t)(c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: b, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"},
		}))
		must(t)(c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: b}}}}))

		const acl, cors = "http://required.nyc3.localhost/?acl", "http://required.nyc3.localhost/?cors"
		e.do(e.signed("PUT", cors, "<CORSConfiguration/>", unsigned, time.Now(), nil)).want(t, 400, "Content-MD5")
		without := e.do(e.signed("PUT", acl, "", unsigned, time.Now(), map[string]string{"x-amz-acl": "private"}))
		if strict {
			without.want(t, 400, "Content-MD5")
		} else { // as s3cmd has it
			without.want(t, 200, "")
		}
		e.do(e.signed("PUT", acl, "", unsigned, time.Now(), map[string]string{"x-amz-acl": "private", "Content-MD5": *wrongMD5})).want(t, 200, "")
	}
}
