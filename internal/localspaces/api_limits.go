package localspaces

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What the CDN's calls are limited to, by token.
const (
	cdnCalls    = 5
	cdnWindow   = 10 * time.Second
	purgePaths  = 50
	purgeWindow = 20 * time.Second
)

// rateLimits count, by limit and token.
type rateLimits struct {
	mu    sync.Mutex
	spent map[string][]time.Time // oldest first
}

// limitCalls counts a call of the CDN's and refuses one too many.
func (s *Server) limitCalls(c *call) error {
	if !strings.HasPrefix(c.r.URL.Path, "/v2/cdn/") {
		return nil
	}
	return s.spend(c, "calls", 1, cdnCalls, cdnWindow)
}

// spend takes n of the most that can be had in a window, and says in the
// answer's header what is left, or refuses. What is refused costs nothing.
func (s *Server) spend(c *call, limit string, n, most int, window time.Duration) error {
	if !s.opt.RateLimits {
		return nil
	}
	limits, now, key := &s.api.limits, s.opt.Now(), limit+" "+bearer(c.r)
	limits.mu.Lock()
	defer limits.mu.Unlock()
	spent := limits.spent[key]
	for len(spent) > 0 && !now.Before(spent[0].Add(window)) {
		spent = spent[1:]
	}
	refused := len(spent)+n > most
	for range n {
		if !refused {
			spent = append(spent, now)
		}
	}
	if limits.spent == nil {
		limits.spent = map[string][]time.Time{}
	}
	limits.spent[key] = spent

	free := now // when enough is free again
	if refused {
		free = now.Add(window)
		if need := len(spent) + n - most; need <= len(spent) {
			free = spent[need-1].Add(window)
		}
	} else if len(spent) > 0 {
		free = spent[0].Add(window)
	}
	wait := int((free.Sub(now) + time.Second - 1) / time.Second)
	h := c.w.Header()
	h.Set("ratelimit-limit", strconv.Itoa(most))
	h.Set("ratelimit-remaining", strconv.Itoa(most-len(spent)))
	h.Set("ratelimit-reset", strconv.FormatInt(now.Add(time.Duration(wait)*time.Second).Unix(), 10))
	if refused {
		h.Set("retry-after", strconv.Itoa(wait))
		return failure(http.StatusTooManyRequests, "too_many_requests",
			"The limit is %d %s in %d seconds.", most, limit, int(window/time.Second))
	}
	return nil
}
