package localspaces_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// oddKeys are keys that careless handling of paths would change.
var oddKeys = []string{
	"plain", "a b", "a+b", "100%", "a%2Fb", "/leading", "//two", "a//b", "trailing/", "./dot", "../up", "a/../b", "..", ".", "ü/日本",
	"q?x=1&y", "#hash", "a:b;c,d=e", `quote"'<>`, "~tilde*!()", strings.Repeat("k", 1024),
}

func TestOddKeys(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("odd")
	b := aws.String("odd")
	for _, client := range []*s3.Client{c, e.client("nyc3", pathStyle(e))} {
		for _, key := range oddKeys {
			put(t, client, *b, key, "of "+key)
		}
		list, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: b, EncodingType: "url"})
		must(t)(list, err)
		got := map[string]bool{}
		for _, o := range list.Contents {
			key, err := url.PathUnescape(*o.Key)
			must(t)(nil, err)
			got[key] = true
		}
		for _, key := range oddKeys {
			if !got[key] {
				t.Errorf("%q is not listed", key)
			}
			if _, body := get(t, client, &s3.GetObjectInput{Bucket: b, Key: &key}); body != "of "+key {
				t.Errorf("%q has body %q", key, body)
			}
			copied := "copy " + key
			if len(copied) < 1024 {
				must(t)(client.CopyObject(t.Context(), &s3.CopyObjectInput{
					Bucket: b, Key: &copied, CopySource: aws.String("odd/" + url.PathEscape(key)),
				}))
				must(t)(client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: b, Key: &copied}))
			}
			must(t)(client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: b, Key: &key}))
		}
		if len(list.Contents) != len(oddKeys) {
			t.Errorf("%d keys are listed", len(list.Contents))
		}
	}
	refused(t, 400, "KeyTooLongError")(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: aws.String(strings.Repeat("k", 1025))}))
}

func TestObjectHeaders(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("headers")
	b, k := aws.String("headers"), aws.String("k")
	put(t, c, *b, *k, "body", func(in *s3.PutObjectInput) {
		in.CacheControl, in.ContentDisposition, in.ContentEncoding = aws.String("max-age=1"), aws.String("inline"), aws.String("br")
		in.ContentLanguage, in.ContentType, in.Expires = aws.String("de"), aws.String("text/x"), aws.Time(time.Unix(1e9, 0))
		in.WebsiteRedirectLocation, in.StorageClass = aws.String("/there"), "STANDARD"
		in.Metadata = map[string]string{"one": "ä", "Two-Words": "2"}
		in.Tagging = aws.String("a=1&b=2")
	})
	out, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: b, Key: k})
	must(t)(out, err)
	for got, want := range map[*string]string{
		out.CacheControl: "max-age=1", out.ContentDisposition: "inline", out.ContentEncoding: "br", out.ContentLanguage: "de", out.ContentType: "text/x",
		out.WebsiteRedirectLocation: "/there", out.ETag: fmt.Sprintf(`"%x"`, md5.Sum([]byte("body"))), out.ExpiresString: "Sun, 09 Sep 2001 01:46:40 GMT",
	} {
		if got == nil || *got != want {
			t.Errorf("got %v, want %s", aws.ToString(got), want)
		}
	}
	if out.Metadata["one"] != "ä" || out.Metadata["two-words"] != "2" || *out.ContentLength != 4 || *out.TagCount != 2 {
		t.Errorf("got %+v", out)
	}
	tags, err := c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: b, Key: k})
	must(t)(tags, err)
	if len(tags.TagSet) != 2 || *tags.TagSet[1].Value != "2" {
		t.Errorf("got tags %+v", tags.TagSet)
	}
	must(t)(c.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: b, Key: k, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: k, Value: k}}}}))
	must(t)(c.DeleteObjectTagging(t.Context(), &s3.DeleteObjectTaggingInput{Bucket: b, Key: k}))
	tags, err = c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: b, Key: k})
	must(t)(tags, err)
	if len(tags.TagSet) != 0 {
		t.Errorf("got tags %+v", tags.TagSet)
	}
	eleven := make([]types.Tag, 11)
	for i := range eleven {
		eleven[i] = types.Tag{Key: aws.String(fmt.Sprint(i)), Value: k}
	}
	refused(t, 400, "InvalidTag")(c.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: b, Key: k, Tagging: &types.Tagging{TagSet: eleven}}))

	put(t, c, *b, "bare", "")
	bare, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: b, Key: aws.String("bare")})
	must(t)(bare, err)
	if len(bare.Metadata) != 0 || bare.CacheControl != nil {
		t.Errorf("an object without headers has %+v", bare)
	}
}

func TestRange(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("ranges")
	b, k := aws.String("ranges"), aws.String("k")
	put(t, c, *b, *k, "0123456789")
	for header, want := range map[string]string{
		"bytes=0-0": "0", "bytes=2-4": "234", "bytes=8-": "89", "bytes=8-99": "89", "bytes=-3": "789", "bytes=-99": "0123456789",
		"": "0123456789", "bytes=4-2": "0123456789", "lines=1-2": "0123456789",
	} {
		out, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k, Range: &header})
		if body != want || *out.ContentLength != int64(len(want)) {
			t.Errorf("%s: %q", header, body)
		}
	}
	refused(t, 416, "InvalidRange")(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: b, Key: k, Range: aws.String("bytes=10-")}))
	out, _ := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k, Range: aws.String("bytes=2-4")})
	if aws.ToString(out.ContentRange) != "bytes 2-4/10" {
		t.Errorf("Content-Range is %q", aws.ToString(out.ContentRange))
	}
}

func TestReadConditions(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("conditions")
	b, k := aws.String("conditions"), aws.String("k")
	etag := put(t, c, *b, *k, "v").ETag
	past, future := aws.Time(time.Now().Add(-time.Hour)), aws.Time(time.Now().Add(time.Second))
	ok := func(in s3.GetObjectInput) {
		t.Helper()
		in.Bucket, in.Key = b, k
		must(t)(c.GetObject(t.Context(), &in))
	}
	no := func(in s3.GetObjectInput, status int, code string) {
		t.Helper()
		in.Bucket, in.Key = b, k
		refused(t, status, code)(c.GetObject(t.Context(), &in))
	}
	time.Sleep(1100 * time.Millisecond) // so that "future" has passed
	ok(s3.GetObjectInput{IfMatch: etag})
	no(s3.GetObjectInput{IfMatch: aws.String(`"other"`)}, 412, "PreconditionFailed")
	no(s3.GetObjectInput{IfNoneMatch: etag}, 304, "NotModified")
	ok(s3.GetObjectInput{IfNoneMatch: aws.String(`"other"`)})
	ok(s3.GetObjectInput{IfModifiedSince: past})
	no(s3.GetObjectInput{IfModifiedSince: future}, 304, "NotModified")
	no(s3.GetObjectInput{IfUnmodifiedSince: past}, 412, "PreconditionFailed")
	ok(s3.GetObjectInput{IfUnmodifiedSince: past, IfMatch: etag})
}

// TestWriteConditions: of many who write at once on a condition one succeeds.
func TestWriteConditions(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("race")
	b := aws.String("race")
	race := func(key string, change func(*s3.PutObjectInput)) {
		t.Helper()
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				in := &s3.PutObjectInput{Bucket: b, Key: &key, Body: strings.NewReader(fmt.Sprint(i))}
				change(in)
				if _, err := c.PutObject(t.Context(), in); err == nil {
					won.Add(1)
				} else {
					refused(t, 412, "PreconditionFailed")(nil, err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%s: %d writers succeeded", key, won.Load())
		}
	}
	for i := range 5 {
		race(fmt.Sprint("new", i), func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") })
		etag := put(t, c, *b, fmt.Sprint("old", i), "v").ETag
		race(fmt.Sprint("old", i), func(in *s3.PutObjectInput) { in.IfMatch = etag })
	}
	refused(t, 404, "NoSuchKey")(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: aws.String("none"), IfMatch: aws.String(`"x"`)}))
	refused(t, 501, "NotImplemented")(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: aws.String("none"), IfNoneMatch: aws.String(`"x"`)}))
}

// TestWriteConditionsOfVersions: where versions are kept, a condition may or may
// not keep a second writer out.
func TestWriteConditionsOfVersions(t *testing.T) {
	for _, strict := range []bool{false, true} {
		e := start(t, localspaces.Options{Strict: strict})
		c, b := e.withBucket("versions"), aws.String("versions")
		put := func() (any, error) {
			return c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: aws.String("lock"), IfNoneMatch: aws.String("*"), Body: strings.NewReader("v")})
		}
		must(t)(put())
		refused(t, 412, "PreconditionFailed")(put())
		enableVersioning(t, c, *b, "Enabled")
		if strict {
			must(t)(put())
		} else {
			refused(t, 412, "PreconditionFailed")(put())
		}
		enableVersioning(t, c, *b, "Suspended")
		refused(t, 412, "PreconditionFailed")(put())
	}
}

func TestCopy(t *testing.T) {
	e := start(t, twoRegions)
	c := e.withBucket("copies")
	must(t)(e.client("fra1").CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("abroad")}))
	b := aws.String("copies")
	etag := put(t, c, *b, "from", "body", func(in *s3.PutObjectInput) {
		in.ContentType, in.Metadata, in.Tagging = aws.String("text/x"), map[string]string{"m": "1"}, aws.String("t=1")
	}).ETag
	do := func(to string, change func(*s3.CopyObjectInput)) error {
		in := &s3.CopyObjectInput{Bucket: b, Key: &to, CopySource: aws.String("copies/from")}
		change(in)
		_, err := c.CopyObject(t.Context(), in)
		return err
	}
	head := func(key string) *s3.HeadObjectOutput {
		t.Helper()
		out, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: b, Key: &key})
		must(t)(out, err)
		return out
	}
	must(t)(nil, do("same", func(*s3.CopyObjectInput) {}))
	if h := head("same"); *h.ContentType != "text/x" || h.Metadata["m"] != "1" || *h.TagCount != 1 || *h.ETag != *etag {
		t.Errorf("a copy has %+v", h)
	}
	must(t)(nil, do("replaced", func(in *s3.CopyObjectInput) {
		in.MetadataDirective, in.TaggingDirective, in.Metadata = "REPLACE", "REPLACE", map[string]string{"n": "2"}
	}))
	if h := head("replaced"); h.Metadata["n"] != "2" || h.Metadata["m"] != "" || h.TagCount != nil {
		t.Errorf("a copy with other metadata has %+v", h)
	}
	refused(t, 400, "InvalidRequest")(nil, do("from", func(*s3.CopyObjectInput) {}))
	must(t)(nil, do("from", func(in *s3.CopyObjectInput) { in.MetadataDirective = "REPLACE" }))
	refused(t, 412, "PreconditionFailed")(nil, do("x", func(in *s3.CopyObjectInput) { in.CopySourceIfMatch = aws.String(`"x"`) }))
	refused(t, 412, "PreconditionFailed")(nil, do("x", func(in *s3.CopyObjectInput) { in.CopySourceIfNoneMatch = etag }))
	refused(t, 404, "NoSuchKey")(nil, do("x", func(in *s3.CopyObjectInput) { in.CopySource = aws.String("copies/none") }))
	refused(t, 404, "NoSuchBucket")(nil, do("x", func(in *s3.CopyObjectInput) { in.CopySource = aws.String("abroad/from") }))
}

// TestSSEC: a customer's key is needed to read, and has to be the right one.
func TestSSEC(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("encrypted")
	b, k := aws.String("encrypted"), aws.String("k")
	algorithm := aws.String("AES256")
	secret := func(fill string) (*string, *string) {
		raw := strings.Repeat(fill, 32)
		sum := md5.Sum([]byte(raw))
		return aws.String(base64.StdEncoding.EncodeToString([]byte(raw))), aws.String(base64.StdEncoding.EncodeToString(sum[:]))
	}
	right, rightMD5 := secret("r")
	wrong, wrongMD5 := secret("w")
	put(t, c, *b, *k, "v", func(in *s3.PutObjectInput) {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = algorithm, right, rightMD5
	})
	out, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k, SSECustomerAlgorithm: algorithm, SSECustomerKey: right, SSECustomerKeyMD5: rightMD5})
	if body != "v" || *out.SSECustomerKeyMD5 != *rightMD5 {
		t.Errorf("got %q, %+v", body, out)
	}
	refused(t, 400, "InvalidRequest")(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: b, Key: k}))
	refused(t, 400, "BadRequest")(c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: b, Key: k}))
	refused(t, 403, "AccessDenied")(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: b, Key: k, SSECustomerAlgorithm: algorithm, SSECustomerKey: wrong, SSECustomerKeyMD5: wrongMD5}))
	refused(t, 400, "InvalidArgument")(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: b, Key: k, SSECustomerAlgorithm: algorithm, SSECustomerKey: right, SSECustomerKeyMD5: wrongMD5}))
	must(t)(c.CopyObject(t.Context(), &s3.CopyObjectInput{
		Bucket: b, Key: aws.String("plain"), CopySource: aws.String("encrypted/k"),
		CopySourceSSECustomerAlgorithm: algorithm, CopySourceSSECustomerKey: right, CopySourceSSECustomerKeyMD5: rightMD5,
	}))
	get(t, c, &s3.GetObjectInput{Bucket: b, Key: aws.String("plain")})
}

// TestLargeBody goes beyond what is kept in memory.
func TestLargeBody(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		e := start(t, localspaces.Options{Dir: dir})
		c := e.withBucket("large")
		large := strings.Repeat("0123456789abcdef", 200_000)
		put(t, c, "large", "k", large)
		if _, body := get(t, c, &s3.GetObjectInput{Bucket: aws.String("large"), Key: aws.String("k")}); body != large {
			t.Errorf("got %d bytes", len(body))
		}
		if _, body := get(t, c, &s3.GetObjectInput{Bucket: aws.String("large"), Key: aws.String("k"), Range: aws.String("bytes=3000000-3000003")}); body != large[3000000:3000004] {
			t.Errorf("got %q", body)
		}
	}
}
