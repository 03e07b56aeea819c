package object

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// CopyInParts copies an object in parts although it is small, by the server or
// as a stream, and returns the copy's ETag.
func CopyInParts(ctx context.Context, cl *spaces.Clients, from, to spaces.Location, key, as string, version *string, beside bool) (string, error) {
	reader, err := cl.S3(from.Region)
	if err != nil {
		return "", err
	}
	writer, err := cl.S3(to.Region)
	if err != nil {
		return "", err
	}
	head, err := reader.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &from.Bucket, Key: &key, VersionId: version})
	if err != nil {
		return "", err
	}
	headers := carried(head)
	headers.Bucket, headers.Key, headers.ACL = &to.Bucket, &as, "public-read"
	k := newCopy(cl, writer, to, headers, seen(reader, from.Bucket, key, version, head), beside)
	k.limits = small
	done, err := k.run(ctx)
	return done.etag, err
}
