package object

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	framework "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ModifyPlan reads the directory and plans what there will be.
func (d *directories) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	d.Resource.ModifyPlan(ctx, req, resp)
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() { // a destroy
		return
	}
	var plan, state directory
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	created := req.State.Raw.IsNull()
	if !created {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if err := d.foresee(tfkit.WithPrivate(ctx, resp.Private), &plan, &state, created, &resp.Diagnostics); err != nil {
		resp.Diagnostics.AddAttributeError(framework.Root("source"), "Cannot plan what is to be uploaded", strings.Join(append([]string{spaces.Text(err)}, spaces.Facts(err)...), "\n"))
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// foresee fills in the computed attributes of a plan.
func (d *directories) foresee(ctx context.Context, plan, state *directory, created bool, diags *diag.Diagnostics) error {
	if !plan.known(ctx) {
		plan.hide()
		return nil
	}
	before, err := keptManifest(ctx)
	if err != nil {
		return err
	}
	items, err := plan.survey(ctx, before)
	if errors.As(err, new(errNothing)) && !created {
		// A destroy plans first what an apply would do, so it must not fail here.
		diags.AddAttributeWarning(framework.Root("source"), "Nothing to upload", fmt.Sprintf("%v\n\nIt can be destroyed. Unless there are files by the time it is applied, an apply fails, and deletes nothing.", err))
		plan.hide()
		return nil
	}
	if err != nil {
		return err
	}
	unasked, err := d.lookForExtraneous(ctx, plan, state, created, before, items)
	if err != nil {
		return fmt.Errorf("looking for what delete_extraneous is about: %w", err)
	}
	plan.show(wantedOf(items))
	plan.warn(diags, items, before, unasked)
	return nil
}

// known says whether all is known that the computed attributes follow from.
func (m *directory) known(ctx context.Context) bool {
	for _, v := range []attr.Value{m.Prefix, m.Source, m.Include, m.Exclude, m.ACL, m.Rules, m.DeleteExtraneous, m.TrackFiles} {
		if raw, err := v.ToTerraformValue(ctx); err != nil || !raw.IsFullyKnown() {
			return false
		}
	}
	return true
}

// item is a file, and what is to be made of it.
type item struct {
	file
	key    string
	sha256 string
	etags  []string // that the content can have, where there is one to compare with
	extras *extras
	entry  entry // less the ETag
}

// survey finds the files, with their hashes and what the rules say of them.
func (m *directory) survey(ctx context.Context, before manifest) ([]item, error) {
	files, err := walk(ctx, m.Source.ValueString(), m.filter())
	if err != nil {
		return nil, err
	}
	if len(files) == 0 && len(before.keys(func(_ string, e entry) bool { return !e.foreign })) > 0 {
		return nil, errNothing{spaces.Fail(spaces.Other, "There is no file in %s, or include and exclude leave none, and without files all that was uploaded would be deleted. To delete it, destroy the resource.", m.Source.ValueString())}
	}
	rules, err := newRulebook(ctx, m.Rules)
	if err != nil {
		return nil, err
	}
	items, wrong := make([]item, len(files)), make([]string, len(files))
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0)) // some wait for the disk
	for i, f := range files {
		x, text := rules.of(f.path)
		items[i] = item{file: f, key: m.folder() + f.path, extras: x, entry: entry{extras: text, acl: m.ACL.ValueString()}}
		if x.ACL != "" {
			items[i].entry.acl = x.ACL
		}
		if why := keyRule.Wrong(items[i].key); why != "" {
			wrong[i] = fmt.Sprintf("%q: %s", f.path, why)
			continue
		}
		group.Go(func() error {
			err := items[i].measure(running, before[items[i].key])
			if err != nil && running.Err() == nil {
				wrong[i] = fmt.Sprintf("%q: %v", f.path, spaces.Text(err))
			}
			return running.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if wrong = slices.DeleteFunc(wrong, func(s string) bool { return s == "" }); len(wrong) > 0 {
		return nil, spaces.Fail(spaces.Other, "%s of %s cannot be uploaded:\n%s\n\nPut it right, or name it in exclude.", counted(len(wrong), "file", "files"), m.Source.ValueString(), firstOf(wrong))
	}
	return items, nil
}

// measure reads a file. ETags are computed where an ETag is all that is known
// of what is there.
func (i *item) measure(ctx context.Context, there entry) error {
	b, err := content{path: i.name}.open()
	if err != nil {
		return err
	}
	defer b.Close()
	var f fingerprint
	if there.etag != "" && there.sha256 == "" && there.size == b.size {
		f, err = b.compare(ctx, there.etag)
	} else {
		f, err = b.measure(ctx, false)
	}
	i.sha256, i.etags, i.entry.sha256, i.entry.size = f.sha256, f.etags, f.sha256, f.size
	return err
}

// wantedOf is the manifest that there will be.
func wantedOf(items []item) manifest {
	all := make(manifest, len(items))
	for _, i := range items {
		all[i.key] = i.entry
	}
	return all
}

// lookForExtraneous looks for objects that are to be deleted where a refresh has
// not done so, because it did not know that they are to be. It returns them for
// a warning, and notes them for an update. Create looks once more.
func (d *directories) lookForExtraneous(ctx context.Context, plan, state *directory, created bool, before manifest, items []item) ([]string, error) {
	same := !created && state.DeleteExtraneous.ValueBool() && plan.Include.Equal(state.Include) && plan.Exclude.Equal(state.Exclude)
	cl := d.Clients()
	if same || !plan.DeleteExtraneous.ValueBool() || cl == nil || plan.Region.IsUnknown() || plan.Bucket.IsUnknown() {
		return nil, nil
	}
	c, err := cl.S3(plan.Location().Region)
	if spaces.KindOf(err) == spaces.Unknown {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now, err := plan.compare(ctx, c, before.own())
	if spaces.KindOf(err) == spaces.NotFound { // the bucket is yet to be made
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	wanted := wantedOf(items)
	foreign := now.keys(func(key string, e entry) bool { _, found := wanted[key]; return e.foreign && !found })
	if created {
		return foreign, nil
	}
	noted := before.own()
	for _, key := range foreign {
		noted[key] = now[key]
	}
	shown := state.Files.Elements()
	return slices.DeleteFunc(foreign, func(key string) bool { _, found := shown[key]; return found }), noted.keep(ctx)
}

// own is the manifest less what is somebody else's. It is never nil.
func (m manifest) own() manifest {
	own := make(manifest, len(m))
	for key, e := range m {
		if !e.foreign {
			own[key] = e
		}
	}
	return own
}
