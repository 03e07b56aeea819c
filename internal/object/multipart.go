package object

import (
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with; it guards against accidents only
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// partsAtOnce is how many parts this process sends at a time, of all objects
// together. A part is read while it is sent, so it takes little memory.
const partsAtOnce = 16

var slots = make(chan struct{}, partsAtOnce)

// multipart sends a parcel in parts. Either all of it becomes the object, or
// nothing is left.
func (u *uploading) multipart(ctx context.Context) (sent, error) {
	m := multipart{uploading: u}
	if err := m.create(ctx); err != nil {
		return sent{}, err
	}
	parts, sha, err := m.sendParts(ctx)
	if err == nil && u.sha256 != "" && u.sha256 != sha {
		err = changed(u.from, "Nothing was kept of the upload.")
	}
	if err != nil {
		return sent{}, m.abort(ctx, err)
	}
	done, err := m.complete(ctx, parts)
	if err != nil {
		return sent{}, m.abort(ctx, err)
	}
	done.sha256 = sha
	return done, nil
}

// multipart is an upload in parts.
type multipart struct {
	*uploading
	id    *string
	begun time.Time // by the server's clock; zero where it does not say
}

func (m *multipart) create(ctx context.Context) error {
	h := m.headers
	return m.afterBirth(ctx, func(ctx context.Context) error {
		out, err := m.c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: h.Bucket, Key: h.Key, ACL: h.ACL, Metadata: h.Metadata, Expires: h.Expires,
			ContentType: h.ContentType, CacheControl: h.CacheControl, WebsiteRedirectLocation: h.WebsiteRedirectLocation,
			ContentDisposition: h.ContentDisposition, ContentEncoding: h.ContentEncoding, ContentLanguage: h.ContentLanguage,
			SSECustomerAlgorithm: h.SSECustomerAlgorithm, SSECustomerKey: h.SSECustomerKey, SSECustomerKeyMD5: h.SSECustomerKeyMD5,
		})
		if err == nil {
			m.id = out.UploadId
			m.begun, _ = awsmiddleware.GetServerTime(out.ResultMetadata)
		}
		return err
	})
}

// sendParts hashes the content in order, and sends each part as soon as its
// MD5 is known. It returns when no part is on its way any more.
func (m *multipart) sendParts(ctx context.Context) ([]s3types.CompletedPart, string, error) {
	size := partSize(m.body.size)
	parts := make([]s3types.CompletedPart, countParts(m.body.size, size))
	sha, buffer := sha256.New(), m.body.buffer()
	group, ctx := errgroup.WithContext(ctx)
	for i := range parts {
		sum := md5.New() //nolint:gosec // see the import
		p := piece{from: int64(i) * size}
		p.size = min(size, m.body.size-p.from)
		n, err := io.CopyBuffer(together{sha, sum}, cancellable{ctx, m.body.section(p.from, p.size)}, buffer)
		if err == nil && n < p.size {
			err = changed(m.from, "It has become shorter while it was uploaded, and nothing was kept of it.")
		}
		if err == nil {
			err = takeSlot(ctx)
		}
		if err != nil {
			group.Go(func() error { return err })
			break
		}
		p.md5 = hex.EncodeToString(sum.Sum(nil))
		number := aws.Int32(int32(i + 1))
		group.Go(func() error {
			defer func() { <-slots }()
			etag, err := m.sendPart(ctx, number, p)
			parts[i] = s3types.CompletedPart{PartNumber: number, ETag: &etag}
			return err
		})
	}
	return parts, hex.EncodeToString(sha.Sum(nil)), group.Wait()
}

func takeSlot(ctx context.Context) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (m *multipart) sendPart(ctx context.Context, number *int32, p piece) (etag string, err error) {
	h := m.headers
	return m.deliver(ctx, p, func(ctx context.Context, body io.ReadSeeker, sum string) (*string, error) {
		out, err := m.c.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: h.Bucket, Key: h.Key, UploadId: m.id, PartNumber: number,
			Body: body, ContentLength: &p.size, ContentMD5: &sum,
			SSECustomerAlgorithm: h.SSECustomerAlgorithm, SSECustomerKey: h.SSECustomerKey, SSECustomerKeyMD5: h.SSECustomerKeyMD5,
		}, unsignedPayload)
		if err != nil {
			return nil, err
		}
		return out.ETag, nil
	})
}

// complete makes an object of the parts. Its answer can be lost, and then the
// same request finds no such upload; and Ceph 16 answers without an ETag. In
// both cases the object is looked at.
func (m *multipart) complete(ctx context.Context, parts []s3types.CompletedPart) (sent, error) {
	h := m.headers
	out, err := m.c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: h.Bucket, Key: h.Key, UploadId: m.id, MultipartUpload: &s3types.CompletedMultipartUpload{Parts: parts},
		SSECustomerAlgorithm: h.SSECustomerAlgorithm, SSECustomerKey: h.SSECustomerKey, SSECustomerKeyMD5: h.SSECustomerKeyMD5,
	})
	switch spaces.KindOf(err) {
	case spaces.NotFound, spaces.Busy, spaces.Unreachable:
		return m.find(ctx, etagOf(parts), err)
	}
	if err != nil {
		return sent{}, err
	}
	etag, want := *bare(out.ETag), etagOf(parts)
	switch {
	case etag == "":
		return m.find(ctx, want, nil)
	case inParts.MatchString(etag) && etag != want && h.SSECustomerKey == nil:
		return sent{}, spaces.Fail(spaces.Other, "What the server made of the parts is not what was sent: its ETag is %s, and should be %s. The object is there and damaged; apply again to overwrite it.", etag, want)
	}
	return sent{etag: etag, version: versionID(out.VersionId).ValueString()}, nil
}

// find looks for the object that an upload was to become. After an error it has
// to be younger than the upload: the one before may have had the same content.
func (m *multipart) find(ctx context.Context, etag string, lost error) (sent, error) {
	h := m.headers
	var done sent
	err := m.cl.Patience.Until(ctx, m.cl.Patience.Write, func(ctx context.Context) error {
		out, err := m.c.HeadObject(ctx, &s3.HeadObjectInput{
			Bucket: h.Bucket, Key: h.Key,
			SSECustomerAlgorithm: h.SSECustomerAlgorithm, SSECustomerKey: h.SSECustomerKey, SSECustomerKeyMD5: h.SSECustomerKeyMD5,
		})
		switch spaces.KindOf(err) {
		case spaces.NotFound, spaces.Busy, spaces.Unreachable:
			return spaces.NotYet(err)
		}
		if err != nil {
			return err
		}
		young := lost == nil || out.LastModified == nil || !out.LastModified.Before(m.begun.Truncate(time.Second))
		if *bare(out.ETag) != etag || aws.ToInt64(out.ContentLength) != m.body.size || !young {
			return spaces.NotYet(spaces.Fail(spaces.Busy, "the upload was completed, but HEAD shows another object (ETag %s, want %s): reads lag behind, or somebody else has written to the key since", *bare(out.ETag), etag))
		}
		done = sent{etag: etag, version: versionID(out.VersionId).ValueString()}
		return nil
	})
	if err != nil && lost != nil {
		return done, lost // nothing of it was seen
	}
	return done, err
}

// etagOf is the ETag of the object that is made of parts.
func etagOf(parts []s3types.CompletedPart) string {
	sums := md5.New() //nolint:gosec // see the import
	for _, p := range parts {
		sum, _ := hex.DecodeString(*p.ETag)
		sums.Write(sum)
	}
	return multipartETag(sums, len(parts))
}

// abort removes the parts of an upload that failed or was cancelled, and
// returns why it was. What was on its way then can arrive after the abort, so
// it is repeated until the server says that there is no such upload.
func (m *multipart) abort(ctx context.Context, why error) error {
	const limit, tries = time.Minute, 3
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	h := m.headers
	for range tries {
		_, err := m.c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: h.Bucket, Key: h.Key, UploadId: m.id})
		if err == nil {
			_, err = m.c.ListParts(ctx, &s3.ListPartsInput{Bucket: h.Bucket, Key: h.Key, UploadId: m.id, MaxParts: aws.Int32(1)})
			if err != nil { // there is no such upload, or this key may not look
				return why
			}
			continue
		}
		if spaces.KindOf(err) == spaces.NotFound {
			return why
		}
		return m.leftBehind(why, spaces.Text(err))
	}
	return m.leftBehind(why, "The server still shows it.")
}

// leftBehind says where the parts are that could not be removed.
func (m *multipart) leftBehind(why error, because string) error {
	return fmt.Errorf("%w\n\nThe parts that were uploaded could not be removed: %s They are kept and paid for in the multipart upload %s of the key %s until something aborts it. "+
		"An abort_incomplete_multipart_upload rule of spaces_bucket_lifecycle_configuration does, and Spaces itself does after 30 days", why, because, *m.id, *m.headers.Key)
}
