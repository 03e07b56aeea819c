package certificate

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestParts(t *testing.T) {
	root := NewAuthority(t, "Root")
	middle := root.Under("Middle")
	issuing := middle.Under("Issuing")
	soon := time.Now().Add(time.Hour)
	leaf, key := issuing.Leaf("www.example.com", soon)
	_, foreign := issuing.Leaf("www.example.com", soon)
	origin, originKey := NewAuthority(t, "CloudFlare Origin SSL Certificate Authority").Leaf("www.example.com", soon)
	chain := issuing.PEM() + middle.PEM()
	encrypted := strings.Replace(key, "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1)
	encrypted = strings.Replace(encrypted, "END PRIVATE KEY", "END RSA PRIVATE KEY", 1)
	for name, c := range map[string]struct{ leaf, chain, key, at, says string }{
		"good":                   {leaf, chain, key, "", ""},
		"with the root":          {leaf, chain + root.PEM(), key, "", ""},
		"without a chain":        {leaf, "", key, "", ""},
		"blank lines":            {"\n" + leaf + "\n", "\n" + chain + "\n\n", "\n" + key, "", ""},
		"a file's name":          {"cert.pem", chain, key, "leaf_certificate", "not in PEM"},
		"broken":                 {strings.Replace(leaf, "MII", "AAA", 1), chain, key, "leaf_certificate", "number 1 cannot be read"},
		"fullchain.pem":          {leaf + chain, "", key, "leaf_certificate", "It has 3 certificates"},
		"key in the leaf":        {leaf + key, chain, key, "leaf_certificate", "A private key is in it"},
		"key before the chain":   {leaf, key + chain, key, "certificate_chain", "A private key is in it"},
		"key as the leaf":        {key, chain, key, "leaf_certificate", "A private key is in it"},
		"something else":         {leaf, strings.ReplaceAll(chain, "CERTIFICATE", "CERTIFICATE REQUEST"), key, "certificate_chain", "a CERTIFICATE REQUEST in it"},
		"words after it":         {leaf + "the end", chain, key, "leaf_certificate", "something that is not PEM"},
		"Cloudflare":             {origin, "", originKey, "leaf_certificate", "Cloudflare's Origin CA"},
		"leaf in the chain":      {leaf, leaf + chain, key, "certificate_chain", "has the certificate of leaf_certificate in it"},
		"chain in reverse":       {leaf, middle.PEM() + issuing.PEM(), key, "certificate_chain", "number 1, of CN=Middle, did not issue the one before it, of CN=www.example.com, whose issuer is CN=Issuing"},
		"chain with a hole":      {leaf, issuing.PEM() + root.PEM(), key, "certificate_chain", "number 2, of CN=Root, did not issue"},
		"another's chain":        {leaf, NewAuthority(t, "Issuing").PEM(), key, "certificate_chain", "did not issue"},
		"another's key":          {leaf, chain, foreign, "private_key_wo", "not the private key of leaf_certificate"},
		"certificate as the key": {leaf, chain, leaf, "private_key_wo", "not the private key of leaf_certificate"},
		"key that is not PEM":    {leaf, chain, "secret", "private_key_wo", "not in PEM"},
		"encrypted key":          {leaf, chain, encrypted, "private_key_wo", "is encrypted"},
		"encrypted PKCS 8":       {leaf, chain, strings.ReplaceAll(key, "PRIVATE", "ENCRYPTED PRIVATE"), "private_key_wo", "is encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			p := parts{types.StringValue(c.leaf), types.StringValue(c.chain), types.StringValue(c.key)}
			if c.chain == "" {
				p.chain = types.StringNull()
			}
			at, wrong := p.wrong()
			if at != c.at || !strings.Contains(wrong, c.says) || c.says == "" && wrong != "" {
				t.Errorf("%s: %q, want %s: %q", at, wrong, c.at, c.says)
			}
			if body := strings.Split(key, "\n")[1]; strings.Contains(wrong, body[:12]) {
				t.Errorf("the key is in what it says: %s", wrong)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		unknown := types.StringUnknown()
		for _, p := range []parts{
			{unknown, unknown, unknown},
			{types.StringValue(leaf), unknown, unknown},
			{unknown, types.StringValue(chain), types.StringValue(key)},
		} {
			if at, wrong := p.wrong(); wrong != "" {
				t.Errorf("%s: %s", at, wrong)
			}
			if at, wrong := p.expired(time.Now()); wrong != "" {
				t.Errorf("%s: %s", at, wrong)
			}
		}
	})
	t.Run("expired", func(t *testing.T) {
		p := parts{leaf: types.StringValue(leaf), chain: types.StringValue(chain)}
		if at, wrong := p.expired(soon.Add(-time.Minute)); wrong != "" {
			t.Errorf("before: %s: %s", at, wrong)
		}
		if at, wrong := p.expired(soon.Add(time.Minute)); at != "leaf_certificate" || !strings.Contains(wrong, "CN=www.example.com has expired on") {
			t.Errorf("after: %s: %s", at, wrong)
		}
		if at, _ := (parts{chain: p.chain}).expired(soon.AddDate(11, 0, 0)); at != "certificate_chain" {
			t.Errorf("the chain: %s", at)
		}
	})
}

// Another way to write the same certificates is not another certificate.
func TestSamePEM(t *testing.T) {
	a, b := NewAuthority(t, "A").PEM(), NewAuthority(t, "B").PEM()
	null := types.StringNull()
	s := types.StringValue
	for name, c := range map[string]struct {
		one, other types.String
		same       bool
	}{
		"equal":         {s(a), s(a), true},
		"white space":   {s(a), s("\n" + strings.TrimSpace(a) + "\n\n"), true},
		"line endings":  {s(a), s(strings.ReplaceAll(a, "\n", "\r\n")), true},
		"comments":      {s(a + b), s("subject=A\n" + a + "subject=B\n" + b), true},
		"another":       {s(a), s(b), false},
		"another order": {s(a + b), s(b + a), false},
		"more":          {s(a), s(a + b), false},
		"none":          {null, null, true},
		"one":           {null, s(a), false},
		"none now":      {s(a), null, false},
		"unknown":       {types.StringUnknown(), s(a), false},
		"both no PEM":   {s("x"), s("y"), false},
	} {
		if got := samePEM(c.one, c.other); got != c.same {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		one, other []string
		same       bool
	}{
		{[]string{"a.example.com", "b.example.com"}, []string{"B.example.com", "a.example.com."}, true},
		{[]string{"*.example.com"}, []string{"*.Example.com", "www.example.com"}, true},
		{[]string{"*.example.com"}, []string{"*.example.com", "example.com"}, false},
		{[]string{"*.example.com"}, []string{"*.example.com", "a.b.example.com"}, false},
		{[]string{"*.example.com"}, []string{"www.example.com"}, false},
		{[]string{"*.a.example.com", "*.example.com"}, []string{"*.example.com", "*.a.example.com"}, true},
		{[]string{"*.a.example.com", "*.example.com"}, []string{"*.example.com"}, false},
		{nil, nil, true},
		{nil, []string{"example.com"}, false},
	} {
		if sameNames(c.one, c.other) != c.same || sameNames(c.other, c.one) != c.same {
			t.Errorf("%q and %q: want %t", c.one, c.other, c.same)
		}
	}
	for _, c := range []struct {
		asked, got []string
		covered    bool
	}{
		{[]string{"*.example.com"}, []string{"example.com", "*.example.com"}, true},
		{[]string{"*.example.com", "www.example.com"}, []string{"*.example.com"}, true},
		{[]string{"*.example.com", "example.com"}, []string{"*.example.com"}, false},
		{[]string{"*.example.com"}, []string{"*.example.com", "example.org"}, false},
		{[]string{"www.example.com"}, []string{"www.example.com", "example.com"}, false},
		{nil, nil, false},
	} {
		if coveredBy(c.asked, c.got) != c.covered {
			t.Errorf("%q by %q: want %t", c.asked, c.got, c.covered)
		}
	}
}

func TestRules(t *testing.T) {
	for name, want := range map[string]string{
		"example.com": "", "*.example.com": "", "WWW.example.com": "", "example.com.": "", "xn--bcher-kva.example": "",
		"https://example.com": "leave out the scheme", "example.com:443": "the port", "*.*.example.com": "a wildcard elsewhere",
		"w*.example.com": "a wildcard elsewhere", "example": "not a domain", "": "not a domain", "bücher.example": "xn--", "a b.com": "not a domain",
	} {
		if got := domainRule.Wrong(name); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"site": "", "a & b/c": "", "site\n": "trimspace", " site": "trimspace"} {
		if got := nameRule.Wrong(name); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
