package spaces_test

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestNumbersAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 12_480: "12,480", 1_234_567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := spaces.Grouped(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 1<<20 - 1: "1.0 MiB", 3_330_000_000: "3.1 GiB", 5 << 40: "5.0 TiB", math.MaxInt64: "8192.0 PiB",
	} {
		if got := spaces.Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if got := spaces.Rate(0, time.Now()); got != "0.0/s" {
		t.Error(got)
	}
}

func TestMeanwhileEndsWhenItIsStopped(t *testing.T) {
	t.Parallel()
	var told atomic.Int64
	again := make(chan struct{}, 1000)
	stop := spaces.Meanwhile(t.Context(), time.Millisecond, func() {
		told.Add(1)
		again <- struct{}{}
	})
	<-again
	<-again
	stop()
	if n := told.Load(); n < 2 {
		t.Errorf("told %d times", n)
	}
	stop() // again does no harm
}
