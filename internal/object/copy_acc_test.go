package object_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/object"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Copying in parts is for objects above 5 GiB. Here it is done with less, on a
// real server, by that server and between regions.
func TestAccCopy_inParts(t *testing.T) {
	e := acctest.New(t)
	endpoint, err := spaces.ParseEndpoint(e.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	cl := spaces.New(spaces.Config{AccessKey: e.AccessKey, SecretKey: e.SecretKey, Endpoint: endpoint, PathStyle: e.PathStyle, MaxRetries: 2, Patience: e.Patience})
	for i, region := range e.Regions[:2] {
		name := e.Name + []string{"", "-b"}[i]
		if _, err := e.S3(region).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := spaces.Empty(t.Context(), e.S3(region), name); err != nil {
				t.Error(err)
			}
			if _, err := e.S3(region).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &name}); err != nil {
				t.Error(err)
			}
		}()
	}
	content := make([]byte, 40<<20)
	_, _ = rand.Read(content)
	for _, key := range []string{"a +#?ü/日本", "a%#b", "a%20b"} {
		put := &s3.PutObjectInput{
			Bucket: &e.Name, Key: &key, Body: bytes.NewReader(content),
			ContentType: aws.String("text/x-test"), CacheControl: aws.String("no-cache"), Metadata: map[string]string{"a": "b"},
		}
		if _, err := e.S3(e.Region()).PutObject(t.Context(), put); err != nil {
			t.Fatal(err)
		}
		for name, to := range map[string]spaces.Location{"server-side": {Region: e.Regions[0], Bucket: e.Name}, "between regions": {Region: e.Regions[1], Bucket: e.Name + "-b"}} {
			t.Run(name+" "+key, func(t *testing.T) {
				from := spaces.Location{Region: e.Region(), Bucket: e.Name}
				etag, err := object.CopyInParts(t.Context(), cl, from, to, key, "copy of "+key, nil, from.Region == to.Region)
				if err != nil {
					t.Fatal(err)
				}
				out, err := e.S3(to.Region).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &to.Bucket, Key: aws.String("copy of " + key)})
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(out.Body)
				if err != nil || !bytes.Equal(body, content) || *out.ETag != `"`+etag+`"` || *out.ContentType != "text/x-test" || *out.CacheControl != "no-cache" || out.Metadata["a"] != "b" {
					t.Errorf("%d bytes, %+v, %v", len(body), out, err)
				}
				uploads, err := e.S3(to.Region).ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &to.Bucket})
				if err != nil || len(uploads.Uploads) > 0 {
					t.Errorf("%d uploads are left, %v", len(uploads.Uploads), err)
				}
			})
		}
	}
}
