package object

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func create(ctx context.Context, cl *spaces.Clients, m *model) error {
	if err := m.takeKey(ctx); err != nil {
		return err
	}
	return upload(ctx, cl, m)
}

// upload sends an object with all its headers and its ACL.
func upload(ctx context.Context, cl *spaces.Clients, m *model) error {
	from, err := m.content(ctx)
	if err != nil {
		return err
	}
	headers, err := m.input()
	if err != nil {
		return err
	}
	headers.ACL = s3types.ObjectCannedACL(m.ACL.ValueString())
	done, err := send(ctx, cl, parcel{at: m.Location(), headers: headers, from: from, sha256: m.ContentSHA256.ValueString()})
	if err != nil {
		return err
	}
	m.ETag, m.VersionID, m.Size, m.ContentType = text(&done.etag), text(&done.version), types.Int64Value(done.size), types.StringValue(done.contentType)
	m.sent = receipt{done.etag, done.version}
	if m.ContentSHA256.IsUnknown() {
		m.ContentSHA256 = types.StringValue(done.sha256)
	}
	return nil
}

// update does what was planned: an upload, if there is to be a new version ID.
func update(ctx context.Context, cl *spaces.Clients, plan, state *model) error {
	if err := plan.takeKey(ctx); err != nil { // also to read it back
		return err
	}
	if plan.VersionID.IsUnknown() {
		return upload(ctx, cl, plan)
	}
	if plan.ACL.Equal(state.ACL) {
		return nil // it was only about how Terraform treats it
	}
	return plan.putACL(ctx, cl)
}

// read compares ETags. Where one of another content is found than was, it is no
// longer what was uploaded: what the state says of the upload becomes null, so
// that the plan is to upload again.
func read(ctx context.Context, cl *spaces.Clients, m *model) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	was := m.ETag
	switch err := m.describe(ctx, cl, c, nil); {
	case errors.Is(err, errEncrypted):
		return m.readLocked(ctx, cl, c)
	case err != nil:
		return err
	}
	if !m.encrypted {
		m.CustomerKeyWOVersion = types.Int64Null()
	}
	if m.ACL, err = readACL(ctx, c, &m.described, nil); err != nil {
		return err
	}
	if sent := m.sent; sent.etag != "" && (sent.etag != m.ETag.ValueString() || !m.VersionID.IsNull() && sent.version != m.VersionID.ValueString()) {
		return spaces.Fail(spaces.Busy, "It was uploaded (ETag %s), but another content is read (ETag %s): reads lag behind, or somebody else has written to the key since.", sent.etag, m.ETag.ValueString())
	}
	if !was.IsNull() && !was.IsUnknown() && !was.Equal(m.ETag) && !m.isThere(ctx) {
		m.ContentSHA256, m.ContentWOVersion = types.StringNull(), types.Int64Null()
	}
	if m.ForceDestroy.IsNull() {
		m.ForceDestroy = types.BoolValue(false) // imported
	}
	return nil
}

// isThere says whether an object with another ETag than the one that was
// uploaded has the same content nevertheless, because it was uploaded again in
// parts of another size. It takes the content of the configuration to tell.
func (m *model) isThere(ctx context.Context) bool {
	if m.ContentSHA256.IsNull() || m.Source.IsNull() && m.Content.IsNull() && m.ContentBase64.IsNull() {
		return false
	}
	from, err := m.content(ctx)
	if err != nil {
		return false
	}
	b, err := from.open()
	if err != nil {
		return false
	}
	defer b.Close()
	if b.size != m.Size.ValueInt64() {
		return false
	}
	f, err := b.compare(ctx, m.ETag.ValueString())
	return err == nil && f.sha256 == m.ContentSHA256.ValueString() && slices.Contains(f.etags, m.ETag.ValueString())
}

// remove deletes the object. In a versioned bucket that only hides it, unless
// all its versions are to go.
func remove(ctx context.Context, cl *spaces.Clients, m *model) error {
	at := m.Location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	if m.ForceDestroy.ValueBool() {
		return spaces.DeleteVersions(ctx, c, at.Bucket, m.Key.ValueString())
	}
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &at.Bucket, Key: m.Key.ValueStringPointer()})
	return err
}
