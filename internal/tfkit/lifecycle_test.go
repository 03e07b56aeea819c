package tfkit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

var (
	config  = values{"bucket": "photos", "value": "a", "methods": "GET PUT"}
	created = config.with("region", "nyc3", "owner", "the server's")
	where   = values{"region": "nyc3", "bucket": "photos"}
)

// existing is a server that holds what created says.
func existing(t *testing.T) (*thingServer, terraform) {
	t.Helper()
	s := newThingServer(t)
	tf := s.terraform()
	if got := tf.apply(nil, config); len(got.diags) > 0 {
		t.Fatal(got.diags)
	}
	s.calls = nil
	return s, tf
}

func (got applied) check(t *testing.T, state, identity values, says ...string) {
	t.Helper()
	if !maps.Equal(got.state, state) || (got.state == nil) != (state == nil) {
		t.Errorf("state %v, want %v", got.state, state)
	}
	if !maps.Equal(got.identity, identity) {
		t.Errorf("identity %v, want %v", got.identity, identity)
	}
	for _, want := range says {
		if !strings.Contains(got.diags.String(), want) {
			t.Errorf("it does not say %q: %s", want, got.diags)
		}
	}
	if len(says) == 0 && len(got.diags) > 0 {
		t.Errorf("it says: %s", got.diags)
	}
}

func TestCreateSavesWhatIsReadBack(t *testing.T) {
	t.Parallel()
	s := newThingServer(t)
	s.terraform().apply(nil, config).check(t, created, where)
	if !slices.Equal(s.calls, []string{"create", "read"}) {
		t.Errorf("calls %q", s.calls)
	}
}

func TestCreateThatFailsSavesNothing(t *testing.T) {
	t.Parallel()
	s := newThingServer(t)
	s.create = func(context.Context, *thing) error { return errors.New("the server is full") }
	s.terraform().apply(nil, config).check(t, nil, nil, "ERROR Could not create spaces_thing nyc3/photos: The server is full.")
	if !slices.Equal(s.calls, []string{"create"}) {
		t.Errorf("calls %q", s.calls)
	}
}

// The tail of a create: what was made is in the state whatever comes of
// reading it, and holds nothing unknown.
func TestCreateReadsUntilTheServerAgrees(t *testing.T) {
	t.Parallel()
	saved := config.with("region", "nyc3")
	for _, c := range []struct {
		name  string
		reads func(*thingServer)
		state values
		says  []string
		once  bool // reading is given up at once
	}{
		{"stale for a while", func(s *thingServer) { s.readsAreStale(5, "old") }, created, nil, false},
		{"invisible for a while", func(s *thingServer) { s.readFails(5, spaces.ErrNotFound) }, created, nil, false},
		{"busy for a while", func(s *thingServer) { s.readFails(5, spaces.Fail(spaces.Busy, "busy")) }, created, nil, false},
		{"no network for a while", func(s *thingServer) { s.readFails(5, spaces.Fail(spaces.Unreachable, "cut")) }, created, nil, false},
		{"sets in another order", func(s *thingServer) {
			s.read = func(_ context.Context, m *thing) error {
				err := s.get(m)
				m.Methods = []string{"PUT", "GET"}
				return err
			}
		}, created, nil, true},
		{
			"stale for good", func(s *thingServer) { s.impatient(); s.readsAreStale(1_000_000, "old") }, saved,
			[]string{"ERROR Could not read back spaces_thing nyc3/photos: After waiting for", "reads do not agree with what was written. They differ at: value"},
			false,
		},
		{
			"invisible for good", func(s *thingServer) { s.impatient(); s.readFails(1_000_000, spaces.ErrNotFound) }, saved,
			[]string{"ERROR Could not read back spaces_thing nyc3/photos", "there is none"},
			false,
		},
		{
			"may not be read", func(s *thingServer) { s.readFails(1, spaces.Fail(spaces.Denied, "write-only key")) }, saved,
			[]string{"ERROR Could not read back spaces_thing nyc3/photos: Write-only key."},
			true,
		},
		{
			"cancelled", func(s *thingServer) { s.readFails(1, context.Canceled) }, saved,
			[]string{"ERROR Could not read back spaces_thing nyc3/photos"},
			true,
		},
		{
			"any other failure", func(s *thingServer) { s.readFails(1, errors.New("odd")) }, saved,
			[]string{"ERROR Could not read back spaces_thing nyc3/photos: Odd."},
			true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newThingServer(t)
			c.reads(s)
			s.terraform().apply(nil, config).check(t, c.state, where, c.says...)
			if once := len(s.calls) == 2; once != c.once {
				t.Errorf("%d calls", len(s.calls))
			}
		})
	}
}

func TestSettleReplacesTheUsualPatience(t *testing.T) {
	t.Parallel()
	s := newThingServer(t)
	s.clients.Patience.Write = 0
	s.settle = func(_ *spaces.Clients, m *thing) time.Duration {
		if m.Bucket.ValueString() != "photos" {
			t.Errorf("asked for another thing: %+v", m)
		}
		return time.Minute
	}
	s.readsAreStale(5, "old")
	s.terraform().apply(nil, config).check(t, created, where)
}

func TestReadKeepsTheStateUnlessTheServerSaysTwiceThatItIsGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		reads func(*thingServer)
		state values // after it
		says  []string
		calls int
	}{
		{"unchanged", func(*thingServer) {}, created, nil, 1},
		{"changed", func(s *thingServer) { s.stored.Value = types.StringValue("b") }, created.with("value", "b"), nil, 1},
		{"gone", func(s *thingServer) { s.stored = nil }, nil, nil, 2},
		{"not found once", func(s *thingServer) { s.readFails(1, spaces.ErrNotFound) }, created, nil, 2},
		{"not found, then denied", func(s *thingServer) {
			n := 0
			s.read = func(context.Context, *thing) error {
				if n++; n == 1 {
					return spaces.ErrNotFound
				}
				return spaces.Fail(spaces.Denied, "no")
			}
		}, created, []string{"ERROR Could not read spaces_thing nyc3/photos: No."}, 2},
		{"denied", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.Denied, "no")) }, created, []string{"ERROR Could not read spaces_thing nyc3/photos: No."}, 1},
		{"bad key", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.BadKey, "no")) }, created, []string{"ERROR Could not read"}, 1},
		{"busy", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.Busy, "no")) }, created, []string{"ERROR Could not read"}, 1},
		{"unreachable", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.Unreachable, "no")) }, created, []string{"ERROR Could not read"}, 1},
		{"unsupported", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.Unsupported, "no")) }, created, []string{"ERROR Could not read"}, 1},
		{"deadline", func(s *thingServer) { s.readFails(9, context.DeadlineExceeded) }, created, []string{"ERROR Could not read"}, 1},
		{"cancelled while waiting for what was not found", func(s *thingServer) {
			s.readFails(9, fmt.Errorf("%w while waiting: %w", context.Canceled, spaces.ErrNotFound))
		}, created, []string{"ERROR Could not read"}, 1},
		{"odd", func(s *thingServer) { s.readFails(9, errors.New("odd")) }, created, []string{"ERROR Could not read"}, 1},
		{
			"credentials not known yet", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.Unknown, "the token is not known")) }, created,
			[]string{"WARNING Not refreshed: spaces_thing nyc3/photos: The token is not known. The state is kept as it was."},
			1,
		},
	} {
		for _, identity := range []values{where, nil} { // Terraform before 1.12 keeps none
			t.Run(fmt.Sprint(c.name, " ", identity != nil), func(t *testing.T) {
				t.Parallel()
				s, tf := existing(t)
				c.reads(s)
				want := where
				if len(c.says) > 0 && strings.HasPrefix(c.says[0], "ERROR") {
					want = identity
				}
				tf.refresh(created, identity).check(t, c.state, want, c.says...)
				if len(s.calls) != c.calls {
					t.Errorf("%d reads, want %d", len(s.calls), c.calls)
				}
			})
		}
	}
}

// What one read leaves in the model must not be taken for what the next read.
func TestEveryReadStartsFromTheSameModel(t *testing.T) {
	t.Parallel()
	s, tf := existing(t)
	n := 0
	s.read = func(_ context.Context, m *thing) error {
		if m.Value.ValueString() != "a" {
			t.Errorf("read %d starts with value %s", n, m.Value)
		}
		m.Value = types.StringValue("half read")
		if n++; n == 1 {
			return spaces.ErrNotFound
		}
		return s.get(m)
	}
	tf.refresh(created, where).check(t, created, where)
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	changed := config.with("value", "b")
	for _, c := range []struct {
		name   string
		server func(*thingServer)
		state  values
		says   []string
	}{
		{"done", func(*thingServer) {}, created.with("value", "b"), nil},
		{"stale for a while", func(s *thingServer) { s.readsAreStale(5, "a") }, created.with("value", "b"), nil},
		{"invisible for a while", func(s *thingServer) { s.readFails(5, spaces.ErrNotFound) }, created.with("value", "b"), nil},
		{
			"refused", func(s *thingServer) {
				s.update = func(_ context.Context, plan, state *thing) error {
					if plan.Value.ValueString() != "b" || state.Value.ValueString() != "a" {
						t.Errorf("from %s to %s", state.Value, plan.Value)
					}
					return errors.New("no")
				}
			}, created, []string{"ERROR Could not update spaces_thing nyc3/photos: No."},
		},
		{ // it was written: the next refresh tells what it is now
			"not readable afterwards", func(s *thingServer) { s.readFails(9, spaces.Fail(spaces.Denied, "no")) },
			created.with("value", "b"),
			[]string{"ERROR Could not read back spaces_thing nyc3/photos: No."},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, tf := existing(t)
			c.server(s)
			tf.apply(created, changed).check(t, c.state, where, c.says...)
			if s.calls[0] != "update" || slices.Contains(s.calls, "create") || slices.Contains(s.calls, "delete") {
				t.Errorf("calls %q", s.calls)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		err   error
		state values
		says  []string
	}{
		{"done", nil, nil, nil},
		{"gone already", spaces.ErrNotFound, nil, nil},
		{"refused", spaces.Fail(spaces.NotEmpty, "it is full"), created, []string{"ERROR Could not delete spaces_thing nyc3/photos: It is full."}},
		{"interrupted", fmt.Errorf("%w while waiting: %w", context.Canceled, spaces.ErrNotFound), created, []string{"ERROR Could not delete spaces_thing nyc3/photos"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, tf := existing(t)
			s.remove = func(_ context.Context, m *thing) error {
				if m.Location() != (spaces.Location{Region: "nyc3", Bucket: "photos"}) || m.Owner.ValueString() != "the server's" {
					t.Errorf("the state is not what is deleted: %+v", m)
				}
				return c.err
			}
			got := tf.apply(created, nil)
			got.identity = nil // of no consequence
			got.check(t, c.state, nil, c.says...)
			if !slices.Equal(s.calls, []string{"delete"}) {
				t.Errorf("calls %q", s.calls)
			}
		})
	}
}

func TestPlanRegion(t *testing.T) {
	t.Parallel()
	none := func(c *spaces.Config) { c.Region = "" }
	ams3 := func(c *spaces.Config) { c.Region = "ams3" }
	notKnown := func(c *spaces.Config) { c.Region, c.Unknown = "", []string{"token", "region"} }
	nyc3 := func(*spaces.Config) {}
	for _, c := range []struct {
		name          string
		provider      func(*spaces.Config)
		prior, config string // regions; "" is no state, or nothing written
		want          string
		replaced      bool
	}{
		{"new, the provider's", nyc3, "", "", "nyc3", false},
		{"new, its own", nyc3, "", "ams3", "ams3", false},
		{"new, its own, without the provider's", none, "", "ams3", "ams3", false},
		{"new, in capitals", nyc3, "", "AMS3", "AMS3", false},
		{"new, not known", nyc3, "", unknown, unknown, false},
		{"new, the provider's not known", notKnown, "", "", unknown, false},
		{"same", nyc3, "nyc3", "", "nyc3", false},
		{"same, now written", nyc3, "nyc3", "nyc3", "nyc3", false},
		{"same, now in capitals", nyc3, "nyc3", "NYC3", "nyc3", false},
		{"same, from capitals", nyc3, "NYC3", "", "NYC3", false},
		{"another", nyc3, "nyc3", "ams3", "ams3", true},
		{"the provider's has changed", ams3, "nyc3", "", "ams3", true},
		{"the provider's has changed, its own has not", ams3, "nyc3", "nyc3", "nyc3", false},
		{"the provider's is gone", none, "nyc3", "", "nyc3", false},
		{"the provider's is not known for now", notKnown, "nyc3", "", "nyc3", false},
		{"not known for now", nyc3, "nyc3", unknown, unknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var prior values
			if c.prior != "" {
				prior = created.with("region", c.prior)
			}
			conf := config
			if c.config != "" {
				conf = config.with("region", c.config)
			}
			p := newThingServer(t, c.provider).terraform().plan(prior, conf)
			if len(p.diags) > 0 {
				t.Fatal(p.diags)
			}
			if p.state["region"] != c.want {
				t.Errorf("planned %q, want %q", p.state["region"], c.want)
			}
			if replaced := len(p.replace) > 0; replaced != c.replaced {
				t.Errorf("replaced because of %q", p.replace)
			}
		})
	}
	t.Run("none at all", func(t *testing.T) {
		t.Parallel()
		p := newThingServer(t, none).terraform().plan(nil, config)
		if text := p.diags.String(); !strings.Contains(text, "ERROR No region") || !strings.Contains(text, "SPACES_REGION") {
			t.Errorf("it says: %s", text)
		}
	})
	t.Run("destroying needs none", func(t *testing.T) {
		t.Parallel()
		if p := newThingServer(t, none).terraform().plan(created, nil); len(p.diags) > 0 || p.state != nil {
			t.Errorf("planned %v: %s", p.state, p.diags)
		}
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		provider string // its region
		id       string
		identity values
		state    values
		says     string
	}{
		{"ID", "ams3", "nyc3/photos", nil, where, ""},
		{"ID in capitals", "ams3", "NYC3/photos", nil, where, ""},
		{"bucket alone", "ams3", "photos", nil, where.with("region", "ams3"), ""},
		{"bucket alone, no region", "", "photos", nil, nil, "ERROR No region"},
		{"wrong ID", "ams3", "a/b/c", nil, nil, `ERROR "a/b/c" does not name a spaces_thing: The form is REGION/BUCKET`},
		{"identity", "ams3", "", where, where, ""},
		{"identity in capitals", "ams3", "", where.with("region", "NYC3"), where, ""},
		{"identity without region", "ams3", "", values{"bucket": "photos"}, where.with("region", "ams3"), ""},
		{"identity without region, no region", "", "", values{"bucket": "photos"}, nil, "ERROR No region"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newThingServer(t, func(conf *spaces.Config) { conf.Region = c.provider })
			tf := s.terraform()
			got := tf.importState(c.id, c.identity)
			if c.says != "" {
				if !strings.Contains(got.diags.String(), c.says) || got.state != nil {
					t.Errorf("state %v, it says: %s", got.state, got.diags)
				}
				return
			}
			got.check(t, c.state, c.state)
			// The read that follows knows no more than that, and fills in the rest.
			s.stored = &thing{Value: types.StringValue("a"), Methods: []string{"PUT", "GET"}}
			tf.refresh(got.state, got.identity).check(t, created.with("region", c.state["region"]), c.state)
			s.stored = nil
			if gone := tf.refresh(got.state, got.identity); gone.state != nil || gone.diags.count(tfprotov6.DiagnosticSeverityError) > 0 {
				t.Errorf("nothing to import, and the state is %v: %s", gone.state, gone.diags)
			}
		})
	}
}

func TestDataSource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		provider string
		config   values
		state    values
		says     string
	}{
		{"the provider's region", "nyc3", values{"bucket": "photos"}, created, ""},
		{"its own region", "nyc3", values{"bucket": "photos", "region": "ams3"}, created.with("region", "ams3"), ""},
		{"no region", "", values{"bucket": "photos"}, nil, "ERROR No region"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newThingServer(t, func(conf *spaces.Config) { conf.Region = c.provider })
			s.stored = &thing{Value: types.StringValue("a"), Methods: []string{"PUT", "GET"}}
			got := s.terraform().readData(c.config)
			if c.says != "" {
				if !strings.Contains(got.diags.String(), c.says) {
					t.Errorf("it says: %s", got.diags)
				}
				return
			}
			got.check(t, c.state, nil)
		})
	}
	t.Run("failure", func(t *testing.T) {
		t.Parallel()
		got := newThingServer(t).terraform().readData(values{"bucket": "photos"})
		if !strings.Contains(got.diags.String(), "ERROR Could not read spaces_thing nyc3/photos: There is none.") {
			t.Errorf("it says: %s", got.diags)
		}
	})
}

func TestWarnFromManyGoroutines(t *testing.T) {
	t.Parallel()
	const many = 300
	s := newThingServer(t)
	warn := func(ctx context.Context) {
		var group sync.WaitGroup
		for range 4 { // so each is said four times
			group.Go(func() {
				for i := range many {
					Warn(ctx, fmt.Sprintf("warning %d", i), "detail")
				}
			})
		}
		group.Wait()
	}
	s.create = func(ctx context.Context, m *thing) error { warn(ctx); s.stored = new(*m); return nil }
	s.update = func(ctx context.Context, plan, _ *thing) error { warn(ctx); s.stored = new(*plan); return nil }
	s.read = func(ctx context.Context, m *thing) error { warn(ctx); return s.get(m) }
	s.remove = func(ctx context.Context, _ *thing) error { warn(ctx); return errors.New("no") }
	tf := s.terraform()
	for name, do := range map[string]func() applied{
		"create": func() applied { return tf.apply(nil, config) },
		"update": func() applied { return tf.apply(created, config.with("value", "b")) },
		"read":   func() applied { return tf.refresh(created, where) },
		"delete": func() applied { return tf.apply(created, nil) },
		"data":   func() applied { return tf.readData(values{"bucket": "photos"}) },
	} {
		s.stored = &thing{Value: types.StringValue("a"), Methods: []string{"PUT", "GET"}}
		if n := do().diags.count(tfprotov6.DiagnosticSeverityWarning); n != many {
			t.Errorf("%s: %d warnings, want %d, each once", name, n, many)
		}
	}
	Warn(t.Context(), "outside of an operation", "goes nowhere, and does no harm")
}

func TestOperationsHaveADeadline(t *testing.T) {
	t.Parallel()
	given := func(value string) func(*thing) timeouts.Value {
		kinds := map[string]attr.Type{"create": types.StringType}
		return func(*thing) timeouts.Value {
			return timeouts.Value{Object: types.ObjectValueMust(kinds, map[string]attr.Value{"create": types.StringValue(value)})}
		}
	}
	absent := func(*thing) timeouts.Value {
		return timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{"create": types.StringType})}
	}
	for _, c := range []struct {
		name     string
		timeouts func(*thing) timeouts.Value
		want     time.Duration
	}{
		{"no such attribute", nil, operationLimit},
		{"not set", absent, transferLimit},
		{"set", given("90s"), 90 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := NewResource(ResourceSpec[thing]{Timeouts: c.timeouts})
			ctx, cancel := r.limit(t.Context(), &thing{}, timeouts.Value.Create)
			defer cancel()
			deadline, has := ctx.Deadline()
			if left := time.Until(deadline); !has || left > c.want || left < c.want-time.Minute {
				t.Errorf("it ends in %s, want %s", left, c.want)
			}
		})
	}
	t.Run("used", func(t *testing.T) {
		t.Parallel()
		s := newThingServer(t)
		has := map[string]bool{}
		note := func(ctx context.Context, op string) { _, has[op] = ctx.Deadline() }
		s.create = func(ctx context.Context, m *thing) error { note(ctx, "create"); s.stored = new(*m); return nil }
		s.update = func(ctx context.Context, plan, _ *thing) error {
			note(ctx, "update")
			s.stored = new(*plan)
			return nil
		}
		s.read = func(ctx context.Context, m *thing) error { note(ctx, "read"); return s.get(m) }
		s.remove = func(ctx context.Context, _ *thing) error { note(ctx, "delete"); return nil }
		tf := s.terraform()
		tf.apply(nil, config)
		tf.refresh(created, where)
		tf.apply(created, config.with("value", "b"))
		tf.apply(created, nil)
		for _, op := range []string{"create", "read", "update", "delete"} {
			if !has[op] {
				t.Errorf("%s has no deadline", op)
			}
		}
	})
}

func TestEmptyIsNoSpellingOfAbsence(t *testing.T) {
	t.Parallel()
	tf := newThingServer(t).terraform()
	validate := func(v values) string {
		resp, err := tf.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: thingType, Config: v.encode(t, thingKind)})
		if err != nil {
			t.Fatal(err)
		}
		return diagnostics(resp.Diagnostics).String()
	}
	for _, c := range []struct {
		config values
		says   string
	}{
		{config, ""},
		{config.with("value", unknown, "methods", unknown, "region", unknown, "bucket", unknown), ""},
		{config.with("value", ""), "value is an empty string"},
		{config.with("methods", ""), "at least 1"},
		{config.with("region", "us-east-1"), "has not the shape of a region"},
		{config.with("region", "NYC3"), ""},
		{config.with("region", "xyz9"), ""}, // the next one that opens
		{config.with("bucket", "s3://photos"), "cannot be a bucket's name"},
		{config.with("bucket", "photos.nyc3.digitaloceanspaces.com/x"), "cannot be a bucket's name"},
		{config.with("bucket", "Photos"), "cannot be a bucket's name"},
		{config.with("bucket", "ph"), "cannot be a bucket's name"},
	} {
		text := validate(c.config)
		if (text == "") != (c.says == "") || !strings.Contains(text, c.says) {
			t.Errorf("%v: %q, want %q", c.config, text, c.says)
		}
	}
}
