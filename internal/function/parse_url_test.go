package function_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestParseURL(t *testing.T) {
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"region": tftypes.String, "bucket": tftypes.String, "key": tftypes.String, "kind": tftypes.String,
	}}
	const (
		signature4 = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-Signature=deadbeef"
		signature2 = "?AWSAccessKeyId=DO00&Signature=deadbeef&Expires=1"
	)
	for url, want := range map[string]string{
		"https://nyc3.digitaloceanspaces.com/photos/a/b.jpg":                "nyc3 photos a/b.jpg path",
		"https://nyc3.digitaloceanspaces.com/photos":                        "nyc3 photos <null> path",
		"https://nyc3.digitaloceanspaces.com/photos/":                       "nyc3 photos <null> path",
		"https://nyc3.digitaloceanspaces.com/photos//a":                     "nyc3 photos /a path",
		"nyc3.digitaloceanspaces.com/photos/a":                              "nyc3 photos a path",
		"https://photos.nyc3.digitaloceanspaces.com/a/b.jpg":                "nyc3 photos a/b.jpg virtual_host",
		"https://photos.nyc3.digitaloceanspaces.com":                        "nyc3 photos <null> virtual_host",
		"photos.nyc3.digitaloceanspaces.com/":                               "nyc3 photos <null> virtual_host",
		"HTTPS://Photos.NYC3.DigitalOceanSpaces.com:443/A":                  "nyc3 photos A virtual_host",
		"http://photos.nyc3.digitaloceanspaces.com:80/a":                    "nyc3 photos a virtual_host",
		"https://www.example.com.ams3.digitaloceanspaces.com/a":             "ams3 www.example.com a virtual_host",
		"https://photos.nyc3.digitaloceanspaces.com/a%20b%2Fc%25+d%C3%BC":   "nyc3 photos a b/c%+dü virtual_host",
		"https://photos.nyc3.digitaloceanspaces.com/a?versionId=1#top":      "nyc3 photos a virtual_host",
		"https://photos.nyc3.digitaloceanspaces.com/a#?Signature=1":         "nyc3 photos a virtual_host",
		"https://photos.nyc3.digitaloceanspaces.com/a?response-x=Signature": "nyc3 photos a virtual_host",
		"https://photos.nyc3.cdn.digitaloceanspaces.com/a":                  "nyc3 photos a cdn",
		"https://photos.nyc3-static.digitaloceanspaces.com/":                "nyc3 photos <null> website",
		"http://photos.nyc3-static.digitaloceanspaces.com/a/":               "nyc3 photos a/ website",
		"s3://photos/a%20b?c#d":                                             "<null> photos a%20b?c#d s3",
		"S3://photos":                                                       "<null> photos <null> s3",
		"s3://photos/":                                                      "<null> photos <null> s3",
		"https://nyc3.digitaloceanspaces.com":                               "nyc3 <null> <null> endpoint",
		"nyc3.digitaloceanspaces.com/":                                      "nyc3 <null> <null> endpoint",
		"https://new1.digitaloceanspaces.com":                               "new1 <null> <null> endpoint",
		"https://photos.nyc3.digitaloceanspaces.com/a" + signature4:         "nyc3 photos a presigned",
		"https://nyc3.digitaloceanspaces.com/photos/a%2B" + signature2:      "nyc3 photos a+ presigned",
		"https://photos.nyc3.cdn.digitaloceanspaces.com/a" + signature4:     "nyc3 photos a presigned",

		"":                                                 `!"" has the host "", which is not one of Spaces`,
		"photos":                                           `!"photos" has the host "photos", which is not one of Spaces: they end with .digitaloceanspaces.com`,
		"nyc3/photos/a":                                    `!"nyc3/photos/a" has the host "nyc3"`,
		"https://cdn.example.com/a":                        "!A CDN's own domain does not say which bucket is behind it",
		"https://photos.s3.amazonaws.com/a":                "!not one of Spaces",
		"https://evildigitaloceanspaces.com/a/b":           "!not one of Spaces",
		"https://digitaloceanspaces.com/a":                 `!"digitaloceanspaces.com", which has no form that Spaces uses: REGION.digitaloceanspaces.com, BUCKET.REGION.`,
		"https://nyc.digitaloceanspaces.com/a":             "!a region is a few letters and a number",
		"https://nyc3.cdn.digitaloceanspaces.com/a":        "!which has no form that Spaces uses",
		"https://nyc3-static.digitaloceanspaces.com/a":     "!which has no form that Spaces uses",
		"https://u:p@photos.nyc3.digitaloceanspaces.com/":  "!cannot be a bucket's name",
		"https://photos.nyc3.digitaloceanspaces.com:8443/": "!not one of Spaces",
		"ftp://photos.nyc3.digitaloceanspaces.com/a":       "!begins with ftp://, and URLs of Spaces begin with https:// or s3://",
		"https://nyc3.digitaloceanspaces.com//a":           "!names no bucket before the key",
		"https://nyc3.digitaloceanspaces.com/Photos/a":     `!"Photos" cannot be a bucket's name`,
		"s3:///a":                              `!names no bucket of Spaces as s3://BUCKET/KEY does`,
		"s3://nyc3.digitaloceanspaces.com:443": "!cannot be a bucket's name",
		"https://photos.nyc3.digitaloceanspaces.com/100%": "!Write %25 for a percent sign",
		"https://photos.nyc3.digitaloceanspaces.com/%FF":  "!is not UTF-8",
		"https://photos.nyc3.digitaloceanspaces.com/a\nb": "!it has a line break",
		"https://example.com/a" + signature4:              "!not one of Spaces",
	} {
		t.Run(url, func(t *testing.T) {
			value, fails := call(t, "parse_url", object, text(url))
			if part, found := strings.CutPrefix(want, "!"); found {
				if !strings.HasPrefix(fails, "0: ") || !strings.Contains(fails, part) {
					t.Errorf("it fails with %q, and wanted is %q", fails, part)
				}
				if strings.Contains(fails, "deadbeef") {
					t.Errorf("the signature is shown: %s", fails)
				}
				return
			}
			if fails != "" {
				t.Fatal(fails)
			}
			var got map[string]tftypes.Value
			if err := value.As(&got); err != nil {
				t.Fatal(err)
			}
			all := strings.Join([]string{read(t, got["region"]), read(t, got["bucket"]), read(t, got["key"]), read(t, got["kind"])}, " ")
			if all != want {
				t.Errorf("%s, and wanted is %s", all, want)
			}
		})
	}
}
