package spaces_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestKindOfS3Codes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		want   spaces.Kind
	}{
		{404, "NoSuchBucket", spaces.NotFound},
		{404, "NoSuchKey", spaces.NotFound},
		{404, "NoSuchVersion", spaces.NotFound},
		{404, "NoSuchUpload", spaces.NotFound},
		{404, "BucketDeleted", spaces.NotFound},
		{404, "NoSuchCORSConfiguration", spaces.NotFound},
		{404, "NoSuchLifecycleConfiguration", spaces.NotFound},
		{404, "NoSuchBucketPolicy", spaces.NotFound},
		{404, "NoSuchWebsiteConfiguration", spaces.NotFound},
		{409, "BucketAlreadyExists", spaces.Exists},
		{409, "BucketAlreadyOwnedByYou", spaces.Exists},
		{409, "BucketNotEmpty", spaces.NotEmpty},
		{403, "AccessDenied", spaces.Denied},
		{403, "Forbidden", spaces.Denied},
		{403, "SomethingNew", spaces.Denied},
		{403, "InvalidAccessKeyId", spaces.BadKey},
		{403, "SignatureDoesNotMatch", spaces.BadKey},
		{503, "SlowDown", spaces.Busy},
		{409, "OperationAborted", spaces.Busy},
		{503, "ServiceUnavailable", spaces.Busy},
		{500, "InternalError", spaces.Busy},
		{400, "RequestTimeout", spaces.Busy},
		{429, "TooManyRequests", spaces.Busy},
		{500, "SomethingNew", spaces.Busy},
		{501, "NotImplemented", spaces.Unsupported},
		{405, "MethodNotAllowed", spaces.Unsupported},
		{400, "InvalidArgument", spaces.Other},
		{412, "PreconditionFailed", spaces.Other},
		{404, "SomethingNew", spaces.Other},
	} {
		t.Run(fmt.Sprint(c.status, " ", c.code), func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, c.status, c.code) })
			err := getCORS(t.Context(), s.s3(noRetries))
			mustBe(t, err, c.want)
			mustBe(t, fmt.Errorf("while doing something: %w", err), c.want)
		})
	}
}

// Bodies that a proxy, a captive portal or another server may send.
var foreignBodies = []string{
	"",
	"<html><head><title>404</title></head><body>Not Found</body></html>",
	"<html><body>Not Found<br>",
	`{"message":"not found"}`,
	"404 page not found\n",
	"<Error/>",
}

// Only S3's own words say that something is gone: what is taken for gone is
// dropped from the state.
func TestForeignAnswersAreNotTakenForSpaces(t *testing.T) {
	t.Parallel()
	for _, body := range foreignBodies {
		for status, want := range map[int]spaces.Kind{
			404: spaces.Other, 401: spaces.BadKey, 403: spaces.Denied, 405: spaces.Unsupported, 409: spaces.Other,
			410: spaces.Other, 429: spaces.Busy, 500: spaces.Busy, 501: spaces.Unsupported, 502: spaces.Busy, 503: spaces.Busy,
		} {
			t.Run(fmt.Sprintf("%d %.10q", status, body), func(t *testing.T) {
				t.Parallel()
				s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(status)
					_, _ = io.WriteString(w, body)
				})
				c := s.s3(noRetries)
				err := getCORS(t.Context(), c)
				mustBe(t, err, want)
				checkWords(t, err, fmt.Sprintf("The server answered %d %s.", status, http.StatusText(status)))
				if facts := strings.Join(spaces.Facts(err), "\n"); strings.Contains(facts, "Code: ") || strings.Contains(facts, "Message: ") {
					t.Errorf("the answer had neither code nor message:\n%s", facts)
				}
				if status == 404 && !strings.Contains(spaces.Advice(err), "nothing is taken for gone") {
					t.Errorf("advice: %s", spaces.Advice(err))
				}
				_, err = c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: new(bucket)})
				mustBe(t, err, want)
			})
		}
	}
}

// The answer to a HEAD has no body, so there the status is all there is.
func TestKindOfHead(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]spaces.Kind{
		404: spaces.NotFound, 403: spaces.Denied, 400: spaces.Other, 301: spaces.Other, 405: spaces.Unsupported,
		409: spaces.Other, 500: spaces.Busy, 501: spaces.Unsupported, 503: spaces.Busy,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			c := s.s3(noRetries)
			mustBe(t, head(t.Context(), c), want)
			_, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: new(bucket), Key: new("page")})
			mustBe(t, err, want)
		})
	}
}

func TestKindOfOurOwn(t *testing.T) {
	t.Parallel()
	if got := spaces.KindOf(nil); got != spaces.Other {
		t.Errorf("nil is of kind %d", got)
	}
	mustBe(t, errors.New("something"), spaces.Other)
	mustBe(t, spaces.ErrNotFound, spaces.NotFound)
	mustBe(t, fmt.Errorf("wrapped: %w", spaces.ErrNotFound), spaces.NotFound)
	mustBe(t, spaces.NotYet(spaces.ErrNotFound), spaces.NotFound)
	mustBe(t, spaces.Fail(spaces.NotEmpty, "full"), spaces.NotEmpty)
	mustBe(t, context.Canceled, spaces.Cancelled)
	mustBe(t, context.DeadlineExceeded, spaces.Cancelled)
	// Who was interrupted knows nothing, whatever came before.
	mustBe(t, fmt.Errorf("%w while waiting: %w", context.Canceled, spaces.ErrNotFound), spaces.Cancelled)
	mustBe(t, fmt.Errorf("%w while waiting: %w", context.DeadlineExceeded, spaces.ErrNotFound), spaces.Cancelled)
}

// unreachable are the ways of getting no answer, and what is said of them.
var unreachable = []struct {
	name         string
	err          error // of the network
	text, advice string
}{
	{
		"no such region", noSuchHost("kept-here.nyc4.digitaloceanspaces.com"),
		"no such host", `There is no host kept-here.nyc4.digitaloceanspaces.com: check region and ENDPOINT. Is "nyc4" a region of Spaces? Known are, for example, nyc3.`,
	},
	{
		"name resolution fails", noSuchHost("kept-here.nyc3.digitaloceanspaces.com"),
		"no such host", "The region is known to have Spaces, so the cause may be this machine's name resolution.",
	},
	{
		"no such host", noSuchHost("spaces.example.invalid"),
		"no such host", "There is no host spaces.example.invalid: check region and ENDPOINT.",
	},
	{"refused", refused(), "connection refused", "No answer came: check ENDPOINT, and the network between here and there."},
	{"dial timeout", dialTimeout(), "i/o timeout", "No answer came: check ENDPOINT"},
	{"cut", io.EOF, "EOF", "No answer came: check ENDPOINT"},
	{"half an answer", io.ErrUnexpectedEOF, "unexpected EOF", "No answer came: check ENDPOINT"},
	{"plain HTTP", errors.New("http: server gave HTTP response to HTTPS client"), "HTTP response to HTTPS", "No answer came: check ENDPOINT"},
}

func TestKindOfNoAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range unreachable {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl := spaces.New(config(t, "http://127.0.0.1", noRetries))
			cl.Through(func(*http.Request) (*http.Response, error) { return nil, c.err })
			api, err := cl.API()
			if err != nil {
				t.Fatal(err)
			}
			for _, failed := range []struct {
				endpoint string
				err      error
			}{
				{"endpoint (or SPACES_ENDPOINT_URL)", head(t.Context(), s3Of(t, cl))},
				{"api_endpoint (or DIGITALOCEAN_API_URL)", getAccount(t.Context(), api)},
				{"api_endpoint (or DIGITALOCEAN_API_URL)", makeKey(t.Context(), api)},
			} {
				err := failed.err
				mustBe(t, err, spaces.Unreachable)
				if text := spaces.Text(err); strings.Count(text, c.text) != 1 {
					t.Errorf("text: %s", text)
				}
				if advice, want := spaces.Advice(err), strings.ReplaceAll(c.advice, "ENDPOINT", failed.endpoint); !strings.Contains(advice, want) {
					t.Errorf("advice: %s\nwant:   %s", advice, want)
				}
			}
		})
	}
	t.Run("TLS", func(t *testing.T) {
		t.Parallel()
		s := startLocalTLS(t)
		cl := spaces.New(s.config(noRetries))
		api, err := cl.API()
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{head(t.Context(), s3Of(t, cl)), getAccount(t.Context(), api)} {
			mustBe(t, err, spaces.Unreachable)
			if advice := spaces.Advice(err); !strings.Contains(advice, "The server's TLS certificate was not accepted") {
				t.Errorf("advice: %s", advice)
			}
		}
	})
	t.Run("refused for real", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		c := s.s3(noRetries)
		s.web.Close()
		mustBe(t, head(t.Context(), c), spaces.Unreachable)
	})
}

func TestKindOfWhatTheContextEnded(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	half := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "  ") // how XML and JSON may begin
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, handler := range map[string]http.HandlerFunc{"before an answer": hang, "within an answer": half} {
		s := serve(t, handler)
		cl := s.clients(retries(9))
		c := s3Of(t, cl)
		api, err := cl.API()
		if err != nil {
			t.Fatal(err)
		}
		for end, do := range map[string]func() (context.Context, context.CancelFunc){
			"cancelled": func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(50*time.Millisecond, cancel)
				return ctx, cancel
			},
			"deadline": func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(t.Context(), 50*time.Millisecond)
			},
		} {
			t.Run(name+", "+end, func(t *testing.T) {
				ctx, cancel := do()
				mustBe(t, getCORS(ctx, c), spaces.Cancelled)
				cancel()
				ctx, cancel = do()
				mustBe(t, getAccount(ctx, api), spaces.Cancelled)
				cancel()
			})
		}
	}
}

func TestWordsOfS3Failures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status       int
		code         string
		advice       string // a part of it
		also, notThe string
	}{
		{403, "SignatureDoesNotMatch", "check that secret_key (or SPACES_SECRET_ACCESS_KEY) and access_key (or SPACES_ACCESS_KEY_ID) are of one pair", "", "token"},
		{403, "InvalidAccessKeyId", "check access_key (or SPACES_ACCESS_KEY_ID)", "not a DigitalOcean API token", "secret_key"},
		{403, "AccessDenied", "take a key with full access", "a bucket policy can also shut out a key", "token"},
		{404, "NoSuchBucket", "check the name and the region", "can take minutes to appear", ""},
		{503, "SlowDown", "run it again later", "requests_per_second", ""},
		{500, "InternalError", "run it again later", "max_retries", ""},
		{501, "NotImplemented", "does not offer this operation", "", ""},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, c.status, c.code) })
			err := fmt.Errorf("the rules could not be set: %w", getCORS(t.Context(), s.s3(noRetries)))
			checkWords(t, err, "the rules could not be set: Spaces answered "+c.code+".",
				"Operation: GetBucketCors", "Code: "+c.code, fmt.Sprintf("Status: %d %s", c.status, http.StatusText(c.status)), "Request ID: tx0123")
			advice := spaces.Advice(err)
			if !strings.Contains(advice, c.advice) || !strings.Contains(advice, c.also) {
				t.Errorf("advice: %s", advice)
			}
			if c.notThe != "" && strings.Contains(advice, c.notThe) {
				t.Errorf("advice speaks of the %s: %s", c.notThe, advice)
			}
		})
	}
	t.Run("message", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `<Error><Code>InvalidArgument</Code><Message>Rule 2 is odd</Message><RequestId>tx1</RequestId></Error>`)
		})
		err := getCORS(t.Context(), s.s3())
		checkWords(t, err, "Spaces answered InvalidArgument.", "Message: Rule 2 is odd", "Request ID: tx1")
		if advice := spaces.Advice(err); advice != "" {
			t.Errorf("advice without a reason: %s", advice)
		}
	})
	t.Run("redirect", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(301)
		})
		err := getCORS(t.Context(), s.s3())
		checkWords(t, err, "The server answered 301 Moved Permanently.", "Location: https://elsewhere.example/")
		if advice := spaces.Advice(err); !strings.Contains(advice, "redirects are not followed") {
			t.Errorf("advice: %s", advice)
		}
	})
	t.Run("timeout", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		checkWords(t, getCORS(ctx, s.s3()), "It took longer than its timeout allows.", "Operation: GetBucketCors")
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		checkWords(t, getCORS(ctx, s.s3()), "It was cancelled.")
	})
}

// What is found here, and not by the server, explains itself.
func TestOwnFailuresGetNoAdviceOnTop(t *testing.T) {
	t.Parallel()
	for kind := spaces.Other; kind <= spaces.Cancelled; kind++ {
		if advice := spaces.Advice(spaces.Fail(kind, "all there is to say")); advice != "" {
			t.Errorf("kind %d: %s", kind, advice)
		}
	}
	cl := spaces.New(config(t, "http://127.0.0.1:1", func(c *spaces.Config) { c.AccessKey = "" }))
	_, err := cl.S3(region)
	if advice := spaces.Advice(err); advice != "" {
		t.Errorf("a missing access_key: %s", advice)
	}
}

// checkWords checks what an error says, that it has certain facts, that no
// word of the SDK's own prose is left, and that nothing is said twice.
func checkWords(t *testing.T, err error, text string, facts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if got := spaces.Text(err); got != text {
		t.Errorf("text %q, want %q", got, text)
	}
	got := spaces.Facts(err)
	for _, want := range facts {
		if !slices.Contains(got, want) {
			t.Errorf("no fact %q among %q", want, got)
		}
	}
	all := strings.Join(append([]string{spaces.Text(err), spaces.Advice(err)}, got...), "\n")
	for _, odd := range []string{"operation error", "api error", "https response error", "UnknownError", "exceeded maximum", "RequestID", "HostID", "deserialization"} {
		if strings.Contains(all, odd) {
			t.Errorf("it says %q:\n%s", odd, all)
		}
	}
	names := map[string]bool{}
	for _, fact := range got {
		name, value, _ := strings.Cut(fact, ": ")
		if names[name] || value == "" {
			t.Errorf("fact %q of %q", fact, got)
		}
		names[name] = true
	}
}
