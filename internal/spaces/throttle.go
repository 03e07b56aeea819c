package spaces

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// throttled waits for DigitalOcean's limits of calls, such as 5 of the CDN in
// 10 seconds, where an answer says when the next one is free. Nothing was done
// for what a limit refused, so a POST goes again too, and none of it counts as
// a retry: many CDN endpoints in one apply take their time instead of failing.
type throttled struct{ base http.RoundTripper }

// maxThrottled is how long one request is kept waiting, all its waits together.
const maxThrottled = 5 * time.Minute

func (t throttled) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, start := req.Context(), time.Now()
	for {
		resp, err := t.base.RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusTooManyRequests {
			return resp, err
		}
		wait, said := limitEnds(resp.Header)
		if !said || time.Since(start)+wait > maxThrottled || req.Body != nil && req.GetBody == nil {
			return resp, nil
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // so that the connection can be used again
		_ = resp.Body.Close()
		tflog.Info(ctx, "Waiting for a limit of DigitalOcean's API", map[string]any{"url": loggable(req.URL), "seconds": wait.Seconds()})
		if err := Pause(ctx, wait+rand.N(time.Second)); err != nil { // others wait for the same moment
			return nil, err
		}
		req = req.Clone(ctx)
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// limitEnds is how long a refused call has to wait. Retry-After comes with
// some limits only, ratelimit-reset (in seconds since 1970) with all; the
// latter is read by the server's own clock where the answer tells it.
func limitEnds(h http.Header) (time.Duration, bool) {
	if wait, given := retryAfter(h); given {
		return wait, true
	}
	seconds, err := strconv.ParseInt(h.Get("Ratelimit-Reset"), 10, 64)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, time.Unix(seconds, 0).Sub(now)), true
}
