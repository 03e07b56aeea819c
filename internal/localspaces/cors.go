package localspaces

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// corsRules is a bucket's CORS configuration.
type corsRules struct {
	Rules   []corsRule      `xml:"CORSRule"`
	Unknown *unknownElement `xml:",any"`
}

// corsRule names its elements in the order of Ceph's answer.
type corsRule struct {
	ID            string          `xml:",omitempty"`
	Methods       []string        `xml:"AllowedMethod"`
	Origins       []string        `xml:"AllowedOrigin"`
	Headers       []string        `xml:"AllowedHeader"`
	MaxAge        *int            `xml:"MaxAgeSeconds"` // 0 is told from absent
	ExposeHeaders []string        `xml:"ExposeHeader"`
	Unknown       *unknownElement `xml:",any"`
}

// corsMethods are the methods S3 allows in a rule, in the order in which Ceph
// answers them whatever order they came in (measured, 16.2.15).
var corsMethods = []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodPost}

// parseCORS reads the body of PutBucketCors. The limits are S3's (S3 API
// reference, PutBucketCors, CORSRule); the Spaces documentation gives none. The
// codes are Ceph's, which says InvalidRequest to the 101st rule and MalformedXML
// to everything else.
func parseCORS(document []byte) (*corsRules, error) {
	c := new(corsRules)
	if err := decodeDocument("CORSConfiguration", document, c); err != nil {
		return nil, err
	}
	if len(c.Rules) == 0 {
		return nil, malformedXML("There is no CORSRule.")
	}
	if len(c.Rules) > 100 {
		return nil, invalidRequest("There are %d CORS rules; 100 are allowed.", len(c.Rules))
	}
	for i := range c.Rules {
		if problem := c.Rules[i].problem(); problem != "" {
			return nil, malformedXML("CORSRule %d: %s.", i+1, problem)
		}
		c.Rules[i].reorder()
	}
	return c, nil
}

// problem says what is wrong with the rule, or nothing.
func (r *corsRule) problem() string {
	if len(r.ID) > 255 {
		return "the ID is longer than 255 characters"
	}
	if len(r.Methods) == 0 {
		return "there is no AllowedMethod"
	}
	for _, m := range r.Methods {
		if !slices.Contains(corsMethods, m) {
			return "the AllowedMethod " + strconv.Quote(m) + " is none of " + strings.Join(corsMethods, ", ")
		}
	}
	if len(r.Origins) == 0 || slices.Contains(r.Origins, "") {
		return "an AllowedOrigin is missing or empty"
	}
	for _, pattern := range slices.Concat(r.Origins, r.Headers) {
		if strings.Count(pattern, "*") > 1 {
			return strconv.Quote(pattern) + " has more than one *"
		}
	}
	if r.MaxAge != nil && *r.MaxAge < 0 {
		return "MaxAgeSeconds is negative"
	}
	return ""
}

// reorder puts the lists of the rule into the order of Ceph's answer. Ceph keeps
// methods, origins and headers as sets, and the headers to expose as they came
// (measured, 16.2.15).
func (r *corsRule) reorder() {
	r.Methods = slices.DeleteFunc(slices.Clone(corsMethods), func(m string) bool {
		return !slices.Contains(r.Methods, m)
	})
	for _, set := range []*[]string{&r.Origins, &r.Headers} {
		slices.Sort(*set)
		*set = slices.Compact(*set)
	}
}

// answer is the body of GetBucketCors.
func (c *corsRules) answer() []byte {
	return encodeDocument("CORSConfiguration", c)
}

// preflight answers an OPTIONS request that asks whether origin may use method
// with headers. It says false when no rule allows it.
func (c *corsRules) preflight(origin, method string, headers []string) (http.Header, bool) {
	for i := range c.Rules {
		r := &c.Rules[i]
		if r.fits(origin, method) && r.allowsHeaders(headers) {
			h := r.responseHeader(origin, method)
			if list := joinHeaders(headers); list != "" {
				h.Set("Access-Control-Allow-Headers", list)
			}
			return h, true
		}
	}
	return nil, false
}

// actual gives the headers to add to the answer to a request from origin, or nil
// when no rule fits: the request is answered all the same, and it is the browser
// that then withholds the answer from the page.
func (c *corsRules) actual(origin, method string) http.Header {
	for i := range c.Rules {
		if c.Rules[i].fits(origin, method) {
			return c.Rules[i].responseHeader(origin, method)
		}
	}
	return nil
}

func (r *corsRule) fits(origin, method string) bool {
	return slices.Contains(r.Methods, method) && slices.ContainsFunc(r.Origins, func(pattern string) bool {
		return wildcard(pattern, origin)
	})
}

func (r *corsRule) allowsHeaders(headers []string) bool {
	for _, name := range headers {
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" && !slices.ContainsFunc(r.Headers, func(pattern string) bool {
			return wildcard(strings.ToLower(pattern), name)
		}) {
			return false
		}
	}
	return true
}

// responseHeader makes the headers that a preflight and the request itself have
// in common. The S3 API reference (OPTIONS object) gives the requested method as
// the allowed one. S3 allows credentials unless the rule is for everybody; Ceph
// never does, and its Vary names Origin only.
func (r *corsRule) responseHeader(origin, method string) http.Header {
	h := http.Header{}
	if slices.Contains(r.Origins, "*") {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Allow-Methods", method)
	if list := joinHeaders(r.ExposeHeaders); list != "" {
		h.Set("Access-Control-Expose-Headers", list)
	}
	if r.MaxAge != nil {
		h.Set("Access-Control-Max-Age", strconv.Itoa(*r.MaxAge))
	}
	h.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	return h
}

func joinHeaders(names []string) string {
	var trimmed []string
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			trimmed = append(trimmed, name)
		}
	}
	return strings.Join(trimmed, ", ")
}
