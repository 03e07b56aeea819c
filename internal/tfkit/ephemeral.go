package tfkit

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// EphemeralSpec is all that differs from one ephemeral resource to the next.
type EphemeralSpec[M any] struct {
	Name   string // without the provider's prefix
	Schema schema.Schema

	// Open fills the model in, and names what has to be closed in the end; ""
	// is nothing. It may name something and fail: that is closed at once, for
	// Terraform closes nothing that did not open.
	Open  func(ctx context.Context, cl *spaces.Clients, m *M) (opened string, err error)
	Close func(ctx context.Context, cl *spaces.Clients, opened string) error // nil: there is never anything to close
}

// Ephemeral is the one lifecycle that all ephemeral resources share. What they
// return is in no state and no plan.
type Ephemeral[M any] struct {
	spec    EphemeralSpec[M]
	clients *spaces.Clients
}

// NewEphemeral makes an ephemeral resource of its specification.
func NewEphemeral[M any](spec EphemeralSpec[M]) *Ephemeral[M] { return &Ephemeral[M]{spec: spec} }

// Metadata names the ephemeral resource.
func (e *Ephemeral[M]) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + e.spec.Name
}

// Schema is the specification's.
func (e *Ephemeral[M]) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = e.spec.Schema
}

// Configure takes the clients over from the provider.
func (e *Ephemeral[M]) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.clients = clientsOf(req.ProviderData, &resp.Diagnostics)
}

// openedKey is what the private data calls that which is to be closed. Private
// data must be JSON.
const openedKey = "opened"

// Open makes or fetches it, for the length of one run.
func (e *Ephemeral[M]) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	ctx, cancel := context.WithTimeout(ctx, operationLimit)
	defer cancel()
	config := tfsdk.State{Schema: e.spec.Schema, Raw: req.Config.Raw}
	var m M
	if failed(&resp.Diagnostics, fillRegion(ctx, e.clients, &config)) || failed(&resp.Diagnostics, config.Get(ctx, &m)) {
		return
	}
	opened, err := e.spec.Open(ctx, e.clients, &m)
	if opened != "" {
		ofProcess.add(leftover{e.spec.Name, opened}, func(ctx context.Context) error { return e.close(ctx, opened) })
	}
	if err == nil {
		err = asError(resp.Result.Set(ctx, &m))
	}
	if err == nil && opened != "" {
		kept, _ := json.Marshal(opened) // a string always can be
		err = asError(resp.Private.SetKey(ctx, openedKey, kept))
	}
	if err != nil && opened != "" {
		err = errors.Join(err, e.close(ctx, opened))
	}
	if err != nil {
		report(&resp.Diagnostics, "open", e.spec.Name, located(ctx, config), err)
	}
}

// Close ends what was opened. It is not called in every run: see leftovers.
func (e *Ephemeral[M]) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	kept, diags := req.Private.GetKey(ctx, openedKey)
	if failed(&resp.Diagnostics, diags) || kept == nil {
		return
	}
	var opened string
	err := json.Unmarshal(kept, &opened)
	if err == nil {
		err = e.close(ctx, opened)
	}
	if err != nil {
		report(&resp.Diagnostics, "close", e.spec.Name, opened, err)
	}
}

// close is done also for a user who has pressed Ctrl-C: what is left open may
// be a credential.
func (e *Ephemeral[M]) close(ctx context.Context, opened string) error {
	const closeLimit = 2 * time.Minute
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	if err := e.spec.Close(ctx, e.clients, opened); err != nil && spaces.KindOf(err) != spaces.NotFound {
		return err
	}
	ofProcess.remove(leftover{e.spec.Name, opened})
	return nil
}
