package spaces_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
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
		{403, "needs the scope spaces_key:create_credentials: check its scopes"},
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

// listOf answers a list of keys from a text per page; what follows the last one
// is empty pages.
func listOf(t *testing.T, pages ...string) *server {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		page, err := strconv.Atoi(r.URL.Query().Get("page"))
		switch {
		case err != nil || r.URL.Query().Get("per_page") != "200":
			t.Errorf("asked for %s", r.URL)
		case page <= len(pages):
			_, _ = io.WriteString(w, pages[page-1])
		default:
			_, _ = io.WriteString(w, `{"keys":[],"links":{}}`)
		}
	})
}

// godo's IsLastPage panics without links, and without pages takes any for the last.
func TestPages(t *testing.T) {
	t.Parallel()
	const next = `"links":{"pages":{"next":"http://example.com/v2/spaces/keys?page=2"}}`
	a, b, c := `{"name":"a"}`, `{"name":"b"}`, `{"name":"c"}`
	full := strings.TrimSuffix(strings.Repeat(a+",", 200), ",")
	for name, test := range map[string]struct {
		pages []string
		items int
		asked int
	}{
		"none":                         {[]string{`{}`}, 0, 1},
		"null":                         {[]string{`{"keys":null,"links":null,"meta":null}`}, 0, 1},
		"one page, no links":           {[]string{`{"keys":[` + a + `]}`}, 1, 1},
		"one page, empty links":        {[]string{`{"keys":[` + a + `],"links":{},"meta":{"total":1}}`}, 1, 1},
		"two pages":                    {[]string{`{"keys":[` + a + `],` + next + `,"meta":{"total":2}}`, `{"keys":[` + b + `],"links":{},"meta":{"total":2}}`}, 2, 2},
		"links without pages":          {[]string{`{"keys":[` + a + `,` + b + `],"links":{},"meta":{"total":3}}`, `{"keys":[` + c + `],"meta":{"total":3}}`}, 3, 2},
		"a full page and nothing else": {[]string{`{"keys":[` + full + `]}`, `{"keys":[` + b + `]}`}, 201, 2},
		"fewer than counted":           {[]string{`{"keys":[` + a + `],"meta":{"total":9}}`}, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listOf(t, test.pages...)
			items := 0
			for key, err := range spaces.Pages(t.Context(), apiOf(t, s).SpacesKeys.List) {
				if err != nil || key.Name == "" {
					t.Fatal(key, err)
				}
				items++
			}
			if asked := len(s.requests()); items != test.items || asked != test.asked {
				t.Errorf("%d items of %d pages, want %d of %d", items, asked, test.items, test.asked)
			}
		})
	}
	t.Run("ended by its reader", func(t *testing.T) {
		t.Parallel()
		s := listOf(t, `{"keys":[`+a+`,`+b+`],`+next+`}`)
		for key, err := range spaces.Pages(t.Context(), apiOf(t, s).SpacesKeys.List) {
			if err != nil || key.Name != "a" {
				t.Error(key, err)
			}
			break
		}
		if asked := len(s.requests()); asked != 1 {
			t.Errorf("%d pages were asked for", asked)
		}
	})
	t.Run("failing", func(t *testing.T) {
		t.Parallel()
		s := api(t, 1000, status(404))
		seen := 0
		for _, err := range spaces.Pages(t.Context(), apiOf(t, s).SpacesKeys.List) {
			seen++
			mustBe(t, err, spaces.NotFound)
		}
		if seen != 1 {
			t.Errorf("%d errors", seen)
		}
	})
}

// What is not the API's own answer is an error, though its status says success,
// and never "there is none".
func TestAPIAnswersOfAnotherShape(t *testing.T) {
	t.Parallel()
	get := func(t *testing.T, answer http.HandlerFunc) error {
		t.Helper()
		key, err := spaces.One(apiOf(t, serve(t, answer), noRetries).SpacesKeys.Get(t.Context(), "DO00KEY"))
		if err == nil {
			t.Errorf("got %+v, and no error", key)
		}
		return err
	}
	for name, body := range map[string]string{
		"a list":    `{"keys":[{"access_key":"DO00KEY"}]}`,
		"nothing":   `{}`,
		"null":      `null`,
		"no JSON":   `<html></html>`,
		"half":      `{"key":{"name":`,
		"no body":   ``,
		"no object": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := get(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			mustBe(t, err, spaces.Other)
			if text := spaces.Text(err); !strings.Contains(text, "heck api_endpoint") {
				t.Errorf("text: %s", text)
			}
			shape := name == "a list" || name == "nothing" || name == "null"
			if spaces.OtherShape(err) != shape {
				t.Errorf("OtherShape is %t", !shape)
			}
			if !spaces.Doubtful(err) {
				t.Error("such an answer does not say that nothing was done")
			}
		})
	}
	for name, answer := range map[string]http.HandlerFunc{
		"a proxy's 404": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(404)
			_, _ = io.WriteString(w, "<html>Not Found</html>")
		},
		"an empty 404": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := get(t, answer)
			mustBe(t, err, spaces.Other)
			if advice := spaces.Advice(err); !strings.Contains(advice, "nothing is taken for gone") || strings.Contains(advice, "S3") {
				t.Errorf("advice: %s", advice)
			}
		})
	}
}

func TestDoubtful(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail http.HandlerFunc
		want bool
	}{
		"400": {status(400), false}, "401": {status(401), false}, "403": {status(403), false}, "404": {status(404), false},
		"409": {status(409), false}, "422": {status(422), false}, "429": {status(429), false},
		"408": {status(408), true}, "500": {status(500), true}, "502": {status(502), true}, "503": {status(503), true},
		"connection lost": {cut, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := makeKey(t.Context(), apiOf(t, api(t, 1000, c.fail), noRetries))
			if err == nil || spaces.Doubtful(err) != c.want {
				t.Errorf("Doubtful(%v) is %t", err, !c.want)
			}
		})
	}
	t.Run("never sent", func(t *testing.T) {
		t.Parallel()
		s := api(t, 0, nil)
		s.web.Close() // nobody listens any more
		if err := makeKey(t.Context(), apiOf(t, s, noRetries)); err == nil || spaces.Doubtful(err) {
			t.Errorf("Doubtful(%v)", err)
		}
	})
	t.Run("no token", func(t *testing.T) {
		t.Parallel()
		_, err := spaces.New(config(t, "http://localhost", func(c *spaces.Config) { c.Token = "" })).API()
		if err == nil || spaces.Doubtful(err) {
			t.Errorf("Doubtful(%v)", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := api(t, 1000, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		if err := makeKey(ctx, apiOf(t, s, noRetries)); !spaces.Doubtful(err) {
			t.Errorf("Doubtful(%v)", err)
		}
	})
	if spaces.Doubtful(nil) {
		t.Error("there is no doubt about success")
	}
}

// godo puts IDs into paths as they are.
func TestCheckAPIID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"DO00ABCDEFGHIJKLMNOP", "19f06b6a-3ace-4315-b086-499a0e521b76", "needs-cloudflare-cert"} {
		if err := spaces.CheckAPIID("a key", id); err != nil {
			t.Error(err)
		}
	}
	for _, id := range []string{"", ".", "..", "../certificates", "a/b", "a?b", "a#b", "a%2Fb", "a b", "ä"} {
		if err := spaces.CheckAPIID("a key", id); err == nil {
			t.Errorf("%q passes", id)
		}
	}
}

// The scopes that a refused call needs are named, for the API does not name them.
func TestMissingScopesAreNamed(t *testing.T) {
	t.Parallel()
	s := api(t, 1000, status(403))
	c := apiOf(t, s, func(c *spaces.Config) { c.APIEndpoint += "/mock" }, noRetries)
	for want, call := range map[string]func(context.Context) error{
		"spaces_key:read":               func(ctx context.Context) error { _, _, err := c.SpacesKeys.List(ctx, nil); return err },
		"spaces_key:create_credentials": func(ctx context.Context) error { return makeKey(ctx, c) },
		"spaces_key:update": func(ctx context.Context) error {
			_, _, err := c.SpacesKeys.Update(ctx, "a", &godo.SpacesKeyUpdateRequest{})
			return err
		},
		"spaces_key:delete": func(ctx context.Context) error { _, err := c.SpacesKeys.Delete(ctx, "a"); return err },
		"cdn:read":          func(ctx context.Context) error { _, _, err := c.CDNs.Get(ctx, "a"); return err },
		"cdn:create":        func(ctx context.Context) error { _, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{}); return err },
		"cdn:update": func(ctx context.Context) error {
			_, _, err := c.CDNs.UpdateTTL(ctx, "a", &godo.CDNUpdateTTLRequest{})
			return err
		},
		"cdn:delete": func(ctx context.Context) error {
			_, err := c.CDNs.FlushCache(ctx, "a", &godo.CDNFlushCacheRequest{})
			return err
		},
		"certificate:read": func(ctx context.Context) error { _, _, err := c.Certificates.Get(ctx, "a"); return err },
		"certificate:create": func(ctx context.Context) error {
			_, _, err := c.Certificates.Create(ctx, &godo.CertificateRequest{})
			return err
		},
		"certificate:delete": func(ctx context.Context) error { _, err := c.Certificates.Delete(ctx, "a"); return err },
	} {
		if advice := spaces.Advice(call(t.Context())); !strings.Contains(advice, "the scope "+want+":") {
			t.Errorf("%s: %s", want, advice)
		}
	}
	if advice := spaces.Advice(getAccount(t.Context(), c)); strings.Contains(advice, "the scope") || !strings.Contains(advice, "check its scopes") {
		t.Errorf("of a call that we do not make: %s", advice)
	}
}
