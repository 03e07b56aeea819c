package localspaces

import (
	"strconv"
	"strings"
)

// website is a bucket's website configuration. Spaces documents that there is
// one, but neither its body nor its limits; this is S3's (S3 API reference,
// PutBucketWebsite).
type website struct {
	IndexDocument         *indexDocument
	ErrorDocument         *errorDocument
	RedirectAllRequestsTo *redirectAll
	RoutingRules          *routingRules
	Unknown               *unknownElement `xml:",any"`
}

type indexDocument struct {
	Suffix  string
	Unknown *unknownElement `xml:",any"`
}

type errorDocument struct {
	Key     string
	Unknown *unknownElement `xml:",any"`
}

type redirectAll struct {
	HostName string
	Protocol string
	Unknown  *unknownElement `xml:",any"`
}

type routingRules struct {
	Rules   []routingRule   `xml:"RoutingRule"`
	Unknown *unknownElement `xml:",any"`
}

type routingRule struct {
	Condition *routingCondition
	Redirect  *websiteRedirect
	Unknown   *unknownElement `xml:",any"`
}

// routingCondition holds for a request that fits all of it; one that says nothing
// holds for every request.
type routingCondition struct {
	KeyPrefixEquals             string
	HTTPErrorCodeReturnedEquals string          `xml:"HttpErrorCodeReturnedEquals"`
	Unknown                     *unknownElement `xml:",any"`
}

type websiteRedirect struct {
	HostName             string
	Protocol             string
	HTTPRedirectCode     string `xml:"HttpRedirectCode"`
	ReplaceKeyPrefixWith *string
	ReplaceKeyWith       *string
	Unknown              *unknownElement `xml:",any"`
}

// parseWebsite reads the body of PutBucketWebsite. What Ceph refuses gets Ceph's
// code, InvalidArgument mostly (measured, 16.2.15); the rest is refused as S3
// does, where Ceph would store it: a suffix with a slash, an unknown protocol, a
// redirect of everything with anything beside it, a rule without a redirect.
func parseWebsite(document []byte) (*website, error) {
	w := new(website)
	if err := decodeDocument("WebsiteConfiguration", document, w); err != nil {
		return nil, err
	}
	if all := w.RedirectAllRequestsTo; all != nil {
		if w.IndexDocument != nil || w.ErrorDocument != nil || w.RoutingRules != nil {
			return nil, malformedXML("RedirectAllRequestsTo does not go with anything else.")
		}
		if all.HostName == "" || !knownProtocol(all.Protocol) {
			return nil, invalidArgument("RedirectAllRequestsTo needs a HostName, and its Protocol is http or https.")
		}
		return w, nil
	}
	if w.IndexDocument == nil {
		return nil, invalidArgument("There is neither an IndexDocument nor RedirectAllRequestsTo.")
	}
	if s := w.IndexDocument.Suffix; s == "" || strings.Contains(s, "/") {
		return nil, invalidArgument("The Suffix of the IndexDocument, %q, is empty or has a slash.", s)
	}
	if w.ErrorDocument != nil && w.ErrorDocument.Key == "" {
		return nil, invalidArgument("The Key of the ErrorDocument is empty.")
	}
	if err := w.checkRules(); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *website) checkRules() error {
	rules := w.rules()
	if len(rules) > 50 {
		return invalidRequest("%d routing rules provided, the number of routing rules in a website configuration is limited to 50.", len(rules))
	}
	for i, rule := range rules {
		if problem := rule.problem(); problem != "" {
			return invalidArgument("RoutingRule %d: %s.", i+1, problem)
		}
	}
	return nil
}

func (w *website) rules() []routingRule {
	if w.RoutingRules == nil {
		return nil
	}
	return w.RoutingRules.Rules
}

// problem says what is wrong with the rule, or nothing.
func (r routingRule) problem() string {
	d := r.Redirect
	switch {
	case d == nil, d.HostName == "" && d.Protocol == "" && d.HTTPRedirectCode == "" &&
		d.ReplaceKeyPrefixWith == nil && d.ReplaceKeyWith == nil:
		return "there is no Redirect, or nothing in it"
	case d.ReplaceKeyPrefixWith != nil && d.ReplaceKeyWith != nil:
		return "ReplaceKeyPrefixWith and ReplaceKeyWith do not go together"
	case !knownProtocol(d.Protocol):
		return "the Protocol is neither http nor https"
	case d.HTTPRedirectCode != "" && !statusBetween(d.HTTPRedirectCode, 301, 399):
		return "the HttpRedirectCode is not a 3XX code other than 300"
	case r.Condition != nil && r.Condition.HTTPErrorCodeReturnedEquals != "" &&
		!statusBetween(r.Condition.HTTPErrorCodeReturnedEquals, 400, 599):
		return "the HttpErrorCodeReturnedEquals is not a 4XX or 5XX code"
	}
	return ""
}

func knownProtocol(p string) bool { return p == "" || p == "http" || p == "https" }

func statusBetween(code string, low, high int) bool {
	n, err := strconv.Atoi(code)
	return err == nil && low <= n && n <= high
}
