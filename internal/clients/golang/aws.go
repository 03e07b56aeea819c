package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// newAWS is a client with a configuration file and nothing else.
func newAWS(file string) (*s3.Client, error) {
	c, err := config.LoadDefaultConfig(context.Background(),
		config.WithSharedConfigFiles([]string{file}), config.WithSharedCredentialsFiles([]string{}),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.DialContext = dial })))
	return s3.NewFromConfig(c), err
}

// denied wants an answer to be 403.
func denied(err error) error {
	var answer *awshttp.ResponseError
	switch {
	case err == nil:
		return errors.New("it was allowed")
	case errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusForbidden:
		return nil
	}
	return err
}

func awsSteps() ([]step, error) {
	mine, err := newAWS(limited)
	if err != nil {
		return nil, err
	}
	get := func(ctx context.Context, bucket, key string, wanted []byte) error {
		out, err := mine.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return err
		}
		got, err := io.ReadAll(out.Body)
		if err == nil && !bytes.Equal(got, wanted) {
			err = fmt.Errorf("%s has other bytes", key)
		}
		return err
	}
	put := func(ctx context.Context, bucket, key string, content []byte) error {
		_, err := mine.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content)})
		return err
	}
	return []step{
		{"list", func(ctx context.Context) error {
			out, err := mine.ListObjects(ctx, &s3.ListObjectsInput{Bucket: &files})
			if err != nil {
				return err
			}
			var keys []string
			for _, o := range out.Contents {
				keys = append(keys, *o.Key)
			}
			for _, key := range []string{"page.html", odd, "large.bin"} {
				if !slices.Contains(keys, key) {
					return fmt.Errorf("%q is not among %q", key, keys)
				}
			}
			return nil
		}},
		{"get", func(ctx context.Context) error {
			page, err := mine.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &files, Key: aws.String("page.html")})
			if err != nil {
				return err
			}
			return first(
				same(*page.ContentType, pageType), same(*page.CacheControl, "max-age=60"), same(page.Metadata, map[string]string{"owner": owner}),
				get(ctx, files, "page.html", fixture("page.html")), get(ctx, files, odd, fixture("odd.txt")), get(ctx, files, "large.bin", fixture("large.bin")),
			)
		}},
		{"put", func(ctx context.Context) error {
			_, err := mine.PutObject(ctx, &s3.PutObjectInput{
				Bucket: &files, Key: aws.String(prefix + "/page.html"), Body: bytes.NewReader(fixture("page.html")),
				ContentType: aws.String(pageType), Metadata: map[string]string{"owner": owner},
			})
			if err != nil {
				return err
			}
			// The uploader does not look into the file for this.
			whenRequired := func(u *manager.Uploader) { u.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired }
			_, err = manager.NewUploader(mine, whenRequired).Upload(ctx, &s3.PutObjectInput{
				Bucket: &files, Key: aws.String(prefix + "/large.bin"), Body: bytes.NewReader(fixture("large.bin")),
			})
			return first(err, put(ctx, files, prefix+"/"+odd, fixture("odd.txt")))
		}},
		{"delete", func(ctx context.Context) error {
			key := prefix + "/gone"
			if err := put(ctx, files, key, nil); err != nil {
				return err
			}
			if _, err := mine.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &files, Key: &key}); err != nil {
				return err
			}
			_, err := mine.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &files, Key: &key})
			var answer *awshttp.ResponseError
			if !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusNotFound {
				return fmt.Errorf("it is not gone: %w", err)
			}
			return nil
		}},
		{"presign", func(ctx context.Context) error {
			signed, err := s3.NewPresignClient(mine).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &files, Key: &odd}, s3.WithPresignExpires(10*time.Minute))
			if err != nil {
				return err
			}
			return curl(signed.URL, "odd.txt")
		}},
		{"limits", func(ctx context.Context) error {
			_, deleted := mine.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &readonly, Key: aws.String("page.html")})
			_, created := mine.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(files + "-no")})
			_, settings := mine.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &files})
			return first(
				get(ctx, readonly, "page.html", fixture("page.html")),
				denied(put(ctx, readonly, "no", nil)), denied(deleted), denied(get(ctx, private, "page.html", nil)), denied(created), denied(settings),
			)
		}},
		{"full access", func(ctx context.Context) error {
			all, err := newAWS(full)
			if err != nil {
				return err
			}
			buckets, err := all.ListBuckets(ctx, &s3.ListBucketsInput{})
			if err != nil {
				return err
			}
			found := 0
			for _, b := range buckets.Buckets {
				if *b.Name == files || *b.Name == private {
					found++
				}
			}
			cors, err := all.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &files})
			if err != nil {
				return err
			}
			return first(same(found, 2), same(cors.CORSRules[0].AllowedOrigins, []string{"https://shop.example"}))
		}},
	}, nil
}
