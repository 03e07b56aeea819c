package localspaces_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var bucketBehaviours = map[string]func(*probe){
	"bucket": func(p *probe) {
		_, err := p.s3.HeadBucket(p.ctx, &s3.HeadBucketInput{Bucket: p.bucket})
		p.err("head", err)
		location, err := p.s3.GetBucketLocation(p.ctx, &s3.GetBucketLocationInput{Bucket: p.bucket})
		p.err("location", err)
		p.say("location is", "%s", location.LocationConstraint)
		list, err := p.s3.ListBuckets(p.ctx, &s3.ListBucketsInput{})
		p.err("list", err)
		p.say("is listed", "%v", slices.ContainsFunc(list.Buckets, func(b s3types.Bucket) bool { return *b.Name == *p.bucket && b.CreationDate != nil }))
		_, err = p.s3.DeleteBucket(p.ctx, &s3.DeleteBucketInput{Bucket: p.bucket})
		p.err("delete", err)
		_, err = p.s3.DeleteBucket(p.ctx, &s3.DeleteBucketInput{Bucket: p.bucket})
		p.err("delete again", err)
		_, err = p.s3.HeadBucket(p.ctx, &s3.HeadBucketInput{Bucket: p.bucket})
		p.err("head when deleted", err)
	},
	"create bucket": func(p *probe) {
		create := func(what, suffix string, change func(*s3.CreateBucketInput)) {
			in := &s3.CreateBucketInput{Bucket: aws.String(*p.bucket + suffix)}
			change(in)
			_, err := p.s3.CreateBucket(p.ctx, in)
			p.err(what, err)
			if err == nil && suffix != "" {
				p.must(p.s3.DeleteBucket(p.ctx, &s3.DeleteBucketInput{Bucket: in.Bucket}))
			}
		}
		create("again", "", func(*s3.CreateBucketInput) {})
		create("again, another ACL", "", func(in *s3.CreateBucketInput) { in.ACL = s3types.BucketCannedACLPublicRead })
		create("public-read", "-a", func(in *s3.CreateBucketInput) { in.ACL = s3types.BucketCannedACLPublicRead })
		create("public-read-write", "-b", func(in *s3.CreateBucketInput) { in.ACL = s3types.BucketCannedACLPublicReadWrite })
		create("unknown ACL", "-c", func(in *s3.CreateBucketInput) { in.ACL = "nonsense" })
		at := func(location string) func(in *s3.CreateBucketInput) {
			return func(in *s3.CreateBucketInput) {
				in.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(location)}
			}
		}
		create("location of its own", "-d", at(p.region))
		create("location elsewhere", "-e", at("elsewhere"))
		create("with a lock", "-f", func(in *s3.CreateBucketInput) { in.ObjectLockEnabledForBucket = aws.Bool(true) })
	},
	"bucket names": func(p *probe) {
		for _, name := range []string{
			"ab", strings.Repeat("x", 64), strings.Repeat("x", 63), "Probe-A", "probe_a",
			"-probe", "probe-", "probe..a", "probe-.a", "probe.-a", "probe.a.", "192.168.5.4", "probe.a", "xn--probe",
		} {
			_, err := p.s3.CreateBucket(p.ctx, &s3.CreateBucketInput{Bucket: &name})
			p.err(name, err)
			if err == nil {
				p.must(p.s3.DeleteBucket(p.ctx, &s3.DeleteBucketInput{Bucket: &name}))
			}
		}
	},
	"delete bucket": func(p *probe) {
		destroy := func(what string) {
			_, err := p.s3.DeleteBucket(p.ctx, &s3.DeleteBucketInput{Bucket: p.bucket})
			p.err(what, err)
		}
		p.must(p.s3.PutBucketVersioning(p.ctx, &s3.PutBucketVersioningInput{
			Bucket: p.bucket, VersioningConfiguration: &s3types.VersioningConfiguration{Status: "Enabled"},
		}))
		version := p.object("k", "x").VersionId
		destroy("with an object")
		marker, err := p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k")})
		p.must(marker, err)
		destroy("with a marker and a version")
		p.must(p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k"), VersionId: version}))
		destroy("with a marker")
		p.must(p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k"), VersionId: marker.VersionId}))
		p.must(p.s3.CreateMultipartUpload(p.ctx, &s3.CreateMultipartUploadInput{Bucket: p.bucket, Key: aws.String("k")}))
		destroy("with an upload")
	},
	"missing bucket": func(p *probe) {
		p.must(p.s3.DeleteBucket(p.ctx, &s3.DeleteBucketInput{Bucket: p.bucket}))
		key := aws.String("k")
		_, err := p.s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket})
		p.err("list", err)
		_, err = p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: key})
		p.err("get object", err)
		_, err = p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: key})
		p.err("head object", err)
		_, err = p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: key, Body: bytes.NewReader(nil)})
		p.err("put object", err)
		_, err = p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: key})
		p.err("delete object", err)
		_, err = p.s3.CreateMultipartUpload(p.ctx, &s3.CreateMultipartUploadInput{Bucket: p.bucket, Key: key})
		p.err("create upload", err)
		for _, document := range []string{"acl", "cors", "lifecycle", "policy", "versioning", "website", "logging"} {
			resp, body := p.send(true, http.MethodGet, "?"+document, nil, "")
			p.status("get "+document, resp, body)
			if document != "acl" && document != "versioning" && document != "logging" {
				resp, body = p.send(true, http.MethodDelete, "?"+document, nil, "")
				p.status("delete "+document, resp, body)
			}
		}
		p.put("put policy", "policy", `{"Version": "2012-10-17", "Statement": []}`)
		p.put("put cors", "cors", "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>")
		p.anonymous("anonymous", http.MethodGet, "", nil)
	},
	"signatures": func(p *probe) {
		as := func(accessKey, secretKey string) *side {
			return newSide(p.http, p.endpoint, p.region, accessKey, secretKey)
		}
		_, err := as("NOSUCHKEY0000", p.key.SecretAccessKey).s3.HeadBucket(p.ctx, &s3.HeadBucketInput{Bucket: p.bucket})
		p.err("unknown key, head", err)
		_, err = as("NOSUCHKEY0000", p.key.SecretAccessKey).s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket})
		p.err("unknown key", err)
		_, err = as(p.key.AccessKeyID, "wrong").s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket})
		p.err("wrong secret", err)
		_, err = p.s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket}, func(o *s3.Options) { o.Region = "us-east-1" })
		p.err("signed for us-east-1", err)
		p.anonymous("anonymous list", http.MethodGet, "", nil)
		p.anonymous("anonymous head", http.MethodHead, "", nil)
		p.anonymous("anonymous get", http.MethodGet, "/k", nil)
		p.anonymous("anonymous put", http.MethodPut, "/k", nil)
		p.anonymous("anonymous delete", http.MethodDelete, "/k", nil)
		p.anonymous("anonymous policy", http.MethodGet, "?policy", nil)
	},
	// What a provider must not send: Ceph does something else than it was asked.
	"sub-resources that Spaces lacks": func(p *probe) {
		for _, word := range []string{
			"encryption", "ownershipControls", "publicAccessBlock", "tagging", "requestPayment", "notification", "replication",
			"accelerate", "metrics", "analytics", "inventory", "policyStatus", "object-lock",
		} {
			resp, body := p.send(true, http.MethodGet, "?"+word, nil, "")
			p.status("get "+word, resp, body)
		}
		for _, word := range []string{"ownershipControls", "tagging", "publicAccessBlock", "nonsense"} {
			p.send(true, http.MethodPut, "", nil, "") // when a delete of before took the bucket
			resp, body := p.send(true, http.MethodDelete, "?"+word, nil, "")
			p.status("delete "+word, resp, body)
		}
		p.send(true, http.MethodPut, "", nil, "")
	},
}
