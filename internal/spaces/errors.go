package spaces

import (
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/digitalocean/godo"
)

// Kind is the class of a failure. Callers ask for it; none looks at a code or a text.
type Kind int

// The kinds of failures. Other is all that needs no treatment of its own.
const (
	Other       Kind = iota
	NotFound         // what was asked for is not there, and the server said so in S3's or the API's words
	Exists           // what was to be created is there
	NotEmpty         // a bucket that still holds something
	Denied           // the key is known, but may not do this
	BadKey           // the key is unknown or its secret is wrong
	Busy             // try again later: throttled, or a passing fault
	Unsupported      // the server does not have this operation
	Unreachable      // no answer came: name, network or TLS
	Unknown          // a credential is not known yet, while planning
	Cancelled        // the user or a deadline ended it
)

// ErrNotFound is for answers that say "there is none" without an error.
var ErrNotFound = &kindError{NotFound, "there is none"}

// Fail makes an error of a kind, for failures that are found here and not by
// the server.
func Fail(kind Kind, format string, args ...any) error {
	return &kindError{kind, fmt.Sprintf(format, args...)}
}

type kindError struct {
	kind    Kind
	message string
}

func (e *kindError) Error() string { return e.message }

// kinds sorts S3's error codes. A 404 without one of these codes is no
// NotFound: a proxy or a wrong server must never empty a state.
var kinds = map[string]Kind{
	"NoSuchBucket": NotFound, "NoSuchKey": NotFound, "NotFound": NotFound, "NoSuchVersion": NotFound,
	"NoSuchUpload": NotFound, "BucketDeleted": NotFound,
	"NoSuchCORSConfiguration": NotFound, "NoSuchLifecycleConfiguration": NotFound,
	"NoSuchBucketPolicy": NotFound, "NoSuchWebsiteConfiguration": NotFound,
	"BucketAlreadyExists": Exists, "BucketAlreadyOwnedByYou": Exists,
	"BucketNotEmpty": NotEmpty,
	"AccessDenied":   Denied, "Forbidden": Denied,
	"InvalidAccessKeyId": BadKey, "SignatureDoesNotMatch": BadKey,
	"SlowDown": Busy, "OperationAborted": Busy, "ServiceUnavailable": Busy, "InternalError": Busy,
	"RequestTimeout": Busy, "TooManyRequests": Busy,
	"NotImplemented": Unsupported, "MethodNotAllowed": Unsupported,
}

// KindOf sorts an error.
func KindOf(err error) Kind {
	var (
		ours *kindError
		s3   smithy.APIError
		http *awshttp.ResponseError
		api  *godo.ErrorResponse
		sent *url.Error
	)
	switch {
	case err == nil:
		return Other
	case ended(err):
		return Cancelled
	case errors.As(err, &ours):
		return ours.kind
	case brokenOff(err):
		return Unreachable
	case errors.As(err, &s3) && kinds[s3.ErrorCode()] != Other && !bare(err, s3.ErrorCode()):
		return kinds[s3.ErrorCode()]
	case errors.As(err, &http) && http.HTTPStatusCode() != 0: // 0: no answer came
		return kindOfStatus(http.HTTPStatusCode())
	case errors.As(err, &api) && api.Response != nil:
		return kindOfAnswer(api)
	case unsent(err), errors.As(err, &sent) && sent.Op != "parse":
		return Unreachable
	}
	return Other
}

// ended says whether the context ended, whatever was met before. The timeouts
// of package net call themselves context.DeadlineExceeded too, and are none.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !unsent(err)
}

// unsent says whether the network failed.
func unsent(err error) bool {
	var (
		host *net.DNSError
		op   *net.OpError
		sent *smithyhttp.RequestSendError // has no context's end in it: the SDK sees to that
	)
	return errors.As(err, &host) || errors.As(err, &op) || errors.As(err, &sent)
}

// brokenOff says whether an answer began well and ended too soon.
func brokenOff(err error) bool {
	var (
		http *awshttp.ResponseError
		op   *net.OpError
		xml  *xml.SyntaxError
	)
	if !errors.As(err, &http) || http.HTTPStatusCode()/100 != 2 {
		return false
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &op) ||
		errors.As(err, &xml) && xml.Msg == "unexpected EOF"
}

// bare says whether a "not found" is only the status, in an answer that had
// room for S3's own code. HEAD has none, so there the status has to do.
func bare(err error, code string) bool {
	var op *smithy.OperationError
	return code == "NotFound" && errors.As(err, &op) && !strings.HasPrefix(op.Operation(), "Head")
}

// kindOfAnswer sorts what DigitalOcean's API refused.
func kindOfAnswer(api *godo.ErrorResponse) Kind {
	status := api.Response.StatusCode
	switch {
	case status == http.StatusNotFound && !foreign(api):
		return NotFound
	case status == http.StatusConflict && api.Response.Request != nil && api.Response.Request.Method == http.MethodPost:
		return Exists
	case status == http.StatusConflict:
		return Busy // something else is being done to it
	}
	return kindOfStatus(status)
}

// foreign says whether an answer is not the API's own, which are JSON with a
// message, but that of a proxy or of another server.
func foreign(api *godo.ErrorResponse) bool {
	return api.Message == "" || strings.Contains(api.Response.Header.Get("Content-Type"), "html")
}

func kindOfStatus(status int) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return BadKey
	case status == http.StatusForbidden:
		return Denied
	case status == http.StatusNotImplemented, status == http.StatusMethodNotAllowed:
		return Unsupported
	case status == http.StatusTooManyRequests, status >= 500:
		return Busy
	}
	return Other
}

// Facts are the parts of an error that a person or DigitalOcean's support can
// use, one a line: operation, code, status, request ID.
func Facts(err error) []string {
	var facts []string
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, name+": "+value)
		}
	}
	var (
		op   *smithy.OperationError
		s3   smithy.APIError
		http *awshttp.ResponseError
		api  *godo.ErrorResponse
	)
	if errors.As(err, &op) {
		add("Operation", op.Operation())
	}
	if errors.As(err, &s3) && !madeUp(s3) {
		add("Code", s3.ErrorCode())
		if s3.ErrorMessage() != "UnknownError" { // what the SDK says of an empty message, as Ceph sends
			add("Message", s3.ErrorMessage())
		}
	}
	if errors.As(err, &http) && http.HTTPStatusCode() != 0 {
		add("Status", statusText(http.HTTPStatusCode()))
		add("Location", http.Response.Header.Get("Location"))
		add("Request ID", http.ServiceRequestID())
	}
	if errors.As(err, &api) && api.Response != nil {
		add("Request", api.Response.Request.Method+" "+api.Response.Request.URL.Path)
		add("Message", api.Message)
		add("Status", statusText(api.Response.StatusCode))
		add("Request ID", api.RequestID)
	}
	return facts
}

// madeUp says whether the SDK made an error's code and message of the status,
// because the answer had none: "NotFound" and "Not Found".
func madeUp(err smithy.APIError) bool {
	return err.ErrorMessage() != "" && strings.ReplaceAll(err.ErrorMessage(), " ", "") == err.ErrorCode()
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprint(status, " ", http.StatusText(status)))
}

// Advice is one sentence on what to do about an error, or "". Errors of our
// own have said it already.
func Advice(err error) string {
	var (
		ours *kindError
		op   *smithy.OperationError
		s3   smithy.APIError
		http *awshttp.ResponseError
		host *net.DNSError
	)
	if errors.As(err, &ours) {
		return ""
	}
	code, status, endpoint := "", 0, "endpoint (or SPACES_ENDPOINT_URL)"
	if errors.As(err, &s3) {
		code = s3.ErrorCode()
	}
	if errors.As(err, &http) && http.Response != nil {
		status = http.HTTPStatusCode()
	}
	api := !errors.As(err, &op)
	if answer := (*godo.ErrorResponse)(nil); errors.As(err, &answer) && answer.Response != nil {
		status = answer.Response.StatusCode
	}
	if api {
		endpoint = "api_endpoint (or DIGITALOCEAN_API_URL)"
	}
	switch KindOf(err) {
	case BadKey:
		switch {
		case api:
			return "DigitalOcean does not accept the token: check token (or DIGITALOCEAN_TOKEN), and that it has not expired."
		case code == "SignatureDoesNotMatch":
			return "The secret does not belong to the access key: check that secret_key (or SPACES_SECRET_ACCESS_KEY) and access_key (or SPACES_ACCESS_KEY_ID) are of one pair, whole, and without blanks."
		}
		return "Spaces does not know this access key: check access_key (or SPACES_ACCESS_KEY_ID). It is the ID of a Spaces key, not a DigitalOcean API token, and it may have been deleted."
	case Denied:
		if api {
			if scope := missingScope(err); scope != "" {
				return fmt.Sprintf("The token is valid but may not do this, for which it needs the scope %s: check its scopes under API in the control panel, and that it is of the right team.", scope)
			}
			return "The token is valid but may not do this: check its scopes, and that it is of the right team."
		}
		return "The key is valid but may not do this. Reading or changing a bucket's configuration, and creating or deleting a bucket, take a key with full access; a bucket policy can also shut out a key, and somebody else's bucket answers the same."
	case NotFound:
		if code == "NoSuchBucket" || code == "BucketDeleted" {
			return "There is no such bucket in this region: check the name and the region. A bucket made a moment ago can take minutes to appear."
		}
	case Busy:
		return "The server asked to slow down or had a passing fault, and went on doing so through all retries: run it again later, with a lower requests_per_second or -parallelism if it was throttled, or a higher max_retries."
	case Unsupported:
		return "The server does not offer this operation."
	case Unreachable:
		switch {
		case errors.As(err, &host) && host.IsNotFound:
			return strings.TrimSpace(fmt.Sprintf("There is no host %s: check region and %s. %s", host.Name, endpoint, regionHint(host.Name)))
		case strings.Contains(err.Error(), "x509:"), strings.Contains(err.Error(), "tls:"):
			return fmt.Sprintf("The server's TLS certificate was not accepted: check %s, and whether something between here and there replaces certificates.", endpoint)
		}
		return fmt.Sprintf("No answer came: check %s, and the network between here and there.", endpoint)
	case Other:
		switch {
		case status == 404:
			if api {
				return fmt.Sprintf("This is not how DigitalOcean's API says that something is not there, so nothing is taken for gone. Something else may have answered: check %s.", endpoint)
			}
			return fmt.Sprintf("This is not how S3 says that something is not there, so nothing is taken for gone. Something else may have answered: check %s, and what is between here and Spaces.", endpoint)
		case status >= 300 && status < 400:
			return fmt.Sprintf("The server sends this elsewhere, and redirects are not followed: check region, and whether %s begins with the right one of https:// and http://.", endpoint)
		}
	}
	return ""
}

// missingScope is the scope that a refused call of the API needs, or "".
func missingScope(err error) string {
	var api *godo.ErrorResponse
	if !errors.As(err, &api) || api.Response == nil || api.Response.Request == nil {
		return ""
	}
	return scopeFor(api.Response.Request)
}

// regionHint says something of the region in a host name of Spaces.
func regionHint(host string) string {
	name, found := strings.CutSuffix(host, "."+Domain)
	if !found {
		return ""
	}
	slug := name[strings.LastIndex(name, ".")+1:]
	known, alike := LooksLikeRegion(slug)
	if known {
		return "The region is known to have Spaces, so the cause may be this machine's name resolution."
	}
	if len(alike) == 0 {
		alike = Regions
	}
	return fmt.Sprintf("Is %q a region of Spaces? Known are, for example, %s.", slug, strings.Join(alike, ", "))
}

// Text is an error in words, without what Facts says better.
func Text(err error) string {
	text := err.Error()
	var (
		op  *smithy.OperationError
		api *godo.ErrorResponse
	)
	switch {
	case errors.As(err, &op):
		text = strings.Replace(text, op.Error(), short(op), 1)
	case errors.As(err, &api) && api.Response != nil:
		text = strings.Replace(text, api.Error(), "DigitalOcean's API answered "+statusText(api.Response.StatusCode)+".", 1)
	}
	return text
}

// short is what happened to an operation, in a clause.
func short(op *smithy.OperationError) string {
	var (
		s3   smithy.APIError
		http *awshttp.ResponseError
		sent *smithyhttp.RequestSendError
	)
	switch {
	case errors.As(op, &s3) && s3.ErrorCode() != "UnknownError" && !madeUp(s3):
		return fmt.Sprintf("Spaces answered %s.", s3.ErrorCode())
	case brokenOff(op):
		return "The server's answer broke off in its middle: the connection was lost."
	case errors.As(op, &http) && http.HTTPStatusCode() != 0:
		return fmt.Sprintf("The server answered %s.", statusText(http.HTTPStatusCode()))
	case errors.As(op, &sent):
		return fmt.Sprintf("The request could not be sent: %v", sent.Err)
	case errors.Is(op, context.DeadlineExceeded):
		return "It took longer than its timeout allows."
	case errors.Is(op, context.Canceled):
		return "It was cancelled."
	}
	return op.Error()
}

// Hopeless says whether trying again cannot help: the host does not exist, or
// is not who it should be.
func Hopeless(err error) bool {
	var (
		dns *net.DNSError
		who *tls.CertificateVerificationError
	)
	return errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &who)
}
