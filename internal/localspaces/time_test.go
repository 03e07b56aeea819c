package localspaces_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const day = 24 * time.Hour

// TestLifecycle lets days pass.
func TestLifecycle(t *testing.T) {
	now := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{Now: now.Now})
	c := e.withBucket("expiring")
	ctx, b := t.Context(), aws.String("expiring")
	must(t)(c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: b, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{
			expireAfter("tmp", "tmp/", 3),
			{
				ID: aws.String("old"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("doc/")},
				NoncurrentVersionExpiration:    &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(2)},
				AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)},
				Expiration:                     &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)},
			},
		}},
	}))
	put(t, c, *b, "tmp/plain", "v")
	enableVersioning(t, c, *b, "Enabled")
	put(t, c, *b, "tmp/versioned", "v")
	put(t, c, *b, "doc/a", "1")
	put(t, c, *b, "doc/a", "2")
	put(t, c, *b, "doc/b", "1")
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("doc/b")}))
	put(t, c, *b, "kept", "v")
	begin(t, c, *b, "doc/upload")
	begin(t, c, *b, "kept-upload")

	state := func() string {
		t.Helper()
		must(t)(nil, e.ApplyLifecycle(ctx))
		versions, markers := all(t, c, *b)
		uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: b})
		must(t)(uploads, err)
		var s []string
		for _, v := range versions {
			key, id, _ := strings.Cut(v, ":")
			s = append(s, key+strings.TrimLeft(strings.Replace(id, "*", " *", 1), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
		}
		for _, m := range markers {
			key, _, _ := strings.Cut(m, ":")
			s = append(s, "-"+key)
		}
		for _, u := range uploads.Uploads {
			s = append(s, "^"+*u.Key)
		}
		return strings.Join(s, ", ")
	}
	for _, step := range []struct {
		wait time.Duration
		want string
	}{
		{0, "doc/a *, doc/a, doc/b, kept *, tmp/plainnull *, tmp/versioned *, -doc/b, ^doc/upload, ^kept-upload"},
		{2 * day, "doc/a *, doc/a, doc/b, kept *, tmp/plainnull *, tmp/versioned *, -doc/b, ^kept-upload"},
		{1 * day, "doc/a *, kept *, tmp/plainnull *, tmp/versioned *, ^kept-upload"},
		{1 * day, "doc/a *, kept *, tmp/plainnull, tmp/versioned, -tmp/plain, -tmp/versioned, ^kept-upload"},
		{27 * day, "doc/a *, kept *, tmp/plainnull, tmp/versioned, -tmp/plain, -tmp/versioned"},
	} {
		now.now = now.now.Add(step.wait)
		if got := state(); got != step.want {
			t.Errorf("at %v:\n got %s\nwant %s", now.now, got, step.want)
		}
	}
}

// TestLogDelivery: what is asked of a bucket becomes an object in another.
func TestLogDelivery(t *testing.T) {
	now := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{Now: now.Now})
	c := e.withBucket("source")
	e.withBucket("target")
	ctx := t.Context()
	logs := func() (keys []string) {
		t.Helper()
		must(t)(nil, e.DeliverLogs(ctx))
		out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("target")})
		must(t)(out, err)
		for _, o := range out.Contents {
			keys = append(keys, *o.Key)
		}
		return keys
	}
	put(t, c, "source", "before", "v")
	must(t)(c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: aws.String("source"), BucketLoggingStatus: &types.BucketLoggingStatus{
		LoggingEnabled: &types.LoggingEnabled{TargetBucket: aws.String("target"), TargetPrefix: aws.String("logs/")},
	}}))
	logs()
	put(t, c, "source", "an object", "12345")
	e.send("GET", "http://source.nyc3.localhost/an%20object?x=y", map[string]string{"User-Agent": "me", "Referer": "https://from.example/"}, "")
	keys := logs()
	last := keys[len(keys)-1]
	if !regexp.MustCompile(`^logs/2026-11-01-12-00-00-[A-Z0-9]{16}$`).MatchString(last) {
		t.Errorf("the log is %s", last)
	}
	var log string
	for _, k := range keys {
		_, body := get(t, c, &s3.GetObjectInput{Bucket: aws.String("target"), Key: &k})
		log += body
	}
	for _, want := range []string{
		"6174283 source [01/Nov/2026:12:00:00 +0000] 127.0.0.1 6174283 ", "REST.PUT.OBJECT an%20object",
		`REST.GET.OBJECT an%20object "GET /an%20object?x=y HTTP/1.1" 403 AccessDenied`, `"https://from.example/" "me"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in\n%s", want, log)
		}
	}
	if strings.Contains(log, "before") {
		t.Error("logged what was before logging")
	}
	if n := len(logs()); n != len(keys) {
		t.Errorf("with nothing to tell there are %d objects, not %d", n, len(keys))
	}
}
