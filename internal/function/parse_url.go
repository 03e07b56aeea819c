package function

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ParseURL takes a URL of Spaces apart.
func ParseURL() function.Function {
	return pure{
		"parse_url",
		function.Definition{
			Summary: "Region, bucket and key that a URL of Spaces names",
			MarkdownDescription: "Takes a URL of Spaces apart, with or without its scheme. Returns an object with `region`, `bucket`, `key` and `kind`; what the URL does not say is null.\n\n" +
				"| `kind` | form of the URL |\n|---|---|\n" +
				"| `path` | `https://REGION.digitaloceanspaces.com/BUCKET/KEY` |\n" +
				"| `virtual_host` | `https://BUCKET.REGION.digitaloceanspaces.com/KEY` |\n" +
				"| `cdn` | `https://BUCKET.REGION.cdn.digitaloceanspaces.com/KEY` |\n" +
				"| `website` | `https://BUCKET.REGION-static.digitaloceanspaces.com/KEY` |\n" +
				"| `s3` | `s3://BUCKET/KEY`, where `region` is null |\n" +
				"| `presigned` | one of the others that carries a signature |\n" +
				"| `endpoint` | `https://REGION.digitaloceanspaces.com`, where `bucket` and `key` are null |\n\n" +
				"The key is percent-decoded, but for `s3://`, where clients take it as it is written. The query and the fragment are not part of it. " +
				"A CDN's own domain does not say which bucket is behind it, so it is refused as any other host is.",
			Parameters: []function.Parameter{
				function.StringParameter{Name: "url", MarkdownDescription: "URL of a bucket, an object or a region's endpoint."},
			},
			Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
				"region": types.StringType, "bucket": types.StringType, "key": types.StringType, "kind": types.StringType,
			}},
		},
		func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
			var address string
			if err := arguments.Get(ctx, &address); err != nil {
				return nil, err
			}
			named, err := parseURL(address)
			if err != nil {
				return nil, function.NewArgumentFuncError(0, fmt.Sprint(err))
			}
			return named, nil
		},
	}
}

// named is what a URL names.
type named struct {
	Region *string `tfsdk:"region"`
	Bucket *string `tfsdk:"bucket"`
	Key    *string `tfsdk:"key"`
	Kind   string  `tfsdk:"kind"`
}

// hosts are the host names of Spaces, by kind, with a group for each of their variables.
var hosts = []struct {
	kind string
	form *regexp.Regexp
}{
	{"endpoint", hostForm(func(at spaces.Location) string { return endpoint.Host(at.Region) })},
	{"virtual_host", hostForm(endpoint.BucketHost)},
	{"cdn", hostForm(endpoint.CDNHost)},
	{"website", hostForm(endpoint.WebsiteHost)},
}

func hostForm(of func(spaces.Location) string) *regexp.Regexp {
	form := regexp.QuoteMeta(of(spaces.Location{Region: "<region>", Bucket: "<bucket>"}))
	form = strings.ReplaceAll(form, "<region>", "(?P<region>"+strings.Trim(spaces.RegionShape.String(), "^$")+")")
	return regexp.MustCompile("^" + strings.ReplaceAll(form, "<bucket>", "(?P<bucket>.+)") + "$")
}

var scheme = regexp.MustCompile(`^(?i:([a-z][a-z0-9+.-]*)://)?(.*)$`)

func parseURL(address string) (named, error) {
	// Errors do not show the query, which may be a signature.
	withoutFragment, _, _ := strings.Cut(address, "#")
	shown, query, _ := strings.Cut(withoutFragment, "?")

	parts := scheme.FindStringSubmatch(shown)
	if parts == nil {
		return named{}, fmt.Errorf("%q is no URL: it has a line break. Give one such as https://photos.nyc3.%s/cat.jpg", shown, spaces.Domain)
	}
	switch strings.ToLower(parts[1]) {
	case "s3":
		// A key of this form is written as it is, question marks and all.
		bucket, key, _ := strings.Cut(address[len("s3://"):], "/")
		if wrong := tfkit.BucketRule.Wrong(bucket); wrong != "" {
			return named{}, fmt.Errorf("%q names no bucket of Spaces as s3://BUCKET/KEY does: %s", shown, wrong)
		}
		return named{Bucket: &bucket, Key: orNull(key), Kind: "s3"}, nil
	case "", "https", "http":
	default:
		return named{}, fmt.Errorf("%q begins with %s://, and URLs of Spaces begin with https:// or s3://, or have no scheme", shown, parts[1])
	}

	host, path, _ := strings.Cut(parts[2], "/")
	host = strings.ToLower(host)
	for _, port := range []string{":443", ":80"} {
		host = strings.TrimSuffix(host, port)
	}
	for _, h := range hosts {
		groups := h.form.FindStringSubmatch(host)
		if groups == nil {
			continue
		}
		kind, region, bucket := h.kind, groups[h.form.SubexpIndex("region")], ""
		if i := h.form.SubexpIndex("bucket"); i > 0 {
			bucket = groups[i]
		} else if bucket, path, _ = strings.Cut(path, "/"); bucket != "" {
			kind = "path"
		}
		if kind != "website" && signed(query) {
			kind = "presigned"
		}
		if bucket != "" {
			if wrong := tfkit.BucketRule.Wrong(bucket); wrong != "" {
				return named{}, fmt.Errorf("%q is no URL of a bucket: %s", shown, wrong)
			}
		}
		key, err := url.PathUnescape(path)
		switch {
		case err != nil:
			return named{}, fmt.Errorf("the key in %q is not percent-encoded: %w. Write %%25 for a percent sign that is part of the key", shown, err)
		case !utf8.ValidString(key):
			return named{}, fmt.Errorf("the key in %q is not UTF-8 when it is percent-decoded, and keys of Spaces are", shown)
		case bucket == "" && key != "":
			return named{}, fmt.Errorf("%q names no bucket before the key: a path begins with one, as in https://%s/photos/cat.jpg", shown, host)
		}
		return named{Region: &region, Bucket: orNull(bucket), Key: orNull(key), Kind: kind}, nil
	}
	if strings.HasSuffix("."+host, "."+spaces.Domain) {
		return named{}, fmt.Errorf("%q has the host %q, which has no form that Spaces uses: REGION.%[3]s, BUCKET.REGION.%[3]s, BUCKET.REGION.cdn.%[3]s or BUCKET.REGION-static.%[3]s, where a region is a few letters and a number, such as nyc3", shown, host, spaces.Domain)
	}
	return named{}, fmt.Errorf("%q has the host %q, which is not one of Spaces: they end with .%s. A CDN's own domain does not say which bucket is behind it; give the bucket's URL, or s3://BUCKET/KEY", shown, host, spaces.Domain)
}

// signed says whether a query carries a signature, of version 4 or 2.
func signed(query string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if strings.EqualFold(name, "X-Amz-Signature") || name == "Signature" {
			return true
		}
	}
	return false
}
