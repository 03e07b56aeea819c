package bucket_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// TestAccEmptying destroys a bucket of 20,000 objects and 5,000 earlier
// versions. The first destroy is interrupted in the middle, as by Ctrl-C; the
// next one finishes.
func TestAccEmptying(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no interrupt to send")
	}
	e := acctest.New(t)
	start := time.Now()
	objects, versions := 20_000, 5_000
	if testing.Short() {
		objects, versions = 3_000, 500
	}
	cli := e.CLI(`
resource "spaces_bucket" "test" {
  name          = var.name
  force_destroy = true
}

resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
`)
	cli.Run("apply", "-auto-approve")
	c := e.S3(e.Region())
	putMany(e, e.Name, objects)
	putMany(e, e.Name, versions)
	t.Logf("filled after %s", time.Since(start))

	first := firstVersion(t, c, e.Name)
	began := func(string) bool { return firstVersion(t, c, e.Name) != first }
	printed, err := cli.Interrupted(began, "destroy", "-auto-approve")
	t.Logf("interrupted after %s", time.Since(start))
	left := count(t, c, e.Name, objects+versions)
	if err == nil || left == 0 || left == objects+versions {
		t.Fatalf("the destroy was not interrupted in its middle: %v, %d left\n%s", err, left, printed)
	}
	if !strings.Contains(acctest.Flat(printed), "the next run goes on from there") {
		t.Errorf("the message does not say how it goes on:\n%s", printed)
	}
	if out := cli.Run("state", "list"); !strings.Contains(out, "spaces_bucket.test") {
		t.Fatalf("the bucket is not in the state any more:\n%s", out)
	}

	t.Logf("%d left after %s", left, time.Since(start))
	cli.Run("destroy", "-auto-approve")
	t.Logf("empty after %s", time.Since(start))
	if _, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &e.Name}); spaces.KindOf(err) != spaces.NotFound {
		t.Fatalf("the bucket is left: %v", err)
	}
}

// firstVersion is the first of a bucket's listing.
func firstVersion(t *testing.T, c *s3.Client, bucket string) string {
	t.Helper()
	out, err := c.ListObjectVersions(context.WithoutCancel(t.Context()), &s3.ListObjectVersionsInput{Bucket: &bucket, MaxKeys: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range out.Versions {
		return *v.Key + " " + *v.VersionId
	}
	return ""
}

// count is how many versions and markers a bucket holds.
func count(t *testing.T, c *s3.Client, bucket string, limit int) int {
	t.Helper()
	held, err := spaces.Count(context.WithoutCancel(t.Context()), c, bucket, limit+1)
	if err != nil {
		t.Fatal(err)
	}
	return held.Objects + held.Versions + held.Markers
}
