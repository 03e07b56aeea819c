package ceph

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"
	"time"
)

// domain is what the host names of all regions end in.
const domain = "localhost"

// proxy is what clients talk to. It chooses a gateway by the name of the host
// and changes nothing else of a request, since most of it is signed.
type proxy struct {
	gateways  map[string]string // region → address of its radosgw
	transport *http.Transport
	servers   []*http.Server
}

func newProxy(gateways map[string]string) *proxy {
	return &proxy{gateways: gateways, transport: &http.Transport{
		MaxIdleConnsPerHost: 1000,
		// radosgw closes connections that were idle for 65 s. Be first, so that
		// no request is sent on one that is just being closed.
		IdleConnTimeout: 30 * time.Second,
		// Whether a client may send its body is for the gateway to say.
		ExpectContinueTimeout: time.Minute,
		DisableCompression:    true,
	}}
}

// serve listens on a free port, for TLS if there is a certificate.
func (p *proxy) serve(ctx context.Context, cert *tls.Certificate) (port string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{
		Handler:           p.handler("http"),
		ErrorLog:          log.New(io.Discard, "", 0), // handshakes that clients gave up
		ReadHeaderTimeout: time.Minute,
	}
	p.servers = append(p.servers, server)
	if cert == nil {
		go func() { _ = server.Serve(listener) }()
	} else {
		server.Handler = p.handler("https")
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
		// As radosgw itself: no HTTP/2.
		server.Protocols = new(http.Protocols)
		server.Protocols.SetHTTP1(true)
		go func() { _ = server.ServeTLS(listener, "", "") }()
	}
	_, port, err = net.SplitHostPort(listener.Addr().String())
	return port, err
}

func (p *proxy) handler(scheme string) http.Handler {
	forward := &httputil.ReverseProxy{
		Transport: p.transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", p.gateway(r.In.Host)
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			r.Out.Header.Set("X-Forwarded-Proto", scheme)
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			http.Error(w, "the gateway for "+r.Host+" does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.gateway(r.Host) == "" {
			http.Error(w, r.Host+" is no host name of a region here", http.StatusMisdirectedRequest)
			return
		}
		if r.ContentLength == 0 { // radosgw never asks for a body that there is not
			r.Header.Del("Expect")
		}
		if err := readAhead(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		forward.ServeHTTP(w, r)
	})
}

// readAhead takes in a short body before it is forwarded. Go's server closes the
// body as soon as it answers, its client then finds the body closed at the very
// end of sending it, and cuts the connection that the answer comes from. The
// bodies of long requests are sent before radosgw answers.
func readAhead(r *http.Request) error {
	const short = 1 << 20
	if r.ContentLength <= 0 || r.ContentLength > short || r.Header.Get("Expect") != "" {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

// gateway finds the region in [BUCKET.]REGION[-static].localhost[:PORT].
func (p *proxy) gateway(host string) string {
	name, _, _ := strings.Cut(host, ":")
	name = strings.TrimSuffix(name, "."+domain)
	label := name[strings.LastIndexByte(name, '.')+1:]
	return p.gateways[strings.TrimSuffix(label, "-static")]
}

func (p *proxy) close() {
	for _, server := range p.servers {
		_ = server.Close()
	}
	p.transport.CloseIdleConnections()
}

// newCertificate makes a certificate for all names of the regions, signed by
// itself, and its PEM.
func newCertificate(regions []string) (*tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	cert := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: "throw-away Ceph"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(0, 0, 30),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, region := range regions {
		host, website := region+"."+domain, region+"-static."+domain
		cert.DNSNames = append(cert.DNSNames, host, "*."+host, website, "*."+website)
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// systemRoots are the certificates that programs trust here, as PEM. Whoever
// is told of another file of them no longer reads the system's.
func systemRoots() []byte {
	for _, file := range []string{os.Getenv("SSL_CERT_FILE"), "/etc/ssl/certs/ca-certificates.crt"} {
		if roots, err := os.ReadFile(file); err == nil {
			return roots
		}
	}
	return nil
}
