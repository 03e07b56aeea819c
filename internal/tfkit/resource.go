package tfkit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// ResourceSpec is all that differs from one resource to the next. An operation
// gets the decoded model, may fill it in, and returns a plain error: this
// package alone makes diagnostics of errors.
type ResourceSpec[M any] struct {
	Name     string // without the provider's prefix
	Schema   schema.Schema
	Identity []string // attributes that locate it; joined by "/" they are the import ID

	Create func(ctx context.Context, cl *spaces.Clients, plan *M) error
	Update func(ctx context.Context, cl *spaces.Clients, plan, state *M) error // nil: nothing to tell the server
	Read   func(ctx context.Context, cl *spaces.Clients, m *M) error           // kind NotFound when it is gone
	Delete func(ctx context.Context, cl *spaces.Clients, state *M) error

	// Settle is how long reads may take to agree with a write. nil: spaces.Patience.Write.
	Settle func(cl *spaces.Clients, m *M) time.Duration
	// Timeouts are what the user allows an operation. nil: there is no such
	// attribute.
	Timeouts func(m *M) timeouts.Value
}

// Operations end after these times unless the user says otherwise. What has
// a timeouts attribute may be moving terabytes and is limited only in name.
const (
	operationLimit = 20 * time.Minute
	transferLimit  = 24 * time.Hour
)

// Resource is the one lifecycle that all resources share. A resource that needs
// another method of the framework embeds it and adds that; one with a
// ModifyPlan of its own calls this one first, which fills in the region.
type Resource[M any] struct {
	spec    ResourceSpec[M]
	clients *spaces.Clients
}

// NewResource makes a resource of its specification.
func NewResource[M any](spec ResourceSpec[M]) *Resource[M] { return &Resource[M]{spec: spec} }

// Clients are for resources that add methods; nil until the provider is configured.
func (r *Resource[M]) Clients() *spaces.Clients { return r.clients }

// Metadata names the resource.
func (r *Resource[M]) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.spec.Name
}

// Schema is the specification's.
func (r *Resource[M]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.spec.Schema
}

// Configure takes the clients over from the provider.
func (r *Resource[M]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.clients = clientsOf(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan fills in the region.
func (r *Resource[M]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	planRegion(ctx, r.clients, req, resp)
}

// Create makes it, saves it, and reads it back.
func (r *Resource[M]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	var m M
	if failed(&resp.Diagnostics, req.Plan.Get(ctx, &m)) {
		return
	}
	ctx, cancel := r.limit(ctx, &m, timeouts.Value.Create)
	defer cancel()
	ctx = WithPrivate(withConfig(ctx, req.Config), resp.Private)
	err := r.spec.Create(ctx, r.clients, &m)
	if err != nil {
		report(&resp.Diagnostics, "create", r.spec.Name, r.where(ctx, req.Plan.GetAttribute), err)
		if !isPartial(err) {
			return
		}
	}
	// It exists now. Save it before anything else can fail: Terraform is then
	// left with a tainted resource and not with a lost one.
	if failed(&resp.Diagnostics, r.saveKnown(ctx, &resp.State, resp.Identity, &m)) || err != nil {
		return
	}
	r.readBack(ctx, req.Plan, m, &resp.State, resp.Identity, &resp.Diagnostics)
}

// Read refreshes the state. Only the server's own word that it is gone, given
// twice, drops it from there.
func (r *Resource[M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	var m M
	if failed(&resp.Diagnostics, req.State.Get(ctx, &m)) {
		return
	}
	ctx, cancel := r.limit(ctx, &m, timeouts.Value.Read)
	defer cancel()
	ctx = WithPrivate(ctx, resp.Private)
	got, err := r.readTwice(ctx, m)
	switch spaces.KindOf(err) {
	case spaces.NotFound:
		// The identity first: Terraform 1.11 keeps none, and the framework
		// refuses a read without one even when nothing is left to identify.
		if failed(&resp.Diagnostics, r.setIdentity(ctx, &resp.State, resp.Identity)) {
			return
		}
		resp.State.RemoveResource(ctx)
		return
	case spaces.Unknown:
		Warn(ctx, "Not refreshed: "+typeName(r.spec.Name)+" "+r.where(ctx, req.State.GetAttribute),
			sentence(spaces.Text(err))+" The state is kept as it was.")
		failed(&resp.Diagnostics, r.setIdentity(ctx, &resp.State, resp.Identity))
		return
	}
	if err != nil {
		report(&resp.Diagnostics, "read", r.spec.Name, r.where(ctx, req.State.GetAttribute), err)
		return
	}
	if failed(&resp.Diagnostics, resp.State.Set(ctx, &got)) {
		return
	}
	failed(&resp.Diagnostics, r.setIdentity(ctx, &resp.State, resp.Identity))
}

// readTwice looks again before it believes that something is gone: what was
// made a moment ago may be there for one read and not for the next.
func (r *Resource[M]) readTwice(ctx context.Context, m M) (M, error) {
	got := m
	err := r.spec.Read(ctx, r.clients, &got)
	if spaces.KindOf(err) == spaces.NotFound {
		if err := spaces.Pause(ctx, r.clients.Patience.Gone); err != nil {
			return m, err
		}
		got = m
		err = r.spec.Read(ctx, r.clients, &got)
	}
	return got, err
}

// Update changes it in place, saves it, and reads it back.
func (r *Resource[M]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	var plan, state M
	if failed(&resp.Diagnostics, req.Plan.Get(ctx, &plan)) || failed(&resp.Diagnostics, req.State.Get(ctx, &state)) {
		return
	}
	ctx, cancel := r.limit(ctx, &plan, timeouts.Value.Update)
	defer cancel()
	ctx = WithPrivate(withConfig(ctx, req.Config), resp.Private)
	if r.spec.Update != nil {
		if err := r.spec.Update(ctx, r.clients, &plan, &state); err != nil {
			report(&resp.Diagnostics, "update", r.spec.Name, r.where(ctx, req.State.GetAttribute), err)
			if isPartial(err) {
				failed(&resp.Diagnostics, r.saveKnown(ctx, &resp.State, resp.Identity, &state))
				return
			}
			failed(&resp.Diagnostics, r.setIdentity(ctx, &resp.State, resp.Identity))
			return
		}
	}
	if failed(&resp.Diagnostics, r.saveKnown(ctx, &resp.State, resp.Identity, &plan)) {
		return
	}
	r.readBack(ctx, req.Plan, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// Delete removes what the state names, and nothing else: it never sees the
// configuration. What is gone already needs no deleting.
func (r *Resource[M]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	var m M
	if failed(&resp.Diagnostics, req.State.Get(ctx, &m)) {
		return
	}
	ctx, cancel := r.limit(ctx, &m, timeouts.Value.Delete)
	defer cancel()
	ctx = WithPrivate(ctx, resp.Private)
	if err := r.spec.Delete(ctx, r.clients, &m); err != nil && spaces.KindOf(err) != spaces.NotFound {
		report(&resp.Diagnostics, "delete", r.spec.Name, r.where(ctx, req.State.GetAttribute), err)
	}
}

// readBack reads until the answer agrees with everything the plan knew, and
// publishes it. Computed attributes come from here.
func (r *Resource[M]) readBack(ctx context.Context, plan tfsdk.Plan, m M, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	settle := r.clients.Patience.Write
	if r.spec.Settle != nil {
		settle = r.spec.Settle(r.clients, &m)
	}
	seen := tfsdk.State{Schema: state.Schema, Raw: state.Raw}
	err := r.clients.Patience.Until(ctx, settle, func(ctx context.Context) error {
		got := m
		if err := r.spec.Read(ctx, r.clients, &got); err != nil {
			switch spaces.KindOf(err) {
			case spaces.NotFound, spaces.Busy, spaces.Unreachable:
				return spaces.NotYet(err)
			}
			return err
		}
		if d := seen.Set(ctx, &got); d.HasError() {
			return asError(d)
		}
		at, err := differsAt(ctx, plan, seen)
		if err != nil {
			return err
		}
		if at != "" {
			return spaces.NotYet(fmt.Errorf("it was written, but reads do not agree with what was written. They differ at: %s", at))
		}
		return nil
	})
	if err != nil {
		report(diags, "read back", r.spec.Name, r.where(ctx, plan.GetAttribute), err)
		return
	}
	state.Raw = seen.Raw
	failed(diags, r.setIdentity(ctx, state, identity))
}

// saveKnown puts what is known of the model into the state. Unknown values
// become null, for Terraform reports each one as a bug, also after an error.
func (r *Resource[M]) saveKnown(ctx context.Context, state *tfsdk.State, identity *tfsdk.ResourceIdentity, m *M) diag.Diagnostics {
	diags := state.Set(ctx, m)
	if diags.HasError() {
		return diags
	}
	known, err := tftypes.Transform(state.Raw, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if !v.IsKnown() {
			return tftypes.NewValue(v.Type(), nil), nil
		}
		return v, nil
	})
	if err != nil {
		refuse(&diags, "Could not save the state of "+typeName(r.spec.Name), err)
		return diags
	}
	state.Raw = known
	diags.Append(r.setIdentity(ctx, state, identity)...)
	return diags
}

// limit gives an operation its deadline.
func (r *Resource[M]) limit(ctx context.Context, m *M, of func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics)) (context.Context, context.CancelFunc) {
	limit := operationLimit
	if r.spec.Timeouts != nil {
		// A malformed duration was refused by the attribute's own validator.
		limit, _ = of(r.spec.Timeouts(m), ctx, transferLimit)
	}
	return context.WithTimeout(ctx, limit)
}

func clientsOf(data any, diags *diag.Diagnostics) *spaces.Clients {
	if data == nil { // validating: the provider is not configured
		return nil
	}
	cl, ok := data.(*spaces.Clients)
	if !ok {
		refuse(diags, "Provider data of an unexpected type", fmt.Errorf("%T is a bug in the provider", data))
	}
	return cl
}

// asError is for code that returns errors and meets diagnostics.
func asError(diags diag.Diagnostics) error {
	var errs []error
	for _, d := range diags.Errors() {
		errs = append(errs, fmt.Errorf("%s: %s", d.Summary(), d.Detail()))
	}
	return errors.Join(errs...)
}

func failed(all *diag.Diagnostics, some diag.Diagnostics) bool {
	all.Append(some...)
	return some.HasError()
}
