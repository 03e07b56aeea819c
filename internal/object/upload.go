package object

import (
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with; it guards against accidents only
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// parcel is one object to upload.
type parcel struct {
	at      spaces.Location
	headers *s3.PutObjectInput // bucket, key, headers, metadata, ACL, and the customer's key; no body
	from    content            // a file, or memory
	sha256  string             // of the content as planned; "": not known before
}

// sent is what became of a parcel.
type sent struct {
	etag, version string // version is "" in a bucket that keeps none
	size          int64
	sha256        string
	contentType   string
}

// send uploads a parcel, in one PUT or in parts, and tells its type where the
// headers do not. A bucket made a moment ago is waited for.
//
// Every byte is read twice, the second time mostly from memory: once in order
// for the SHA-256 of the whole and the MD5 of what one request brings, and once
// for that request, which has the MD5 with it. So the server refuses whatever
// is not what was hashed, and the object comes into being only if what was
// hashed is what was planned.
func send(ctx context.Context, cl *spaces.Clients, p parcel) (sent, error) {
	c, err := cl.S3(p.at.Region)
	if err != nil {
		return sent{}, err
	}
	b, err := p.from.open()
	if err != nil {
		return sent{}, err
	}
	defer b.Close()
	if b.size > maxObject {
		return sent{}, tooLarge(p.from, b.size)
	}
	headers := *p.headers
	if aws.ToString(headers.ContentType) == "" { // an unknown value too
		head, err := b.head()
		if err != nil {
			return sent{}, err
		}
		headers.ContentType = aws.String(typeOf(*headers.Key, head))
	}
	p.headers = &headers
	u := uploading{parcel: p, cl: cl, c: c, body: b}
	var done sent
	if b.size <= putLimit {
		done, err = u.put(ctx)
	} else {
		done, err = u.multipart(ctx)
	}
	done.size, done.contentType = b.size, *headers.ContentType
	return done, err
}

// uploading is a parcel on its way.
type uploading struct {
	parcel
	cl   *spaces.Clients
	c    *s3.Client
	body body
}

// put sends all of it in one request.
func (u *uploading) put(ctx context.Context) (sent, error) {
	f, err := u.body.measure(ctx, true)
	if err != nil {
		return sent{}, err
	}
	if f.size != u.body.size || u.sha256 != "" && u.sha256 != f.sha256 {
		return sent{}, changed(u.from, "Nothing was uploaded.")
	}
	var version string
	etag, err := u.deliver(ctx, piece{0, f.size, f.md5}, func(ctx context.Context, body io.ReadSeeker, sum string) (*string, error) {
		in := *u.headers
		in.Body, in.ContentLength, in.ContentMD5 = body, &f.size, &sum
		out, err := u.c.PutObject(ctx, &in, unsignedPayload)
		if err != nil {
			return nil, err
		}
		version = versionID(out.VersionId).ValueString()
		return out.ETag, nil
	})
	return sent{etag: etag, version: version, sha256: f.sha256}, err
}

// piece is what one request brings.
type piece struct {
	from, size int64
	md5        string
}

// deliver sends a piece, and sees to it that what arrives is what was hashed.
// What was damaged on the way is sent again.
func (u *uploading) deliver(ctx context.Context, p piece, request func(ctx context.Context, body io.ReadSeeker, md5 string) (etag *string, err error)) (string, error) {
	const tries = 3
	for try := 1; ; try++ {
		var etag *string
		err := u.afterBirth(ctx, func(ctx context.Context) (err error) {
			etag, err = request(ctx, u.body.section(p.from, p.size), inBase64(p.md5))
			return err
		})
		if err == nil {
			err = u.damaged(*bare(etag), p.md5)
		}
		if err == nil {
			return *bare(etag), nil
		}
		if now, failed := u.md5(ctx, p); failed == nil && now != p.md5 {
			return "", changed(u.from, "It was being uploaded then, and that failed: "+spaces.Text(err))
		}
		if try == tries || !isDamage(err) {
			return "", err
		}
	}
}

// md5 reads a piece again.
func (u *uploading) md5(ctx context.Context, p piece) (string, error) {
	sum := md5.New() //nolint:gosec // see the import
	_, err := io.CopyBuffer(sum, cancellable{ctx, u.body.section(p.from, p.size)}, u.body.buffer())
	return hex.EncodeToString(sum.Sum(nil)), err
}

// damaged compares what the server has stored with what was sent, where its
// ETag says that: not of what is encrypted.
func (u *uploading) damaged(etag, sum string) error {
	if !plainMD5.MatchString(etag) || etag == sum || u.headers.SSECustomerKey != nil {
		return nil
	}
	return &damage{spaces.Fail(spaces.Other, "What the server stored is not what was sent: the MD5 of the one is %s, of the other %s. Apply again.", etag, sum)}
}

type damage struct{ error }

func (d *damage) Unwrap() error { return d.error }

// isDamage says whether something arrived that is not what was sent.
func isDamage(err error) bool {
	var found *damage
	return errors.As(err, &found) || hasCode(err, "BadDigest")
}

func hasCode(err error, code string) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && answer.ErrorCode() == code
}

// afterBirth waits for a bucket that was made a moment ago.
func (u *uploading) afterBirth(ctx context.Context, request func(context.Context) error) error {
	return u.cl.Patience.Until(ctx, u.cl.BirthWait(u.at), func(ctx context.Context) error {
		err := request(ctx)
		if spaces.KindOf(err) == spaces.NotFound && !hasCode(err, "NoSuchUpload") {
			return spaces.NotYet(fmt.Errorf("there is no bucket %s in region %s: %w", u.at.Bucket, u.at.Region, err))
		}
		return err
	})
}

// unsignedPayload leaves the SHA-256 of a body out of the signature over HTTP
// too, as the SDK does over HTTPS. The signature has Content-MD5 in it.
func unsignedPayload(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)
}

func changed(from content, then string) error {
	return spaces.Fail(spaces.Other, "%s has changed since it was planned. %s Plan and apply again.", from.name(), then)
}

func tooLarge(from content, size int64) error {
	return spaces.Fail(spaces.Other, "%s has %d bytes, and an object of Spaces has at most 5 TiB (%d bytes). Upload it as several objects.", from.name(), size, int64(maxObject))
}

// typeOf is the type of a content by the extension of its key, else by its
// first bytes.
func typeOf(key string, head []byte) string {
	if byName := ContentType(key); byName != "" {
		return byName
	}
	return detectType(head)
}

// inBase64 is how Content-MD5 spells what an ETag has in hexadecimal.
func inBase64(sum string) string {
	raw, _ := hex.DecodeString(sum)
	return base64.StdEncoding.EncodeToString(raw)
}
