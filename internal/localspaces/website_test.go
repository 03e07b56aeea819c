package localspaces

import (
	"strings"
	"testing"
)

func websiteDocument(inner string) []byte {
	return []byte("<WebsiteConfiguration>" + inner + "</WebsiteConfiguration>")
}

const anIndex = "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>"

func routed(rules ...string) string {
	return anIndex + "<RoutingRules><RoutingRule>" + strings.Join(rules, "</RoutingRule><RoutingRule>") + "</RoutingRule></RoutingRules>"
}

func TestParseWebsiteRefuses(t *testing.T) {
	redirect := func(inner string) string { return routed("<Redirect>" + inner + "</Redirect>") }
	for name, tc := range map[string]struct{ inner, code string }{
		"empty":                      {"", "InvalidArgument"},
		"only an error document":     {"<ErrorDocument><Key>e</Key></ErrorDocument>", "InvalidArgument"},
		"empty suffix":               {"<IndexDocument><Suffix/></IndexDocument>", "InvalidArgument"},
		"suffix with a slash":        {"<IndexDocument><Suffix>a/b</Suffix></IndexDocument>", "InvalidArgument"},
		"error document without key": {anIndex + "<ErrorDocument/>", "InvalidArgument"},
		"redirect all and an index":  {anIndex + "<RedirectAllRequestsTo><HostName>h</HostName></RedirectAllRequestsTo>", "MalformedXML"},
		"redirect all to nowhere":    {"<RedirectAllRequestsTo/>", "InvalidArgument"},
		"redirect all by ftp":        {"<RedirectAllRequestsTo><HostName>h</HostName><Protocol>ftp</Protocol></RedirectAllRequestsTo>", "InvalidArgument"},
		"rule without redirect":      {routed(""), "InvalidArgument"},
		"empty redirect":             {redirect(""), "InvalidArgument"},
		"redirect with 200":          {redirect("<HttpRedirectCode>200</HttpRedirectCode>"), "InvalidArgument"},
		"redirect with 300":          {redirect("<HttpRedirectCode>300</HttpRedirectCode>"), "InvalidArgument"},
		"redirect by ftp":            {redirect("<Protocol>ftp</Protocol>"), "InvalidArgument"},
		"two replacements":           {redirect("<ReplaceKeyWith>a</ReplaceKeyWith><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith>"), "InvalidArgument"},
		"condition on success":       {routed("<Condition><HttpErrorCodeReturnedEquals>200</HttpErrorCodeReturnedEquals></Condition><Redirect><ReplaceKeyWith>a</ReplaceKeyWith></Redirect>"), "InvalidArgument"},
		"unknown element":            {anIndex + "<Foo/>", "MalformedXML"},
		"51 rules":                   {routed(strings.Split(strings.Repeat(",<Redirect><ReplaceKeyWith>a</ReplaceKeyWith></Redirect>", 51)[1:], ",")...), "InvalidRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseWebsite(websiteDocument(tc.inner))
			wantRefusal(t, err, tc.code)
		})
	}
}

func parsedWebsite(t *testing.T, inner string) *website {
	t.Helper()
	w, err := parseWebsite(websiteDocument(inner))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWebsiteRoute(t *testing.T) {
	keys := map[string]bool{"index.html": true, "a.html": true, "docs/index.html": true, "both": true, "both/index.html": true, "ü/index.html": true, "/evil/index.html": true}
	exists := func(key string) bool { return keys[key] }
	rules := routed(
		"<Condition><KeyPrefixEquals>old/</KeyPrefixEquals></Condition><Redirect><ReplaceKeyPrefixWith>new dir/</ReplaceKeyPrefixWith></Redirect>",
		"<Condition><KeyPrefixEquals>away</KeyPrefixEquals></Condition><Redirect><HostName>example.com</HostName><HttpRedirectCode>307</HttpRedirectCode></Redirect>",
		"<Condition><KeyPrefixEquals>tls</KeyPrefixEquals></Condition><Redirect><Protocol>https</Protocol></Redirect>",
		"<Condition><KeyPrefixEquals>one</KeyPrefixEquals></Condition><Redirect><Protocol>http</Protocol><HostName>example.com</HostName><ReplaceKeyWith>page</ReplaceKeyWith></Redirect>",
		"<Condition><KeyPrefixEquals>gone</KeyPrefixEquals><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals></Condition><Redirect><ReplaceKeyWith>page</ReplaceKeyWith></Redirect>",
	)
	for name, tc := range map[string]struct {
		site, path string
		want       websiteAnswer
	}{
		"root":                      {anIndex, "/", websiteAnswer{200, "", "index.html"}},
		"empty path":                {anIndex, "", websiteAnswer{200, "", "index.html"}},
		"object":                    {anIndex, "/a.html", websiteAnswer{200, "", "a.html"}},
		"folder":                    {anIndex, "/docs/", websiteAnswer{200, "", "docs/index.html"}},
		"folder without the slash":  {anIndex, "/docs", websiteAnswer{302, "/docs/", ""}},
		"object and folder":         {anIndex, "/both", websiteAnswer{200, "", "both"}},
		"location is escaped":       {anIndex, "/ü", websiteAnswer{302, "/%C3%BC/", ""}},
		"location stays here":       {anIndex, "//evil", websiteAnswer{302, "/%2Fevil/", ""}},
		"nothing":                   {anIndex, "/b.html", websiteAnswer{404, "", ""}},
		"folder without an index":   {anIndex, "/b/", websiteAnswer{404, "", ""}},
		"rule: prefix":              {rules, "/old/a/b", websiteAnswer{301, "/new%20dir/a/b", ""}},
		"rule: host":                {rules, "/away/a", websiteAnswer{307, "//example.com/away/a", ""}},
		"rule: protocol":            {rules, "/tls", websiteAnswer{301, "https:///tls", ""}},
		"rule: key":                 {rules, "/one/two", websiteAnswer{301, "http://example.com/page", ""}},
		"rule: for errors":          {rules, "/gone", websiteAnswer{404, "", ""}},
		"rule without a condition":  {routed("<Redirect><HostName>h</HostName></Redirect>"), "/a.html", websiteAnswer{301, "//h/a.html", ""}},
		"redirect all":              {"<RedirectAllRequestsTo><HostName>h</HostName></RedirectAllRequestsTo>", "/a b", websiteAnswer{301, "//h/a%20b", ""}},
		"redirect all, by protocol": {"<RedirectAllRequestsTo><HostName>h</HostName><Protocol>https</Protocol></RedirectAllRequestsTo>", "/", websiteAnswer{301, "https://h/", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parsedWebsite(t, tc.site).route(tc.path, exists); got != tc.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestWebsiteRouteError(t *testing.T) {
	plain := routed("<Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals><KeyPrefixEquals>img/</KeyPrefixEquals></Condition>"+
		"<Redirect><ReplaceKeyPrefixWith>missing/</ReplaceKeyPrefixWith><HttpRedirectCode>302</HttpRedirectCode></Redirect>",
		"<Condition><KeyPrefixEquals>b</KeyPrefixEquals></Condition><Redirect><ReplaceKeyWith>a</ReplaceKeyWith></Redirect>")
	withPage := strings.Replace(plain, anIndex, anIndex+"<ErrorDocument><Key>error.html</Key></ErrorDocument>", 1)
	for name, tc := range map[string]struct {
		site, path string
		status     int
		want       websiteAnswer
	}{
		"rule":                     {plain, "/img/a", 404, websiteAnswer{302, "/missing/a", ""}},
		"rule for another code":    {plain, "/img/a", 403, websiteAnswer{403, "", ""}},
		"rule for another prefix":  {plain, "/a", 404, websiteAnswer{404, "", ""}},
		"rule before the page":     {withPage, "/img/a", 404, websiteAnswer{302, "/missing/a", ""}},
		"page":                     {withPage, "/a", 404, websiteAnswer{404, "", "error.html"}},
		"page for forbidden":       {withPage, "/img/a", 403, websiteAnswer{403, "", "error.html"}},
		"no page for server fault": {withPage, "/a", 503, websiteAnswer{503, "", ""}},
		"rules for no error":       {withPage, "/b", 404, websiteAnswer{404, "", "error.html"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parsedWebsite(t, tc.site).routeError(tc.path, tc.status); got != tc.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}
