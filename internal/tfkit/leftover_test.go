package tfkit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

// What is open when the process ends is closed then, all of it at the same
// time, and nothing is closed twice.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	var (
		l      leftovers
		mu     sync.Mutex
		closed []string
		all    sync.WaitGroup
	)
	closing := func(name string, err error) func(context.Context) error {
		return func(context.Context) error {
			mu.Lock()
			closed = append(closed, name)
			mu.Unlock()
			all.Done()
			all.Wait() // for the others
			return err
		}
	}
	all.Add(2)
	l.add(leftover{"key", "a"}, closing("a", nil))
	l.add(leftover{"key", "b"}, closing("b", nil))
	l.add(leftover{"key", "c"}, closing("c", errors.New("no network")))
	l.remove(leftover{"key", "a"})
	l.remove(leftover{"other", "b"})
	l.close(t.Context())
	l.close(t.Context())
	if slices.Sort(closed); !slices.Equal(closed, []string{"b", "c"}) {
		t.Errorf("closed %q", closed)
	}
}
