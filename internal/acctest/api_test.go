package acctest

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// The local Spaces takes the host names that we build for the origin of a CDN
// endpoint, answers those that we build for the endpoint, serves there, and
// forgets by our clock.
func TestLocalCDN(t *testing.T) {
	e := NewLocal(t, Options{})
	at := spaces.Location{Region: e.Region(), Bucket: e.Name}
	c, key := e.S3(at.Region), "page"
	put := func(text string) {
		t.Helper()
		if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &at.Bucket, Key: &key, ACL: s3types.ObjectCannedACLPublicRead, Body: strings.NewReader(text)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &at.Bucket}); err != nil {
		t.Fatal(err)
	}
	put("old")
	cdn, _, err := e.API().CDNs.Create(t.Context(), &godo.CDNCreateRequest{Origin: e.clients.Endpoint.BucketHost(at), TTL: 60})
	if err != nil {
		t.Fatal(err)
	}
	if want := e.clients.Endpoint.CDNHost(at); cdn.Endpoint != want {
		t.Errorf("the endpoint is at %s, want %s", cdn.Endpoint, want)
	}
	serves := func(want string) {
		t.Helper()
		resp, err := e.HTTP().Get("http://" + cdn.Endpoint + "/" + key)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got, err := io.ReadAll(resp.Body); err != nil || string(got) != want {
			t.Errorf("it serves %q (%v), want %q", got, err, want)
		}
	}
	serves("old")
	put("new")
	serves("old")
	e.Pass(time.Minute)
	serves("new")
}
