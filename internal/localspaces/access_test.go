package localspaces_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// TestAnonymousACLs: a public bucket can be listed, a public object be read,
// and neither means the other.
func TestAnonymousACLs(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("acls")
	ctx, b := t.Context(), aws.String("acls")
	put(t, c, *b, "private", "p")
	put(t, c, *b, "public", "q", func(in *s3.PutObjectInput) { in.ACL = "public-read" })
	const url = "http://acls.nyc3.localhost/"
	expect := func(path string, status int, contains string) {
		t.Helper()
		e.send("GET", url+path, nil, "").want(t, status, contains)
	}
	expect("private", 403, "AccessDenied")
	expect("public", 200, "q")
	expect("missing", 403, "AccessDenied")
	expect("", 403, "AccessDenied")
	expect("public?acl", 403, "AccessDenied")

	must(t)(c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: b, ACL: "public-read"}))
	expect("", 200, "<Key>private</Key>")
	expect("private", 403, "AccessDenied")
	expect("missing", 404, "NoSuchKey")
	expect("?acl", 403, "AccessDenied")
	e.send("PUT", url+"new", nil, "x").want(t, 403, "AccessDenied")
	e.send("DELETE", url+"public", nil, "").want(t, 403, "AccessDenied")

	must(t)(c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: b, Key: aws.String("private"), ACL: "public-read"}))
	expect("private", 200, "p")
	acl, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: b, Key: aws.String("private")})
	must(t)(acl, err)
	if len(acl.Grants) != 2 {
		t.Errorf("got %+v", acl)
	}
	must(t)(c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: b, Key: aws.String("private"), AccessControlPolicy: &types.AccessControlPolicy{
		Owner: acl.Owner, Grants: []types.Grant{{Grantee: &types.Grantee{Type: "CanonicalUser", ID: acl.Owner.ID}, Permission: "FULL_CONTROL"}},
	}}))
	expect("private", 403, "AccessDenied")
}

// TestPolicies: Allow, Deny and conditions are heeded, at each place where one
// can ask.
func TestPolicies(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("policed")
	ctx, b := t.Context(), aws.String("policed")
	for _, k := range []string{"pub/a", "sec/a"} {
		put(t, c, *b, k, k)
	}
	const url = "http://policed.nyc3.localhost/"
	set := func(statements string) {
		t.Helper()
		policy := `{"Version":"2012-10-17","Statement":[` + statements + `]}`
		must(t)(c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: &policy}))
	}
	statement := func(effect, action, resource, condition string) string {
		return fmt.Sprintf(`{"Effect":%q,"Principal":"*","Action":%q,"Resource":"arn:aws:s3:::policed%s","Condition":{%s}}`, effect, action, resource, condition)
	}

	set(statement("Allow", "s3:GetObject", "/pub/*", ""))
	e.send("GET", url+"pub/a", nil, "").want(t, 200, "pub/a")
	e.send("GET", url+"sec/a", nil, "").want(t, 403, "AccessDenied")

	set(statement("Deny", "s3:GetObject", "/sec/*", ""))
	refused(t, 403, "AccessDenied")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("sec/a")})) // the owner, too
	refused(t, 403, "AccessDenied")(c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: b, Key: aws.String("pub/b"), CopySource: aws.String("policed/sec/a")}))
	must(t)(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("pub/a")}))

	set(statement("Deny", "s3:DeleteObject", "/sec/*", ""))
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("sec/a")}, {Key: aws.String("pub/b")},
	}}})
	must(t)(out, err)
	if len(out.Errors) != 1 || *out.Errors[0].Key != "sec/a" || *out.Errors[0].Code != "AccessDenied" || len(out.Deleted) != 1 {
		t.Errorf("got %+v", out)
	}

	set(statement("Allow", "s3:ListBucket", "", `"StringEquals":{"s3:prefix":"pub/"}`))
	e.send("GET", url+"?prefix=pub/", nil, "").want(t, 200, "pub/a")
	e.send("GET", url+"?prefix=sec/", nil, "").want(t, 403, "AccessDenied")
	set(statement("Allow", "s3:ListBucket", "", `"StringEquals":{"s3:prefix":["","pub/"]}`))
	e.send("GET", url+"?prefix=", nil, "").want(t, 200, "pub/a")
	e.send("GET", url, nil, "").want(t, 403, "AccessDenied")

	set(statement("Allow", "s3:GetObject", "/*", `"StringLike":{"aws:Referer":"https://good.example/*"}`))
	e.send("GET", url+"pub/a", map[string]string{"Referer": "https://good.example/x"}, "").want(t, 200, "")
	e.send("GET", url+"pub/a", map[string]string{"Referer": "https://bad.example/"}, "").want(t, 403, "")

	set(statement("Allow", "s3:GetObject", "/*", `"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}`))
	e.send("GET", url+"pub/a", nil, "").want(t, 200, "")
	set(statement("Allow", "s3:GetObject", "/*", `"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`))
	e.send("GET", url+"pub/a", nil, "").want(t, 403, "")

	// Whoever locks himself out can still take the policy away.
	set(statement("Deny", "s3:*", "", "") + "," + statement("Deny", "s3:*", "/*", ""))
	refused(t, 403, "AccessDenied")(c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b}))
	must(t)(c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: b}))
	must(t)(c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b}))

	for _, bad := range []string{`{`, `{"Version":"2025-04-29","Statement":[]}`} {
		if _, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: &bad}); err == nil {
			t.Errorf("took the policy %s", bad)
		}
	}
}

// TestMissingKeys: who may list a bucket is told that a key is missing. Nobody else
// is, whatever he may do to objects.
func TestMissingKeys(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("missing")
	ctx, b := t.Context(), aws.String("missing")
	enableVersioning(t, c, *b, "Enabled")
	put(t, c, *b, "deleted", "x")
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("deleted")}))
	put(t, c, *b, "k", "x")
	const (
		url  = "http://missing.nyc3.localhost/"
		all  = `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::missing/*"}`
		get  = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject*","Resource":"arn:aws:s3:::missing/*"}`
		list = `{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::missing"}`
		hide = `{"Effect":"Deny","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::missing"}`
	)
	for _, tc := range []struct {
		statements string
		acl        types.BucketCannedACL
		status     int
		code       string
	}{
		{all, "private", 403, "AccessDenied"},
		{get, "private", 403, "AccessDenied"},
		{get + "," + list, "private", 404, "NoSuch"},
		{list, "private", 404, "NoSuch"},
		{get, "public-read", 404, "NoSuch"},
		{hide, "public-read", 403, "AccessDenied"},
	} {
		must(t)(c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + tc.statements + `]}`)}))
		must(t)(c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: b, ACL: tc.acl}))
		for _, path := range []string{"none", "none?acl", "none?tagging", "deleted", "k?versionId=none"} {
			a := e.send("GET", url+path, nil, "")
			a.want(t, tc.status, tc.code)
			if marker := a.header.Get("x-amz-delete-marker"); (marker == "true") != (tc.status == 404 && path == "deleted") {
				t.Errorf("%s: marker %q with %d", path, marker, tc.status)
			}
		}
		e.send("HEAD", url+"none", nil, "").want(t, tc.status, "")
		e.send("PUT", url+"none?tagging", nil, "").want(t, tc.status, tc.code)
		// The bucket's owner is told, though not allowed to list it.
		refused(t, 404, "NoSuchKey")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("none")}))
		refused(t, 404, "NoSuchKey")(c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: b, Key: aws.String("copy"), CopySource: aws.String("missing/none")}))
	}
}

// TestPolicyNamesPrincipal: full-access keys are the account, a limited key is
// itself.
func TestPolicyNamesPrincipal(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("named")
	ctx, b := t.Context(), aws.String("named")
	put(t, c, *b, "k", "v")
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"6174283"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::named/*"}]}`
	must(t)(c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: &policy}))
	e.AddKey("LIMITED", "secret", localspaces.Grant{Bucket: *b, Permission: "read"})
	refused(t, 403, "AccessDenied")(c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("k")}))
	must(t)(e.clientWith("nyc3", "LIMITED", "secret").GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("k")}))
}

func TestCORS(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.withBucket("pages")
	ctx, b := t.Context(), aws.String("pages")
	put(t, c, *b, "k", "v", func(in *s3.PutObjectInput) { in.ACL = "public-read" })
	const url = "http://pages.nyc3.localhost/k"
	origin := map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type, x-amz-acl"}

	e.send("OPTIONS", url, origin, "").want(t, 403, "AccessForbidden")
	must(t)(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{
		AllowedOrigins: []string{"https://*.example"}, AllowedMethods: []string{"GET", "PUT"}, AllowedHeaders: []string{"content-type", "x-amz-*"},
		ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: aws.Int32(5),
	}}}}))
	a := e.send("OPTIONS", url, origin, "")
	a.want(t, 200, "")
	if a.header.Get("Access-Control-Allow-Origin") != "https://app.example" || a.header.Get("Access-Control-Max-Age") != "5" {
		t.Errorf("preflight: %v", a.header)
	}
	origin["Access-Control-Request-Headers"] = "x-other"
	e.send("OPTIONS", url, origin, "").want(t, 403, "AccessForbidden")
	e.send("OPTIONS", url, nil, "").want(t, 400, "")

	for from, want := range map[string]string{"https://app.example": "https://app.example", "https://evil.test": "", "": ""} {
		a := e.send("GET", url, map[string]string{"Origin": from}, "")
		a.want(t, 200, "v")
		if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("GET from %q allows %q", from, got)
		}
	}
	a = e.send("GET", url+"-missing", map[string]string{"Origin": "https://app.example"}, "")
	if a.status != 403 || a.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("a page cannot read an error: %d %v", a.status, a.header)
	}
}
