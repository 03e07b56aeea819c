package object

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ModifyPlan reads what is to be uploaded and plans what follows from it.
func (o *objects) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	o.Resource.ModifyPlan(ctx, req, resp)
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() { // a destroy
		return
	}
	var plan, state model
	var contentType, secret types.String
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("content_type"), &contentType)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("content_wo"), &secret)...)
	created := req.State.Raw.IsNull()
	if !created {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	f := forecast{created: created, typeGiven: !contentType.IsNull()}
	var err error
	switch {
	case !secret.IsNull():
		f.secret = true
	case plan.Source.IsUnknown() || plan.Content.IsUnknown() || plan.ContentBase64.IsUnknown():
		f.unknown = true
	default:
		f.fingerprint, err = plan.preview(ctx, &state)
	}
	if errors.As(err, new(errNothing)) && !created {
		resp.Diagnostics.AddAttributeWarning(path.Root("source"), "Nothing to upload", fmt.Sprintf("%v\n\nThe object can be destroyed. Unless the file is there by the time it is applied, an apply fails, and changes nothing.", err))
		f.unknown, err = true, nil
	}
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root(plan.contentName()), "Cannot read what is to be uploaded", fmt.Sprint(err))
		return
	}
	f.fill(&plan, &state)
	cl := o.Clients()
	if cl != nil && !slices.Contains(cl.Unknown, "endpoint") && !plan.Region.IsUnknown() && !plan.Bucket.IsUnknown() && !plan.Key.IsUnknown() {
		plan.URL = types.StringValue(address(cl, plan.Location(), plan.Key.ValueString()))
		if !plan.CustomerKeyWOVersion.IsNull() && keyInClear(cl.Endpoint.URL(plan.Region.ValueString())) {
			resp.Diagnostics.AddAttributeError(path.Root("customer_key_wo"), "A key over plain HTTP",
				"customer_key_wo is sent with the upload, and the provider's endpoint begins with http://, so that everybody on the way could read it. Use an endpoint with https://.")
			return
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// preview reads the content. Its ETags are only asked for where the state knows
// the content by its ETag alone: after an import, or a change elsewhere.
func (m *model) preview(ctx context.Context, state *model) (fingerprint, error) {
	from, err := m.content(ctx)
	if err != nil {
		return fingerprint{}, err
	}
	b, err := from.open()
	if err != nil {
		return fingerprint{}, err
	}
	defer b.Close()
	if b.size > maxObject {
		return fingerprint{}, tooLarge(from, b.size)
	}
	if state.ContentSHA256.IsNull() {
		return b.compare(ctx, state.ETag.ValueString())
	}
	return b.measure(ctx, false)
}

func (m *model) contentName() string {
	switch {
	case !m.Content.IsNull():
		return "content"
	case !m.ContentBase64.IsNull():
		return "content_base64"
	}
	return "source"
}

// forecast is what a plan depends on, besides the plan and the state.
type forecast struct {
	created     bool // there is no state
	typeGiven   bool // content_type is configured
	secret      bool // the content is write-only, and is not looked at
	unknown     bool // the content is not known yet
	fingerprint      // of any other content
}

// fill plans the computed attributes. The version ID is planned as unknown
// exactly when there is to be an upload: update goes by that.
func (f forecast) fill(plan, state *model) {
	switch {
	case f.secret: // its hash would tell something of it
		plan.ContentSHA256 = types.StringNull()
	case f.unknown:
		plan.ContentSHA256 = types.StringUnknown()
	default:
		plan.ContentSHA256 = types.StringValue(f.sha256)
	}
	if !f.typeGiven {
		plan.ContentType = f.contentType(plan, state)
	}
	sends := f.created || !f.sameContent(plan, state) || !sameHeaders(plan, state)
	if sends {
		if f.secret && !f.typeGiven && ContentType(plan.Key.ValueString()) == "" {
			plan.ContentType = types.StringUnknown() // it may be another secret when it is applied
		}
		plan.VersionID, plan.LastModified, plan.ETag, plan.Size = types.StringUnknown(), types.StringUnknown(), types.StringUnknown(), types.Int64Unknown()
	} else {
		plan.VersionID, plan.LastModified, plan.ETag, plan.Size = state.VersionID, state.LastModified, state.ETag, state.Size
		if !plan.ACL.Equal(state.ACL) {
			plan.LastModified = types.StringUnknown() // some releases of Ceph count it as writing
		}
	}
	if !f.secret && !f.unknown {
		plan.Size = types.Int64Value(f.size)
	}
}

// contentType is the one that is detected. Where it takes the bytes of a
// secret to tell, it is left as it is.
func (f forecast) contentType(plan, state *model) types.String {
	switch {
	case plan.Key.IsUnknown():
		return types.StringUnknown()
	case ContentType(plan.Key.ValueString()) != "":
		return types.StringValue(ContentType(plan.Key.ValueString()))
	case f.secret && !f.created:
		return state.ContentType
	case f.secret || f.unknown:
		return types.StringUnknown()
	}
	return types.StringValue(detectType(f.head))
}

// sameContent says whether what is to be there is there already. Read sets
// to null what the state knows of a content that was changed elsewhere.
func (f forecast) sameContent(plan, state *model) bool {
	switch {
	case f.secret:
		return plan.ContentWOVersion.Equal(state.ContentWOVersion)
	case f.unknown:
		return false
	case !state.ContentSHA256.IsNull():
		return f.sha256 == state.ContentSHA256.ValueString()
	}
	return slices.Contains(f.etags, state.ETag.ValueString())
}

// sameHeaders says whether all that goes with an upload stays as it is, but
// for the ACL, which can be changed alone.
func sameHeaders(plan, state *model) bool {
	for _, pair := range [][2]attr.Value{
		{plan.ContentType, state.ContentType},
		{plan.CacheControl, state.CacheControl},
		{plan.ContentDisposition, state.ContentDisposition},
		{plan.ContentEncoding, state.ContentEncoding},
		{plan.ContentLanguage, state.ContentLanguage},
		{plan.WebsiteRedirect, state.WebsiteRedirect},
		{plan.Metadata, state.Metadata},
		{plan.CustomerKeyWOVersion, state.CustomerKeyWOVersion},
	} {
		if !pair[0].Equal(pair[1]) {
			return false
		}
	}
	return sameTime(plan.Expires, state.Expires)
}
