package localspaces

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// apiError is an error as S3 answers it.
type apiError struct {
	Code, Message string
	Status        int
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
}

// failure makes an apiError.
func failure(status int, code, format string, args ...any) *apiError {
	return &apiError{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

// asAPIError finds the apiError in err, or makes an InternalError of it.
func asAPIError(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	return failure(http.StatusInternalServerError, "InternalError", "%v", err)
}

// The failures that several places give.

func noSuchBucket(bucket string) *apiError {
	return failure(http.StatusNotFound, "NoSuchBucket", "There is no bucket %q in this region.", bucket)
}

func noSuchKey(key string) *apiError {
	return failure(http.StatusNotFound, "NoSuchKey", "There is no object %q.", key)
}

func noSuchUpload() *apiError {
	return failure(http.StatusNotFound, "NoSuchUpload", "There is no such multipart upload: it may have been completed or aborted.")
}

func accessDenied(format string, args ...any) *apiError {
	return failure(http.StatusForbidden, "AccessDenied", format, args...)
}

func notImplemented(format string, args ...any) *apiError {
	return failure(http.StatusNotImplemented, "NotImplemented", format, args...)
}

func invalidArgument(format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "InvalidArgument", format, args...)
}

func invalidRequest(format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "InvalidRequest", format, args...)
}

func malformedXML(format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "MalformedXML", format, args...)
}

func preconditionFailed(header string) *apiError {
	return failure(http.StatusPreconditionFailed, "PreconditionFailed", "The condition in %s does not hold.", header)
}

// writeError writes e as S3 does. An answer to HEAD has no body, so a client
// learns its status and nothing else.
func writeError(w http.ResponseWriter, r *http.Request, e *apiError) {
	h := w.Header()
	if r.Method == http.MethodHead || e.Status == http.StatusNotModified {
		h.Del("Content-Type")
		w.WriteHeader(e.Status)
		return
	}
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		Resource  string
		RequestID string `xml:"RequestId"`
		HostID    string `xml:"HostId"`
	}{
		Code: e.Code, Message: e.Message, Resource: r.URL.EscapedPath(),
		RequestID: h.Get("x-amz-request-id"), HostID: "localspaces",
	})
	if err != nil { // strings always marshal
		body = []byte("<Error><Code>InternalError</Code></Error>")
	}
	h.Set("Content-Type", "application/xml")
	h.Del("ETag")
	h.Del("Content-Length")
	w.WriteHeader(e.Status)
	_, _ = w.Write(append([]byte(xml.Header), body...))
}
