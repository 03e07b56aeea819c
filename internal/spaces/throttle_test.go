package spaces_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// limited refuses with the headers of a limit that ends after so long.
func limited(after time.Duration, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if name == "Retry-After" {
			w.Header().Set(name, fmt.Sprint(int(after/time.Second)))
		} else {
			// The server's clock is far from ours, and only it counts.
			now := time.Now().Add(-1000 * time.Hour).Truncate(time.Second)
			w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
			w.Header().Set(name, fmt.Sprint(now.Add(after).Unix()))
		}
		status(http.StatusTooManyRequests)(w, r)
	}
}

// A limit that says when it ends is waited for, also by a POST, however often
// and whatever max_retries is.
func TestAPIWaitsForLimits(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Retry-After", "Ratelimit-Reset"} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			s := api(t, 2, limited(time.Second, header))
			if err := makeKey(t.Context(), apiOf(t, s, noRetries)); err != nil {
				t.Fatal(err)
			}
			all := s.requests()
			if len(all) != 3 {
				t.Fatalf("%d requests, want 3", len(all))
			}
			for i, r := range all {
				if string(r.Body) != string(all[0].Body) || len(r.Body) == 0 {
					t.Errorf("body %d is %q", i, r.Body)
				}
				if i > 0 && r.When.Sub(all[i-1].When) < time.Second {
					t.Errorf("came back after %s, and was told to wait a second", r.When.Sub(all[i-1].When))
				}
			}
		})
	}
}

func TestAPIDoesNotWaitForLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		refuse http.HandlerFunc
	}{
		{"that end in an hour", limited(time.Hour, "Ratelimit-Reset")},
		{"that say nothing", status(http.StatusTooManyRequests)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := api(t, 1000, c.refuse)
			mustBe(t, getAccount(t.Context(), apiOf(t, s, noRetries)), spaces.Busy)
			if got := len(s.requests()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
	t.Run("when cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := api(t, 1000, func(w http.ResponseWriter, r *http.Request) {
			time.AfterFunc(50*time.Millisecond, cancel)
			limited(100*time.Second, "Ratelimit-Reset")(w, r)
		})
		start := time.Now()
		mustBe(t, makeKey(ctx, apiOf(t, s)), spaces.Cancelled)
		if took := time.Since(start); took > 50*time.Second {
			t.Errorf("ended after %s, in a pause of 100 s", took)
		}
	})
}

func TestAPIConflicts(t *testing.T) {
	t.Parallel()
	c := apiOf(t, api(t, 1000, status(http.StatusConflict)), noRetries)
	mustBe(t, makeKey(t.Context(), c), spaces.Exists)
	_, err := c.CDNs.FlushCache(t.Context(), "id", &godo.CDNFlushCacheRequest{Files: []string{"*"}})
	mustBe(t, err, spaces.Busy)
}
