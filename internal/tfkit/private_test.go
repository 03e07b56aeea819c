package tfkit

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// notes is a private state.
type notes map[string][]byte

func (n notes) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return n[key], nil }

func (n notes) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	n[key] = value
	return nil
}

func TestKept(t *testing.T) {
	t.Parallel()
	ctx := WithPrivate(t.Context(), notes{})
	if got, err := Kept(ctx, "list"); got != nil || err != nil {
		t.Errorf("nothing was kept: %q, %v", got, err)
	}
	for _, want := range []string{"a", "", "\x00\xff any bytes"} {
		if err := Keep(ctx, "list", []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := Kept(ctx, "list"); string(got) != want || err != nil {
			t.Errorf("kept %q: %q, %v", want, got, err)
		}
	}
	if got, err := Kept(WithPrivate(t.Context(), notes{"list": []byte("{}")}), "list"); err == nil {
		t.Errorf("what is no bytes is read as %q", got)
	}
	if _, err := Kept(t.Context(), "list"); err == nil {
		t.Error("there is a private state where there is none")
	}
	if err := Keep(t.Context(), "list", nil); err == nil {
		t.Error("it was kept nowhere")
	}
}

// What an operation keeps, its own reading back has.
func TestOperationsHaveAPrivateState(t *testing.T) {
	t.Parallel()
	s, tf := existing(t)
	has := func(want string) {
		s.read = func(ctx context.Context, m *thing) error {
			if got, err := Kept(ctx, "list"); string(got) != want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
			return s.get(m)
		}
	}
	s.update = func(ctx context.Context, plan, _ *thing) error {
		s.stored = new(*plan)
		return Keep(ctx, "list", []byte("updated"))
	}
	has("updated")
	tf.apply(created, config.with("value", "b")).check(t, created.with("value", "b"), where)
	has("")
	tf.refresh(created, where)
	s.remove = func(ctx context.Context, _ *thing) error {
		_, err := Kept(ctx, "list")
		return err
	}
	if got := tf.apply(created, nil); len(got.diags) > 0 {
		t.Error(got.diags)
	}
}

// What was done before an operation failed is in the state, and is not read.
func TestPartial(t *testing.T) {
	t.Parallel()
	s := newThingServer(t)
	s.create = func(_ context.Context, m *thing) error {
		m.Value = types.StringValue("half")
		return Partial(errors.New("that is all there is"))
	}
	half := config.with("region", "nyc3", "value", "half")
	tf := s.terraform()
	tf.apply(nil, config).check(t, half, where, "ERROR Could not create spaces_thing nyc3/photos: That is all there is.")

	s.update = func(_ context.Context, _, state *thing) error {
		state.Value = types.StringValue("three quarters")
		return Partial(errors.New("nearly"))
	}
	tf.apply(half, config.with("methods", "GET")).check(t, half.with("value", "three quarters"), where, "ERROR Could not update spaces_thing nyc3/photos: Nearly.")
	if !slices.Equal(s.calls, []string{"create", "update"}) {
		t.Errorf("calls %q", s.calls)
	}
}
