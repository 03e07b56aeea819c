package object

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// ModifyPlan looks at the source and plans what follows from it.
//
// What a copy will be like is planned as unknown, although the source is there
// to be looked at: it may change in the same apply, and what was planned would
// then be wrong.
func (o *copies) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	o.Resource.ModifyPlan(ctx, req, resp)
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() { // a destroy
		return
	}
	var config, plan, state copyModel
	created := req.State.Raw.IsNull()
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if !created {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.ontoItself() {
		resp.Diagnostics.AddAttributeError(path.Root("source_key"), "Source and copy are one object",
			"The source is "+plan.Location().String()+"/"+plan.Key.ValueString()+", and so is the copy. Give the copy another key or bucket. "+
				"To change the headers of an object that is there, manage it with spaces_object; to bring back an earlier version of it, name that in source_version_id.")
		return
	}
	cl := o.Clients()
	if cl != nil && !slices.Contains(cl.Unknown, "endpoint") && !plan.Region.IsUnknown() && !plan.Bucket.IsUnknown() && !plan.Key.IsUnknown() {
		plan.URL = types.StringValue(address(cl, plan.Location(), plan.Key.ValueString()))
	}
	plan.ContentSHA256 = types.StringNull()
	again := created || plan.elsewhere(&state)
	if again {
		plan.forget(&config)
	} else {
		source, err := plan.look(ctx, cl)
		if err != nil {
			resp.Diagnostics.AddAttributeWarning(path.Root("source_key"), "The source cannot be looked at", plan.notSeen(&state, err))
		}
		plan.fill(&config, &state, source)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// ontoItself says whether source and copy are one object. An earlier version of
// itself is another one.
func (m *copyModel) ontoItself() bool {
	from := m.source()
	for _, v := range []types.String{m.Region, m.Bucket, m.Key, from.Region, from.Bucket, from.Key} {
		if v.IsUnknown() {
			return false
		}
	}
	return m.SourceVersionID.IsNull() && from.Location() == m.Location() && from.Key.Equal(m.Key)
}

// elsewhere says whether the source is another one than was copied. After an
// import it is not known which was.
func (m *copyModel) elsewhere(state *copyModel) bool {
	if state.SourceBucket.IsNull() {
		return false
	}
	from, was := m.source(), state.source()
	return from.Region.IsUnknown() || from.Location() != was.Location() || !from.Bucket.Equal(was.Bucket) || !from.Key.Equal(was.Key) ||
		!m.SourceVersionID.Equal(state.SourceVersionID)
}

// look describes the source, or returns nil if it is not known yet which it is.
func (m *copyModel) look(ctx context.Context, cl *spaces.Clients) (*described, error) {
	from := m.source()
	if cl == nil || from.Region.IsUnknown() || from.Bucket.IsUnknown() || from.Key.IsUnknown() || m.SourceVersionID.IsUnknown() {
		return nil, nil
	}
	c, err := cl.S3(from.Location().Region)
	if err == nil {
		err = from.describe(ctx, cl, c, m.SourceVersionID.ValueStringPointer())
	}
	if spaces.KindOf(err) == spaces.Unknown {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if _, wrong := time.Parse(time.RFC3339, from.Expires.ValueString()); wrong != nil && !from.Expires.IsNull() {
		from.Expires = types.StringValue(expiry(from.Expires.ValueString()).UTC().Format(time.RFC3339)) // as it is copied
	}
	return &from, nil
}

// notSeen says what follows from a source that cannot be looked at.
func (m *copyModel) notSeen(state *copyModel, err error) string {
	from := m.source()
	then := "The copy is kept as it is. Whether the source has changed since it was copied is not known."
	if state.SourceETag.IsNull() && !state.SourceBucket.IsNull() {
		then = "The copy was changed outside Terraform, and is left so: there is nothing to copy anew."
	}
	return fmt.Sprintf("%s/%s: %s\n\n%s", from.Location(), from.Key.ValueString(), spaces.Text(err), then)
}

// fill plans an update, given the source if it could be looked at. The version
// ID is planned as unknown exactly when there is to be copying: updateCopy goes
// by that.
func (m *copyModel) fill(config, state *copyModel, source *described) {
	// What is not given is to be as it is with the source, or stays.
	want := m.described
	given, was := config.headers(), state.headers()
	for i, h := range want.headers() {
		if given[i].IsNull() {
			*h = *was[i]
			if source != nil && (!source.headers()[i].IsNull() || h != &want.ContentType) { // every copy has a type
				*h = *source.headers()[i]
			}
		}
	}
	if config.Metadata.IsNull() {
		want.Metadata = state.Metadata
		if source != nil {
			want.Metadata = source.Metadata
		}
	}
	if source != nil && !state.isOf(source) || !sameHeaders(&model{described: want}, &model{described: state.described}) {
		m.forget(config)
		return
	}
	m.keep(config, state)
	if source != nil {
		m.SourceETag = source.ETag
	}
}

// isOf says whether the copy has the content of a source. When it is not known
// what was copied, as after an import, their ETags tell.
func (m *copyModel) isOf(source *described) bool {
	if m.SourceETag.IsNull() {
		return plainMD5.MatchString(m.ETag.ValueString()) && m.ETag.Equal(source.ETag)
	}
	return m.SourceETag.Equal(source.ETag)
}

// forget plans as unknown what comes from the source.
func (m *copyModel) forget(config *copyModel) {
	given := config.headers()
	for i, h := range m.headers() {
		if given[i].IsNull() {
			*h = types.StringUnknown()
		}
	}
	if config.Metadata.IsNull() {
		m.Metadata = types.MapUnknown(types.StringType)
	}
	m.ETag, m.VersionID, m.LastModified, m.SourceETag = types.StringUnknown(), types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Size = types.Int64Unknown()
}

// keep plans that no copy is made.
func (m *copyModel) keep(config, state *copyModel) {
	given, was := config.headers(), state.headers()
	for i, h := range m.headers() {
		if given[i].IsNull() {
			*h = *was[i]
		}
	}
	if config.Metadata.IsNull() {
		m.Metadata = state.Metadata
	}
	m.ETag, m.VersionID, m.LastModified, m.Size, m.SourceETag = state.ETag, state.VersionID, state.LastModified, state.Size, state.SourceETag
	if !m.ACL.Equal(state.ACL) {
		m.LastModified = types.StringUnknown() // some releases of Ceph count it as writing
	}
}
