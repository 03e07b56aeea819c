package spaces_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestUntil(t *testing.T) {
	t.Parallel()
	lasting := errors.New("lasting")
	for _, c := range []struct {
		name  string
		limit time.Duration
		look  func(call int) error
		calls int
		want  string // the error's text
	}{
		{"success at once", 0, func(int) error { return nil }, 1, ""},
		{"success at last", time.Minute, func(call int) error {
			if call < 20 {
				return spaces.NotYet(errors.New("not there"))
			}
			return nil
		}, 20, ""},
		{"lasting failure at once", time.Minute, func(int) error { return lasting }, 1, "lasting"},
		{"lasting failure later", time.Minute, func(call int) error {
			if call < 3 {
				return spaces.NotYet(errors.New("not there"))
			}
			return lasting
		}, 3, "lasting"},
		{"marked within", time.Minute, func(call int) error {
			if call < 3 {
				return fmt.Errorf("wrapped: %w", spaces.NotYet(errors.New("not there")))
			}
			return nil
		}, 3, ""},
		{"no time", 0, func(call int) error { return spaces.NotYet(fmt.Errorf("look %d", call)) }, 1, "after waiting for 0s: look 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			err := quick.Until(t.Context(), c.limit, func(context.Context) error {
				calls++
				return c.look(calls)
			})
			if calls != c.calls {
				t.Errorf("looked %d times, want %d", calls, c.calls)
			}
			if got := fmt.Sprint(err); got != c.want && (err != nil || c.want != "") {
				t.Errorf("error %q, want %q", got, c.want)
			}
		})
	}
}

func TestUntilStopsAtTheLimitWithTheLastError(t *testing.T) {
	t.Parallel()
	var last error
	calls := 0
	err := quick.Until(t.Context(), 100*time.Millisecond, func(context.Context) error {
		calls++
		last = spaces.Fail(spaces.NotFound, "look %d", calls)
		return spaces.NotYet(last)
	})
	mustBe(t, err, spaces.NotFound)
	if !errors.Is(err, last) || calls < 2 {
		t.Errorf("after %d looks: %v", calls, err)
	}
	if !strings.Contains(err.Error(), "after waiting for") {
		t.Errorf("it does not say that it waited: %v", err)
	}
	calls = 0
	if outer := quick.Until(t.Context(), time.Minute, func(context.Context) error { calls++; return err }); calls != 1 || !errors.Is(outer, last) {
		t.Errorf("an outer wait goes on after the limit of the inner one: %d looks, %v", calls, outer)
	}
}

func TestUntilObeysItsContext(t *testing.T) {
	t.Parallel()
	slow := spaces.Patience{Poll: 100 * time.Second}
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(20*time.Millisecond, cancel)
			return ctx, cancel
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := end(t.Context())
			defer cancel()
			start := time.Now()
			err := slow.Until(ctx, time.Hour, func(context.Context) error {
				return spaces.NotYet(spaces.Fail(spaces.NotFound, "not there"))
			})
			// Not the kind of what was waited for: a deletion would take it for done.
			mustBe(t, err, spaces.Cancelled)
			if !strings.Contains(err.Error(), "not there") {
				t.Errorf("it does not say what was waited for: %v", err)
			}
			if took := time.Since(start); took > 40*time.Second {
				t.Errorf("ended after %s", took)
			}
		})
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	start := time.Now()
	if err := spaces.Pause(t.Context(), 20*time.Millisecond); err != nil || time.Since(start) < 20*time.Millisecond {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
	cause := errors.New("the user has had enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if err := spaces.Pause(ctx, time.Hour); !errors.Is(err, cause) {
		t.Errorf("%v, want the cause", err)
	}
}
