// Package object is what can be done with the objects of a bucket: uploading
// them, reading them, listing them.
//
// Reading order: resource.go, plan.go (what is to be uploaded, and when),
// content.go (where its bytes come from), upload.go, described.go (all the rest
// of an object).
package object

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const summary = "An object: a file in a bucket.\n\n" +
	"What is in it comes from exactly one of `source`, `content`, `content_base64` and `content_wo`. It is compared by its SHA-256 while planning, so a changed file is a planned update without any hash in the configuration. " +
	"A file that changes between plan and apply ends the apply before anything is uploaded (Terraform calls that an inconsistent final plan); plan again. " +
	"What was changed outside Terraform, be it content, a header, metadata or the ACL, is put right by the next apply.\n\n" +
	"An object that is there already is overwritten. In a versioned bucket every upload makes a version, also one that only changes a header, and destroying the object hides it behind a delete marker unless `force_destroy` is set. " +
	"One request uploads at most 5 GiB."

// Resource manages objects.
func Resource() resource.Resource {
	return &objects{tfkit.NewResource(tfkit.ResourceSpec[model]{
		Name:     "object",
		Schema:   schema.Schema{MarkdownDescription: summary, Attributes: attributes()},
		Identity: []string{"region", "bucket", "key"},
		Create:   func(ctx context.Context, cl *spaces.Clients, m *model) error { return upload(ctx, cl, m) },
		Update:   update,
		Read:     read,
		Delete:   remove,
		Settle: func(cl *spaces.Clients, m *model) time.Duration {
			return max(cl.Patience.Write, cl.BirthWait(m.Location()))
		},
		Timeouts: func(m *model) timeouts.Value { return m.Timeouts },
	})}
}

// objects adds to the common lifecycle what is planned and what is validated
// of an object as a whole.
type objects struct{ *tfkit.Resource[model] }

// model has values of the framework only, so that it can be decoded while
// planning too, when anything may be unknown.
type model struct {
	described
	Source           types.String   `tfsdk:"source"`
	Content          types.String   `tfsdk:"content"`
	ContentBase64    types.String   `tfsdk:"content_base64"`
	ContentWO        types.String   `tfsdk:"content_wo"` // null but in a configuration
	ContentWOVersion types.Int64    `tfsdk:"content_wo_version"`
	ForceDestroy     types.Bool     `tfsdk:"force_destroy"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`

	sent receipt // of this operation's upload
}

// receipt is how the server acknowledged an upload.
type receipt struct{ etag, version string }

func attributes() map[string]schema.Attribute {
	all := description()
	all["source"] = tfkit.OptionalString("Path of the file to upload, relative to the directory that Terraform runs in; `~` is the home directory. `${path.module}/…` names a file of the module.")
	all["content"] = schema.StringAttribute{
		MarkdownDescription: "Text to upload, as UTF-8. An empty string makes an empty object. It is kept in the state.",
		Optional:            true,
	}
	all["content_base64"] = schema.StringAttribute{
		MarkdownDescription: "Bytes to upload, in base64. They are kept in the state.",
		Optional:            true, Validators: []validator.String{base64Rule},
	}
	all["content_wo"] = schema.StringAttribute{
		MarkdownDescription: "Text to upload that is kept neither in the state nor in the plan, such as a secret. The state has only its `size` and its `etag`, which is its MD5. It needs Terraform 1.11 or newer, and `content_wo_version`.",
		Optional:            true, WriteOnly: true,
	}
	all["content_wo_version"] = schema.Int64Attribute{
		MarkdownDescription: "Any number; changing it uploads `content_wo` again. A change of `content_wo` alone cannot be seen.",
		Optional:            true,
	}
	all["force_destroy"] = tfkit.Flag("Whether destroying the object deletes all its versions and delete markers too. They cannot be brought back. It has to be applied before it counts.", false)
	all["timeouts"] = tfkit.Timeouts("the upload", "a change", "deleting the object")
	return all
}

// ValidateConfig wants one content. What is unknown may turn out to be null.
func (objects) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var given, unknown []string
	for _, name := range []string{"source", "content", "content_base64", "content_wo"} {
		var v types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &v)...)
		switch {
		case v.IsUnknown():
			unknown = append(unknown, name)
		case !v.IsNull():
			given = append(given, name)
		}
	}
	var version types.Int64
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("content_wo_version"), &version)...)
	if resp.Diagnostics.HasError() {
		return
	}
	const rule = "An object takes exactly one of source (a path), content (text), content_base64 (bytes) and content_wo (text that is not kept in the state)."
	switch {
	case len(given) > 1:
		resp.Diagnostics.AddAttributeError(path.Root(given[1]), "More than one content", fmt.Sprintf("%s Here %s and %s are set.", rule, given[0], given[1]))
	case len(given)+len(unknown) == 0:
		resp.Diagnostics.AddAttributeError(path.Root("source"), "No content", rule+" Here none of them is set. For an empty object write content = \"\".")
	case slices.Equal(append(given, unknown...), []string{"content_wo"}) && version.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("content_wo_version"), "No content_wo_version",
			"content_wo needs content_wo_version beside it: Terraform keeps nothing of content_wo, so a new number is what says that it has changed. Start with 1.")
	case len(given) == 1 && given[0] != "content_wo" && !version.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("content_wo_version"), "No content_wo", "content_wo_version only goes with content_wo, and here "+given[0]+" is set.")
	}
}

// content is what there is to upload. A write-only one is only there while
// creating and updating.
func (m *model) content(ctx context.Context) (content, error) {
	switch {
	case !m.Source.IsNull():
		return content{path: m.Source.ValueString()}, nil
	case !m.Content.IsNull():
		return content{memory: []byte(m.Content.ValueString())}, nil
	case !m.ContentBase64.IsNull():
		memory, err := base64.StdEncoding.DecodeString(m.ContentBase64.ValueString())
		return content{memory: memory}, err
	}
	secret, err := tfkit.WriteOnly(ctx, "content_wo")
	if err == nil && secret.IsNull() {
		err = spaces.Fail(spaces.Other, "None of source, content, content_base64 and content_wo has a value: it was not known until now, and turned out to be null.")
	}
	return content{memory: []byte(secret.ValueString())}, err
}

// update does what was planned: an upload, if there is to be a new version ID.
func update(ctx context.Context, cl *spaces.Clients, plan, state *model) error {
	if plan.VersionID.IsUnknown() {
		return upload(ctx, cl, plan)
	}
	if plan.ACL.Equal(state.ACL) {
		return nil // it was only about how Terraform treats it
	}
	c, err := cl.S3(plan.Location().Region)
	if err != nil {
		return err
	}
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{
		Bucket: plan.Name(), Key: plan.Key.ValueStringPointer(), ACL: s3types.ObjectCannedACL(plan.ACL.ValueString()),
	})
	return err
}

// read compares ETags. Where another is found than was, the content is no
// longer what was uploaded: what the state says of the upload becomes null, so
// that the plan is to upload again.
func read(ctx context.Context, cl *spaces.Clients, m *model) error {
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
	if sent := m.sent; sent.etag != "" && (sent.etag != m.ETag.ValueString() || !m.VersionID.IsNull() && sent.version != m.VersionID.ValueString()) {
		return spaces.Fail(spaces.Busy, "It was uploaded (ETag %s), but another content is read (ETag %s): reads lag behind, or somebody else has written to the key since.", sent.etag, m.ETag.ValueString())
	}
	if !was.IsNull() && !was.IsUnknown() && !was.Equal(m.ETag) {
		m.ContentSHA256, m.ContentWOVersion = types.StringNull(), types.Int64Null()
	}
	if m.ForceDestroy.IsNull() {
		m.ForceDestroy = types.BoolValue(false) // imported
	}
	return nil
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
