package spaces_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// api is a server that does fail to the first so many requests.
func api(t *testing.T, times int, fail http.HandlerFunc) *server {
	t.Helper()
	var seen atomic.Int32
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if int(seen.Add(1)) <= times {
			fail(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"account":{"email":"a@example.com"},"key":{"name":"ci","access_key":"DO00NEW","secret_key":"shown once"}}`)
	})
}

func apiOf(t *testing.T, s *server, changes ...func(*spaces.Config)) *godo.Client {
	t.Helper()
	c, err := s.clients(changes...).API()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"id":"failed","message":"This failure was asked for."}`)
	}
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func getAccount(ctx context.Context, c *godo.Client) error {
	_, _, err := c.Account.Get(ctx)
	return err
}

func makeKey(ctx context.Context, c *godo.Client) error {
	_, _, err := c.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{Name: "ci"})
	return err
}

func TestAPISendsTheTokenWithEveryAttempt(t *testing.T) {
	t.Parallel()
	s := api(t, 1, status(500))
	if err := getAccount(t.Context(), apiOf(t, s)); err != nil {
		t.Fatal(err)
	}
	if len(s.requests()) != 2 {
		t.Errorf("%d requests, want 2", len(s.requests()))
	}
	for _, r := range s.requests() {
		if got := r.Header.Get("Authorization"); got != "Bearer "+token {
			t.Errorf("Authorization %q", got)
		}
		if r.URL.Path != "/v2/account" {
			t.Errorf("path %s", r.URL.Path)
		}
	}
}

func TestAPIAddressMayEndWithASlashAndHaveAPath(t *testing.T) {
	t.Parallel()
	for _, tail := range []string{"/", "/mock", "/mock/"} {
		s := api(t, 0, nil)
		c := apiOf(t, s, func(c *spaces.Config) { c.APIEndpoint += tail })
		if err := getAccount(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got, want := s.requests()[0].URL.Path, strings.TrimSuffix(tail, "/")+"/v2/account"; got != want {
			t.Errorf("with %q: path %s, want %s", tail, got, want)
		}
	}
}

// A POST that may have been done is never sent again: a key would be made
// twice, and the secret of the first would be lost.
func TestAPIRetriesOnlyWhatCannotHaveBeenDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fail http.HandlerFunc
		do   func(context.Context, *godo.Client) error
		sent int // of at most two
		kind spaces.Kind
	}{
		{"POST, 429", status(429), makeKey, 2, spaces.Busy},
		{"POST, 500", status(500), makeKey, 1, spaces.Busy},
		{"POST, 503", status(503), makeKey, 1, spaces.Busy},
		{"POST, connection lost", cut, makeKey, 1, spaces.Unreachable},
		{"POST, 422", status(422), makeKey, 1, spaces.Other},
		{"GET, 429", status(429), getAccount, 2, spaces.Busy},
		{"GET, 500", status(500), getAccount, 2, spaces.Busy},
		{"GET, 503", status(503), getAccount, 2, spaces.Busy},
		{"GET, connection lost", cut, getAccount, 2, spaces.Unreachable},
		{"GET, 401", status(401), getAccount, 1, spaces.BadKey},
		{"GET, 403", status(403), getAccount, 1, spaces.Denied},
		{"GET, 404", status(404), getAccount, 1, spaces.NotFound},
		{"GET, 501", status(501), getAccount, 1, spaces.Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := api(t, 1000, c.fail)
			mustBe(t, c.do(t.Context(), apiOf(t, s, retries(1))), c.kind)
			if got := len(s.requests()); got != c.sent {
				t.Errorf("%d requests, want %d", got, c.sent)
			}
		})
	}
}

func TestAPIDoesNotRetryAnUnknownHost(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	cl := spaces.New(config(t, "http://no-such-host.invalid", retries(9)))
	cl.Through(func(*http.Request) (*http.Response, error) {
		calls.Add(1)
		return nil, noSuchHost("no-such-host.invalid")
	})
	c, err := cl.API()
	if err != nil {
		t.Fatal(err)
	}
	mustBe(t, getAccount(t.Context(), c), spaces.Unreachable)
	if got := calls.Load(); got != 1 {
		t.Errorf("%d attempts, want 1", got)
	}
}

func TestAPIHonoursRetryAfterAndCancellation(t *testing.T) {
	t.Parallel()
	t.Run("Retry-After", func(t *testing.T) {
		t.Parallel()
		s := api(t, 1, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "2")
			status(429)(w, r)
		})
		if err := makeKey(t.Context(), apiOf(t, s)); err != nil {
			t.Fatal(err)
		}
		all := s.requests()
		if pause := all[1].When.Sub(all[0].When); pause < 2*time.Second {
			t.Errorf("came back after %s, and was told to wait 2 s", pause)
		}
		if string(all[0].Body) != string(all[1].Body) {
			t.Errorf("the second body is %q, the first %q", all[1].Body, all[0].Body)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := api(t, 1000, func(w http.ResponseWriter, r *http.Request) {
			time.AfterFunc(100*time.Millisecond, cancel)
			w.Header().Set("Retry-After", "100")
			status(429)(w, r)
		})
		start := time.Now()
		mustBe(t, getAccount(ctx, apiOf(t, s)), spaces.Cancelled)
		if took := time.Since(start); took > 50*time.Second {
			t.Errorf("ended after %s, in a pause of 100 s", took)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		s := api(t, 1000, status(503))
		mustBe(t, getAccount(ctx, apiOf(t, s)), spaces.Cancelled)
	})
}

func TestAPIFailuresSayWhatHappened(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		advice string
	}{
		{401, "check token (or DIGITALOCEAN_TOKEN)"},
		{403, "check its scopes"},
		{503, "run it again later"},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			t.Parallel()
			s := api(t, 1000, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", "req-0123")
				status(c.status)(w, r)
			})
			err := makeKey(t.Context(), apiOf(t, s, noRetries))
			if err == nil {
				t.Fatal("no error")
			}
			if want := fmt.Sprintf("DigitalOcean's API answered %d %s.", c.status, http.StatusText(c.status)); spaces.Text(err) != want {
				t.Errorf("text %q, want %q", spaces.Text(err), want)
			}
			facts := strings.Join(spaces.Facts(err), "\n")
			for _, want := range []string{"Request: POST /v2/spaces/keys", "Message: This failure was asked for.", fmt.Sprintf("Status: %d", c.status), "Request ID: req-0123"} {
				if !strings.Contains(facts, want) {
					t.Errorf("no %q in the facts:\n%s", want, facts)
				}
			}
			if advice := spaces.Advice(err); !strings.Contains(advice, c.advice) || strings.Contains(advice, "Spaces key") || strings.Contains(advice, "access_key") {
				t.Errorf("advice: %s", advice)
			}
		})
	}
}
