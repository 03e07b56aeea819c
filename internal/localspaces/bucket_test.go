package localspaces_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

var twoRegions = localspaces.Options{Regions: []string{"nyc3", "fra1"}}

func TestBucketLife(t *testing.T) {
	e := start(t, twoRegions)
	c, fra := e.client("nyc3"), e.client("fra1")
	name := aws.String("a-bucket")

	refused(t, 404, "NotFound")(c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name}))
	must(t)(c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}))
	refused(t, 409, "BucketAlreadyExists")(c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}))
	refused(t, 409, "BucketAlreadyExists")(fra.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}))
	must(t)(c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name}))
	refused(t, 404, "NotFound")(fra.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name}))
	refused(t, 404, "NoSuchBucket")(fra.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: name}))

	location, err := c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: name})
	if err != nil || location.LocationConstraint != "nyc3" {
		t.Fatalf("location: %v, %v", location, err)
	}
	for client, want := range map[*s3.Client]int{c: 1, fra: 0} {
		list, err := client.ListBuckets(t.Context(), nil)
		if err != nil || len(list.Buckets) != want || *list.Owner.ID != "6174283" {
			t.Fatalf("got %+v, %v, want %d buckets", list, err, want)
		}
	}

	put(t, c, *name, "k", "v")
	refused(t, 409, "BucketNotEmpty")(c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name}))
	must(t)(c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: name, Key: aws.String("k")}))
	must(t)(c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: name, Key: aws.String("k")}))
	must(t)(c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name})) // uploads do not hold it
	refused(t, 404, "NoSuchBucket")(c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name}))
	must(t)(fra.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}))
}

func TestBucketNames(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.client("nyc3", pathStyle(e))
	for name, good := range map[string]bool{
		"abc": true, strings.Repeat("a", 63): true, "0-9": true, "a--b": true, "a.b.c": true, "a.b-c.d": true,
		"ends-": false, "a-.b": false, "a.-b": false, "a.b.": false, "ab": false, strings.Repeat("a", 64): false, "-abc": false, "Abc": false, "a_b": false, "a..b": false, "1.2.3.4": false,
	} {
		_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
		if good && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !good {
			refused(t, 400, "InvalidBucketName")(nil, err)
		}
	}
}

func TestLocationConstraint(t *testing.T) {
	e := start(t, twoRegions)
	for constraint, good := range map[string]bool{"nyc3": true, "fra1": false, "us-east-1": false} {
		_, err := e.client("nyc3").CreateBucket(t.Context(), &s3.CreateBucketInput{
			Bucket:                    aws.String("for-" + constraint),
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(constraint)},
		})
		if good {
			must(t)(nil, err)
		} else {
			refused(t, 400, "InvalidLocationConstraint")(nil, err)
		}
	}
}

func TestCannedACLs(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("acls")
	for acl, good := range map[string]bool{
		"private": true, "public-read": true, "public-read-write": false, "authenticated-read": false, "nonsense": false,
	} {
		_, err := c.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: aws.String("acls"), ACL: types.BucketCannedACL(acl)})
		if good {
			must(t)(nil, err)
		} else {
			refused(t, 400, "InvalidArgument")(nil, err)
		}
	}
	must(t)(c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("open"), ACL: "public-read"}))
	out, err := c.GetBucketAcl(t.Context(), &s3.GetBucketAclInput{Bucket: aws.String("open")})
	if err != nil || len(out.Grants) != 2 || *out.Owner.ID != "6174283" {
		t.Fatalf("got %+v, %v", out, err)
	}
	refused(t, 501, "NotImplemented")(c.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{
		Bucket: aws.String("acls"), GrantRead: aws.String(`uri="http://acs.amazonaws.com/groups/global/AllUsers"`),
	}))
}

// TestUnsupported: what Spaces does not have is refused, and nothing else
// happens instead.
func TestUnsupported(t *testing.T) {
	e := start(t, localspaces.Options{})
	b := aws.String("unsupported")
	c := e.withBucket(*b)
	ctx := t.Context()
	no := refused(t, 501, "NotImplemented")

	no(c.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: b, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: b, Value: b}}}}))
	no(c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: b}))
	no(c.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: b}))
	no(c.DeleteBucketEncryption(ctx, &s3.DeleteBucketEncryptionInput{Bucket: b}))
	no(c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: b}))
	no(c.DeleteBucketOwnershipControls(ctx, &s3.DeleteBucketOwnershipControlsInput{Bucket: b}))
	no(c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: b}))
	no(c.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: b}))
	no(c.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: b}))
	no(c.GetBucketNotificationConfiguration(ctx, &s3.GetBucketNotificationConfigurationInput{Bucket: b}))
	no(c.GetBucketAccelerateConfiguration(ctx, &s3.GetBucketAccelerateConfigurationInput{Bucket: b}))
	no(c.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: b}))
	no(c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: b}))
	no(c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: b}))
	no(c.DeleteBucketMetricsConfiguration(ctx, &s3.DeleteBucketMetricsConfigurationInput{Bucket: b, Id: b}))
	no(c.DeleteBucketInventoryConfiguration(ctx, &s3.DeleteBucketInventoryConfigurationInput{Bucket: b, Id: b}))
	must(t)(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b})) // none of the above deleted it

	put(t, c, *b, "kept", "body")
	no(c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: b, Key: aws.String("kept"), ObjectAttributes: []types.ObjectAttributes{"ETag"}}))
	no(c.PutObjectRetention(ctx, &s3.PutObjectRetentionInput{Bucket: b, Key: aws.String("kept")}))
	no(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("kept"), Body: strings.NewReader("x"), ServerSideEncryption: "AES256"}))
	no(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("kept"), Body: strings.NewReader("x"), ObjectLockLegalHoldStatus: "ON"}))
	no(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("kept"), IfMatch: aws.String("x")}))
	refused(t, 400, "InvalidArgument")(c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("kept"), Body: strings.NewReader("x"), StorageClass: "GLACIER"}))
	if _, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: aws.String("kept")}); body != "body" {
		t.Errorf("the object is now %q", body)
	}
	no(c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("locked"), ObjectLockEnabledForBucket: aws.Bool(true)}))
	refused(t, 404, "NotFound")(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("locked")}))
}

func TestExpectedOwner(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("owned")
	must(t)(c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("owned"), ExpectedBucketOwner: aws.String("6174283")}))
	refused(t, 403, "AccessDenied")(c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{
		Bucket: aws.String("owned"), ExpectedBucketOwner: aws.String("1"),
	}))
}

func TestErrorAnswers(t *testing.T) {
	e := start(t, twoRegions)
	a := e.send("GET", "http://nyc3.localhost/nothing-here", nil, "")
	a.want(t, 404, "<Code>NoSuchBucket</Code>")
	if !strings.Contains(a.body, "<RequestId>"+a.header.Get("x-amz-request-id")+"</RequestId>") {
		t.Errorf("no request ID in %s", a.body)
	}
	if a := e.send("HEAD", "http://nyc3.localhost/nothing-here", nil, ""); a.status != 404 || a.body != "" || a.header.Get("x-amz-request-id") == "" {
		t.Errorf("HEAD: %+v", a)
	}
	e.send("GET", "http://lon1.localhost/", nil, "").want(t, 400, "nyc3, fra1")
	e.send("PATCH", "http://nyc3.localhost/b/k", nil, "").want(t, 405, "MethodNotAllowed")
}

func TestAddressing(t *testing.T) {
	e := start(t, twoRegions)
	ctx := t.Context()
	c := e.withBucket("addressed")
	must(t)(e.client("fra1").CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("elsewhere")}))
	put(t, c, "addressed", "k", "v", func(in *s3.PutObjectInput) { in.ACL = "public-read" })

	for _, url := range []string{
		"http://addressed.nyc3.localhost/k", "http://nyc3.localhost/addressed/k", "http://" + e.addr + "/addressed/k",
		"http://addressed.nyc3.digitaloceanspaces.com/k", "http://nyc3.digitaloceanspaces.com/addressed/k", "http://localhost/addressed/k",
	} {
		e.send("GET", url, nil, "").want(t, 200, "v")
	}
	// On a bare address the region is the signature's.
	for region, bucket := range map[string]string{"nyc3": "addressed", "fra1": "elsewhere"} {
		must(t)(e.client(region, pathStyle(e)).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket}))
	}
	for _, r := range e.Requests() {
		if r.Operation == "HeadBucket" && r.Region != map[string]string{"addressed": "nyc3", "elsewhere": "fra1"}[r.Bucket] {
			t.Errorf("wrong region: %+v", r)
		}
	}
}

func TestRequests(t *testing.T) {
	e := start(t, localspaces.Options{})
	e.withBucket("remembered")
	e.send("GET", "http://nyc3.localhost/remembered/k", nil, "")
	access, _ := e.Credentials()
	want := []localspaces.Request{
		{Operation: "CreateBucket", Region: "nyc3", Bucket: "remembered", Status: 200, AccessKey: access},
		{Operation: "GetObject", Region: "nyc3", Bucket: "remembered", Key: "k", Status: http.StatusForbidden},
	}
	e.http.CloseIdleConnections()
	if got := e.Requests(); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	e.ResetRequests()
	if got := e.Requests(); len(got) != 0 {
		t.Errorf("got %+v after a reset", got)
	}
}
