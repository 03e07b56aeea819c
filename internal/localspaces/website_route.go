package localspaces

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// websiteAnswer is what a website answers a request with: a redirect to Location,
// or the object Key, or, with neither, the plain Status.
type websiteAnswer struct {
	Status int
	// Location is a reference relative to the request's own address: a path, or
	// //HOST/PATH, or the whole. "https:///PATH" is the one case that is none: a
	// rule that changes the protocol and leaves the host alone.
	Location string
	Key      string // object to serve
}

// route decides on a request for path, which begins with a slash and is not
// escaped. Routing rules that wait for no error go first; then a path with a final
// slash, the root too, means the index document below it, and a path without one
// that has no object but an index document below it is redirected to the slash
// (Amazon S3 user guide, configuring an index document). With nothing to serve,
// the Status is 404, and routeError says what to answer.
func (w *website) route(path string, exists func(key string) bool) websiteAnswer {
	key := strings.TrimPrefix(path, "/")
	if all := w.RedirectAllRequestsTo; all != nil {
		return websiteAnswer{Status: http.StatusMovedPermanently, Location: location(all.Protocol, all.HostName, key)}
	}
	if answer, ok := w.redirected(key, ""); ok {
		return answer
	}
	index := w.IndexDocument.Suffix
	if key == "" || strings.HasSuffix(key, "/") {
		if exists(key + index) {
			return websiteAnswer{Status: http.StatusOK, Key: key + index}
		}
		return websiteAnswer{Status: http.StatusNotFound}
	}
	if exists(key) {
		return websiteAnswer{Status: http.StatusOK, Key: key}
	}
	if exists(key + "/" + index) {
		return websiteAnswer{Status: http.StatusFound, Location: location("", "", key+"/")}
	}
	return websiteAnswer{Status: http.StatusNotFound}
}

// routeError decides on a request for path that failed with status: a routing rule
// for that error, else the error document, which S3 has for 4XX errors only (S3
// API reference, ErrorDocument), else no Key. Whether the error document exists is
// for the caller to see.
func (w *website) routeError(path string, status int) websiteAnswer {
	if answer, ok := w.redirected(strings.TrimPrefix(path, "/"), strconv.Itoa(status)); ok {
		return answer
	}
	if w.ErrorDocument != nil && status >= 400 && status < 500 {
		return websiteAnswer{Status: status, Key: w.ErrorDocument.Key}
	}
	return websiteAnswer{Status: status}
}

// redirected applies the first routing rule that wants just that error code, "" for
// none, and fits the key.
func (w *website) redirected(key, errorCode string) (websiteAnswer, bool) {
	for _, rule := range w.rules() {
		var c routingCondition
		if rule.Condition != nil {
			c = *rule.Condition
		}
		if c.HTTPErrorCodeReturnedEquals == errorCode && strings.HasPrefix(key, c.KeyPrefixEquals) {
			return rule.Redirect.apply(key, c.KeyPrefixEquals), true
		}
	}
	return websiteAnswer{}, false
}

func (d *websiteRedirect) apply(key, prefix string) websiteAnswer {
	status := http.StatusMovedPermanently
	if n, err := strconv.Atoi(d.HTTPRedirectCode); err == nil {
		status = n
	}
	switch {
	case d.ReplaceKeyWith != nil:
		key = *d.ReplaceKeyWith
	case d.ReplaceKeyPrefixWith != nil:
		key = *d.ReplaceKeyPrefixWith + strings.TrimPrefix(key, prefix)
	}
	return websiteAnswer{Status: status, Location: location(d.Protocol, d.HostName, key)}
}

// location writes the address of a key. A key that begins with a slash is kept
// from being read as a host.
func location(protocol, host, key string) string {
	path := (&url.URL{Path: "/" + key}).EscapedPath()
	if protocol == "" && host == "" {
		if rest, ok := strings.CutPrefix(path, "//"); ok {
			path = "/%2F" + rest
		}
		return path
	}
	if protocol != "" {
		protocol += ":"
	}
	return protocol + "//" + host + path
}
