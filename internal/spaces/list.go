package spaces

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Version is one version of an object, or a delete marker. In a bucket that
// never kept versions each object has one, with the ID "null".
type Version struct {
	Key      string
	ID       string
	Marker   bool
	Latest   bool
	Modified time.Time // when it was written
}

// Versions lists the versions and delete markers below a prefix, a page at a
// time. Keys are asked for in URL encoding, as XML cannot hold all of them.
func Versions(ctx context.Context, c *s3.Client, bucket, prefix string) iter.Seq2[[]Version, error] {
	return func(yield func([]Version, error) bool) {
		in := &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: optional(prefix), EncodingType: types.EncodingTypeUrl}
		for {
			out, err := c.ListObjectVersions(ctx, in)
			if err != nil {
				yield(nil, err)
				return
			}
			decode := decoder(out.EncodingType)
			page := make([]Version, 0, len(out.Versions)+len(out.DeleteMarkers))
			for _, v := range out.Versions {
				page = append(page, Version{decode(aws.ToString(v.Key)), aws.ToString(v.VersionId), false, aws.ToBool(v.IsLatest), aws.ToTime(v.LastModified)})
			}
			for _, m := range out.DeleteMarkers {
				page = append(page, Version{decode(aws.ToString(m.Key)), aws.ToString(m.VersionId), true, aws.ToBool(m.IsLatest), aws.ToTime(m.LastModified)})
			}
			if len(page) > 0 && !yield(page, nil) {
				return
			}
			if !aws.ToBool(out.IsTruncated) {
				return
			}
			key, id := marker(aws.ToString(out.NextKeyMarker), decode, page), out.NextVersionIdMarker
			if key == aws.ToString(in.KeyMarker) && aws.ToString(id) == aws.ToString(in.VersionIdMarker) {
				yield(nil, stuck(bucket, key))
				return
			}
			in.KeyMarker, in.VersionIdMarker = &key, id
		}
	}
}

// marker is where the next page of versions starts. Servers differ in whether
// they encode it as they encode keys: the right reading is the one that is the
// last key of the page, or at least one of them.
func marker(next string, decode func(string) string, page []Version) string {
	plain, last, found := decode(next), "", false
	for _, v := range page {
		last = max(last, v.Key)
		found = found || v.Key == next
	}
	if found && plain != last {
		return next
	}
	return plain
}

// ObjectsInput says which objects to list.
type ObjectsInput struct {
	Bucket, Prefix, Delimiter, StartAfter string
	PageSize                              int32 // at most 1,000, which is also what 0 means
}

// ObjectsPage is one page of a listing.
type ObjectsPage struct {
	Objects  []types.Object
	Prefixes []string
}

// Objects lists objects a page at a time. It uses ListObjects and not
// ListObjectsV2, whose paging Spaces' Limits page says is not supported, and
// computes the marker itself where the server gives none.
func Objects(ctx context.Context, c *s3.Client, list ObjectsInput) iter.Seq2[ObjectsPage, error] {
	return func(yield func(ObjectsPage, error) bool) {
		in := &s3.ListObjectsInput{
			Bucket: &list.Bucket, Prefix: optional(list.Prefix), Delimiter: optional(list.Delimiter),
			Marker: optional(list.StartAfter), EncodingType: types.EncodingTypeUrl,
		}
		if list.PageSize > 0 {
			in.MaxKeys = &list.PageSize
		}
		for {
			out, err := c.ListObjects(ctx, in)
			if err != nil {
				yield(ObjectsPage{}, err)
				return
			}
			decode := decoder(out.EncodingType)
			page, last := ObjectsPage{Objects: out.Contents}, ""
			for i := range page.Objects {
				key := decode(aws.ToString(page.Objects[i].Key))
				page.Objects[i].Key = &key
				last = max(last, key)
			}
			for _, p := range out.CommonPrefixes {
				prefix := decode(aws.ToString(p.Prefix))
				page.Prefixes = append(page.Prefixes, prefix)
				last = max(last, prefix)
			}
			if !yield(page, nil) || !aws.ToBool(out.IsTruncated) {
				return
			}
			if last <= aws.ToString(in.Marker) {
				yield(ObjectsPage{}, stuck(list.Bucket, last))
				return
			}
			in.Marker = &last
		}
	}
}

func stuck(bucket, at string) error {
	return fmt.Errorf("the listing of bucket %s says it goes on after %q, but does not: what follows cannot be seen", bucket, at)
}

// decoder reads keys as the answer says it wrote them. The SDK does not.
func decoder(encoding types.EncodingType) func(string) string {
	if !strings.EqualFold(string(encoding), string(types.EncodingTypeUrl)) {
		return func(key string) string { return key }
	}
	return func(key string) string {
		plain, err := url.QueryUnescape(key)
		if err != nil {
			return key
		}
		return plain
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
