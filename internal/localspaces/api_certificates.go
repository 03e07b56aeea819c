package localspaces

import (
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// certificate is one that the API keeps. A custom one's private key is not
// kept: nothing here would use it.
type certificate struct {
	ID, Name, Type string
	Created        time.Time
	NotAfter       time.Time
	Verified       time.Time // when its state becomes another than pending
	SHA1           string
	DNSNames       []string
}

const (
	letsEncrypt = "lets_encrypt"
	custom      = "custom"

	letsEncryptLasts = 90 * 24 * time.Hour
)

// state is the certificate's at a time. For names below .invalid, which nobody
// has, none can be had.
func (ct *certificate) state(now time.Time) string {
	switch {
	case now.Before(ct.Verified):
		return "pending"
	case ct.Type == letsEncrypt && slices.ContainsFunc(ct.DNSNames, func(name string) bool { return strings.HasSuffix(name, ".invalid") }):
		return "error"
	}
	return "verified"
}

// shownCertificate is a certificate as the API shows it.
type shownCertificate struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	NotAfter  string   `json:"not_after,omitempty"`
	SHA1      string   `json:"sha1_fingerprint,omitempty"`
	CreatedAt string   `json:"created_at"`
	DNSNames  []string `json:"dns_names"`
	State     string   `json:"state"`
	Type      string   `json:"type"`
}

func (ct *certificate) shown(state string) shownCertificate {
	shown := shownCertificate{
		ID: ct.ID, Name: ct.Name, CreatedAt: apiTime(ct.Created), DNSNames: ct.DNSNames, State: state, Type: ct.Type,
	}
	if ct.Type == custom {
		shown.DNSNames = []string{""} // so it is documented
	}
	if state == "verified" {
		shown.NotAfter, shown.SHA1 = apiTime(ct.NotAfter), ct.SHA1
	}
	return shown
}

// newCertificate is what creates a certificate.
type newCertificate struct {
	Name             string
	Type             string
	DNSNames         []string `json:"dns_names"`
	PrivateKey       string   `json:"private_key"`
	LeafCertificate  string   `json:"leaf_certificate"`
	CertificateChain string   `json:"certificate_chain"`
}

// dnsName is a host name with at least two labels.
var dnsName = regexp.MustCompile(`(?i)^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (s *Server) createCertificate(c *call) error {
	var in newCertificate
	if err := c.readJSON(&in); err != nil {
		return err
	}
	if in.Name == "" {
		return unprocessable("A certificate needs a name.")
	}
	made := certificate{ID: newUUID(), Name: in.Name, Type: in.Type, Created: s.opt.Now()}
	made.Verified = made.Created
	state := "verified"
	var err error
	switch in.Type {
	case letsEncrypt:
		state = "pending" // at first, however soon it is verified
		made.Verified = made.Created.Add(s.opt.CertificateDelay)
		err = made.order(in)
	case custom:
		err = made.upload(in)
	default:
		err = unprocessable("The type is %q; it has to be lets_encrypt or custom.", in.Type)
	}
	if err != nil {
		return err
	}
	err = s.changeAPI(func(next *apiState) error {
		if slices.ContainsFunc(next.Certificates, func(ct certificate) bool { return ct.Name == in.Name }) {
			return unprocessable("There is a certificate of the name %q.", in.Name)
		}
		next.Certificates = append(next.Certificates, made)
		return nil
	})
	if err != nil {
		return err
	}
	return c.answerJSON(http.StatusCreated, "certificate", made.shown(state))
}

// order makes ct one of Let's Encrypt's.
func (ct *certificate) order(in newCertificate) error {
	if len(in.DNSNames) == 0 {
		return unprocessable("A certificate of Let's Encrypt needs dns_names.")
	}
	for _, name := range in.DNSNames {
		if !dnsName.MatchString(strings.TrimPrefix(name, "*.")) {
			return unprocessable("%q in dns_names is not the name of a host.", name)
		}
	}
	if in.PrivateKey != "" || in.LeafCertificate != "" || in.CertificateChain != "" {
		return unprocessable("A certificate of Let's Encrypt comes without a private key, leaf and chain.")
	}
	ct.DNSNames = in.DNSNames
	ct.issue(ct.Created)
	return nil
}

// upload makes ct what was uploaded.
func (ct *certificate) upload(in newCertificate) error {
	if in.PrivateKey == "" || in.LeafCertificate == "" {
		return unprocessable("A custom certificate needs private_key and leaf_certificate.")
	}
	if len(in.DNSNames) > 0 {
		return unprocessable("A custom certificate comes without dns_names; it has its own.")
	}
	pair, err := tls.X509KeyPair([]byte(in.LeafCertificate+"\n"+in.CertificateChain), []byte(in.PrivateKey))
	if err != nil {
		return unprocessable("The certificate or its private key is not valid: %v.", err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return unprocessable("The leaf certificate is not valid: %v.", err)
	}
	if strings.Contains(strings.ToLower(leaf.Issuer.String()), "cloudflare origin") {
		return unprocessable("The certificate is one of Cloudflare's Origin CA, which browsers do not trust.")
	}
	if !ct.Created.Before(leaf.NotAfter) {
		return unprocessable("The certificate expired at %s.", apiTime(leaf.NotAfter))
	}
	sum := sha1.Sum(leaf.Raw)
	ct.DNSNames, ct.NotAfter, ct.SHA1 = leaf.DNSNames, leaf.NotAfter, hex.EncodeToString(sum[:])
	return nil
}

// certificate is the one of that ID, or nil.
func (st apiState) certificate(id string) *certificate {
	i := slices.IndexFunc(st.Certificates, func(ct certificate) bool { return ct.ID == id })
	if i < 0 {
		return nil
	}
	return &st.Certificates[i]
}

func (s *Server) getCertificate(c *call) error {
	ct := s.apiState().certificate(c.at.Key)
	if ct == nil {
		return notFound("certificate", c.at.Key)
	}
	return c.answerJSON(http.StatusOK, "certificate", ct.shown(ct.state(s.opt.Now())))
}

func (s *Server) listCertificates(c *call) error {
	shown := []shownCertificate{}
	for _, ct := range s.apiState().Certificates {
		if name := c.query.Get("name"); name == "" || name == ct.Name {
			shown = append(shown, ct.shown(ct.state(s.opt.Now())))
		}
	}
	return answerPage(c, "certificates", shown)
}

// RenewCertificate renews a certificate of Let's Encrypt, as DigitalOcean does
// by itself. It has another ID then, and all else as before but for its time and
// fingerprint; CDN endpoints take it over. It returns the new ID.
func (s *Server) RenewCertificate(name string) (id string, err error) {
	now := s.opt.Now()
	err = s.changeAPI(func(next *apiState) error {
		i := slices.IndexFunc(next.Certificates, func(ct certificate) bool { return ct.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no certificate %q", name)
		}
		ct := &next.Certificates[i]
		if state := ct.state(now); ct.Type != letsEncrypt || state != "verified" {
			return fmt.Errorf("certificate %q cannot be renewed: it is %s, and its type is %s", name, state, ct.Type)
		}
		old := ct.ID
		ct.issue(now)
		for i := range next.Endpoints {
			if next.Endpoints[i].CertificateID == old {
				next.Endpoints[i].CertificateID = ct.ID
			}
		}
		id = ct.ID
		return nil
	})
	return id, err
}

// issue makes ct, of Let's Encrypt, one that is issued now.
func (ct *certificate) issue(now time.Time) {
	ct.ID = newUUID()
	sum := sha1.Sum([]byte(ct.ID)) // of something
	ct.Created, ct.NotAfter, ct.SHA1 = now, now.Add(letsEncryptLasts), hex.EncodeToString(sum[:])
}

func (s *Server) deleteCertificate(c *call) error {
	err := s.changeAPI(func(next *apiState) error {
		if next.certificate(c.at.Key) == nil {
			return notFound("certificate", c.at.Key)
		}
		for _, e := range next.Endpoints {
			if e.CertificateID == c.at.Key {
				return failure(http.StatusForbidden, "forbidden", "The certificate is in use by the CDN endpoint %s.", e.ID)
			}
		}
		next.Certificates = slices.DeleteFunc(next.Certificates, func(ct certificate) bool { return ct.ID == c.at.Key })
		return nil
	})
	if err != nil {
		return err
	}
	return c.noContent()
}
