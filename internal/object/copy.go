package object

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// original is an object to copy, as it was looked at: what has another ETag
// meanwhile is not copied.
type original struct {
	c       *s3.Client
	bucket  string
	key     string
	version *string // nil: the current one
	etag    string
	size    int64
	md5     bool // the ETag is the MD5 of the content
}

// seen is an original of which a HEAD has told.
func seen(c *s3.Client, bucket, key string, version *string, head *s3.HeadObjectOutput) original {
	etag := *bare(head.ETag)
	encrypted := head.ServerSideEncryption != "" && head.ServerSideEncryption != s3types.ServerSideEncryptionAes256 || head.SSECustomerAlgorithm != nil
	return original{
		c: c, bucket: bucket, key: key, version: version, etag: etag, size: aws.ToInt64(head.ContentLength),
		md5: plainMD5.MatchString(etag) && !encrypted,
	}
}

// ifMatch is a condition on the ETag.
func (s original) ifMatch() *string { return aws.String(`"` + s.etag + `"`) }

// path names the source to a server that is to copy it by itself.
func (s original) path() *string {
	path := s.bucket + "/" + escape(s.key)
	if s.version != nil {
		path += "?versionId=" + escape(*s.version)
	}
	return &path
}

// failed says of an error that it is the source's.
func (s original) failed(err error) error {
	switch {
	case hasCode(err, "PreconditionFailed"):
		return s.changed("another one")
	case spaces.KindOf(err) == spaces.NotFound:
		return spaces.Fail(spaces.Other, "The source %s/%s was deleted while it was copied.", s.bucket, s.key)
	}
	return fmt.Errorf("the source %s/%s could not be read: %w", s.bucket, s.key, err)
}

// sourceChanged is why an original was not copied: it is another one now.
type sourceChanged struct{ error }

func (e *sourceChanged) Unwrap() error { return e.error }

func (s original) changed(etag string) error {
	return &sourceChanged{spaces.Fail(spaces.Other, "The source %s/%s was changed while it was copied: its ETag was %s, and is %s now. Run it again.", s.bucket, s.key, s.etag, etag)}
}

// carried are an object's headers and metadata, as an upload brings them.
func carried(head *s3.HeadObjectOutput) *s3.PutObjectInput {
	in := &s3.PutObjectInput{
		ContentType:             nonEmpty(head.ContentType),
		CacheControl:            nonEmpty(head.CacheControl),
		ContentDisposition:      nonEmpty(head.ContentDisposition),
		ContentEncoding:         nonEmpty(head.ContentEncoding),
		ContentLanguage:         nonEmpty(head.ContentLanguage),
		WebsiteRedirectLocation: nonEmpty(head.WebsiteRedirectLocation),
		Metadata:                head.Metadata,
	}
	if header := aws.ToString(head.ExpiresString); header != "" {
		in.Expires = aws.Time(expiry(header))
	}
	return in
}

// expiry reads an Expires header. What is no time, such as 0, means that it has
// passed (RFC 9111, 5.3).
func expiry(header string) time.Time {
	at, err := http.ParseTime(header)
	if err != nil {
		return time.Unix(0, 0)
	}
	return at
}

func nonEmpty(s *string) *string {
	if aws.ToString(s) == "" {
		return nil
	}
	return s
}

// copying is an object on its way from one place to another. Its upload has
// the headers of the copy, and no content.
type copying struct {
	uploading
	from   original
	beside bool // the destination's server can read the original by itself
	limits limits

	refused bool // the server would not do it, though
}

// limits are where copying goes from one request to several.
type limits struct {
	whole  int64 // bytes that one CopyObject copies
	part   int64 // bytes that one UploadPartCopy copies, at least
	stream int64 // bytes that one streamed PUT brings
	piece  int64 // bytes that one streamed part brings, at least
}

var usualLimits = limits{whole: maxPut, part: 512 << 20, stream: putLimit, piece: usualPart}

// newCopy prepares a copy to where the headers say.
func newCopy(cl *spaces.Clients, c *s3.Client, at spaces.Location, headers *s3.PutObjectInput, from original, beside bool) *copying {
	return &copying{
		uploading: uploading{parcel: parcel{at: at, headers: headers}, cl: cl, c: c, body: body{size: from.size}},
		from:      from, beside: beside, limits: usualLimits,
	}
}

// run copies. What the server will not copy by itself, as between two of its
// clusters, is streamed: that also finds out which side is in the way.
func (k *copying) run(ctx context.Context) (sent, error) {
	if k.beside && !k.misread() {
		done, err := k.serverSide(ctx)
		if !refusesToCopy(err) {
			return done, err
		}
		k.refused = true
	}
	return k.streamed(ctx)
}

// misread says whether the server might take the source of a part for another
// object: Ceph 16 decodes its name twice, and ends when that cannot be done.
func (k *copying) misread() bool {
	return k.from.size > k.limits.whole && strings.Contains(k.from.key, "%")
}

func refusesToCopy(err error) bool {
	switch spaces.KindOf(err) {
	case spaces.NotFound, spaces.Denied, spaces.Unsupported:
		return true
	}
	return false
}

func (k *copying) serverSide(ctx context.Context) (done sent, err error) {
	if k.from.size > k.limits.whole {
		done, err = k.inParts(ctx, max(k.limits.part, partSize(k.from.size)), k.copyPart)
	} else {
		done, err = k.whole(ctx)
	}
	done.size = k.from.size
	if hasCode(err, "PreconditionFailed") {
		err = k.from.failed(err)
	}
	return done, err
}

// whole copies it in one request. All headers go with it, for S3 replaces all
// of them or none.
func (k *copying) whole(ctx context.Context) (sent, error) {
	h := k.headers
	var out *s3.CopyObjectOutput
	err := k.afterBirth(ctx, func(ctx context.Context) (err error) {
		out, err = k.c.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: h.Bucket, Key: h.Key, ACL: h.ACL, Metadata: h.Metadata, Expires: h.Expires,
			ContentType: h.ContentType, CacheControl: h.CacheControl, WebsiteRedirectLocation: h.WebsiteRedirectLocation,
			ContentDisposition: h.ContentDisposition, ContentEncoding: h.ContentEncoding, ContentLanguage: h.ContentLanguage,
			CopySource: k.from.path(), CopySourceIfMatch: k.from.ifMatch(), MetadataDirective: s3types.MetadataDirectiveReplace,
		})
		return err
	})
	if err != nil {
		return sent{}, err
	}
	var etag string
	if out.CopyObjectResult != nil {
		etag = *bare(out.CopyObjectResult.ETag)
	}
	// Ceph 16 does not heed the condition on the source.
	if k.from.md5 && plainMD5.MatchString(etag) && etag != k.from.etag {
		return sent{}, k.from.changed(etag)
	}
	return sent{etag: etag, version: versionID(out.VersionId).ValueString()}, nil
}

// copyPart has the server copy one part.
func (k *copying) copyPart(ctx context.Context, m *multipart, number *int32, p piece) (string, error) {
	out, err := k.c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
		Bucket: k.headers.Bucket, Key: k.headers.Key, UploadId: m.id, PartNumber: number,
		CopySource: k.from.path(), CopySourceIfMatch: k.from.ifMatch(), CopySourceRange: aws.String(p.span()),
	})
	if err != nil {
		return "", err
	}
	if out.CopyPartResult == nil || aws.ToString(out.CopyPartResult.ETag) == "" {
		return "", spaces.Fail(spaces.Other, "The server copied part %d and did not say what its ETag is.", *number)
	}
	return *bare(out.CopyPartResult.ETag), nil
}

// span is a piece as a Range header says it.
func (p piece) span() string { return fmt.Sprintf("bytes=%d-%d", p.from, p.from+p.size-1) }

// same says whether a source is still what was looked at.
func (s original) same(ctx context.Context) error {
	out, err := s.c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &s.key, VersionId: s.version})
	if err == nil && !strings.EqualFold(*bare(out.ETag), s.etag) {
		return s.changed(*bare(out.ETag))
	}
	if err != nil {
		return s.failed(err)
	}
	return nil
}
