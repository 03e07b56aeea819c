package spaces_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestPassingFaultsAreRetried(t *testing.T) {
	t.Parallel()
	putPage := func(ctx context.Context, c *s3.Client) error { return put(ctx, c, "page", "hello") }
	for _, f := range []struct {
		name  string
		fault localspaces.Fault
		do    func(context.Context, *s3.Client) error
	}{
		{"SlowDown, twice", localspaces.Fault{Status: 503, Code: "SlowDown", Times: 2}, documentWrites[0].do},
		{"SlowDown, HEAD", localspaces.Fault{Status: 503}, head},
		{"SlowDown, object", localspaces.Fault{Status: 503}, putPage},
		{"ServiceUnavailable", localspaces.Fault{Status: 503, Code: "ServiceUnavailable"}, documentWrites[0].do},
		{"500, twice", localspaces.Fault{Status: 500, Times: 2}, documentWrites[0].do},
		{"500, HEAD", localspaces.Fault{Status: 500}, head},
		{"500, object", localspaces.Fault{Status: 500}, putPage},
		{"502 of a proxy", localspaces.Fault{Status: 502, Code: "BadGateway"}, documentWrites[0].do},
		{"429", localspaces.Fault{Status: 429, Code: "TooManyRequests"}, documentWrites[0].do},
		{"RequestTimeout", localspaces.Fault{Status: 400, Code: "RequestTimeout"}, putPage},
		{"another operation in progress", localspaces.Fault{Status: 409, Code: "OperationAborted"}, documentWrites[0].do},
		{"connection cut before, twice", localspaces.Fault{Cut: true, Times: 2}, documentWrites[0].do},
		{"connection cut before, HEAD", localspaces.Fault{Cut: true}, head},
		{"connection cut before, object", localspaces.Fault{Cut: true}, putPage},
		{"connection cut after", localspaces.Fault{CutAfter: true}, documentWrites[0].do},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			fault := f.fault
			fault.Times = max(1, fault.Times)
			s.Fail(fault)
			if err := f.do(t.Context(), s.s3()); err != nil {
				t.Fatal(err)
			}
			if got, want := len(s.requests()), fault.Times+1; got != want {
				t.Errorf("%d requests, want %d", got, want)
			}
		})
	}
}

func TestRetriesEndWithTheServersLastWord(t *testing.T) {
	t.Parallel()
	for _, max := range []int{0, 1} {
		t.Run(fmt.Sprint(max), func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			s.Fail(localspaces.Fault{Status: 503})
			err := getCORS(t.Context(), s.s3(retries(max)))
			mustBe(t, err, spaces.Busy)
			if got := len(s.requests()); got != max+1 {
				t.Errorf("%d requests, want %d", got, max+1)
			}
			if text := strings.Join(spaces.Facts(err), "\n"); !strings.Contains(text, "Code: SlowDown") || !strings.Contains(text, "Status: 503") {
				t.Errorf("facts: %s", text)
			}
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	s.Fail(localspaces.Fault{Times: 1, Status: 503, Header: http.Header{"Retry-After": {"2"}}})
	if err := head(t.Context(), s.s3()); err != nil {
		t.Fatal(err)
	}
	// Without it the first pause is at most a second.
	all := s.requests()
	if pause := all[1].When.Sub(all[0].When); pause < 2*time.Second {
		t.Errorf("came back after %s, and was told to wait 2 s", pause)
	}
}

func TestLastingFailuresAreNotRetried(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		status int
		code   string
		kind   spaces.Kind
	}{
		{400, "InvalidArgument", spaces.Other},
		{400, "MalformedXML", spaces.Other},
		{403, "AccessDenied", spaces.Denied},
		{403, "InvalidAccessKeyId", spaces.BadKey},
		{403, "SignatureDoesNotMatch", spaces.BadKey},
		{404, "NoSuchBucket", spaces.NotFound},
		{404, "NoSuchCORSConfiguration", spaces.NotFound},
		{409, "BucketAlreadyExists", spaces.Exists},
		{409, "BucketNotEmpty", spaces.NotEmpty},
		{501, "NotImplemented", spaces.Unsupported},
	} {
		t.Run(fmt.Sprint(f.status, " ", f.code), func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			s.Fail(localspaces.Fault{Status: f.status, Code: f.code})
			mustBe(t, getCORS(t.Context(), s.s3()), f.kind)
			if got := len(s.requests()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
	t.Run("unknown host", func(t *testing.T) {
		t.Parallel()
		var calls atomic.Int32
		cl := spaces.New(config(t, "http://no-such-host.invalid", retries(9)))
		cl.Through(func(*http.Request) (*http.Response, error) {
			calls.Add(1)
			return nil, noSuchHost("no-such-host.invalid")
		})
		mustBe(t, head(t.Context(), s3Of(t, cl)), spaces.Unreachable)
		if got := calls.Load(); got != 1 {
			t.Errorf("%d attempts, want 1", got)
		}
	})
	t.Run("certificate of somebody else", func(t *testing.T) {
		t.Parallel()
		s := startLocalTLS(t)
		log, ctx := logOf(t)
		cl := spaces.New(s.config(retries(9))) // trusts what this machine trusts
		mustBe(t, head(ctx, s3Of(t, cl)), spaces.Unreachable)
		if got := strings.Count(log.String(), `"method":"HEAD"`); got != 1 {
			t.Errorf("%d attempts, want 1", got)
		}
	})
}

func TestCancellationEndsARetryPauseAtOnce(t *testing.T) {
	t.Parallel()
	for _, end := range []struct {
		name string
		ctx  func(context.Context, *server) (context.Context, context.CancelFunc)
	}{
		{"cancelled", func(ctx context.Context, s *server) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			s.Fail(localspaces.Fault{Status: 503, Header: http.Header{"Retry-After": {"100"}}, Match: func(*http.Request, string) bool {
				time.AfterFunc(100*time.Millisecond, cancel)
				return true
			}})
			return ctx, cancel
		}},
		{"deadline", func(ctx context.Context, s *server) (context.Context, context.CancelFunc) {
			s.Fail(localspaces.Fault{Status: 503, Header: http.Header{"Retry-After": {"100"}}})
			return context.WithTimeout(ctx, 100*time.Millisecond)
		}},
	} {
		t.Run(end.name, func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			ctx, cancel := end.ctx(t.Context(), s)
			defer cancel()
			start := time.Now()
			mustBe(t, getCORS(ctx, s.s3()), spaces.Cancelled)
			if took := time.Since(start); took > 50*time.Second {
				t.Errorf("ended after %s, in a pause of 100 s", took)
			}
		})
	}
}

// The SDK's own quota of retries would let most of these fail.
func TestManyOperationsSurviveOneFaultTogether(t *testing.T) {
	t.Parallel()
	const many = 150
	for _, fault := range []localspaces.Fault{
		{Status: 500, Times: many},
		{Status: 503, Code: "SlowDown", Times: many},
		{Cut: true, Times: many},
	} {
		t.Run(fmt.Sprintf("%d %t", fault.Status, fault.Cut), func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			// Which request meets the fault is chance, so one may meet it often.
			c := s.s3(retries(12))
			s.Fail(fault)
			if err := together(many, func(int) error { return head(t.Context(), c) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// A timeout of the network is no end of the context, although it calls itself
// so: it is retried, and not reported as a cancellation.
func TestATimeoutOfTheNetworkIsNoCancellation(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	cl := s.clients(retries(1))
	cl.Through(func(*http.Request) (*http.Response, error) {
		calls.Add(1)
		return nil, dialTimeout()
	})
	err := head(t.Context(), s3Of(t, cl))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("this test has lost its point: %v", err)
	}
	mustBe(t, err, spaces.Unreachable)
	if got := calls.Load(); got != 2 {
		t.Errorf("%d attempts, want 2", got)
	}
}
