package localspaces

import (
	"net/http"
	"strings"
	"testing"
)

func corsDocument(rules ...string) []byte {
	return []byte("<CORSConfiguration><CORSRule>" + strings.Join(rules, "</CORSRule><CORSRule>") + "</CORSRule></CORSConfiguration>")
}

const getForAll = "<AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"

func TestParseCORSRefuses(t *testing.T) {
	tooMany := make([]string, 101)
	for i := range tooMany {
		tooMany[i] = getForAll
	}
	for name, tc := range map[string]struct {
		document []byte
		code     string
	}{
		"no rules":            {[]byte("<CORSConfiguration/>"), "MalformedXML"},
		"empty rule":          {corsDocument(""), "MalformedXML"},
		"no method":           {corsDocument("<AllowedOrigin>*</AllowedOrigin>"), "MalformedXML"},
		"no origin":           {corsDocument("<AllowedMethod>GET</AllowedMethod>"), "MalformedXML"},
		"empty origin":        {corsDocument("<AllowedMethod>GET</AllowedMethod><AllowedOrigin/>"), "MalformedXML"},
		"PATCH":               {corsDocument("<AllowedMethod>PATCH</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"), "MalformedXML"},
		"lower case":          {corsDocument("<AllowedMethod>get</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"), "MalformedXML"},
		"two stars":           {corsDocument("<AllowedMethod>GET</AllowedMethod><AllowedOrigin>a*b*</AllowedOrigin>"), "MalformedXML"},
		"two stars in header": {corsDocument(getForAll + "<AllowedHeader>x-*-*</AllowedHeader>"), "MalformedXML"},
		"long ID":             {corsDocument(getForAll + "<ID>" + strings.Repeat("x", 256) + "</ID>"), "MalformedXML"},
		"negative age":        {corsDocument(getForAll + "<MaxAgeSeconds>-1</MaxAgeSeconds>"), "MalformedXML"},
		"age in words":        {corsDocument(getForAll + "<MaxAgeSeconds>day</MaxAgeSeconds>"), "MalformedXML"},
		"unknown element":     {corsDocument(getForAll + "<AllowedOrigins>*</AllowedOrigins>"), "MalformedXML"},
		"101 rules":           {corsDocument(tooMany...), "InvalidRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseCORS(tc.document)
			wantRefusal(t, err, tc.code)
		})
	}
	if _, err := parseCORS(corsDocument(tooMany[1:]...)); err != nil {
		t.Errorf("100 rules: %v", err)
	}
}

func TestCORSAnswer(t *testing.T) {
	c, err := parseCORS(corsDocument(
		"<ID>b</ID><AllowedMethod>POST</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>DELETE</AllowedMethod>"+
			"<AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod><AllowedMethod>GET</AllowedMethod>"+
			"<AllowedOrigin>http://z</AllowedOrigin><AllowedOrigin>http://a</AllowedOrigin><AllowedOrigin>http://z</AllowedOrigin>"+
			"<AllowedHeader>z</AllowedHeader><AllowedHeader>a</AllowedHeader>"+
			"<ExposeHeader>z</ExposeHeader><ExposeHeader>a</ExposeHeader><MaxAgeSeconds>0</MaxAgeSeconds>",
		"<ID>a</ID>"+getForAll,
		getForAll,
	))
	if err != nil {
		t.Fatal(err)
	}
	want := "<CORSConfiguration><CORSRule><ID>b</ID><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>" +
		"<AllowedMethod>DELETE</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>POST</AllowedMethod>" +
		"<AllowedOrigin>http://a</AllowedOrigin><AllowedOrigin>http://z</AllowedOrigin>" +
		"<AllowedHeader>a</AllowedHeader><AllowedHeader>z</AllowedHeader><MaxAgeSeconds>0</MaxAgeSeconds>" +
		"<ExposeHeader>z</ExposeHeader><ExposeHeader>a</ExposeHeader></CORSRule>" +
		"<CORSRule><ID>a</ID>" + getForAll + "</CORSRule><CORSRule>" + getForAll + "</CORSRule></CORSConfiguration>"
	if got := innerOf(t, c.answer()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A rule for one site, one for its subdomains, and one for everybody.
func corsOfThreeRules(t *testing.T) *corsRules {
	t.Helper()
	c, err := parseCORS(corsDocument(
		"<AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://example.com</AllowedOrigin>"+
			"<AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>Content-Type</AllowedHeader>"+
			"<ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-amz-version-id</ExposeHeader><MaxAgeSeconds>300</MaxAgeSeconds>",
		"<AllowedMethod>DELETE</AllowedMethod><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedHeader>*</AllowedHeader>",
		"<AllowedMethod>HEAD</AllowedMethod><AllowedOrigin>*</AllowedOrigin>",
	))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCORSPreflight(t *testing.T) {
	c := corsOfThreeRules(t)
	for name, tc := range map[string]struct {
		origin, method, headers string
		allowed                 bool
		origins, allowHeaders   string
	}{
		"site":                {"https://example.com", "PUT", "", true, "https://example.com", ""},
		"headers, any case":   {"https://example.com", "PUT", "X-Amz-Date,content-type", true, "https://example.com", "X-Amz-Date, content-type"},
		"spaces":              {"https://example.com", "PUT", " x-amz-a , Content-Type,", true, "https://example.com", "x-amz-a, Content-Type"},
		"header not allowed":  {"https://example.com", "PUT", "x-amz-date,authorization", false, "", ""},
		"method not allowed":  {"https://example.com", "POST", "", false, "", ""},
		"another origin":      {"https://example.org", "PUT", "", false, "", ""},
		"another scheme":      {"http://example.com", "PUT", "", false, "", ""},
		"subdomain":           {"https://a.example.com", "DELETE", "anything", true, "https://a.example.com", "anything"},
		"everybody":           {"null", "HEAD", "", true, "*", ""},
		"everybody, a header": {"null", "HEAD", "range", false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, ok := c.preflight(tc.origin, tc.method, strings.Split(tc.headers, ","))
			if ok != tc.allowed {
				t.Fatalf("allowed is %v", ok)
			}
			if ok && h.Get("Access-Control-Allow-Methods") != tc.method {
				t.Errorf("methods: %v", h)
			}
			if h.Get("Access-Control-Allow-Origin") != tc.origins || h.Get("Access-Control-Allow-Headers") != tc.allowHeaders {
				t.Errorf("got %v", h)
			}
		})
	}
}

func TestCORSActual(t *testing.T) {
	c := corsOfThreeRules(t)
	if h := c.actual("https://example.org", "GET"); h != nil {
		t.Errorf("no rule fits, yet %v", h)
	}
	want := http.Header{
		"Access-Control-Allow-Origin":      {"https://example.com"},
		"Access-Control-Allow-Credentials": {"true"},
		"Access-Control-Allow-Methods":     {"GET"},
		"Access-Control-Expose-Headers":    {"ETag, x-amz-version-id"},
		"Access-Control-Max-Age":           {"300"},
		"Vary":                             {"Origin, Access-Control-Request-Headers, Access-Control-Request-Method"},
	}
	got := c.actual("https://example.com", "GET")
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for name := range want {
		if got.Get(name) != want.Get(name) {
			t.Errorf("%s: got %q", name, got.Get(name))
		}
	}
	everybody := c.actual("https://example.org", "HEAD")
	if everybody.Get("Access-Control-Allow-Origin") != "*" || everybody.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("got %v", everybody)
	}
}
