package apicheck

import (
	"fmt"
	"regexp"
)

// exception is a value that is no deviation although a description excludes it.
type exception struct {
	format string // of the description, such as uuid
	value  *regexp.Regexp
	why    string
}

// exceptions are all that are made, and only from descriptions that are not
// ours: ours has these values.
var exceptions = []exception{
	{
		"uuid", regexp.MustCompile(`^needs-cloudflare-cert$`),
		"a CDN endpoint's certificate_id, for a certificate that DigitalOcean gets itself: the API answers it, and takes it",
	},
	{
		"uuid", regexp.MustCompile(`^$`),
		"a CDN endpoint's certificate_id: godo always sends it with custom_domain, and takes both away so",
	},
	{
		"hostname", regexp.MustCompile(`^$`),
		"a CDN endpoint's custom_domain, as above",
	},
	{
		"hostname", regexp.MustCompile(`^[a-z0-9.-]+\.localhost:[0-9]+$`),
		"origin and endpoint: a local server is on a port, which is part of the host names of its buckets",
	},
}

// taken are the problems of requests that no client should send, and that the
// local Spaces takes all the same, as the real API may. They count in Strict.
var taken = []struct{ method, problem, why string }{
	{
		"PUT", "/grants: Value is not nullable",
		"what godo sends for no grants, and may take them all from a key: a test shows that",
	},
}

// formats are what OpenAPI names and kin-openapi does not check by itself.
var formats = map[string]*regexp.Regexp{
	"uuid":     regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
	"hostname": regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`),
	"uri":      regexp.MustCompile(`^https?://[^ ]+$`),
}

// checkFormat checks a value, with the exceptions to be made.
func checkFormat(format string, except []exception) func(value string) error {
	return func(value string) error {
		if formats[format].MatchString(value) {
			return nil
		}
		for _, e := range except {
			if e.format == format && e.value.MatchString(value) {
				return nil
			}
		}
		return fmt.Errorf("it is no %s", format)
	}
}
