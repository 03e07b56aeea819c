package localspaces_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func order(t *testing.T, c *godo.Client, name string, hosts ...string) *godo.Certificate {
	t.Helper()
	ct, resp, err := c.Certificates.Create(t.Context(), &godo.CertificateRequest{Name: name, Type: "lets_encrypt", DNSNames: hosts})
	must(t)(ct, err)
	if resp.StatusCode != 201 || ct.State != "pending" || ct.NotAfter != "" || ct.Type != "lets_encrypt" {
		t.Fatalf("ordered %d %+v", resp.StatusCode, ct)
	}
	return ct
}

func TestAPILetsEncrypt(t *testing.T) {
	now := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{CertificateDelay: time.Minute, Now: now.Now})
	c, ctx := e.api(e.Token()), t.Context()
	ct := order(t, c, "site & co", "example.com", "*.example.com")
	bad := order(t, c, "bad", "example.invalid")
	state := func(id, want string) *godo.Certificate {
		t.Helper()
		ct, _, err := c.Certificates.Get(ctx, id)
		must(t)(ct, err)
		if ct.State != want {
			t.Errorf("the state is %s, want %s", ct.State, want)
		}
		return ct
	}
	now.now = now.now.Add(59 * time.Second)
	state(ct.ID, "pending")
	now.now = now.now.Add(time.Second)
	verified := state(ct.ID, "verified")
	if verified.NotAfter != "2026-04-01T00:00:00Z" || len(verified.SHA1Fingerprint) != 40 || len(verified.DNSNames) != 2 {
		t.Errorf("verified %+v", verified)
	}
	state(bad.ID, "error")

	e.call("GET", "/v2/certificates?name=site+%26+co", nil).want(t, 200, `"total":1`)
	e.call("GET", "/v2/certificates?name=site", nil).want(t, 200, `"certificates":[]`)
	list, _, err := c.Certificates.ListByName(ctx, "bad", nil)
	must(t)(list, err)
	if len(list) != 1 || list[0].ID != bad.ID {
		t.Errorf("the list is %+v", list)
	}
	_, err = c.Certificates.Delete(ctx, ct.ID)
	must(t)(nil, err)
	_, err = c.Certificates.Delete(ctx, ct.ID)
	apiRefused(t, 404, "")(err)
	_, _, err = c.Certificates.Get(ctx, ct.ID)
	apiRefused(t, 404, "")(err)
}

// TestAPIRenewal: a certificate of Let's Encrypt is renewed as another of the
// same name, and CDN endpoints know it.
func TestAPIRenewal(t *testing.T) {
	now := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{CertificateDelay: time.Minute, Now: now.Now})
	e.withBucket("site")
	c, ctx := e.api(e.Token()), t.Context()
	ct := order(t, c, "site", "cdn.example.com")
	order(t, c, "bad", "cdn.example.invalid")
	if _, err := e.RenewCertificate("site"); err == nil {
		t.Error("a pending one is renewed")
	}
	now.now = now.now.Add(time.Minute)
	cdn, _, err := c.CDNs.Create(ctx, &godo.CDNCreateRequest{
		Origin: "site.nyc3.localhost", TTL: 60, CustomDomain: "cdn.example.com", CertificateID: ct.ID,
	})
	must(t)(cdn, err)
	now.now = now.now.Add(60 * 24 * time.Hour)
	id, err := e.RenewCertificate("site")
	must(t)(id, err)
	_, _, err = c.Certificates.Get(ctx, ct.ID)
	apiRefused(t, 404, ct.ID)(err)
	list, _, err := c.Certificates.ListByName(ctx, "site", nil)
	must(t)(list, err)
	if len(list) != 1 || list[0].ID != id || id == ct.ID || list[0].State != "verified" || list[0].NotAfter != "2026-05-31T00:01:00Z" || len(list[0].DNSNames) != 1 {
		t.Errorf("renewed to %+v", list)
	}
	if got, _, err := c.CDNs.Get(ctx, cdn.ID); err != nil || got.CertificateID != id {
		t.Errorf("the endpoint is %+v, %v", got, err)
	}
	_, err = c.Certificates.Delete(ctx, id)
	apiRefused(t, 403, "in use")(err)
	for _, name := range []string{"missing", "bad"} {
		if _, err := e.RenewCertificate(name); err == nil {
			t.Errorf("%s is renewed", name)
		}
	}
}

// selfSigned is a certificate of its own issuer, and its key.
func selfSigned(t *testing.T, subject pkix.Name, until time.Time) (leaf, key string, der []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t)(nil, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject, DNSNames: []string{"example.com"},
		NotBefore: until.Add(-time.Hour), NotAfter: until,
	}
	der, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t)(nil, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	must(t)(nil, err)
	encode := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", keyDER), der
}

func TestAPICustomCertificate(t *testing.T) {
	e := start(t, localspaces.Options{CertificateDelay: time.Hour})
	c, ctx := e.api(e.Token()), t.Context()
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	leaf, key, der := selfSigned(t, pkix.Name{CommonName: "example.com"}, until)
	other, otherKey, _ := selfSigned(t, pkix.Name{CommonName: "other"}, until)
	ct, _, err := c.Certificates.Create(ctx, &godo.CertificateRequest{
		Name: "mine", Type: "custom", LeafCertificate: leaf, PrivateKey: key, CertificateChain: other,
	})
	must(t)(ct, err)
	sum := sha1.Sum(der)
	if ct.State != "verified" || ct.NotAfter != until.UTC().Format(time.RFC3339) || ct.SHA1Fingerprint != hex.EncodeToString(sum[:]) || len(ct.DNSNames) != 1 {
		t.Errorf("made %+v", ct)
	}

	cloudflare, cloudflareKey, _ := selfSigned(t, pkix.Name{
		Organization: []string{"CloudFlare, Inc."}, OrganizationalUnit: []string{"CloudFlare Origin SSL Certificate Authority"},
	}, until)
	expired, expiredKey, _ := selfSigned(t, pkix.Name{CommonName: "old"}, time.Now().Add(-time.Hour))
	for contains, in := range map[string]godo.CertificateRequest{
		"needs a name":    {Type: "custom", LeafCertificate: leaf, PrivateKey: key},
		"of the name":     {Name: "mine", Type: "custom", LeafCertificate: leaf, PrivateKey: key},
		"type":            {Name: "n", LeafCertificate: leaf, PrivateKey: key},
		"Origin CA":       {Name: "n", Type: "custom", LeafCertificate: cloudflare, PrivateKey: cloudflareKey},
		"expired":         {Name: "n", Type: "custom", LeafCertificate: expired, PrivateKey: expiredKey},
		"not match":       {Name: "n", Type: "custom", LeafCertificate: leaf, PrivateKey: otherKey},
		"not valid":       {Name: "n", Type: "custom", LeafCertificate: "leaf", PrivateKey: key},
		"private_key":     {Name: "n", Type: "custom", LeafCertificate: leaf},
		"its own":         {Name: "n", Type: "custom", LeafCertificate: leaf, PrivateKey: key, DNSNames: []string{"a.example"}},
		"needs dns_names": {Name: "n", Type: "lets_encrypt"},
		"not the name":    {Name: "n", Type: "lets_encrypt", DNSNames: []string{"a b.example"}},
		"without a priv":  {Name: "n", Type: "lets_encrypt", DNSNames: []string{"a.example"}, PrivateKey: key},
	} {
		_, _, err := c.Certificates.Create(ctx, &in)
		apiRefused(t, 422, contains)(err)
	}
}
