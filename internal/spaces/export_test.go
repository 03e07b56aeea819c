package spaces

import (
	"crypto/tls"
	"net/http"
)

// BatchesInFlight and BatchSize are the bounds of emptying a bucket.
const (
	BatchesInFlight = batchesInFlight
	BatchSize       = batchSize
)

// TrustTLS makes the clients take the certificate of a test's server.
func (cl *Clients) TrustTLS(c *tls.Config) {
	t := cl.http.Transport.(*transport).base.(*http.Transport)
	t.TLSClientConfig = c
}

// Through puts something in the place of the network.
func (cl *Clients) Through(do func(*http.Request) (*http.Response, error)) {
	cl.http.Transport.(*transport).base = roundTripper(do)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
