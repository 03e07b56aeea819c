package object

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// download gets an object of at most so many bytes, whole. An answer that
// breaks off is asked for again.
func download(ctx context.Context, c *s3.Client, in *s3.GetObjectInput, limit int64, tooLarge func(size int64) error) (*s3.GetObjectOutput, []byte, error) {
	const tries = 3
	for try := 1; ; try++ {
		out, err := c.GetObject(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		if out.ContentLength != nil && *out.ContentLength > limit {
			return nil, nil, errors.Join(tooLarge(*out.ContentLength), out.Body.Close())
		}
		content, err := io.ReadAll(io.LimitReader(out.Body, limit+1))
		err = errors.Join(err, out.Body.Close())
		switch {
		case err == nil && int64(len(content)) > limit:
			return nil, nil, tooLarge(int64(len(content)))
		case err == nil:
			return out, content, nil
		case ctx.Err() != nil || try == tries:
			return nil, nil, fmt.Errorf("reading the content: %w", err)
		}
	}
}

// shown is a content as text, where it is text, and in base64.
func shown(content []byte) (text, base types.String) {
	if utf8.Valid(content) {
		text = types.StringValue(string(content))
	}
	return text, types.StringValue(base64.StdEncoding.EncodeToString(content))
}
