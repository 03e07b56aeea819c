package spaces

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Patience is how long to wait for Spaces to make good on what it has
// acknowledged.
type Patience struct {
	// Write is how long reads may take to agree with a write.
	Write time.Duration
	// Birth is how long a new bucket may stay invisible. Reports of Spaces
	// exceed five minutes.
	Birth time.Duration
	// Gone is how long something has to be reported missing before a refresh
	// believes it and drops it from the state.
	Gone time.Duration
	// Poll is the first pause between two looks; pauses grow to twenty times it.
	Poll time.Duration
}

// DefaultPatience is for Spaces itself.
var DefaultPatience = Patience{
	Write: time.Minute,
	Birth: 10 * time.Minute,
	Gone:  2 * time.Second,
	Poll:  250 * time.Millisecond,
}

// NotYet marks an error after which Until looks again.
func NotYet(err error) error { return &notYet{err} }

type notYet struct{ error }

func (e *notYet) Unwrap() error { return e.error }

// Until calls look until it returns nil or an error that is not marked with
// NotYet. When the limit has passed, or the context ended, the last error is
// returned, saying so.
func (p Patience) Until(ctx context.Context, limit time.Duration, look func(context.Context) error) error {
	start, pause := time.Now(), p.Poll
	for {
		err := look(ctx)
		var again *notYet
		if !errors.As(err, &again) {
			return err
		}
		if time.Since(start)+pause > limit {
			return fmt.Errorf("after waiting for %s: %w", time.Since(start).Round(time.Second), again.error)
		}
		if err := Pause(ctx, pause/2+rand.N(pause/2+1)); err != nil {
			return fmt.Errorf("%w while waiting: %w", err, again.error)
		}
		pause = min(pause*3/2, p.Poll*20)
	}
}

// Pause waits, unless the context ends first.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
