package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// Authority issues certificates for tests. The zero value issues to itself.
type Authority struct {
	Name string

	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority is a root.
func NewAuthority(t *testing.T, name string) *Authority {
	t.Helper()
	return (&Authority{t: t}).Under(name)
}

// Under is an authority whose certificate this one issued.
func (a *Authority) Under(name string) *Authority {
	a.t.Helper()
	sub := &Authority{Name: name, t: a.t}
	sub.cert, sub.key = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotAfter: time.Now().AddDate(10, 0, 0),
	})
	return sub
}

// Leaf is a certificate for a domain, and its key, in PEM.
func (a *Authority) Leaf(domain string, expires time.Time) (leaf, key string) {
	a.t.Helper()
	cert, private := a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain}, NotAfter: expires})
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		a.t.Fatal(err)
	}
	return inPEM("CERTIFICATE", cert.Raw), inPEM("PRIVATE KEY", der)
}

// PEM is the authority's own certificate.
func (a *Authority) PEM() string { return inPEM("CERTIFICATE", a.cert.Raw) }

func (a *Authority) sign(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore = big.NewInt(time.Now().UnixNano()), time.Now().AddDate(-1, 0, 0)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
