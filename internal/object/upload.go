package object

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// maxPut is how much one PUT may bring (Spaces Limits page).
const maxPut = 5 << 30

// upload sends an object with all its headers and its ACL. The content is read
// once before, so that what is not what was planned never gets there, and sent
// with its MD5, so that the server refuses what changes on the way. A bucket
// made a moment ago is waited for.
func upload(ctx context.Context, cl *spaces.Clients, m *model) error {
	at := m.Location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	from, err := m.content(ctx)
	if err != nil {
		return err
	}
	b, err := from.open()
	if err != nil {
		return err
	}
	defer b.Close()
	f, err := b.measure(ctx, true)
	if err != nil {
		return err
	}
	if want := m.ContentSHA256; !want.IsNull() && !want.IsUnknown() && want.ValueString() != f.sha256 {
		return changed(from, "Nothing was uploaded.")
	}
	if f.size > maxPut {
		return tooLarge(from, f.size)
	}
	if m.ContentType.IsUnknown() || m.ContentType.IsNull() {
		m.ContentType = types.StringValue(typeOf(m.Key.ValueString(), f.head))
	}
	in, err := m.input()
	if err != nil {
		return err
	}
	in.ACL = s3types.ObjectCannedACL(m.ACL.ValueString())
	in.ContentLength = &f.size
	in.ContentMD5 = aws.String(inBase64(f.md5))

	var out *s3.PutObjectOutput
	err = cl.Patience.Until(ctx, cl.BirthWait(at), func(ctx context.Context) error {
		in.Body = b.reader()
		out, err = c.PutObject(ctx, in)
		if spaces.KindOf(err) == spaces.NotFound {
			return spaces.NotYet(fmt.Errorf("there is no bucket %s in region %s: %w", at.Bucket, at.Region, err))
		}
		return err
	})
	if err == nil {
		err = damaged(out, f.md5)
	}
	if err != nil {
		if now, failed := b.measure(ctx, false); failed == nil && now.sha256 != f.sha256 {
			return changed(from, "It was being uploaded then, and that failed: "+spaces.Text(err))
		}
		return err
	}
	m.ETag, m.VersionID, m.Size = text(bare(out.ETag)), versionID(out.VersionId), types.Int64Value(f.size)
	m.sent = receipt{m.ETag.ValueString(), m.VersionID.ValueString()}
	if m.ContentSHA256.IsUnknown() {
		m.ContentSHA256 = types.StringValue(f.sha256)
	}
	return nil
}

// damaged compares what the server stored with what was sent, where its ETag
// says that.
func damaged(out *s3.PutObjectOutput, sum string) error {
	etag := *bare(out.ETag)
	if !plainMD5.MatchString(etag) || etag == sum || out.ServerSideEncryption != "" || out.SSECustomerAlgorithm != nil {
		return nil
	}
	return spaces.Fail(spaces.Other, "What the server stored is not what was sent: the MD5 of the one is %s, of the other %s. The object is there and damaged; apply again to overwrite it.", etag, sum)
}

// plainMD5 is what an ETag looks like that is the MD5 of a content.
var plainMD5 = regexp.MustCompile(`^[0-9a-f]{32}$`)

func changed(from content, then string) error {
	what := "The content"
	if from.path != "" {
		what = "The file " + from.path
	}
	return spaces.Fail(spaces.Other, "%s has changed since it was planned. %s Plan and apply again.", what, then)
}

func tooLarge(from content, size int64) error {
	what := "The content"
	if from.path != "" {
		what = "The file " + from.path
	}
	return spaces.Fail(spaces.Other, "%s has %d bytes. An object is uploaded in one request, and Spaces limits that to 5 GiB (%d bytes).", what, size, int64(maxPut))
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
