package localspaces

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// cdnEndpoint is one as the API shows it.
type cdnEndpoint struct {
	ID            string `json:"id"`
	Origin        string `json:"origin"`
	Endpoint      string `json:"endpoint"`
	CreatedAt     string `json:"created_at"`
	TTL           int    `json:"ttl"`
	CertificateID string `json:"certificate_id,omitempty"`
	CustomDomain  string `json:"custom_domain,omitempty"`
}

// cdnSettings are what an endpoint can be made with, or changed to.
type cdnSettings struct {
	Origin        string
	TTL           *int    `json:"ttl"`
	CertificateID *string `json:"certificate_id"`
	CustomDomain  *string `json:"custom_domain"`
}

const defaultTTL = 3600

var ttls = []int{60, 600, defaultTTL, 86400, 604800}

// cloudflareCertificate stands for a certificate that DigitalOcean gets itself.
const cloudflareCertificate = "needs-cloudflare-cert"

// set sets what in has, or refuses what would come of it.
func (e *cdnEndpoint) set(in cdnSettings, next *apiState, s *Server) error {
	if in.TTL != nil {
		e.TTL = *in.TTL
	}
	if in.CertificateID != nil {
		e.CertificateID = *in.CertificateID
	}
	if in.CustomDomain != nil {
		e.CustomDomain = *in.CustomDomain
	}
	switch {
	case !slices.Contains(ttls, e.TTL):
		return unprocessable("The ttl is %d; it has to be 60, 600, 3600, 86400 or 604800.", e.TTL)
	case e.CustomDomain == "" && e.CertificateID == "":
		return nil
	case e.CustomDomain == "":
		return unprocessable("A certificate_id needs a custom_domain.")
	case e.CertificateID == "":
		return unprocessable("A custom_domain needs a certificate_id.")
	case !dnsName.MatchString(e.CustomDomain):
		return unprocessable("The custom_domain %q is not the name of a host.", e.CustomDomain)
	case e.CertificateID == cloudflareCertificate || in.CertificateID == nil:
		return nil
	}
	ct := next.certificate(e.CertificateID)
	if ct == nil {
		return unprocessable("There is no certificate %q.", e.CertificateID)
	}
	if state := ct.state(s.opt.Now()); state != "verified" {
		return unprocessable("The state of certificate %s is %s.", ct.ID, state)
	}
	return nil
}

// origin is the bucket that an endpoint's origin names, or nothing. The port of
// a local server may go with it.
func (s *Server) origin(name string) (bucket, region string) {
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	labels, ok := s.labels(name)
	bucket, region, _ = strings.Cut(labels, ".")
	if !ok || !s.serves(region) {
		return "", ""
	}
	return bucket, region
}

// cdnHost is the host that serves the bucket at origin, with the port that
// origin has, which has to be that of c.
func (s *Server) cdnHost(c *call, origin string) (string, error) {
	bucket, region := s.origin(origin)
	_, port, err := net.SplitHostPort(origin)
	if region == "" || err == nil && !strings.HasSuffix(c.r.Host, ":"+port) {
		return "", unprocessable("The origin %q is not BUCKET.REGION.%s, with a bucket that has no dots.", origin, s.opt.Domain)
	}
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	if b := s.store.buckets[bucket]; b == nil || b.Region != region {
		return "", unprocessable("There is no bucket %q in region %s to be the origin.", bucket, region)
	}
	return bucket + "." + region + ".cdn" + strings.TrimPrefix(origin, bucket+"."+region), nil
}

func (s *Server) createCDNEndpoint(c *call) error {
	var in cdnSettings
	if err := c.readJSON(&in); err != nil {
		return err
	}
	host, err := s.cdnHost(c, in.Origin)
	if err != nil {
		return err
	}
	made := cdnEndpoint{ID: newUUID(), Origin: in.Origin, Endpoint: host, CreatedAt: apiTime(s.opt.Now()), TTL: defaultTTL}
	err = s.changeAPI(func(next *apiState) error {
		if slices.ContainsFunc(next.Endpoints, func(e cdnEndpoint) bool { return s.sameBucket(e.Origin, in.Origin) }) {
			return failure(http.StatusConflict, "conflict", "cdn already enabled")
		}
		if err := made.set(in, next, s); err != nil {
			return err
		}
		next.Endpoints = append(next.Endpoints, made)
		return nil
	})
	if err != nil {
		return err
	}
	return c.answerJSON(http.StatusCreated, "endpoint", made)
}

func (s *Server) sameBucket(one, other string) bool {
	bucket, region := s.origin(one)
	b, r := s.origin(other)
	return b == bucket && r == region
}

// endpoint is the one of that ID, or nil.
func (st apiState) endpoint(id string) *cdnEndpoint {
	i := slices.IndexFunc(st.Endpoints, func(e cdnEndpoint) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &st.Endpoints[i]
}

func (s *Server) getCDNEndpoint(c *call) error {
	e := s.apiState().endpoint(c.at.Key)
	if e == nil {
		return notFound("CDN endpoint", c.at.Key)
	}
	return c.answerJSON(http.StatusOK, "endpoint", e)
}

func (s *Server) listCDNEndpoints(c *call) error {
	return answerPage(c, "endpoints", s.apiState().Endpoints)
}

// updateCDNEndpoint leaves what is absent as it is. An origin is not heeded.
func (s *Server) updateCDNEndpoint(c *call) error {
	var in cdnSettings
	if err := c.readJSON(&in); err != nil {
		return err
	}
	var changed cdnEndpoint
	err := s.changeAPI(func(next *apiState) error {
		e := next.endpoint(c.at.Key)
		if e == nil {
			return notFound("CDN endpoint", c.at.Key)
		}
		if err := e.set(in, next, s); err != nil {
			return err
		}
		changed = *e
		return nil
	})
	if err != nil {
		return err
	}
	return c.answerJSON(http.StatusOK, "endpoint", changed)
}

func (s *Server) deleteCDNEndpoint(c *call) error {
	err := s.changeAPI(func(next *apiState) error {
		if next.endpoint(c.at.Key) == nil {
			return notFound("CDN endpoint", c.at.Key)
		}
		next.Endpoints = slices.DeleteFunc(next.Endpoints, func(e cdnEndpoint) bool { return e.ID == c.at.Key })
		return nil
	})
	if err != nil {
		return err
	}
	s.edge.forget(c.at.Key)
	return c.noContent()
}

func (s *Server) purgeCDNCache(c *call) error {
	var in struct{ Files []string }
	if err := c.readJSON(&in); err != nil {
		return err
	}
	if s.apiState().endpoint(c.at.Key) == nil {
		return notFound("CDN endpoint", c.at.Key)
	}
	if len(in.Files) == 0 {
		return unprocessable("files has to name what is purged.")
	}
	for _, file := range in.Files {
		if !purgeable(file) {
			return unprocessable("%q in files is neither a path nor DIRECTORY/* nor *.", file)
		}
	}
	p := Purge{c.at.Key, in.Files}
	end, ok := s.edge.begin(p)
	if !ok {
		return failure(http.StatusConflict, "conflict", "The same purge is running.")
	}
	defer end()
	if err := s.spend(c, "purged paths", len(in.Files), purgePaths, purgeWindow); err != nil {
		return err
	}
	if s.opt.PurgeTime > 0 && !pause(c.r.Context(), s.opt.PurgeTime) {
		return failure(http.StatusServiceUnavailable, "service_unavailable", "The purge was given up.")
	}
	s.edge.purge(p)
	return c.noContent()
}
