package spaces

import (
	"context"
	"crypto/md5" //nolint:gosec // Content-MD5 is what S3 asks for; it guards against accidents only
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"golang.org/x/time/rate"
)

// maxConnections is how many idle connections are kept to one host. Objects
// are sent in parallel, and the standard two would make most of them dial anew.
const maxConnections = 128

// newTransport is the way out that all clients share.
func newTransport(c Config) http.RoundTripper {
	base := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // the standard library's own
	base.MaxIdleConns = 0
	base.MaxIdleConnsPerHost = maxConnections
	// Many connections beat one that is shared: Spaces downgrades some HTTP/2 requests.
	base.Protocols = new(http.Protocols)
	base.Protocols.SetHTTP1(true)
	base.DialContext = DialLocalhost
	base.ResponseHeaderTimeout = 10 * time.Minute // a server that hangs; copying 5 GiB takes less
	t := &transport{base: base, userAgent: "terraform-provider-spaces/" + c.Version}
	if c.RequestsPerSecond > 0 {
		t.limit = rate.NewLimiter(rate.Limit(c.RequestsPerSecond), max(1, int(c.RequestsPerSecond)))
	}
	return t
}

// stay keeps a client from following redirects: these turn a PUT into a GET,
// whose answer would pass for the PUT's success, and take the token elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// DialLocalhost takes every name below localhost for this machine, as RFC 6761
// has it and browsers do, but Go's resolver does not. Local servers use such
// names, because a bucket in the host name needs them.
func DialLocalhost(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext(ctx, network, address)
}

// transport names us, keeps the limit of requests, and writes the log. It logs
// neither headers nor bodies: there is no credential in what it writes.
type transport struct {
	base      http.RoundTripper
	limit     *rate.Limiter
	userAgent string
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if t.limit != nil {
		if err := t.limit.Wait(ctx); err != nil {
			if ctx.Err() == nil { // the pause would outlast the context
				err = Fail(Cancelled, "requests_per_second leaves no time for it before its deadline")
			}
			return nil, err
		}
	}
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", t.userAgent)
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = plainBody{req.Body}
	}
	start := time.Now()
	resp, err := t.base.RoundTrip(req)
	fields := map[string]any{
		"method": req.Method, "url": loggable(req.URL), "bytes_sent": req.ContentLength,
		"milliseconds": time.Since(start).Milliseconds(),
	}
	if err != nil {
		fields["error"] = err.Error() //nolint:forbidigo // a log line, not a diagnostic
	} else {
		fields["status"] = resp.StatusCode
		for _, h := range []string{"X-Amz-Request-Id", "X-Request-Id"} {
			if id := resp.Header.Get(h); id != "" {
				fields["request_id"] = id
			}
		}
	}
	tflog.Debug(ctx, "Request", fields)
	return resp, err
}

// plainBody hides the WriterTo of the SDK's body. The SDK closes the body as soon
// as it has an answer's header; WriteTo then returns io.EOF, net/http takes that
// for a failed write and cuts the connection while the answer is still being
// read. A few in a hundred DeleteObjects failed so (smithy-go 1.28.8).
type plainBody struct{ io.ReadCloser }

// loggable is a URL without what signs it: a presigned URL is a credential.
func loggable(u *url.URL) string {
	q := u.Query()
	for name := range q {
		if n := strings.ToLower(name); strings.HasPrefix(n, "x-amz-") || n == "signature" || n == "awsaccesskeyid" {
			q.Set(name, "***")
		}
	}
	shown := *u
	shown.User = nil
	shown.RawQuery = strings.ReplaceAll(q.Encode(), "%2A%2A%2A", "***")
	return shown.String()
}

// apiOptions are the changes to how the SDK builds a request.
var apiOptions = []func(*middleware.Stack) error{contentMD5}

// contentMD5 puts Content-MD5 in the place of the SDK's own checksum. Spaces'
// API page requires it on the documents of a bucket and on ACLs, DeleteObjects
// needs one of the two everywhere, and every release of the documentation
// accepts it. Object bodies are left alone: they carry no checksum.
func contentMD5(stack *middleware.Stack) error {
	const checksum = "AWSChecksum:ComputeInputPayloadChecksum"
	if _, found := stack.Finalize.Get(checksum); !found || stack.ID() == "PutObject" || stack.ID() == "UploadPart" {
		return nil
	}
	_, err := stack.Finalize.Swap(checksum, middleware.FinalizeMiddlewareFunc("ContentMD5", addMD5))
	return err
}

func addMD5(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("no HTTP request: %T", in.Request)
	}
	sum := md5.New() //nolint:gosec // see the import
	if body := req.GetStream(); body != nil {
		if _, err := io.Copy(sum, body); err != nil {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, err
		}
		if err := req.RewindStream(); err != nil {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, err
		}
	}
	req.Header.Set("Content-MD5", base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	return next.HandleFinalize(ctx, in)
}

// maxBackoff is the longest pause before a retry that the server did not ask for.
const maxBackoff = 20 * time.Second

// newRetryer retries what is worth it, for all S3 operations: throttling
// (which also slows the whole client down), 5xx, and lost connections. It is
// the only list of what to retry. The SDK's quota of retries is off: when many
// operations meet one fault together it would give up on most of them.
func newRetryer(retries int) aws.Retryer {
	adaptive := retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
		o.StandardOptions = append(o.StandardOptions, func(o *retry.StandardOptions) {
			o.MaxAttempts = retries + 1
			o.MaxBackoff = maxBackoff
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, err error) (time.Duration, error) {
				var resp *smithyhttp.ResponseError
				if errors.As(err, &resp) && resp.Response != nil {
					return backoff(attempt, resp.Response.Header), nil
				}
				return backoff(attempt, nil), nil
			})
			o.RateLimiter = ratelimit.None
			o.Retryables = append([]retry.IsErrorRetryable{
				retry.IsErrorRetryableFunc(hopeless),
				retry.IsErrorRetryableFunc(busy),
			}, o.Retryables...)
		})
	})
	return adaptive
}

// hopeless spares the retries of what will not change.
func hopeless(err error) aws.Ternary {
	if Hopeless(err) || KindOf(err) == Cancelled {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// busy is also an answer that broke off. No request that is retried here does
// harm when it is done twice.
func busy(err error) aws.Ternary {
	if KindOf(err) == Busy || brokenOff(err) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// backoff waits as long as Retry-After says, else twice as long each time,
// less a random part so that many clients do not come back together.
func backoff(attempt int, answer http.Header) time.Duration {
	if wait, given := retryAfter(answer); given {
		return wait
	}
	limit := maxBackoff
	if attempt < 8 {
		limit = min(limit, 500*time.Millisecond<<attempt)
	}
	return limit/2 + rand.N(limit/2)
}

// retryAfter is at most a few minutes: a server that asks for more gets its
// answer reported instead of a Terraform that seems to hang.
func retryAfter(h http.Header) (time.Duration, bool) {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, false
	}
	return min(time.Duration(seconds)*time.Second, 3*time.Minute), true
}

// newAPIClient is an HTTP client for godo that retries by itself. godo's own
// retries repeat a POST that may have succeeded, so a key would be made twice
// and the first secret lost, and panic without an oauth2 transport.
func newAPIClient(c Config, base http.RoundTripper) *http.Client {
	r := retryablehttp.NewClient()
	r.Logger = nil
	r.HTTPClient = &http.Client{Transport: throttled{bearer{c.Token, base}}, CheckRedirect: stay}
	r.RetryMax = c.MaxRetries
	r.Backoff = func(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
		if resp == nil {
			return backoff(attempt+1, nil)
		}
		return backoff(attempt+1, resp.Header)
	}
	r.ErrorHandler = retryablehttp.PassthroughErrorHandler
	r.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		// Only an answer that says the request was not taken up lets a POST go again.
		if resp != nil && resp.Request != nil && resp.Request.Method == http.MethodPost && resp.StatusCode != http.StatusTooManyRequests {
			return false, nil
		}
		var failed *url.Error
		if Hopeless(err) || resp == nil && errors.As(err, &failed) && failed.Op == "Post" {
			return false, err
		}
		return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
	}
	client := r.StandardClient()
	client.CheckRedirect = stay
	return client
}

type bearer struct {
	token string
	base  http.RoundTripper
}

func (b bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+b.token)
	return b.base.RoundTrip(req)
}
