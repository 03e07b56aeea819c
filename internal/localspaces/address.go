package localspaces

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// realDomain is Spaces' own. A client that dials this server for it is served
// as under Options.Domain.
const realDomain = "digitaloceanspaces.com"

// address is what a request's host and path point at. Without a bucket it is
// the service, without a key the bucket.
type address struct {
	Region, Bucket, Key string
	Website             bool         // by the -static host
	CDN                 bool         // by the .cdn host or a custom domain
	endpoint            *cdnEndpoint // which that host belongs to, or nil
	API                 bool         // DigitalOcean's; Key is then the ID of what it is about
}

// locate reads the address of r: BUCKET.REGION.DOMAIN/KEY,
// REGION.DOMAIN/BUCKET/KEY, BUCKET.REGION-static.DOMAIN/KEY, or
// HOST/BUCKET/KEY with the region of the signature's scope. The CDN is at
// BUCKET.REGION.cdn.DOMAIN/KEY and at the custom domains of its endpoints.
// DigitalOcean's API is HOST/v2/ or api.DOMAIN/v2/; no bucket can have so short
// a name.
//
// A key is taken as it was sent. Nothing here cleans a path: "a//b", "../c"
// and "/d" are keys like any other.
func (s *Server) locate(r *http.Request) (address, error) {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	path := strings.TrimPrefix(r.URL.Path, "/")

	labels, ok := s.labels(host)
	if at, found := s.locateCDN(host, labels); found {
		at.Key = path
		return at, nil
	}
	if strings.HasPrefix(r.URL.Path, "/v2/") && (!ok || host == "api."+s.opt.Domain) {
		return address{API: true}, nil
	}
	if !ok {
		at := pathStyle(path)
		at.Region = s.opt.Regions[0]
		if scope := scopeRegion(r); s.serves(scope) {
			at.Region = scope
		}
		return at, nil
	}

	bucket, region, found := cutLast(labels, ".")
	if !found {
		bucket, region = "", labels
	}
	region, website := strings.CutSuffix(region, "-static")
	if !s.serves(region) {
		return address{}, invalidRequest("The host %s names a region, %q, that is not served here. Served are: %s.",
			r.Host, region, strings.Join(s.opt.Regions, ", "))
	}
	at := address{Region: region, Bucket: bucket, Key: path, Website: website}
	if bucket == "" {
		at = pathStyle(path)
		at.Region, at.Website = region, website
	}
	return at, nil
}

// locateCDN is what a host of the CDN serves.
func (s *Server) locateCDN(host, labels string) (at address, found bool) {
	bucket, region, _ := cutLast(strings.TrimSuffix(labels, ".cdn"), ".")
	own := strings.HasSuffix(labels, ".cdn")
	for _, e := range s.apiState().Endpoints {
		b, r := s.origin(e.Origin)
		if own && b == bucket && r == region || host != "" && strings.EqualFold(e.CustomDomain, host) {
			return address{Region: r, Bucket: b, CDN: true, endpoint: &e}, true
		}
	}
	return address{Region: region, Bucket: bucket, CDN: true}, own
}

// cutLast slices s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// labels is what stands before the domain in host, if it is one of ours.
func (s *Server) labels(host string) (string, bool) {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return "", false
	}
	for _, domain := range []string{s.opt.Domain, realDomain} {
		if labels, ok := strings.CutSuffix(host, "."+domain); ok {
			return labels, true
		}
	}
	return "", false
}

func pathStyle(path string) address {
	bucket, key, _ := strings.Cut(path, "/")
	return address{Bucket: bucket, Key: key}
}

func (s *Server) serves(region string) bool {
	return slices.Contains(s.opt.Regions, region)
}
