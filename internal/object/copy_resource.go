package object

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const copySummary = "A copy of an object, in the same bucket or in another one, and on request in another region.\n\n" +
	"Within a region Spaces copies by itself, above 5 GiB in parts. Between regions it cannot: the content then passes through the machine that runs Terraform, which takes no disk and little memory. What changes while it is copied is noticed and not kept.\n\n" +
	"Headers and metadata are the source's, but for those that are given here. The ACL is not copied: it is `private` unless `acl` says otherwise. Tags are no part of a copy, and objects that are encrypted with a key of one's own (SSE-C) cannot be copied.\n\n" +
	"While planning, the source is looked at: when its content or its headers have changed, the plan is to copy it again, as it is when the copy was changed outside Terraform. A source that is gone or may not be read is a warning, and the copy stays. " +
	"A source that changes in the same apply is only seen by the next plan, unless an argument of the copy changes with it, such as `metadata = { source = spaces_object.example.content_sha256 }`.\n\n" +
	"An object that is there already is overwritten. In a versioned bucket every copying makes a version, and destroying the copy hides it behind a delete marker."

// CopyResource manages copies of objects.
func CopyResource() resource.Resource {
	return &copies{tfkit.NewResource(tfkit.ResourceSpec[copyModel]{
		Name:     "object_copy",
		Schema:   schema.Schema{MarkdownDescription: copySummary, Attributes: copyAttributes()},
		Identity: []string{"region", "bucket", "key"},
		Create:   makeCopy,
		Update:   updateCopy,
		Read:     readCopy,
		Delete:   removeCopy,
		Settle: func(cl *spaces.Clients, m *copyModel) time.Duration {
			return max(cl.Patience.Write, cl.BirthWait(m.Location()))
		},
		Timeouts: func(m *copyModel) timeouts.Value { return m.Timeouts },
	})}
}

// copies adds to the common lifecycle what is planned of a copy.
type copies struct{ *tfkit.Resource[copyModel] }

type copyModel struct {
	described
	SourceRegion    types.String   `tfsdk:"source_region"`
	SourceBucket    types.String   `tfsdk:"source_bucket"`
	SourceKey       types.String   `tfsdk:"source_key"`
	SourceVersionID types.String   `tfsdk:"source_version_id"`
	SourceETag      types.String   `tfsdk:"source_etag"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	sent receipt // of this operation's copying
}

func copyAttributes() map[string]schema.Attribute {
	all := description()
	for name, a := range all {
		switch a := a.(type) {
		case schema.StringAttribute:
			if a.Optional && name != "acl" && name != "region" {
				a.Computed = true
				a.MarkdownDescription = strings.Split(a.MarkdownDescription, " The default ")[0] + " The default is the source's."
				all[name] = a
			}
		case schema.MapAttribute:
			a.Computed = true
			a.MarkdownDescription += " The default is the source's; given here, it replaces all of the source's."
			all[name] = a
		}
	}
	all["content_sha256"] = schema.StringAttribute{MarkdownDescription: "It is null: the content of a copy is not read.", Computed: true}
	region := tfkit.OptionalString("Region of the source's bucket. The default is that of the copy.")
	region.Validators = []validator.String{tfkit.RegionRule}
	all["source_region"] = region
	bucket := tfkit.RequiredString("Name of the bucket that the source is in. What names the source can be changed in place: it is then copied anew.")
	bucket.Validators = []validator.String{tfkit.BucketRule}
	all["source_bucket"] = bucket
	key := tfkit.RequiredString("Name of the object to copy.")
	key.Validators = []validator.String{keyRule}
	all["source_key"] = key
	all["source_version_id"] = tfkit.OptionalString("ID of the version to copy, in a versioned bucket. The default is the current one. With it, a copy can be one of an earlier version of itself.")
	all["source_etag"] = schema.StringAttribute{
		MarkdownDescription: "ETag that the source had when it was copied, without quotes. It is null when the copy was changed outside Terraform, and after an import.", Computed: true,
	}
	all["timeouts"] = tfkit.Timeouts("copying", "a change", "deleting the copy")
	return all
}

// source is where the original is.
func (m *copyModel) source() described {
	region := m.SourceRegion
	if region.IsNull() {
		region = m.Region
	}
	return described{InBucket: tfkit.InBucket{Region: region, Bucket: m.SourceBucket}, Key: m.SourceKey}
}

// makeCopy copies with all headers and the ACL.
func makeCopy(ctx context.Context, cl *spaces.Clients, m *copyModel) error {
	at, from := m.Location(), m.source()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	reader, err := cl.S3(from.Location().Region)
	if err != nil {
		return err
	}
	head, err := from.await(ctx, cl, reader, m.SourceVersionID.ValueStringPointer())
	if err != nil {
		return err
	}
	headers, err := m.headersOver(head)
	if err != nil {
		return err
	}
	o := seen(reader, from.Location().Bucket, from.Key.ValueString(), m.SourceVersionID.ValueStringPointer(), head)
	done, err := newCopy(cl, c, at, headers, o, from.Location().Region == at.Region).run(ctx)
	if err != nil {
		return err
	}
	m.SourceETag = types.StringValue(o.etag)
	m.ETag, m.VersionID, m.Size = text(&done.etag), text(&done.version), types.Int64Value(done.size)
	m.sent = receipt{done.etag, done.version}
	return nil
}

// await looks at a source, which this run may have made a moment ago.
func (d *described) await(ctx context.Context, cl *spaces.Clients, c *s3.Client, version *string) (head *s3.HeadObjectOutput, err error) {
	at, start := d.Location(), time.Now()
	err = cl.Patience.Until(ctx, cl.BirthWait(at), func(ctx context.Context) (err error) {
		head, err = d.look(ctx, c, version)
		if spaces.KindOf(err) != spaces.NotFound {
			return err
		}
		err = fmt.Errorf("there is no %s in bucket %s in region %s to copy: %w", d.Key, at.Bucket, at.Region, err)
		if hasCode(err, "NoSuchKey") && time.Since(start) > cl.Patience.Write/6 { // so the bucket is visible
			return err
		}
		return spaces.NotYet(err)
	})
	if err != nil && spaces.KindOf(err) != spaces.NotFound {
		err = fmt.Errorf("the source %s/%s could not be read: %w", at, d.Key.ValueString(), err)
	}
	return head, err
}

// headersOver are the headers of the copy: those that are given, over the
// source's.
func (m *copyModel) headersOver(head *s3.HeadObjectOutput) (*s3.PutObjectInput, error) {
	given := m.described
	for _, h := range given.headers() {
		if h.IsUnknown() {
			*h = types.StringNull()
		}
	}
	in, err := given.input()
	if err != nil {
		return nil, err
	}
	from := carried(head)
	in.ContentType = either(in.ContentType, from.ContentType)
	in.CacheControl = either(in.CacheControl, from.CacheControl)
	in.ContentDisposition = either(in.ContentDisposition, from.ContentDisposition)
	in.ContentEncoding = either(in.ContentEncoding, from.ContentEncoding)
	in.ContentLanguage = either(in.ContentLanguage, from.ContentLanguage)
	in.WebsiteRedirectLocation = either(in.WebsiteRedirectLocation, from.WebsiteRedirectLocation)
	in.Expires = either(in.Expires, from.Expires)
	if len(in.Metadata) == 0 {
		in.Metadata = from.Metadata
	}
	in.ACL = s3types.ObjectCannedACL(m.ACL.ValueString())
	return in, nil
}

func either[T any](first, second *T) *T {
	if first != nil {
		return first
	}
	return second
}

// headers are what describes an object, but for its metadata.
func (d *described) headers() []*types.String {
	return []*types.String{
		&d.ContentType, &d.CacheControl, &d.ContentDisposition, &d.ContentEncoding, &d.ContentLanguage, &d.Expires, &d.WebsiteRedirect,
	}
}

// updateCopy does what was planned: copying, if there is to be a new version ID.
func updateCopy(ctx context.Context, cl *spaces.Clients, plan, state *copyModel) error {
	if plan.VersionID.IsUnknown() {
		return makeCopy(ctx, cl, plan)
	}
	if plan.ACL.Equal(state.ACL) {
		return nil // it was only about how Terraform treats it
	}
	return plan.putACL(ctx, cl)
}

// readCopy compares ETags. Where another is found than was, this is no longer
// the copy that was made: what the state says of the source becomes null, so
// that the plan is to copy again.
func readCopy(ctx context.Context, cl *spaces.Clients, m *copyModel) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	was := m.ETag
	if err := m.describe(ctx, cl, c, nil); err != nil {
		return err
	}
	if m.ACL, err = readACL(ctx, c, &m.described, nil); err != nil {
		return err
	}
	// Ceph 16 does not say which version a copy has become.
	if sent := m.sent; sent.etag != "" && (sent.etag != m.ETag.ValueString() || sent.version != "" && sent.version != m.VersionID.ValueString()) {
		return spaces.Fail(spaces.Busy, "It was copied (ETag %s), but another content is read (ETag %s): reads lag behind, or somebody else has written to the key since.", sent.etag, m.ETag.ValueString())
	}
	if !was.IsNull() && !was.IsUnknown() && !was.Equal(m.ETag) {
		m.SourceETag = types.StringNull()
	}
	m.ContentSHA256 = types.StringNull()
	return nil
}

// removeCopy deletes the copy, which in a versioned bucket only hides it.
func removeCopy(ctx context.Context, cl *spaces.Clients, m *copyModel) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: m.Name(), Key: m.Key.ValueStringPointer()})
	return err
}
