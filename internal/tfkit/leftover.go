package tfkit

import (
	"context"
	"sync"
)

// leftovers are what was opened and is not closed yet. Terraform does not close
// the ephemeral resources of a run in which something that uses them fails
// (seen with 1.11 and 1.16): it ends the provider's process.
type leftovers struct {
	mu   sync.Mutex
	open map[leftover]func(context.Context) error
}

// leftover is what an ephemeral resource of a name has opened.
type leftover struct{ name, opened string }

func (l *leftovers) add(one leftover, closing func(context.Context) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[leftover]func(context.Context) error{}
	}
	l.open[one] = closing
}

func (l *leftovers) remove(one leftover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, one)
}

// close closes them all at the same time: there may be little of it.
func (l *leftovers) close(ctx context.Context) {
	l.mu.Lock()
	open := l.open
	l.open = nil
	l.mu.Unlock()
	var group sync.WaitGroup
	for _, closing := range open {
		group.Go(func() { _ = closing(ctx) }) // nobody is there any more to be told
	}
	group.Wait()
}

// ofProcess are those of this process.
var ofProcess leftovers

// CloseLeftovers closes all ephemeral resources of this process that are open.
// It is for the end of the process, when Terraform has said that it needs the
// provider no longer: that leaves two seconds.
func CloseLeftovers(ctx context.Context) { ofProcess.close(ctx) }
