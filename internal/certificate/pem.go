package certificate

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // how the API names certificates
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// parts are what a custom certificate is uploaded as, all in PEM. Each may be
// unknown. Nothing here says a word of what is in the key.
type parts struct{ leaf, chain, key types.String }

// wrong is the first mistake and the attribute that it is in, or "". It does
// not depend on the time.
func (p parts) wrong() (at, wrong string) {
	leaf, wrong := p.parseLeaf()
	if wrong != "" {
		return "leaf_certificate", wrong
	}
	if wrong = p.wrongChain(leaf); wrong != "" {
		return "certificate_chain", wrong
	}
	if wrong = p.wrongKey(); wrong != "" {
		return "private_key_wo", wrong
	}
	return "", ""
}

// expired is like wrong, of a certificate that is to be uploaded now.
func (p parts) expired(now time.Time) (at, wrong string) {
	for _, part := range []struct {
		name string
		text types.String
	}{{"leaf_certificate", p.leaf}, {"certificate_chain", p.chain}} {
		all, wrong := certificatesIn(part.text.ValueString())
		if wrong != "" { // it is unknown, or said to be wrong elsewhere
			continue
		}
		for _, c := range all {
			if now.After(c.NotAfter) {
				return part.name, fmt.Sprintf("The certificate of %s has expired on %s.", c.Subject, c.NotAfter.UTC().Format(time.RFC3339))
			}
		}
	}
	return "", ""
}

func known(v types.String) bool { return !v.IsNull() && !v.IsUnknown() }

// parseLeaf is the leaf, or nil where it is not known.
func (p parts) parseLeaf() (*x509.Certificate, string) {
	if !known(p.leaf) {
		return nil, ""
	}
	all, wrong := certificatesIn(p.leaf.ValueString())
	switch {
	case wrong != "":
		return nil, wrong
	case len(all) > 1:
		return nil, fmt.Sprintf("It has %d certificates. Here belongs the certificate of your domain alone, which comes first in the files of most clients; the others go into certificate_chain.", len(all))
	case strings.Contains(strings.ToLower(all[0].Issuer.String()), "cloudflare origin"):
		return nil, "It is a certificate of Cloudflare's Origin CA, which only Cloudflare trusts and DigitalOcean refuses. Use one of a public CA, or of type lets_encrypt."
	}
	return all[0], ""
}

// wrongChain wants each certificate to be followed by its issuer.
func (p parts) wrongChain(leaf *x509.Certificate) string {
	if !known(p.chain) {
		return ""
	}
	chain, wrong := certificatesIn(p.chain.ValueString())
	if wrong != "" {
		return wrong
	}
	below := leaf
	for i, c := range chain {
		if leaf != nil && c.Equal(leaf) {
			return "It has the certificate of leaf_certificate in it. Leave that out: the chain begins with the one that issued it."
		}
		if below != nil && !issuedBy(below, c) {
			return fmt.Sprintf("Its certificate number %d, of %s, did not issue the one before it, of %s, whose issuer is %s. Put them in order: first the one that issued leaf_certificate, then the one that issued that.", i+1, c.Subject, below.Subject, below.Issuer)
		}
		below = c
	}
	return ""
}

func issuedBy(c, issuer *x509.Certificate) bool {
	if !bytes.Equal(c.RawIssuer, issuer.RawSubject) {
		return false
	}
	err := issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	var old x509.InsecureAlgorithmError // as roots have
	return err == nil || errors.As(err, &old)
}

func (p parts) wrongKey() string {
	if !known(p.key) {
		return ""
	}
	key := []byte(p.key.ValueString())
	block, _ := pem.Decode(key)
	switch {
	case block == nil:
		return "It is not in PEM, which begins with a line such as -----BEGIN PRIVATE KEY-----."
	case strings.Contains(block.Type, "ENCRYPTED"), strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return "It is encrypted. Decrypt it first, for example with openssl pkey, and keep it out of files that others read."
	case !known(p.leaf):
		return ""
	}
	if _, err := tls.X509KeyPair([]byte(p.leaf.ValueString()), key); err != nil {
		return fmt.Sprintf("It is not the private key of leaf_certificate, or not one at all: %s.", strings.TrimPrefix(fmt.Sprint(err), "tls: "))
	}
	return ""
}

// certificatesIn are those in a text in PEM, or what is wrong with it.
func certificatesIn(text string) (all []*x509.Certificate, wrong string) {
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return nil, "A private key is in it, and would be kept in the state. That belongs into private_key_wo alone."
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Sprintf("It has a %s in it, and only certificates belong there.", block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Sprintf("Its certificate number %d cannot be read: %v.", len(all)+1, err)
		}
		all = append(all, c)
	}
	switch {
	case len(all) == 0:
		return nil, "It is not in PEM, which begins with the line -----BEGIN CERTIFICATE-----. A file is read with file(\"…\")."
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, fmt.Sprintf("After its certificate number %d is something that is not PEM.", len(all))
	}
	return all, ""
}

// samePEM says whether two texts have the same certificates in them.
func samePEM(a, b types.String) bool {
	if a.Equal(b) {
		return true
	}
	one, wrong := certificatesIn(a.ValueString())
	other, otherWrong := certificatesIn(b.ValueString())
	return wrong == "" && otherWrong == "" && slices.EqualFunc(one, other, (*x509.Certificate).Equal)
}

// fingerprint is the leaf's as the API writes it, or "".
func fingerprint(leaf types.String) string {
	all, wrong := certificatesIn(leaf.ValueString())
	if wrong != "" {
		return ""
	}
	sum := sha1.Sum(all[0].Raw) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}
