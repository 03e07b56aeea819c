package object

import (
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with; it guards against accidents only
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// streamed brings the content from one server to the other through this
// process, without a file, and with no more memory than the connections take.
func (k *copying) streamed(ctx context.Context) (done sent, err error) {
	if k.from.size > maxObject {
		return sent{}, spaces.Fail(spaces.Other, "The source has %d bytes, and an object of Spaces has at most 5 TiB (%d bytes).", k.from.size, int64(maxObject))
	}
	if k.from.size > k.limits.stream {
		done, err = k.inParts(ctx, max(k.limits.piece, partSize(k.from.size)), k.streamPart)
	} else {
		done, err = k.streamWhole(ctx)
	}
	done.size = k.from.size
	return done, err
}

func (k *copying) streamWhole(ctx context.Context) (sent, error) {
	var version string
	etag, err := k.stream(ctx, piece{size: k.from.size}, func(ctx context.Context, content io.Reader) (*string, error) {
		in := *k.headers
		in.Body, in.ContentLength = content, &k.from.size
		if k.from.md5 { // a damaged one is then refused, and what was there before stays
			in.ContentMD5 = aws.String(inBase64(k.from.etag))
		}
		out, err := k.c.PutObject(ctx, &in, unsignedPayload, once)
		if err != nil {
			return nil, err
		}
		version = versionID(out.VersionId).ValueString()
		return out.ETag, nil
	})
	return sent{etag: etag, version: version}, err
}

func (k *copying) streamPart(ctx context.Context, m *multipart, number *int32, p piece) (string, error) {
	return k.stream(ctx, p, func(ctx context.Context, content io.Reader) (*string, error) {
		out, err := k.c.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: k.headers.Bucket, Key: k.headers.Key, UploadId: m.id, PartNumber: number, Body: content, ContentLength: &p.size,
		}, unsignedPayload, once)
		if err != nil {
			return nil, err
		}
		return out.ETag, nil
	})
}

// once leaves the retries to stream: the SDK cannot rewind what it has sent.
func once(o *s3.Options) { o.Retryer = aws.NopRetryer{} }

// stream sends a piece of the source, and sees to it that what arrives is what
// was read. A request that fails is repeated with what is read anew.
func (k *copying) stream(ctx context.Context, p piece, request func(ctx context.Context, content io.Reader) (etag *string, err error)) (string, error) {
	retryer := k.c.Options().Retryer
	for try := 1; ; try++ {
		var etag *string
		var read *stretch
		var lost error // the source, which was asked for often enough already
		err := k.afterBirth(ctx, func(ctx context.Context) (err error) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			read = k.from.read(ctx, p)
			if lost = read.start(); lost != nil {
				return nil
			}
			etag, err = request(ctx, read)
			cancel() // so that nothing goes on waiting for the source
			if failed := read.end(); err != nil {
				lost = failed
			}
			return err
		})
		if lost != nil {
			return "", lost
		}
		if err == nil {
			err = k.damaged(*bare(etag), hex.EncodeToString(read.sum.Sum(nil)))
		}
		if err == nil {
			return *bare(etag), nil
		}
		if ctx.Err() != nil || try >= retryer.MaxAttempts() || !isDamage(err) && !retryer.IsErrorRetryable(err) {
			return "", err
		}
		pause, failed := retryer.RetryDelay(try, err)
		if failed != nil {
			return "", err
		}
		if failed := spaces.Pause(ctx, pause); failed != nil {
			return "", failed
		}
	}
}

// stretch reads a piece of a source, once and in order. When the connection
// breaks it goes on where it was.
type stretch struct {
	ctx  context.Context
	from original

	mu         sync.Mutex // a request may still be reading when its answer has come
	next, last int64      // the bytes that are still to be read
	body       io.ReadCloser
	sum        hash.Hash // of what was read
	tries      int       // that failed since the last byte came
	failed     error     // why it cannot be read: whoever sends it knows only that sending failed
}

func (s original) read(ctx context.Context, p piece) *stretch {
	return &stretch{ctx: ctx, from: s, next: p.from, last: p.from + p.size, sum: md5.New()} //nolint:gosec // see the import
}

// start opens it, so that nothing is sent for a source that cannot be read.
func (r *stretch) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next < r.last {
		r.failed = r.open()
	}
	return r.failed
}

// Read reads on.
func (r *stretch) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.failed == nil && r.next < r.last {
		if r.body == nil {
			r.failed = r.open()
			continue
		}
		n, err := r.body.Read(p[:min(int64(len(p)), r.last-r.next)])
		r.sum.Write(p[:n])
		r.next += int64(n)
		if n > 0 {
			r.tries = 0
			return n, nil
		}
		if err != nil {
			r.broke(err)
		}
	}
	if r.failed != nil {
		return 0, r.failed
	}
	return 0, io.EOF
}

// open asks for what is still to be read, of what was looked at and of nothing
// else: not every server heeds a condition.
func (r *stretch) open() error {
	in := &s3.GetObjectInput{Bucket: &r.from.bucket, Key: &r.from.key, VersionId: r.from.version, IfMatch: r.from.ifMatch()}
	rest := piece{from: r.next, size: r.last - r.next}
	partly := rest.size < r.from.size
	if partly {
		in.Range = aws.String(rest.span())
	}
	out, err := r.from.c.GetObject(r.ctx, in)
	if err != nil {
		return r.from.failed(err)
	}
	r.body = out.Body
	switch want := fmt.Sprintf("bytes %d-%d/%d", r.next, r.last-1, r.from.size); {
	case *bare(out.ETag) != r.from.etag:
		return r.from.changed(*bare(out.ETag))
	case partly && aws.ToString(out.ContentRange) != want:
		return spaces.Fail(spaces.Other, "The source's server was asked for %s of %s/%s, and sent %q.", want, r.from.bucket, r.from.key, aws.ToString(out.ContentRange))
	}
	return nil
}

// broke closes a connection that brought nothing more, so that another one is
// opened, unless that has failed too often in a row.
func (r *stretch) broke(err error) {
	_ = r.body.Close()
	r.body = nil
	r.tries++
	if retryer := r.from.c.Options().Retryer; r.ctx.Err() != nil || r.tries >= retryer.MaxAttempts() {
		r.failed = r.from.failed(fmt.Errorf("the connection broke off at byte %d of %d: %w", r.next, r.from.size, err))
	} else if pause, err := retryer.RetryDelay(r.tries, err); err == nil {
		_ = spaces.Pause(r.ctx, pause)
	}
}

// end closes it, and returns why it could not be read, or nil. Its context has
// to have ended.
func (r *stretch) end() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
	if spaces.KindOf(r.failed) == spaces.Cancelled {
		return nil
	}
	return r.failed
}
