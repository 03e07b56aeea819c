package localspaces_test

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const mib = 1 << 20

// multipart is an upload under test.
type multipart struct {
	t      *testing.T
	c      *s3.Client
	bucket *string
	key    *string
	id     *string
	parts  []types.CompletedPart
}

func begin(t *testing.T, c *s3.Client, bucket, key string) *multipart {
	t.Helper()
	out, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: &bucket, Key: &key, ContentType: aws.String("text/x"), Metadata: map[string]string{"m": "1"},
	})
	must(t)(out, err)
	return &multipart{t, c, &bucket, &key, out.UploadId, nil}
}

func (m *multipart) part(number int32, body string) {
	m.t.Helper()
	out, err := m.c.UploadPart(m.t.Context(), &s3.UploadPartInput{
		Bucket: m.bucket, Key: m.key, UploadId: m.id, PartNumber: &number, Body: strings.NewReader(body),
	})
	must(m.t)(out, err)
	m.parts = append(m.parts, types.CompletedPart{PartNumber: &number, ETag: out.ETag})
}

func (m *multipart) complete(parts ...types.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
	return m.c.CompleteMultipartUpload(m.t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: m.bucket, Key: m.key, UploadId: m.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
}

func TestMultipart(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		e := start(t, localspaces.Options{Dir: dir})
		c := e.withBucket("parts")
		m := begin(t, c, "parts", "k")
		first, second := strings.Repeat("a", 5*mib), strings.Repeat("b", 100)
		m.part(7, second)
		m.part(2, "to be replaced")
		m.parts = m.parts[:1]
		m.part(2, first)
		slices.Reverse(m.parts)

		refused(t, 404, "NoSuchKey")(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: m.bucket, Key: m.key}))
		refused(t, 400, "InvalidPartOrder")(m.complete(m.parts[1], m.parts[0]))
		refused(t, 400, "InvalidPart")(m.complete(types.CompletedPart{PartNumber: aws.Int32(2), ETag: aws.String("other")}))
		refused(t, 400, "MalformedXML")(m.complete())
		done, err := m.complete(m.parts...)
		must(t)(done, err)
		sumA, sumB := md5.Sum([]byte(first)), md5.Sum([]byte(second))
		want := fmt.Sprintf(`"%x-2"`, md5.Sum(append(sumA[:], sumB[:]...)))
		if *done.ETag != want {
			t.Errorf("ETag %s, want %s", *done.ETag, want)
		}
		out, body := get(t, c, &s3.GetObjectInput{Bucket: m.bucket, Key: m.key})
		if body != first+second || *out.ETag != want || *out.ContentType != "text/x" || out.Metadata["m"] != "1" {
			t.Errorf("got %d bytes, %+v", len(body), out)
		}
		if _, body := get(t, c, &s3.GetObjectInput{Bucket: m.bucket, Key: m.key, Range: aws.String(fmt.Sprintf("bytes=%d-%d", 5*mib-2, 5*mib+1))}); body != "aabb" {
			t.Errorf("across the parts there is %q", body)
		}
		if out, body := get(t, c, &s3.GetObjectInput{Bucket: m.bucket, Key: m.key, PartNumber: aws.Int32(2)}); body != second || *out.PartsCount != 2 {
			t.Errorf("part 2 is %q", body)
		}
		must(t)(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: m.bucket, Key: m.key, IfMatch: done.ETag}))
		must(t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: m.bucket, Key: aws.String("k"), IfMatch: done.ETag}))
		must(t)(m.complete(m.parts...)) // again, by one who missed the answer
		refused(t, 404, "NoSuchUpload")(c.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: m.bucket, Key: m.key, UploadId: m.id}))
	}
}

func TestMultipartTooSmall(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("parts")
	m := begin(t, c, "parts", "k")
	m.part(1, strings.Repeat("a", 5*mib-1))
	m.part(2, "b")
	refused(t, 400, "EntityTooSmall")(m.complete(m.parts...))
	must(t)(m.complete(m.parts[1])) // the last may be
}

func TestMultipartCondition(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("parts")
	m := begin(t, c, "parts", "k")
	m.part(1, "a")
	put(t, c, "parts", "k", "was first")
	refused(t, 412, "PreconditionFailed")(c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: m.bucket, Key: m.key, UploadId: m.id, IfNoneMatch: aws.String("*"), MultipartUpload: &types.CompletedMultipartUpload{Parts: m.parts},
	}))
	must(t)(m.complete(m.parts...)) // the upload is still there
}

func TestUploadPartCopy(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("parts")
	put(t, c, "parts", "source", "0123456789")
	m := begin(t, c, "parts", "k")
	out, err := c.UploadPartCopy(t.Context(), &s3.UploadPartCopyInput{
		Bucket: m.bucket, Key: m.key, UploadId: m.id, PartNumber: aws.Int32(1), CopySource: aws.String("parts/source"), CopySourceRange: aws.String("bytes=2-4"),
	})
	must(t)(out, err)
	refused(t, 416, "InvalidRange")(c.UploadPartCopy(t.Context(), &s3.UploadPartCopyInput{
		Bucket: m.bucket, Key: m.key, UploadId: m.id, PartNumber: aws.Int32(1), CopySource: aws.String("parts/source"), CopySourceRange: aws.String("bytes=2-10"),
	}))
	must(t)(m.complete(types.CompletedPart{PartNumber: aws.Int32(1), ETag: out.CopyPartResult.ETag}))
	if _, body := get(t, c, &s3.GetObjectInput{Bucket: m.bucket, Key: m.key}); body != "234" {
		t.Errorf("got %q", body)
	}
}

func TestListUploads(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("uploads")
	b := aws.String("uploads")
	want := map[string]bool{}
	for _, key := range []string{"a", "a", "b/1", "b/2", "c"} {
		want[*begin(t, c, *b, key).id] = true
	}
	for size := int32(1); size < 7; size++ {
		got := map[string]bool{}
		in := &s3.ListMultipartUploadsInput{Bucket: b, MaxUploads: &size}
		for range 10 {
			out, err := c.ListMultipartUploads(t.Context(), in)
			must(t)(out, err)
			for _, u := range out.Uploads {
				if got[*u.UploadId] {
					t.Errorf("%s comes twice", *u.Key)
				}
				got[*u.UploadId] = true
			}
			if !*out.IsTruncated {
				break
			}
			in.KeyMarker, in.UploadIdMarker = out.NextKeyMarker, out.NextUploadIdMarker
		}
		if len(got) != len(want) {
			t.Errorf("by %d: %d uploads", size, len(got))
		}
	}
	out, err := c.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: b, Delimiter: aws.String("/")})
	must(t)(out, err)
	if len(out.Uploads) != 3 || len(out.CommonPrefixes) != 1 || *out.CommonPrefixes[0].Prefix != "b/" {
		t.Errorf("got %+v", out)
	}

	m := begin(t, c, *b, "parts")
	for i := range int32(5) {
		m.part(2*i+1, "x")
	}
	parts, err := c.ListParts(t.Context(), &s3.ListPartsInput{Bucket: b, Key: m.key, UploadId: m.id, MaxParts: aws.Int32(2), PartNumberMarker: aws.String("3")})
	must(t)(parts, err)
	if len(parts.Parts) != 2 || *parts.Parts[0].PartNumber != 5 || *parts.NextPartNumberMarker != "7" || !*parts.IsTruncated {
		t.Errorf("got %+v", parts)
	}
	must(t)(c.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: b, Key: m.key, UploadId: m.id}))
	refused(t, 404, "NoSuchUpload")(c.ListParts(t.Context(), &s3.ListPartsInput{Bucket: b, Key: m.key, UploadId: m.id}))
}
