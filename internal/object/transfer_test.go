package object

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestPair_same(t *testing.T) {
	t.Parallel()
	const sum, other = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	o := func(etag string, size int64, after time.Duration) listing {
		return listing{"k", etag, size, at.Add(after)}
	}
	for name, x := range map[string]struct {
		source, there listing
		want          bool
	}{
		"one content":                    {o(sum, 5, 0), o(sum, 5, -time.Hour), true},
		"other content":                  {o(sum, 5, 0), o(other, 5, time.Hour), false},
		"other size":                     {o(sum, 5, 0), o(sum, 6, time.Hour), false},
		"one upload in parts":            {o(sum+"-2", 5, 0), o(sum+"-2", 5, -time.Hour), true},
		"in parts there, later":          {o(sum, 5, 0), o(other+"-2", 5, 0), true},
		"in parts there, before":         {o(sum, 5, 0), o(other+"-2", 5, -time.Second), false},
		"in parts here, later":           {o(sum+"-3", 5, 0), o(other, 5, time.Second), true},
		"in parts here, before":          {o(sum+"-3", 5, 0), o(other, 5, -time.Second), false},
		"in parts here, of another size": {o(sum+"-3", 5, 0), o(other, 4, time.Second), false},
	} {
		if got := (pair{x.source, &x.there}).same(); got != x.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if (pair{source: o(sum, 5, 0)}).same() {
		t.Error("nothing is there")
	}
}

// filled is a local Spaces with objects to transfer from "test" to "new".
func filled(t *testing.T, keys ...string) (*localspaces.Server, *spaces.Clients, *s3.Client, *transferModel) {
	t.Helper()
	server, cl, c := local(t)
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("new")}); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("test"), Key: &key, Body: strings.NewReader(key)}); err != nil {
			t.Fatal(err)
		}
	}
	m := &transferModel{SourceBucket: types.StringValue("test")}
	m.Region, m.Bucket = types.StringValue("nyc3"), types.StringValue("new")
	return server, cl, c, m
}

// Terraform drops what an action says after an interrupt, so that is seen here
// only.
func TestTransfer_cancelled(t *testing.T) {
	t.Parallel()
	server, cl, _, m := filled(t, "a", "b", "c")
	ctx, cancel := context.WithCancel(t.Context())
	server.Fail(localspaces.Fault{Operation: "CopyObject", Key: "b", Delay: time.Minute, Match: func(*http.Request, string) bool { cancel(); return true }})
	err := runTransfer(ctx, cl, m)
	if spaces.KindOf(err) != spaces.Cancelled || !strings.Contains(err.Error(), "it was ended after ") || !strings.Contains(err.Error(), "and the next run copies the rest") {
		t.Errorf("error %v", err)
	}
}

// What the server will not copy by itself is streamed, and soon it is not asked.
func TestTransfer_refused(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, a := range "abcdefghij" {
		for _, b := range "abcdefghij" {
			keys = append(keys, string(a)+string(b))
		}
	}
	server, cl, c, m := filled(t, keys...)
	server.Fail(localspaces.Fault{Operation: "CopyObject", Status: 501})
	if err := runTransfer(t.Context(), cl, m); err != nil {
		t.Fatal(err)
	}
	out, err := c.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: aws.String("new")})
	if err != nil || len(out.Contents) != len(keys) {
		t.Errorf("%d objects, %v", len(out.Contents), err)
	}
	if n := count(server, "CopyObject"); n >= len(keys) {
		t.Errorf("the server was asked %d times", n)
	}
}

// An ACL that cannot be read is none that opens the copy.
func TestTransfer_aclDenied(t *testing.T) {
	t.Parallel()
	server, cl, c, m := filled(t)
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("test"), Key: aws.String("k"), ACL: "public-read"}); err != nil {
		t.Fatal(err)
	}
	server.Fail(localspaces.Fault{Operation: "GetObjectAcl", Bucket: "test", Status: 403})
	if err := runTransfer(t.Context(), cl, m); err != nil {
		t.Fatal(err)
	}
	out, err := c.GetObjectAcl(t.Context(), &s3.GetObjectAclInput{Bucket: aws.String("new"), Key: aws.String("k")})
	if err != nil || spaces.CannedACL(out.Grants, out.Owner) != spaces.ACLPrivate {
		t.Errorf("%+v, %v", out, err)
	}
}

// An object that is deleted while others are copied is no failure; what HEAD
// wrongly says is not there is missed in the end.
func TestTransfer_deletedMeanwhile(t *testing.T) {
	t.Parallel()
	server, cl, _, m := filled(t, "a", "b")
	server.Fail(localspaces.Fault{Operation: "HeadObject", Key: "a", Status: 404, Code: "NoSuchKey"})
	err := runTransfer(t.Context(), cl, m)
	if err == nil || !strings.Contains(err.Error(), `All was copied, but 1 of 2 objects are not in the bucket new as they are in the source: "a"`) {
		t.Errorf("error %v", err)
	}
}

func TestTransfer_errors(t *testing.T) {
	t.Parallel()
	server, cl, _, m := filled(t, "k")
	stop := server.Fail(localspaces.Fault{Operation: "ListObjects", Bucket: "test", Status: 403})
	if err := runTransfer(t.Context(), cl, m); spaces.KindOf(err) != spaces.Denied || !strings.Contains(err.Error(), "the source nyc3/test could not be listed") {
		t.Errorf("error %v", err)
	}
	stop()
	m.SourceBucket = types.StringValue("new")
	if err := runTransfer(t.Context(), cl, m); err == nil || !strings.Contains(err.Error(), "The bucket new is to be copied into itself") {
		t.Errorf("error %v", err)
	}
	m.SourceBucket, m.Endpoint = types.StringValue("test"), types.StringValue(cl.Endpoint.URL("nyc3"))
	m.AccessKey, m.SecretKey, m.SourceRegion = types.StringValue("nobody"), types.StringValue("the-secret"), types.StringValue("nyc3")
	err := runTransfer(t.Context(), cl, m)
	if spaces.KindOf(err) != spaces.BadKey || !strings.Contains(err.Error(), "Check source_access_key and source_secret_key.") || strings.Contains(err.Error(), "the-secret") || spaces.Advice(err) != "" {
		t.Errorf("error %v", err)
	}
	m.Bucket = types.StringValue("none")
	if err := runTransfer(t.Context(), cl, m); spaces.KindOf(err) != spaces.NotFound || !strings.Contains(err.Error(), "there is no bucket none in region nyc3") {
		t.Errorf("error %v", err)
	}
}

func TestSigningRegion(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://fra1.digitaloceanspaces.com": "fra1", "https://s3.eu-central-1.amazonaws.com": "us-east-1", "http://127.0.0.1:9000": "us-east-1",
		spaces.DefaultEndpoint: "us-east-1",
	} {
		e, err := spaces.ParseEndpoint(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := signingRegion(e); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
