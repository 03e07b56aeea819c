package localspaces_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func TestFaults(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("faulty")
	ctx, b := t.Context(), aws.String("faulty")
	head := func() error {
		_, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: b})
		return err
	}

	e.Fail(localspaces.Fault{Operation: "GetBucketLocation", Skip: 1, Times: 2, Status: 503})
	must(t)(nil, head())
	refused(t, 503, "SlowDown")(nil, head())
	refused(t, 503, "SlowDown")(nil, head())
	must(t)(nil, head())

	cancel := e.Fail(localspaces.Fault{Bucket: *b, Status: 409, Code: "Custom", Header: http.Header{"Retry-After": {"7"}}})
	refused(t, 409, "Custom")(nil, head())
	if a := e.send("GET", "http://faulty.nyc3.localhost/", nil, ""); a.header.Get("Retry-After") != "7" {
		t.Errorf("headers %v", a.header)
	}
	must(t)(c.ListBuckets(ctx, nil)) // of no bucket
	cancel()
	must(t)(nil, head())

	cancel = e.Fail(localspaces.Fault{Match: func(r *http.Request, op string) bool {
		return op == "PutObject" && strings.HasPrefix(r.UserAgent(), "aws")
	}, Delay: 50 * time.Millisecond})
	begun := time.Now()
	put(t, c, *b, "k", "v")
	if took := time.Since(begun); took < 50*time.Millisecond {
		t.Errorf("a delayed PUT took %v", took)
	}
	cancel()

	e.Fail(localspaces.Fault{Operation: "PutObject", Key: "cut", Times: 1, Cut: true})
	if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("cut")}); err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("a cut connection gives %v", err)
	}
	refused(t, 404, "NotFound")(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: aws.String("cut")}))

	e.Fail(localspaces.Fault{Operation: "PutObject", Key: "cut", Times: 1, CutAfter: true})
	if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("cut")}); err == nil {
		t.Error("a PUT without an answer succeeded")
	}
	must(t)(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: aws.String("cut")}))

	statuses := 0
	for _, r := range e.Requests() {
		if r.Operation == "PutObject" && r.Key == "cut" && r.Status == 0 {
			statuses++
		}
	}
	if statuses != 2 {
		t.Errorf("%d requests were left without a status", statuses)
	}
}

func TestStale(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("stale")
	ctx, b, k := t.Context(), aws.String("stale"), aws.String("k")
	once := func(operation string) {
		e.Fail(localspaces.Fault{Operation: operation, Times: 1, Stale: true})
	}

	once("HeadBucket")
	refused(t, 404, "NotFound")(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b}))
	must(t)(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b}))
	once("ListBuckets")
	for _, want := range []int{0, 1} {
		out, err := c.ListBuckets(ctx, nil)
		must(t)(out, err)
		if len(out.Buckets) != want {
			t.Errorf("%d buckets, want %d", len(out.Buckets), want)
		}
	}

	put(t, c, *b, *k, "one")
	once("GetObject")
	refused(t, 404, "NoSuchKey")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k}))
	put(t, c, *b, *k, "two")
	once("GetObject")
	for _, want := range []string{"one", "two"} {
		if _, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k}); body != want {
			t.Errorf("got %q, want %q", body, want)
		}
	}
	put(t, c, *b, "l", "v")
	once("ListObjects")
	for _, want := range []int{1, 2} {
		out, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b})
		must(t)(out, err)
		if len(out.Contents) != want {
			t.Errorf("%d objects, want %d", len(out.Contents), want)
		}
	}

	must(t)(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: someCORS}))
	once("GetBucketCors")
	refused(t, 404, "NoSuchCORSConfiguration")(c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b}))
	must(t)(c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: b}))
	once("GetBucketCors")
	must(t)(c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b}))

	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: k}))
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("l")}))
	must(t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: b}))
	once("HeadBucket")
	must(t)(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b}))
	refused(t, 404, "NotFound")(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b}))
}

// TestDeleteDelay: long answers to DeleteObjects wait when that is asked for.
func TestDeleteDelay(t *testing.T) {
	const delay = 100 * time.Millisecond
	e := start(t, localspaces.Options{DeleteDelay: delay})
	c := e.withBucket("waiting")
	var ids []types.ObjectIdentifier
	for i := range 11 {
		ids = append(ids, types.ObjectIdentifier{Key: aws.String(strconv.Itoa(i))})
	}
	begin := time.Now()
	must(t)(c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: aws.String("waiting"), Delete: &types.Delete{Objects: ids}}))
	if took := time.Since(begin); took < delay {
		t.Errorf("it took %s", took)
	}
}

func TestRTT(t *testing.T) {
	e := start(t, localspaces.Options{RTT: 30 * time.Millisecond})
	begun := time.Now()
	e.withBucket("far")
	if took := time.Since(begun); took < 30*time.Millisecond || took > 10*time.Second {
		t.Errorf("a request took %v", took)
	}
}
