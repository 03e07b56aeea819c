package tfkit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// What lasts for a run only: ephemeral resources and actions.

type secret struct {
	InBucket
	Value types.String `tfsdk:"value"`
}

var secretKind = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"region": stringType, "bucket": stringType, "value": stringType}}

// momentServer adds to the things what lasts for a run only.
type momentServer struct {
	*thingServer
	open   func(m *secret) (string, error)
	closed func(ctx context.Context, opened string) error
	invoke func(ctx context.Context, m *secret) error
}

func newMomentServer(t *testing.T, changes ...func(*spaces.Config)) *momentServer {
	t.Helper()
	s := &momentServer{thingServer: newThingServer(t, changes...)}
	s.open = func(m *secret) (string, error) { m.Value = types.StringValue("hidden"); return "key 1", nil }
	s.closed = func(_ context.Context, opened string) error { s.calls = append(s.calls, "close "+opened); return nil }
	return s
}

func (s *momentServer) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.EphemeralResourceData, resp.ActionData = s.clients, s.clients
}

func (s *momentServer) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource {
		return NewEphemeral(EphemeralSpec[secret]{
			Name: "thing",
			Schema: schema.Schema{Attributes: map[string]schema.Attribute{
				"region": schema.StringAttribute{Optional: true, Computed: true},
				"bucket": schema.StringAttribute{Required: true},
				"value":  schema.StringAttribute{Computed: true, Sensitive: true},
			}},
			Open:  func(_ context.Context, _ *spaces.Clients, m *secret) (string, error) { return s.open(m) },
			Close: func(ctx context.Context, _ *spaces.Clients, opened string) error { return s.closed(ctx, opened) },
		})
	}}
}

func (s *momentServer) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action {
		return NewAction(ActionSpec[secret]{
			Name: "thing",
			Schema: actionschema.Schema{Attributes: map[string]actionschema.Attribute{
				"region": actionschema.StringAttribute{Optional: true},
				"bucket": actionschema.StringAttribute{Required: true},
				"value":  actionschema.StringAttribute{Optional: true},
			}},
			Invoke: func(ctx context.Context, _ *spaces.Clients, m *secret) error { return s.invoke(ctx, m) },
		})
	}}
}

type opened struct {
	result  values
	private []byte
	diags   diagnostics
}

func (s *momentServer) opens(config values) opened {
	s.Helper()
	tf := terraformOf(s.T, s)
	resp, err := tf.server.OpenEphemeralResource(tf.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: thingType, Config: config.encode(tf.T, secretKind)})
	if err != nil {
		s.Fatal(err)
	}
	return opened{decode(s.T, secretKind, resp.Result), resp.Private, resp.Diagnostics}
}

func (s *momentServer) closes(private []byte) diagnostics {
	s.Helper()
	tf := terraformOf(s.T, s)
	ctx, cancel := context.WithCancel(tf.Context())
	cancel() // a user in a hurry
	resp, err := tf.server.CloseEphemeralResource(ctx, &tfprotov6.CloseEphemeralResourceRequest{TypeName: thingType, Private: private})
	if err != nil {
		s.Fatal(err)
	}
	return resp.Diagnostics
}

func TestEphemeralClosesWhatItOpened(t *testing.T) {
	t.Parallel()
	s := newMomentServer(t)
	s.closed = func(ctx context.Context, opened string) error {
		s.calls = append(s.calls, "close "+opened)
		return ctx.Err()
	}
	got := s.opens(values{"bucket": "photos"})
	if want := (values{"region": "nyc3", "bucket": "photos", "value": "hidden"}); fmt.Sprint(got.result) != fmt.Sprint(want) || len(got.diags) > 0 {
		t.Fatalf("opened %v (%s), want %v", got.result, got.diags, want)
	}
	if diags := s.closes(got.private); len(diags) > 0 {
		t.Error(diags)
	}
	if !slices.Equal(s.calls, []string{"close key 1"}) {
		t.Errorf("calls %q", s.calls)
	}
}

// Terraform closes nothing that did not open, so we do.
func TestEphemeralThatFailsHalfOpenIsClosed(t *testing.T) {
	t.Parallel()
	s := newMomentServer(t)
	s.open = func(*secret) (string, error) { return "key 2", errors.New("it does not work") }
	got := s.opens(values{"bucket": "photos"})
	if want := "ERROR Could not open spaces_thing nyc3/photos: It does not work."; got.diags.String() != want {
		t.Errorf("it says %q, want %q", got.diags, want)
	}
	if !slices.Equal(s.calls, []string{"close key 2"}) {
		t.Errorf("calls %q", s.calls)
	}
	s.closed = func(context.Context, string) error { return errors.New("nor does this") }
	if got := s.opens(values{"bucket": "photos"}); !strings.Contains(got.diags.String(), "It does not work\nnor does this") {
		t.Errorf("it says %q", got.diags)
	}
}

func TestEphemeralWithNothingToClose(t *testing.T) {
	t.Parallel()
	s := newMomentServer(t)
	s.open = func(*secret) (string, error) { return "", nil }
	got := s.opens(values{"bucket": "photos"})
	if diags := append(got.diags, s.closes(got.private)...); len(diags) > 0 {
		t.Error(diags)
	}
	if len(s.calls) > 0 {
		t.Errorf("calls %q", s.calls)
	}
}

func TestEphemeralCloseErrors(t *testing.T) {
	t.Parallel()
	s := newMomentServer(t)
	got := s.opens(values{"bucket": "photos"})
	s.closed = func(context.Context, string) error { return spaces.Fail(spaces.Denied, "not allowed") }
	if diags := s.closes(got.private); diags.String() != "ERROR Could not close spaces_thing key 1: Not allowed." {
		t.Errorf("it says %q", diags)
	}
	s.closed = func(context.Context, string) error { return spaces.ErrNotFound }
	if diags := s.closes(got.private); len(diags) > 0 {
		t.Errorf("it was gone already, and it says %q", diags)
	}
}

func TestActionTellsOfItsProgress(t *testing.T) {
	t.Parallel()
	s := newMomentServer(t)
	s.invoke = func(ctx context.Context, m *secret) error {
		Progress(ctx, "%d of %d in %s", 1, 2, m.Location())
		Warn(ctx, "Careful", "Very.")
		return errors.New("it stopped")
	}
	tf := terraformOf(t, s)
	server, ok := tf.server.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the provider has no actions")
	}
	resp, err := server.InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{ActionType: thingType, Config: values{"bucket": "photos"}.encode(t, secretKind)})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for event := range resp.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			said = append(said, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			said = append(said, diagnostics(e.Diagnostics).String())
		}
	}
	want := []string{"1 of 2 in nyc3/photos", "ERROR Could not run spaces_thing nyc3/photos: It stopped.\nWARNING Careful: Very."}
	if !slices.Equal(said, want) {
		t.Errorf("it said %q, want %q", said, want)
	}
}

func TestProgressElsewhereIsNoError(t *testing.T) {
	t.Parallel()
	Progress(t.Context(), "nobody listens")
}

func TestNoRegionAnywhere(t *testing.T) {
	t.Parallel()
	s := newMomentServer(t, func(c *spaces.Config) { c.Region = "" })
	if got := s.opens(values{"bucket": "photos"}); !strings.Contains(got.diags.String(), "ERROR No region") {
		t.Errorf("it says %q", got.diags)
	}
}
