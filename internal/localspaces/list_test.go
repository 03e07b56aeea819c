package localspaces_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// listedKeys are in S3's order, which is that of bytes.
var listedKeys = []string{"/lead", "a/1", "a/2", "a/b/3", "b", "b/", "b/x", "c//d", "z", "ä"}

// TestList compares every kind of listing, by pages of every size, with the
// rules applied by hand.
func TestList(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("listed")
	for _, k := range listedKeys {
		put(t, c, "listed", k, "v")
	}
	for _, prefix := range []string{"", "a", "a/", "b/", "/", "none"} {
		for _, delimiter := range []string{"", "/", "//"} {
			want := expected(prefix, delimiter)
			for size := int32(1); size < 12; size++ {
				for kind, list := range map[string]func(prefix, delimiter string, size int32) []string{"V1": e.listV1, "V2": e.listV2, "versions": e.listVersions} {
					got := list(prefix, delimiter, size)
					if slices.Sort(got); !slices.Equal(got, want) {
						t.Errorf("%s prefix %q delimiter %q by %d: got %q, want %q", kind, prefix, delimiter, size, got, want)
					}
				}
			}
		}
	}
}

func expected(prefix, delimiter string) []string {
	want := []string{}
	for _, k := range listedKeys {
		rest, ok := strings.CutPrefix(k, prefix)
		if !ok {
			continue
		}
		if i := strings.Index(rest, delimiter); delimiter != "" && i >= 0 {
			k = "P:" + prefix + rest[:i+len(delimiter)]
		}
		want = append(want, k)
	}
	slices.Sort(want)
	return slices.Compact(want)
}

func prefixes(in []types.CommonPrefix) (out []string) {
	for _, p := range in {
		out = append(out, "P:"+*p.Prefix)
	}
	return out
}

func (e *env) listV1(prefix, delimiter string, size int32) (got []string) {
	in := &s3.ListObjectsInput{Bucket: aws.String("listed"), Prefix: &prefix, Delimiter: &delimiter, MaxKeys: &size}
	for range 20 {
		out, err := e.client("nyc3").ListObjects(e.t.Context(), in)
		must(e.t)(out, err)
		got = append(got, prefixes(out.CommonPrefixes)...)
		for _, o := range out.Contents {
			got = append(got, *o.Key)
			in.Marker = o.Key
		}
		if !*out.IsTruncated {
			return got
		}
		if delimiter != "" {
			in.Marker = out.NextMarker
		}
	}
	return append(got, "endless")
}

func (e *env) listV2(prefix, delimiter string, size int32) (got []string) {
	in := &s3.ListObjectsV2Input{Bucket: aws.String("listed"), Prefix: &prefix, Delimiter: &delimiter, MaxKeys: &size}
	for range 20 {
		out, err := e.client("nyc3").ListObjectsV2(e.t.Context(), in)
		must(e.t)(out, err)
		got = append(got, prefixes(out.CommonPrefixes)...)
		for _, o := range out.Contents {
			got = append(got, *o.Key)
		}
		if *out.IsTruncated != (out.NextContinuationToken != nil) || aws.ToInt32(out.KeyCount) > size {
			e.t.Fatalf("got %+v", out)
		}
		if !*out.IsTruncated {
			return got
		}
		in.ContinuationToken = out.NextContinuationToken
	}
	return append(got, "endless")
}

func (e *env) listVersions(prefix, delimiter string, size int32) (got []string) {
	in := &s3.ListObjectVersionsInput{Bucket: aws.String("listed"), Prefix: &prefix, Delimiter: &delimiter, MaxKeys: &size}
	for range 20 {
		out, err := e.client("nyc3").ListObjectVersions(e.t.Context(), in)
		must(e.t)(out, err)
		got = append(got, prefixes(out.CommonPrefixes)...)
		for _, v := range out.Versions {
			got = append(got, *v.Key)
		}
		if !*out.IsTruncated {
			return got
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
	return append(got, "endless")
}

func TestListDetails(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("details")
	ctx, b := t.Context(), aws.String("details")
	for _, k := range []string{"a b", "c+d"} {
		put(t, c, *b, k, "v")
	}
	out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: b, EncodingType: "url", Prefix: aws.String("a "), FetchOwner: aws.Bool(true)})
	must(t)(out, err)
	if o := out.Contents[0]; *o.Key != "a%20b" || *o.Owner.ID != "6174283" || o.StorageClass != "STANDARD" || *o.Size != 1 {
		t.Errorf("got %+v", o)
	}
	versions, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: b, EncodingType: "url"})
	must(t)(versions, err)
	if v := versions.Versions[1]; *v.Key != "c%2Bd" || *v.VersionId != "null" || !*v.IsLatest {
		t.Errorf("got %+v", v)
	}
	after, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: b, StartAfter: aws.String("b")})
	must(t)(after, err)
	if len(after.Contents) != 1 || after.Contents[0].Owner != nil {
		t.Errorf("got %+v", after.Contents)
	}
	none, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: b, MaxKeys: aws.Int32(0)})
	must(t)(none, err)
	if len(none.Contents) != 0 || *none.IsTruncated || none.MaxKeys == nil || *none.MaxKeys != 0 || none.KeyCount == nil || *none.KeyCount != 0 {
		t.Errorf("got %+v", none)
	}
	first, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b, MaxKeys: aws.Int32(0)})
	must(t)(first, err)
	uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: b, MaxUploads: aws.Int32(0)})
	must(t)(uploads, err)
	if first.MaxKeys == nil || *first.MaxKeys != 0 || uploads.MaxUploads == nil || *uploads.MaxUploads != 0 {
		t.Errorf("the number asked for is not repeated: %+v, %+v", first, uploads)
	}
	refused(t, 400, "InvalidArgument")(c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b, MaxKeys: aws.Int32(-1)}))
	refused(t, 400, "InvalidArgument")(c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: b, ContinuationToken: aws.String("%%")}))
}

func enableVersioning(t *testing.T, c *s3.Client, bucket string, status types.BucketVersioningStatus) {
	t.Helper()
	must(t)(c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	}))
}

// all are a bucket's versions and markers as KEY:ID, the latest with a star.
func all(t *testing.T, c *s3.Client, bucket string) (versions, markers []string) {
	t.Helper()
	out, err := c.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket})
	must(t)(out, err)
	star := map[bool]string{true: "*"}
	for _, v := range out.Versions {
		versions = append(versions, *v.Key+":"+*v.VersionId+star[*v.IsLatest])
	}
	for _, m := range out.DeleteMarkers {
		markers = append(markers, *m.Key+":"+*m.VersionId+star[*m.IsLatest])
	}
	return versions, markers
}

func TestVersions(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("versions")
	ctx, b, k := t.Context(), aws.String("versions"), aws.String("k")

	put(t, c, *b, *k, "null")
	if out, _ := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k}); out.VersionId != nil {
		t.Errorf("without versioning, and not asked for, the version is %s", *out.VersionId)
	}
	enableVersioning(t, c, *b, "Enabled")
	one, two := put(t, c, *b, *k, "one").VersionId, put(t, c, *b, *k, "two").VersionId
	if one == nil || two == nil || *one == *two {
		t.Fatalf("version IDs %v and %v", one, two)
	}
	for id, want := range map[string]string{"null": "null", *one: "one", *two: "two"} {
		out, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k, VersionId: &id})
		if body != want || aws.ToString(out.VersionId) != id {
			t.Errorf("version %s is %q, and said to be %q", id, body, aws.ToString(out.VersionId))
		}
		head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: k, VersionId: &id})
		must(t)(head, err)
		if *head.ContentLength != int64(len(want)) || aws.ToString(head.VersionId) != id {
			t.Errorf("HEAD of version %s has length %d and version %q", id, *head.ContentLength, aws.ToString(head.VersionId))
		}
	}
	gone, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: k})
	must(t)(gone, err)
	if !*gone.DeleteMarker || gone.VersionId == nil {
		t.Errorf("got %+v", gone)
	}
	refused(t, 404, "NoSuchKey")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k}))
	refused(t, 404, "NoSuchVersion")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k, VersionId: aws.String("none")}))
	versions, markers := all(t, c, *b)
	if want := []string{"k:" + *two, "k:" + *one, "k:null"}; !slices.Equal(versions, want) || !slices.Equal(markers, []string{"k:" + *gone.VersionId + "*"}) {
		t.Errorf("got %v, %v", versions, markers)
	}
	list, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b})
	must(t)(list, err)
	if len(list.Contents) != 0 {
		t.Errorf("a deleted key is listed")
	}
	refused(t, 409, "BucketNotEmpty")(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: b}))

	must(t)(c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: b, Key: k, CopySource: aws.String("versions/k?versionId=" + *one)}))
	if _, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k}); body != "one" {
		t.Errorf("the copy of the old version is %q", body)
	}
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: k, VersionId: gone.VersionId}))

	// Suspended, writes replace the null version and leave the others.
	enableVersioning(t, c, *b, "Suspended")
	if out := put(t, c, *b, *k, "again"); out.VersionId != nil {
		t.Errorf("suspended, a PUT gave the version %s", *out.VersionId)
	}
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: k}))
	versions, markers = all(t, c, *b)
	if len(versions) != 3 || !slices.Equal(markers, []string{"k:null*"}) {
		t.Errorf("got %v, %v", versions, markers)
	}
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: k, VersionId: aws.String("null")}))
	if versions, _ := all(t, c, *b); !strings.HasSuffix(versions[0], "*") {
		t.Errorf("without the marker none is the latest: %v", versions)
	}
}

// TestEmptying walks and deletes page by page, as clients empty a bucket.
func TestEmptying(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("full")
	ctx, b := t.Context(), aws.String("full")
	enableVersioning(t, c, *b, "Enabled")
	for i := range 12 {
		key := fmt.Sprint("k", i%3)
		put(t, c, *b, key, "v")
		if i%4 == 0 {
			must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: &key}))
		}
	}
	in := &s3.ListObjectVersionsInput{Bucket: b, MaxKeys: aws.Int32(2)}
	deleted := 0
	for {
		out, err := c.ListObjectVersions(ctx, in)
		must(t)(out, err)
		var ids []types.ObjectIdentifier
		for _, v := range out.Versions {
			ids = append(ids, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range out.DeleteMarkers {
			ids = append(ids, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		done, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: &types.Delete{Objects: ids}})
		must(t)(done, err)
		deleted += len(done.Deleted)
		if !*out.IsTruncated {
			break
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
	if deleted != 15 {
		t.Errorf("deleted %d versions and markers", deleted)
	}
	must(t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: b}))
}

func TestDeleteObjects(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("batch")
	ctx, b := t.Context(), aws.String("batch")
	put(t, c, *b, "k", "v")
	ids := func(n int) *types.Delete {
		d := &types.Delete{}
		for i := range n {
			d.Objects = append(d.Objects, types.ObjectIdentifier{Key: aws.String(fmt.Sprint(i))})
		}
		return d
	}
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: ids(1000)})
	must(t)(out, err)
	if len(out.Deleted) != 1000 || len(out.Errors) != 0 {
		t.Errorf("%d deleted, %d not", len(out.Deleted), len(out.Errors))
	}
	refused(t, 400, "MalformedXML")(c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: ids(1001)}))
	quiet := ids(1)
	quiet.Quiet = aws.Bool(true)
	out, err = c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: quiet})
	must(t)(out, err)
	if len(out.Deleted) != 0 {
		t.Errorf("quietly, it told of %+v", out.Deleted)
	}
	if versions, _ := all(t, c, *b); len(versions) != 1 {
		t.Errorf("left are %v", versions)
	}
}
