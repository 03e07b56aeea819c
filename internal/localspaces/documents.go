package localspaces

import (
	"net/http"
)

// documents are what a bucket has one of each, by the query word that names
// it. All are stored as the bytes they are answered with.
var documents = map[string]struct {
	// parse reads what was put and says what to store; nil for nothing.
	parse func(s *Server, c *call, b *bucket, body []byte) ([]byte, error)

	missing string        // the error code for a bucket that has none
	empty   func() []byte // or the answer
}{
	"acl":        {parse: readACL, empty: func() []byte { return acl{}.answer(ownerID) }},
	"cors":       {parse: readCORS, missing: "NoSuchCORSConfiguration"},
	"lifecycle":  {parse: readLifecycle, missing: "NoSuchLifecycleConfiguration"},
	"logging":    {parse: readLogging, empty: (*logging)(nil).answer},
	"policy":     {parse: readPolicy, missing: "NoSuchBucketPolicy"},
	"versioning": {parse: readVersioning, empty: func() []byte { return versioningAnswer("") }},
	"website":    {parse: readWebsite, missing: "NoSuchWebsiteConfiguration"},
}

// documentOf is the document that c is about, or "".
func documentOf(c *call) string {
	for name := range documents {
		if c.query.Has(name) && c.at.Key == "" {
			return name
		}
	}
	return ""
}

func (s *Server) putDocument(c *call) error {
	body, err := s.document(c)
	if err != nil {
		return err
	}
	name := documentOf(c)
	err = s.store.write(c, func(b *bucket) error {
		content, err := documents[name].parse(s, c, b, body)
		if err != nil {
			return err
		}
		return s.store.setDocument(b, name, content)
	})
	if err != nil {
		return err
	}
	if name == "policy" {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

func (s *Server) getDocument(c *call) error {
	b, _, err := s.look(c, "")
	if err != nil {
		return err
	}
	name := documentOf(c)
	content := b.Documents[name]
	switch d := documents[name]; {
	case content != nil:
	case d.missing != "":
		return failure(http.StatusNotFound, d.missing, "The bucket %q has no %s configuration.", b.Name, name)
	default:
		content = d.empty()
	}
	if name == "policy" {
		c.w.Header().Set("Content-Type", "application/json")
	} else {
		c.w.Header().Set("Content-Type", "application/xml")
	}
	_, err = c.w.Write(content)
	return err
}

func (s *Server) deleteDocument(c *call) error {
	err := s.store.write(c, func(b *bucket) error {
		return s.store.setDocument(b, documentOf(c), nil)
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func readACL(_ *Server, c *call, _ *bucket, body []byte) ([]byte, error) {
	a, err := requestACL(c.r.Header, body)
	return a.answer(ownerID), err
}

// requestACL reads the ACL that a request sets: by x-amz-acl, or by body.
func requestACL(h http.Header, body []byte) (acl, error) {
	if canned := h.Get("x-amz-acl"); canned != "" || len(body) == 0 {
		if canned == "" {
			return acl{}, failure(http.StatusBadRequest, "MissingSecurityHeader", "There is neither x-amz-acl nor a body.")
		}
		if len(body) > 0 {
			return acl{}, failure(http.StatusBadRequest, "UnexpectedContent", "There are both x-amz-acl and a body.")
		}
		return cannedACL(canned)
	}
	return parseACL(body)
}

func readCORS(_ *Server, _ *call, _ *bucket, body []byte) ([]byte, error) {
	rules, err := parseCORS(body)
	if err != nil {
		return nil, err
	}
	return rules.answer(), nil
}

func readLifecycle(_ *Server, _ *call, _ *bucket, body []byte) ([]byte, error) {
	l, err := parseLifecycle(body)
	if err != nil {
		return nil, err
	}
	return l.answer(), nil
}

// readLogging stores nothing to switch logging off.
func readLogging(s *Server, _ *call, b *bucket, body []byte) ([]byte, error) {
	l, err := parseLogging(b.Name, body)
	if err != nil || l == nil {
		return nil, err
	}
	if target := s.store.buckets[l.TargetBucket]; target == nil || target.Region != b.Region {
		return nil, failure(http.StatusBadRequest, "InvalidTargetBucketForLogging",
			"There is no bucket %q in region %s to deliver logs to.", l.TargetBucket, b.Region)
	}
	return l.answer(), nil
}

// readPolicy refuses a policy where a limited key has a grant, since Spaces
// documents that the two exclude each other, though not with what error.
func readPolicy(s *Server, _ *call, b *bucket, body []byte) ([]byte, error) {
	if _, err := parsePolicy(b.Name, body); err != nil {
		return nil, err
	}
	if k := s.keys.limitedTo(b.Name); k != nil {
		return nil, accessDenied("The limited key %s can reach the bucket %q. Such a bucket cannot have a policy.", k.accessKey, b.Name)
	}
	return body, nil
}

func readVersioning(_ *Server, _ *call, _ *bucket, body []byte) ([]byte, error) {
	status, err := parseVersioning(body)
	if err != nil {
		return nil, err
	}
	return versioningAnswer(status), nil
}

func readWebsite(_ *Server, _ *call, _ *bucket, body []byte) ([]byte, error) {
	if _, err := parseWebsite(body); err != nil {
		return nil, err
	}
	return body, nil
}
