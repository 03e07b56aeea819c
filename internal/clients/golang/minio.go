package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// newMinio is a client with the keys of a configuration file; the endpoint it
// has to be told.
func newMinio(file string) (*minio.Client, error) {
	address, err := url.Parse(os.Getenv("URL"))
	if err != nil {
		return nil, err
	}
	transport, err := minio.DefaultTransport(address.Scheme == "https")
	if err != nil {
		return nil, err
	}
	transport.DialContext = dial
	return minio.New(address.Host, &minio.Options{
		Creds: credentials.NewFileAWSCredentials(file, "default"), Secure: address.Scheme == "https",
		Region: "us-east-1", BucketLookup: minio.BucketLookupDNS, Transport: transport,
	})
}

// forbidden wants an answer to be 403.
func forbidden(err error) error {
	var answer minio.ErrorResponse
	switch {
	case err == nil:
		return errors.New("it was allowed")
	case errors.As(err, &answer) && answer.StatusCode == http.StatusForbidden:
		return nil
	}
	return err
}

func minioSteps() ([]step, error) {
	mine, err := newMinio(limited)
	if err != nil {
		return nil, err
	}
	get := func(ctx context.Context, bucket, key string, wanted []byte) error {
		object, err := mine.GetObject(ctx, bucket, key, minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		got, err := io.ReadAll(object)
		if err == nil && !bytes.Equal(got, wanted) {
			err = fmt.Errorf("%s has other bytes", key)
		}
		return err
	}
	put := func(ctx context.Context, bucket, key string, content []byte, o minio.PutObjectOptions) error {
		_, err := mine.PutObject(ctx, bucket, key, bytes.NewReader(content), int64(len(content)), o)
		return err
	}
	return []step{
		{"list", func(ctx context.Context) error {
			missing := map[string]bool{"page.html": true, odd: true, "large.bin": true}
			for o := range mine.ListObjects(ctx, files, minio.ListObjectsOptions{Recursive: true, UseV1: true}) {
				if o.Err != nil {
					return o.Err
				}
				delete(missing, o.Key)
			}
			return same(missing, map[string]bool{})
		}},
		{"get", func(ctx context.Context) error {
			page, err := mine.StatObject(ctx, files, "page.html", minio.StatObjectOptions{})
			if err != nil {
				return err
			}
			return first(
				same(page.ContentType, pageType), same(page.Metadata.Get("Cache-Control"), "max-age=60"), same(page.UserMetadata["Owner"], owner),
				get(ctx, files, "page.html", fixture("page.html")), get(ctx, files, odd, fixture("odd.txt")), get(ctx, files, "large.bin", fixture("large.bin")),
			)
		}},
		{"put", func(ctx context.Context) error {
			return first(
				put(ctx, files, prefix+"/page.html", fixture("page.html"), minio.PutObjectOptions{ContentType: pageType, UserMetadata: map[string]string{"owner": owner}}),
				put(ctx, files, prefix+"/"+odd, fixture("odd.txt"), minio.PutObjectOptions{}),
				put(ctx, files, prefix+"/large.bin", fixture("large.bin"), minio.PutObjectOptions{PartSize: 5 << 20}),
			)
		}},
		{"delete", func(ctx context.Context) error {
			key := prefix + "/gone"
			if err := first(put(ctx, files, key, []byte("gone"), minio.PutObjectOptions{}), mine.RemoveObject(ctx, files, key, minio.RemoveObjectOptions{})); err != nil {
				return err
			}
			_, err := mine.StatObject(ctx, files, key, minio.StatObjectOptions{})
			var answer minio.ErrorResponse
			if !errors.As(err, &answer) || answer.StatusCode != http.StatusNotFound {
				return fmt.Errorf("it is not gone: %w", err)
			}
			return nil
		}},
		{"presign", func(ctx context.Context) error {
			signed, err := mine.PresignedGetObject(ctx, files, odd, 10*time.Minute, nil)
			if err != nil {
				return err
			}
			return curl(signed.String(), "odd.txt")
		}},
		{"limits", func(ctx context.Context) error {
			return first(
				get(ctx, readonly, "page.html", fixture("page.html")),
				forbidden(put(ctx, readonly, "no", []byte("no"), minio.PutObjectOptions{})),
				forbidden(mine.RemoveObject(ctx, readonly, "page.html", minio.RemoveObjectOptions{})),
				forbidden(get(ctx, private, "page.html", nil)),
				forbidden(mine.MakeBucket(ctx, files+"-no", minio.MakeBucketOptions{})),
			)
		}},
		{"full access", func(ctx context.Context) error {
			all, err := newMinio(full)
			if err != nil {
				return err
			}
			buckets, err := all.ListBuckets(ctx)
			found := 0
			for _, b := range buckets {
				if b.Name == files || b.Name == private {
					found++
				}
			}
			return first(err, same(found, 2))
		}},
	}, nil
}
