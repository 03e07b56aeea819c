package tfkit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// thing is the model of a resource whose server is the test itself.
type thing struct {
	InBucket
	Value   types.String `tfsdk:"value"`
	Methods []string     `tfsdk:"methods"`
	Owner   types.String `tfsdk:"owner"`
}

var thingAttributes = map[string]schema.Attribute{
	"value":   RequiredString("Value."),
	"methods": OptionalSet("Methods."),
	"owner":   ComputedString("Owner, which the server decides."),
}

// thingServer stands in for Spaces. Its functions can be replaced; those it
// starts with do everything at once and rightly.
type thingServer struct {
	*testing.T
	clients *spaces.Clients

	stored *thing
	calls  []string
	settle func(*spaces.Clients, *thing) time.Duration // goes into the specification

	create func(ctx context.Context, m *thing) error
	update func(ctx context.Context, plan, state *thing) error
	read   func(ctx context.Context, m *thing) error
	remove func(ctx context.Context, m *thing) error
}

// patient looks often, and is in no hurry to give up.
var patient = spaces.Patience{Write: time.Minute, Birth: time.Minute, Gone: time.Millisecond, Poll: time.Millisecond}

// impatient gives up on reads after a moment.
func (s *thingServer) impatient() { s.clients.Patience.Write = 50 * time.Millisecond }

func newThingServer(t *testing.T, changes ...func(*spaces.Config)) *thingServer {
	t.Helper()
	config := spaces.Config{Region: "nyc3", Patience: patient}
	for _, change := range changes {
		change(&config)
	}
	s := &thingServer{T: t, clients: spaces.New(config)}
	s.create = func(_ context.Context, m *thing) error { s.stored = new(*m); return nil }
	s.update = func(_ context.Context, plan, _ *thing) error { s.stored = new(*plan); return nil }
	s.remove = func(context.Context, *thing) error { s.stored = nil; return nil }
	s.read = func(_ context.Context, m *thing) error { return s.get(m) }
	return s
}

// get is the read of a server that works.
func (s *thingServer) get(m *thing) error {
	if s.stored == nil {
		return spaces.ErrNotFound
	}
	m.Value, m.Methods, m.Owner = s.stored.Value, s.stored.Methods, types.StringValue("the server's")
	return nil
}

// readFails makes the first so many reads fail.
func (s *thingServer) readFails(times int, err error) {
	s.read = func(_ context.Context, m *thing) error {
		if times--; times >= 0 {
			return err
		}
		return s.get(m)
	}
}

// readsAreStale makes the first so many reads answer with another value.
func (s *thingServer) readsAreStale(times int, value string) {
	s.read = func(_ context.Context, m *thing) error {
		err := s.get(m)
		if times--; times >= 0 {
			m.Value = types.StringValue(value)
		}
		return err
	}
}

func (s *thingServer) resource() *Resource[thing] {
	return NewResource(ResourceSpec[thing]{
		Name:     "thing",
		Schema:   schema.Schema{Attributes: WithBucket(thingAttributes)},
		Identity: []string{"region", "bucket"},
		Create: func(ctx context.Context, _ *spaces.Clients, m *thing) error {
			s.calls = append(s.calls, "create")
			return s.create(ctx, m)
		},
		Update: func(ctx context.Context, _ *spaces.Clients, plan, state *thing) error {
			s.calls = append(s.calls, "update")
			return s.update(ctx, plan, state)
		},
		Read: func(ctx context.Context, _ *spaces.Clients, m *thing) error {
			s.calls = append(s.calls, "read")
			return s.read(ctx, m)
		},
		Delete: func(ctx context.Context, _ *spaces.Clients, m *thing) error {
			s.calls = append(s.calls, "delete")
			return s.remove(ctx, m)
		},
		Settle: s.settle,
	})
}

func (s *thingServer) dataSource() *DataSource[thing] {
	return NewDataSource(DataSourceSpec[thing]{
		Name:   "thing",
		Schema: ReadOnly("A thing.", WithBucket(thingAttributes), "bucket"),
		Read: func(ctx context.Context, _ *spaces.Clients, m *thing) error {
			s.calls = append(s.calls, "read")
			return s.read(ctx, m)
		},
	})
}

// The rest of it makes a provider of that, and speaks to it as Terraform does.

func (s *thingServer) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "spaces"
}

func (s *thingServer) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{}
}

func (s *thingServer) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.ResourceData, resp.DataSourceData = s.clients, s.clients
}

func (s *thingServer) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return s.resource() }}
}

func (s *thingServer) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return s.dataSource() }}
}

const (
	thingType = "spaces_thing"
	unknown   = "(unknown)"
)

var (
	stringType   = tftypes.String
	identityKind = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"region": stringType, "bucket": stringType}}
	thingKind    = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"region": stringType, "bucket": stringType, "value": stringType, "owner": stringType, "methods": tftypes.Set{ElementType: stringType},
	}}
)

// values are an object's strings; what is missing is null. Methods are joined
// by spaces.
type values map[string]string

func (v values) with(pairs ...string) values {
	all := values{}
	for name, value := range v {
		all[name] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

func (v values) encode(t *testing.T, kind tftypes.Object) *tfprotov6.DynamicValue {
	t.Helper()
	var raw any
	if v != nil {
		all := map[string]tftypes.Value{}
		for name, k := range kind.AttributeTypes {
			value, given := v[name]
			switch {
			case !given:
				all[name] = tftypes.NewValue(k, nil)
			case value == unknown:
				all[name] = tftypes.NewValue(k, tftypes.UnknownValue)
			case name == "methods":
				var some []tftypes.Value
				for _, m := range strings.Fields(value) {
					some = append(some, tftypes.NewValue(stringType, m))
				}
				all[name] = tftypes.NewValue(k, some)
			default:
				all[name] = tftypes.NewValue(k, value)
			}
		}
		raw = all
	}
	d, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, raw))
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// decode is nil for an object that is null.
func decode(t *testing.T, kind tftypes.Object, d *tfprotov6.DynamicValue) values {
	t.Helper()
	if d == nil {
		return nil
	}
	v, err := d.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	if v.IsNull() {
		return nil
	}
	all := map[string]tftypes.Value{}
	if err := v.As(&all); err != nil {
		t.Fatal(err)
	}
	decoded := values{}
	for name, value := range all {
		var text string
		switch {
		case value.IsNull():
			continue
		case !value.IsKnown():
			text = unknown
		case name == "methods":
			var some []tftypes.Value
			if err := value.As(&some); err != nil {
				t.Fatal(err)
			}
			var methods []string
			for _, m := range some {
				var method string
				if err := m.As(&method); err != nil {
					t.Fatal(err)
				}
				methods = append(methods, method)
			}
			slices.Sort(methods)
			text = strings.Join(methods, " ")
		default:
			if err := value.As(&text); err != nil {
				t.Fatal(err)
			}
		}
		decoded[name] = text
	}
	return decoded
}

// diagnostics are what Terraform would print.
type diagnostics []*tfprotov6.Diagnostic

func (ds diagnostics) String() string {
	var lines []string
	for _, d := range ds {
		lines = append(lines, fmt.Sprintf("%s %s: %s", d.Severity, d.Summary, d.Detail))
	}
	return strings.Join(lines, "\n")
}

func (ds diagnostics) count(severity tfprotov6.DiagnosticSeverity) int {
	n := 0
	for _, d := range ds {
		if d.Severity == severity {
			n++
		}
	}
	return n
}

// terraform is one run of it.
type terraform struct {
	*testing.T
	server tfprotov6.ProviderServer
}

func (s *thingServer) terraform() terraform { return terraformOf(s.T, s) }

func terraformOf(t *testing.T, p provider.Provider) terraform {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(p)()
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: values{}.encode(t, tftypes.Object{})})
	if err != nil {
		t.Fatal(err)
	}
	return terraform{t, server}
}

func identityData(t *testing.T, v values) *tfprotov6.ResourceIdentityData {
	if v == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: v.encode(t, identityKind)}
}

func identityOf(t *testing.T, d *tfprotov6.ResourceIdentityData) values {
	if d == nil {
		return nil
	}
	return decode(t, identityKind, d.IdentityData)
}

type planned struct {
	state   values
	replace []string
	diags   diagnostics
	private []byte
}

func (tf terraform) plan(prior, config values) planned {
	tf.Helper()
	proposed := config
	for _, computed := range []string{"region", "owner"} {
		if _, given := config[computed]; config != nil && !given && prior[computed] != "" {
			proposed = proposed.with(computed, prior[computed])
		}
	}
	resp, err := tf.server.PlanResourceChange(tf.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: thingType, PriorState: prior.encode(tf.T, thingKind), ProposedNewState: proposed.encode(tf.T, thingKind), Config: config.encode(tf.T, thingKind),
	})
	if err != nil {
		tf.Fatal(err)
	}
	p := planned{state: decode(tf.T, thingKind, resp.PlannedState), diags: resp.Diagnostics, private: resp.PlannedPrivate}
	for _, at := range resp.RequiresReplace {
		p.replace = append(p.replace, at.String())
	}
	return p
}

type applied struct {
	state, identity values
	diags           diagnostics
}

// apply plans and applies; a nil configuration destroys.
func (tf terraform) apply(prior, config values) applied {
	tf.Helper()
	p := tf.plan(prior, config)
	if len(p.diags) > 0 {
		tf.Fatalf("planning: %s", p.diags)
	}
	resp, err := tf.server.ApplyResourceChange(tf.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: thingType, PriorState: prior.encode(tf.T, thingKind), PlannedState: p.state.encode(tf.T, thingKind), Config: config.encode(tf.T, thingKind), PlannedPrivate: p.private,
	})
	if err != nil {
		tf.Fatal(err)
	}
	return applied{decode(tf.T, thingKind, resp.NewState), identityOf(tf.T, resp.NewIdentity), resp.Diagnostics}
}

// refresh reads; old Terraform gives no identity.
func (tf terraform) refresh(state, identity values) applied {
	tf.Helper()
	resp, err := tf.server.ReadResource(tf.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: thingType, CurrentState: state.encode(tf.T, thingKind), CurrentIdentity: identityData(tf.T, identity),
	})
	if err != nil {
		tf.Fatal(err)
	}
	return applied{decode(tf.T, thingKind, resp.NewState), identityOf(tf.T, resp.NewIdentity), resp.Diagnostics}
}

func (tf terraform) importState(id string, identity values) applied {
	tf.Helper()
	resp, err := tf.server.ImportResourceState(tf.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: thingType, ID: id, Identity: identityData(tf.T, identity)})
	if err != nil {
		tf.Fatal(err)
	}
	if len(resp.ImportedResources) == 0 {
		return applied{diags: resp.Diagnostics}
	}
	got := resp.ImportedResources[0]
	return applied{decode(tf.T, thingKind, got.State), identityOf(tf.T, got.Identity), resp.Diagnostics}
}

func (tf terraform) readData(config values) applied {
	tf.Helper()
	resp, err := tf.server.ReadDataSource(tf.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: thingType, Config: config.encode(tf.T, thingKind)})
	if err != nil {
		tf.Fatal(err)
	}
	return applied{state: decode(tf.T, thingKind, resp.State), diags: resp.Diagnostics}
}
