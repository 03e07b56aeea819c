package bucket

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Terraform drops what an action says after an interrupt, so that is seen here
// only.
func TestEmpty_cancelled(t *testing.T) {
	server, err := localspaces.New(localspaces.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(func() { web.Close(); _ = server.Close() })
	endpoint, err := spaces.ParseEndpoint(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	access, secret := server.Credentials()
	cl := spaces.New(spaces.Config{AccessKey: access, SecretKey: secret, Endpoint: endpoint, PathStyle: true, Patience: spaces.Patience{Poll: time.Millisecond}})
	c, err := cl.S3("nyc3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("test")}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b"} {
		if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("test"), Key: &key}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	// Uploads are looked for while objects are deleted: that hangs, until the objects are gone.
	server.Fail(localspaces.Fault{Operation: "ListMultipartUploads", Delay: time.Minute})
	go func() {
		defer cancel()
		for !slices.ContainsFunc(server.Requests(), func(r localspaces.Request) bool { return r.Operation == "DeleteObjects" }) {
			if spaces.Pause(ctx, 5*time.Millisecond) != nil {
				return
			}
		}
		_ = spaces.Pause(ctx, 300*time.Millisecond) // for the answer to arrive
	}()
	m := &emptyModel{}
	m.Region, m.Bucket = types.StringValue("nyc3"), types.StringValue("test")
	err = empty(ctx, cl, m)
	if spaces.KindOf(err) != spaces.Cancelled || !strings.Contains(err.Error(), "it was ended before all was deleted. Deleted was 2 objects; the next run goes on from there") {
		t.Errorf("error %v", err)
	}
}
