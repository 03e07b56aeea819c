package function_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestTexts(t *testing.T) {
	for _, test := range []struct {
		function  string
		arguments []string
		want      string
		fails     string // position: a part of the error
	}{
		{"bucket_arn", []string{"photos"}, "arn:aws:s3:::photos", ""},
		{"bucket_arn", []string{"photos", "*"}, "arn:aws:s3:::photos/*", ""},
		{"bucket_arn", []string{"photos", "a/b", "c d", "ü?.jpg"}, "arn:aws:s3:::photos/a/b/c d/ü?.jpg", ""},
		{"bucket_arn", []string{"www.example.com", "*"}, "arn:aws:s3:::www.example.com/*", ""},
		{"bucket_arn", []string{"photos", "a", ""}, "", `2: "" is no part of a path`},
		{"bucket_arn", []string{"arn:aws:s3:::photos"}, "", `0: "arn:aws:s3:::photos" cannot be a bucket's name: these have 3 to 63 characters`},
		{"bucket_arn", []string{""}, "", `0: "" cannot be a bucket's name`},

		{"bucket_urn", []string{"photos"}, "do:space:photos", ""},
		{"bucket_urn", []string{"Photos"}, "", `0: "Photos" cannot be a bucket's name`},

		{"bucket_host", []string{"nyc3", "photos"}, "photos.nyc3.digitaloceanspaces.com", ""},
		{"bucket_host", []string{"NYC3", "photos"}, "photos.nyc3.digitaloceanspaces.com", ""},
		{"bucket_host", []string{"new1", "photos"}, "photos.new1.digitaloceanspaces.com", ""},
		{"bucket_host", []string{"nyc", "photos"}, "", `0: "nyc" has not the shape of a region's slug`},
		{"bucket_host", []string{"photos", "nyc3"}, "", `0: "photos" has not the shape`},
		{"bucket_host", []string{"nyc3", "photos/cat.jpg"}, "", `1: "photos/cat.jpg" cannot be a bucket's name`},
		{"cdn_host", []string{"Ams3", "photos"}, "photos.ams3.cdn.digitaloceanspaces.com", ""},
		{"cdn_host", []string{"", "photos"}, "", `0: "" has not the shape`},
		{"website_host", []string{"FRA1", "photos"}, "photos.fra1-static.digitaloceanspaces.com", ""},
		{"website_host", []string{"fra1", "ab"}, "", `1: "ab" cannot be a bucket's name`},

		{"content_type", []string{"site/index.html"}, "text/html; charset=utf-8", ""},
		{"content_type", []string{"A.JPG"}, "image/jpeg", ""},
		{"content_type", []string{"a.tar.gz"}, "application/gzip", ""},
		{"content_type", []string{"README"}, "<null>", ""},
		{"content_type", []string{"a.unheard-of"}, "<null>", ""},
		{"content_type", []string{""}, "<null>", ""},
	} {
		t.Run(test.function+"("+strings.Join(test.arguments, ", ")+")", func(t *testing.T) {
			var arguments []tftypes.Value
			for _, a := range test.arguments {
				arguments = append(arguments, text(a))
			}
			got, fails := call(t, test.function, tftypes.String, arguments...)
			switch {
			case (fails == "") != (test.fails == "") || !strings.HasPrefix(fails, test.fails):
				t.Errorf("it fails with %q, and wanted is %q", fails, test.fails)
			case fails == "" && read(t, got) != test.want:
				t.Errorf("%q, and wanted is %q", read(t, got), test.want)
			}
		})
	}
}
