package function

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// BucketARN is a bucket's name in policies, or that of what lies in it.
func BucketARN() function.Function {
	return pure{
		"bucket_arn",
		function.Definition{
			Summary: "ARN of a bucket or of objects in it",
			MarkdownDescription: "Returns `arn:aws:s3:::BUCKET`, by which a bucket policy names a bucket, or `arn:aws:s3:::BUCKET/PATH`, by which it names objects. " +
				"The parts of the path are joined by slashes, and may have `*` and `?` where the policy means many objects: `bucket_arn(\"photos\", \"public\", \"*\")` is `arn:aws:s3:::photos/public/*`.",
			Parameters: []function.Parameter{bucketParameter},
			VariadicParameter: function.StringParameter{
				Name:                "path",
				MarkdownDescription: "Parts of a path in the bucket, which are joined by slashes. Without any the ARN is that of the bucket itself.",
				Validators:          []function.StringParameterValidator{argument{pathRule}},
			},
			Return: function.StringReturn{},
		},
		func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
			var bucket string
			var path []string
			err := arguments.Get(ctx, &bucket, &path)
			return strings.Join(append([]string{spaces.ARN(bucket)}, path...), "/"), err
		},
	}
}

// BucketURN is a bucket's name in DigitalOcean's projects.
func BucketURN() function.Function {
	return pure{
		"bucket_urn",
		function.Definition{
			Summary:             "URN of a bucket",
			MarkdownDescription: "Returns `do:space:BUCKET`, by which DigitalOcean's projects name a bucket, for example in `digitalocean_project_resources`. It has no region, because bucket names are unique across all regions.",
			Parameters:          []function.Parameter{bucketParameter},
			Return:              function.StringReturn{},
		},
		func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
			var bucket string
			err := arguments.Get(ctx, &bucket)
			return spaces.URN(bucket), err
		},
	}
}

// BucketHost is the host name of a bucket.
func BucketHost() function.Function {
	return host("bucket_host", endpoint.BucketHost, "Host name of a bucket",
		"Returns `BUCKET.REGION.digitaloceanspaces.com`, the host name of a bucket. It is the `origin` of a CDN endpoint. The TLS certificate of Spaces does not cover it when the bucket's name has a dot.")
}

// CDNHost is the host name of a bucket's CDN endpoint.
func CDNHost() function.Function {
	return host("cdn_host", endpoint.CDNHost, "Host name of a bucket's CDN endpoint",
		"Returns `BUCKET.REGION.cdn.digitaloceanspaces.com`, under which the CDN serves a bucket that has a CDN endpoint.")
}

// WebsiteHost is the host name that serves a bucket as a website.
func WebsiteHost() function.Function {
	return host("website_host", endpoint.WebsiteHost, "Host name of a bucket's website",
		"Returns `BUCKET.REGION-static.digitaloceanspaces.com`, which serves a bucket as a website when it has a website configuration.")
}

func host(name string, of func(spaces.Location) string, summary, description string) function.Function {
	return pure{
		name,
		function.Definition{
			Summary: summary, MarkdownDescription: description + " A region in capitals is put into lower case.",
			Parameters: []function.Parameter{regionParameter, bucketParameter},
			Return:     function.StringReturn{},
		},
		func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
			var region, bucket string
			err := arguments.Get(ctx, &region, &bucket)
			return of(spaces.Location{Region: strings.ToLower(region), Bucket: bucket}), err
		},
	}
}

// pathRule refuses what would name //, which matches no object that is meant.
var pathRule = tfkit.Rule{
	Title: "Empty part of a path", Wants: "must not be empty",
	Wrong: func(part string) string {
		if part != "" {
			return ""
		}
		return `"" is no part of a path: joined with slashes it would name other objects than those meant. Leave the argument out for the bucket itself; "*" names all of its objects.`
	},
}
