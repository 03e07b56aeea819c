package spaces

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// Grouped writes a number as people read it: 12,480.
func Grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Bytes writes a size as people read it: 3.1 GiB.
func Bytes(n int64) string {
	const step = 1024
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/step, 0
	for size >= step-0.05 && unit < 4 {
		size, unit = size/step, unit+1
	}
	return fmt.Sprintf("%.1f %ciB", size, "KMGTP"[unit])
}

// Rate is how many a second have been done since a moment: "210/s".
func Rate(done int, since time.Time) string {
	rate := float64(done) / max(time.Since(since).Seconds(), 0.001)
	if rate < 10 {
		return fmt.Sprintf("%.1f/s", rate)
	}
	return Grouped(int64(rate)) + "/s"
}

// NewsEvery is how long work that takes a while may be silent.
func (p Patience) NewsEvery() time.Duration { return 20 * p.Poll }

// Meanwhile calls tell every so often until stop is called, which returns when
// it will not be called again.
func Meanwhile(ctx context.Context, every time.Duration, tell func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for Pause(ctx, every) == nil {
			tell()
		}
	}()
	return func() { cancel(); <-ended }
}
