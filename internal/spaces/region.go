package spaces

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Regions are the regions known to have Spaces when this was written (Spaces
// Availability page, October 2026). New ones keep arriving, so this list is
// for looking around, never for refusing a region.
var Regions = []string{
	"ams3", "atl1", "blr1", "fra1", "lon1", "mkc1", "nyc3", "ric1", "sfo2", "sfo3", "sgp1", "syd1", "tor1",
}

// RegionShape is what a region's slug looks like.
var RegionShape = regexp.MustCompile(`^[a-z]{2,8}[0-9]{1,2}$`)

// Domain is where Spaces' host names end.
const Domain = "digitaloceanspaces.com"

// DefaultEndpoint is the address of Spaces itself.
const DefaultEndpoint = "https://{region}." + Domain

// Location is where a bucket is.
type Location struct{ Region, Bucket string }

func (l Location) String() string { return l.Region + "/" + l.Bucket }

// URN is the bucket's name in DigitalOcean's projects. It has no region
// because bucket names are unique across all regions.
func URN(bucket string) string { return "do:space:" + bucket }

// ARN is the bucket's name in bucket policies.
func ARN(bucket string) string { return "arn:aws:s3:::" + bucket }

// Endpoint is the address of a Spaces service, with a place for the region.
type Endpoint struct{ template string }

// ParseEndpoint reads an address such as https://{region}.digitaloceanspaces.com.
// {{.Region}}, the spelling of DigitalOcean's own provider, means {region}.
func ParseEndpoint(address string) (Endpoint, error) {
	e := Endpoint{goTemplate.ReplaceAllString(strings.TrimSuffix(address, "/"), "{region}")}
	u, err := url.Parse(e.URL("nyc3"))
	switch {
	case strings.ContainsAny(e.URL("nyc3"), "{}$"): // Go says no more of it than that it is no URL
		return Endpoint{}, fmt.Errorf("%q has braces or a $ that are not {region}, which is all that is replaced", address)
	case err != nil:
		return Endpoint{}, fmt.Errorf("%q is no URL: %w", address, err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return Endpoint{}, fmt.Errorf("%q has to start with https:// (or http:// for a local server) and name a host, as %s does", address, DefaultEndpoint)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return Endpoint{}, fmt.Errorf("%q has to end after the host: no path, query or user belongs into it", address)
	}
	return e, nil
}

var goTemplate = regexp.MustCompile(`\{\{\s*\.Region\s*\}\}`)

// EndpointOf is the endpoint that a client of one region was made for.
func EndpointOf(c *s3.Client) Endpoint { return Endpoint{aws.ToString(c.Options().BaseEndpoint)} }

// URL is the address of one region.
func (e Endpoint) URL(region string) string {
	return strings.ReplaceAll(e.template, "{region}", strings.ToLower(region))
}

// Check refuses to send a region's requests to another region's address: an
// endpoint without {region} that names a region of Spaces serves only that.
func (e Endpoint) Check(region string) error {
	slug, found := strings.CutSuffix(hostOf(e.template), "."+Domain)
	if found && slug != "{region}" && !strings.EqualFold(slug, region) {
		return fmt.Errorf("the endpoint %s serves the region %s only, not %s; write %s to reach every region", e.template, slug, region, DefaultEndpoint)
	}
	return nil
}

// Regional says whether the endpoint has a place for the region, so that
// one provider block reaches them all.
func (e Endpoint) Regional() bool { return strings.Contains(e.template, "{region}") }

// Host is the host name (and port, where it is not the scheme's own) of a region.
func (e Endpoint) Host(region string) string { return hostOf(e.URL(region)) }

// BucketHost is the host name of a bucket: BUCKET.REGION.digitaloceanspaces.com.
func (e Endpoint) BucketHost(at Location) string {
	return at.Bucket + "." + at.Region + "." + e.domain(at.Region)
}

// CDNHost is the host name of a bucket's CDN endpoint.
func (e Endpoint) CDNHost(at Location) string {
	return at.Bucket + "." + at.Region + ".cdn." + e.domain(at.Region)
}

// WebsiteHost is the host name that serves a bucket as a website.
func (e Endpoint) WebsiteHost(at Location) string {
	return at.Bucket + "." + at.Region + "-static." + e.domain(at.Region)
}

// domain is what follows the region in the endpoint's host names. Where the
// region has no place of its own there, as in http://127.0.0.1:9000, no
// host name can be built on it and Spaces' own domain is named.
func (e Endpoint) domain(region string) string {
	if domain, found := strings.CutPrefix(e.Host(region), strings.ToLower(region)+"."); found {
		return domain
	}
	return Domain
}

func hostOf(address string) string {
	_, host, _ := strings.Cut(address, "://")
	return host
}

// LooksLikeRegion says whether a slug is a known region's, and which known
// ones are alike when it is not known.
func LooksLikeRegion(slug string) (known bool, alike []string) {
	if slices.Contains(Regions, slug) {
		return true, nil
	}
	for _, r := range Regions {
		if strings.TrimRight(r, "0123456789") == strings.TrimRight(slug, "0123456789") {
			alike = append(alike, r)
		}
	}
	return false, alike
}
