package tfkit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// ActionSpec is all that differs from one action to the next.
type ActionSpec[M any] struct {
	Name   string // without the provider's prefix
	Schema schema.Schema
	Invoke func(ctx context.Context, cl *spaces.Clients, m *M) error // tells of its progress with Progress
}

// Action is the one lifecycle that all actions share.
type Action[M any] struct {
	spec    ActionSpec[M]
	clients *spaces.Clients
}

// NewAction makes an action of its specification.
func NewAction[M any](spec ActionSpec[M]) *Action[M] { return &Action[M]{spec: spec} }

// Metadata names the action.
func (a *Action[M]) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + a.spec.Name
}

// Schema is the specification's.
func (a *Action[M]) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.spec.Schema
}

// Configure takes the clients over from the provider.
func (a *Action[M]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.clients = clientsOf(req.ProviderData, &resp.Diagnostics)
}

// Invoke does it. It may be moving terabytes, and is limited only in name.
func (a *Action[M]) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	ctx, cancel := context.WithTimeout(ctx, transferLimit)
	defer cancel()
	config := tfsdk.State{Schema: a.spec.Schema, Raw: req.Config.Raw}
	var m M
	if failed(&resp.Diagnostics, fillRegion(ctx, a.clients, &config)) || failed(&resp.Diagnostics, config.Get(ctx, &m)) {
		return
	}
	ctx = context.WithValue(ctx, progressKey{}, func(line string) {
		resp.SendProgress(action.InvokeProgressEvent{Message: line})
	})
	if err := a.spec.Invoke(ctx, a.clients, &m); err != nil {
		report(&resp.Diagnostics, "run", a.spec.Name, located(ctx, config), err)
	}
}

type progressKey struct{}

// Progress tells the user how far an action is, at once. What is no action's
// context tells nobody.
func Progress(ctx context.Context, format string, args ...any) {
	if send, ok := ctx.Value(progressKey{}).(func(string)); ok {
		send(fmt.Sprintf(format, args...))
	}
}
