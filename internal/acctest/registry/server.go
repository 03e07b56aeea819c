package registry

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Hosts are the registries that a source address without a host means:
// Terraform's and OpenTofu's.
var Hosts = []string{"registry.terraform.io", "registry.opentofu.org"}

// Server is a registry that stands in for Hosts.
type Server struct {
	Version   string
	Platforms []Platform

	proxy       *httptest.Server
	certificate string // file with the one that the server shows

	mu      sync.Mutex
	refused []string
}

// Start publishes a release until the test ends.
func Start(t *testing.T, r Release) *Server {
	t.Helper()
	x, err := publish(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Version: x.version, certificate: filepath.Join(t.TempDir(), "ca.pem")}
	for p := range x.archives {
		s.Platforms = append(s.Platforms, p)
	}
	certificate, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	if err := os.WriteFile(s.certificate, block, 0o600); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(handler(r, x))
	web.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	web.StartTLS()
	s.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.connect(w, req, web.Listener.Addr().String())
	}))
	t.Cleanup(func() {
		s.proxy.CloseClientConnections()
		s.proxy.Close()
		web.CloseClientConnections()
		web.Close()
		if len(s.refused) > 0 {
			t.Errorf("other hosts were asked for: %q", s.refused)
		}
	})
	return s
}

// Environment are variables with which a command line, configured in no other
// way, finds this registry at the names of Hosts: a proxy and the certificate
// to trust. (On macOS and Windows Go does not heed the latter.)
func (s *Server) Environment() []string {
	return []string{"HTTPS_PROXY=" + s.proxy.URL, "https_proxy=", "NO_PROXY=", "no_proxy=", "SSL_CERT_FILE=" + s.certificate}
}

// connect is a proxy's CONNECT, which leads to the one address whatever the
// host is, and refuses any host that is none of Hosts.
func (s *Server) connect(w http.ResponseWriter, req *http.Request, addr string) {
	host, _, _ := net.SplitHostPort(req.Host)
	if req.Method != http.MethodConnect || !slices.Contains(Hosts, host) {
		s.mu.Lock()
		s.refused = append(s.refused, req.Method+" "+req.Host)
		s.mu.Unlock()
		http.Error(w, "this proxy leads to the registry only", http.StatusForbidden)
		return
	}
	var d net.Dialer
	there, err := d.DialContext(req.Context(), "tcp", addr)
	if err != nil {
		http.Error(w, fmt.Sprint(err), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, fmt.Sprint(err), http.StatusInternalServerError)
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n"); err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(there, here) // ends with either connection
		there.Close()
	}()
	_, _ = io.Copy(here, there)
}

// selfSigned is a certificate for Hosts that is its own authority.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: Hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
