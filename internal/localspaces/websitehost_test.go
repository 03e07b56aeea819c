package localspaces_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func TestWebsite(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("site")
	ctx, b := t.Context(), aws.String("site")
	const url = "http://site.nyc3-static.localhost"
	e.send("GET", url+"/", nil, "").want(t, 404, "NoSuchWebsiteConfiguration")
	e.send("GET", "http://none.nyc3-static.localhost/", nil, "").want(t, 404, "NoSuchBucket")

	must(t)(c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: b, WebsiteConfiguration: &types.WebsiteConfiguration{
		IndexDocument: &types.IndexDocument{Suffix: aws.String("index.html")}, ErrorDocument: &types.ErrorDocument{Key: aws.String("error.html")},
		RoutingRules: []types.RoutingRule{{
			Condition: &types.Condition{KeyPrefixEquals: aws.String("old/")},
			Redirect:  &types.Redirect{ReplaceKeyPrefixWith: aws.String("new/"), HttpRedirectCode: aws.String("302")},
		}},
	}}))
	e.send("GET", url+"/", nil, "").want(t, 403, "<h1>403 Forbidden</h1>")
	public := func(in *s3.PutObjectInput) { in.ACL, in.ContentType = "public-read", aws.String("text/html") }
	put(t, c, *b, "index.html", "home", public)
	put(t, c, *b, "sub/index.html", "sub", public)
	put(t, c, *b, "secret.html", "secret")
	put(t, c, *b, "moved", "", public, func(in *s3.PutObjectInput) { in.WebsiteRedirectLocation = aws.String("/sub/") })

	for path, want := range map[string]string{"/": "home", "/sub/": "sub", "/index.html": "home"} {
		a := e.send("GET", url+path, nil, "")
		a.want(t, 200, want)
		if a.header.Get("Content-Type") != "text/html" {
			t.Errorf("%s is %s", path, a.header.Get("Content-Type"))
		}
	}
	for path, want := range map[string]struct {
		status   int
		location string
	}{"/sub": {302, "/sub/"}, "/old/x": {302, "/new/x"}, "/moved": {301, "/sub/"}} {
		if a := e.send("GET", url+path, nil, ""); a.status != want.status || a.header.Get("Location") != want.location {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	e.send("GET", url+"/missing", nil, "").want(t, 403, "AccessDenied") // the error page is not there yet
	put(t, c, *b, "error.html", "sorry", public)
	e.send("GET", url+"/missing", nil, "").want(t, 403, "sorry")
	e.send("GET", url+"/secret.html", nil, "").want(t, 403, "sorry")
	must(t)(c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: b, ACL: "public-read"}))
	e.send("GET", url+"/missing", nil, "").want(t, 404, "sorry") // who may list may know
	e.send("GET", url+"/secret.html", nil, "").want(t, 403, "sorry")
	if a := e.send("HEAD", url+"/missing", nil, ""); a.status != 404 || a.body != "" {
		t.Errorf("HEAD: %+v", a)
	}
	e.send("PUT", url+"/new", nil, "x").want(t, 405, "MethodNotAllowed")
	e.send("GET", "http://nyc3-static.localhost/site/", nil, "").want(t, 200, "home")

	must(t)(c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: b, WebsiteConfiguration: &types.WebsiteConfiguration{
		RedirectAllRequestsTo: &types.RedirectAllRequestsTo{HostName: aws.String("other.example"), Protocol: "https"},
	}}))
	if a := e.send("GET", url+"/a", nil, ""); a.status != 301 || a.header.Get("Location") != "https://other.example/a" {
		t.Errorf("redirected %d to %q", a.status, a.header.Get("Location"))
	}
}
