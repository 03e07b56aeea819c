package cdn

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const originForm = "An origin is the host name of a bucket, BUCKET.REGION." + spaces.Domain + ", as spaces_bucket.example.domain_name gives it."

// originRule is what can be said of an origin without the provider's endpoint.
var originRule = tfkit.Rule{
	Title: "Not the origin of a CDN endpoint", Wants: "must be the host name of a bucket, such as BUCKET.nyc3." + spaces.Domain,
	Wrong: func(origin string) string {
		host, _, ported := strings.Cut(origin, ":")
		switch {
		case strings.Contains(origin, "://"):
			return fmt.Sprintf("%q is a URL. %s Leave out what stands before the host, and what follows it.", origin, originForm)
		case strings.Contains(origin, "/"):
			return fmt.Sprintf("%q has a path. %s The whole bucket is served.", origin, originForm)
		case origin != strings.ToLower(origin) || origin != strings.TrimSpace(origin):
			return fmt.Sprintf("%q has capital letters or blanks. %s Use lower and trimspace.", origin, originForm)
		case cdnHost.MatchString(host):
			return fmt.Sprintf("%q is the host name of a CDN endpoint itself. %s Leave out the .cdn part.", origin, originForm)
		case websiteHost.MatchString(host):
			return fmt.Sprintf("%q is the host name of a bucket's website, which the CDN does not serve. %s Leave out -static.", origin, originForm)
		case strings.HasSuffix(host, "."+spaces.Domain):
			if ported {
				return fmt.Sprintf("%q has a port. %s", origin, originForm)
			}
			return wrongHost(origin, spacesItself)
		}
		return ""
	},
}

// Host names that are a bucket's too, and not its own: .nyc3.cdn. and .nyc3-static.
var (
	cdnHost     = regexp.MustCompile(`\.[a-z]+[0-9]+\.cdn\.`)
	websiteHost = regexp.MustCompile(`\.[a-z]+[0-9]+-static\.`)
)

var spacesItself, _ = spaces.ParseEndpoint(spaces.DefaultEndpoint)

// wrongHost says what is wrong with a host name as that of a bucket at an endpoint.
func wrongHost(origin string, at spaces.Endpoint) string {
	for i := range origin {
		if origin[i] != '.' {
			continue
		}
		bucket := origin[:i]
		region, _, _ := strings.Cut(origin[i+1:], ".")
		if bucket == "" || !spaces.RegionShape.MatchString(region) || at.BucketHost(spaces.Location{Region: region, Bucket: bucket}) != origin {
			continue
		}
		if strings.Contains(bucket, ".") {
			return fmt.Sprintf("The bucket %s has a dot in its name, and the CDN cannot serve such a bucket: TLS certificates do not cover its host name. It takes a bucket with dashes in place of the dots.", bucket)
		}
		if wrong := tfkit.BucketRule.Wrong(bucket); wrong != "" {
			return wrong
		}
		return ""
	}
	return fmt.Sprintf("%q is not the host name of a bucket: that is %s.", origin, at.BucketHost(spaces.Location{Region: "REGION", Bucket: "BUCKET"}))
}

// wrongOriginFor checks an origin that is not one of Spaces' own host names
// against those of the provider's endpoint, where that is known.
func wrongOriginFor(cl *spaces.Clients, origin types.String) string {
	host := origin.ValueString()
	if origin.IsUnknown() || originRule.Wrong(host) != "" || strings.HasSuffix(host, "."+spaces.Domain) {
		return "" // what the rule says is said already
	}
	if cl == nil || slices.Contains(cl.Unknown, "endpoint") {
		return ""
	}
	return wrongHost(host, cl.Endpoint)
}

var domainRule = tfkit.Rule{
	Title: "Not a custom domain", Wants: "must be a domain in lower case, such as static.example.com",
	Wrong: func(domain string) string {
		switch {
		case strings.Contains(domain, "/"), strings.Contains(domain, ":"):
			return fmt.Sprintf("%q is not a domain alone: leave out the scheme, the port and the path, as in static.example.com.", domain)
		case strings.Contains(domain, "*"):
			return fmt.Sprintf("%q has a wildcard, and an endpoint serves one domain. Its certificate may have a wildcard.", domain)
		case strings.HasSuffix("."+domain, "."+spaces.Domain):
			return fmt.Sprintf("%q is one of Spaces' own host names. A custom domain is one of yours; without it the endpoint is served at its own host name.", domain)
		case !domainShape.MatchString(domain) || len(domain) > 253:
			return fmt.Sprintf("%q is not a domain such as static.example.com: labels of lower-case letters, digits and dashes with dots between them. Names in other scripts are written in their xn-- form.", domain)
		}
		return ""
	},
}

var domainShape = regexp.MustCompile(`^([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)
