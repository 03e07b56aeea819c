package localspaces_test

import (
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

var policyBehaviours = map[string]func(*probe){
	"policy": func(p *probe) {
		document := `{ "Version" : "2012-10-17",  "Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + *p.bucket + `/open/*"},
			{"Effect":"Deny","Principal":"*","Action":["s3:Get*"],"Resource":["arn:aws:s3:::` + *p.bucket + `/*/secret"]}]}`
		_, err := p.s3.PutBucketPolicy(p.ctx, &s3.PutBucketPolicyInput{Bucket: p.bucket, Policy: &document})
		p.err("put", err)
		out, err := p.s3.GetBucketPolicy(p.ctx, &s3.GetBucketPolicyInput{Bucket: p.bucket})
		p.err("get", err)
		p.say("byte for byte", "%v", aws.ToString(out.Policy) == document)

		for _, key := range []string{"open/a", "open/secret", "closed/a"} {
			p.object(key, "x")
			p.anonymous("anonymous get of "+key, http.MethodGet, "/"+key, nil)
			p.anonymous("anonymous head of "+key, http.MethodHead, "/"+key, nil)
			_, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: &key})
			p.err("owner's get of "+key, err)
		}
		p.anonymous("anonymous get of a key that is not", http.MethodGet, "/open/b", nil)
		p.anonymous("anonymous put", http.MethodPut, "/open/a", nil)
		p.anonymous("anonymous delete", http.MethodDelete, "/open/a", nil)
		p.anonymous("anonymous list", http.MethodGet, "", nil)
		p.anonymous("anonymous ACL", http.MethodGet, "/open/a?acl", nil)

		_, err = p.s3.DeleteBucketPolicy(p.ctx, &s3.DeleteBucketPolicyInput{Bucket: p.bucket})
		p.err("delete", err)
		p.anonymous("anonymous get when deleted", http.MethodGet, "/open/a", nil)
	},
	"policy conditions": func(p *probe) {
		p.object("k", "x")
		p.object("home/k", "x")
		try := func(what, action, condition, path string, header map[string]string) {
			p.must(p.s3.PutBucketPolicy(p.ctx, &s3.PutBucketPolicyInput{Bucket: p.bucket, Policy: aws.String(
				`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "` + action + `", "Condition": {` + condition + `},
				"Resource": ["arn:aws:s3:::` + *p.bucket + `", "arn:aws:s3:::` + *p.bucket + `/*"]}]}`,
			)}))
			p.anonymous(what, http.MethodGet, path, header)
		}
		const get, list = "s3:GetObject", "s3:ListBucket"
		referer := map[string]string{"Referer": "https://example.com/page"}
		try("this address", get, `"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}`, "/k", nil)
		try("another address", get, `"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "192.0.2.1"]}`, "/k", nil)
		try("not this address", get, `"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}`, "/k", nil)
		try("not another address", get, `"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}`, "/k", nil)
		try("no TLS", get, `"Bool": {"aws:SecureTransport": "false"}`, "/k", nil)
		try("TLS", get, `"Bool": {"aws:SecureTransport": "true"}`, "/k", nil)
		try("referer", get, `"StringLike": {"aws:Referer": ["https://example.org/*", "https://example.com/*"]}`, "/k", referer)
		try("referer missing", get, `"StringLike": {"aws:Referer": "https://example.com/*"}`, "/k", nil)
		try("referer not like, missing", get, `"StringNotLike": {"aws:Referer": "https://example.com/*"}`, "/k", nil)
		try("referer if it exists, missing", get, `"StringLikeIfExists": {"aws:Referer": "https://example.com/*"}`, "/k", nil)
		try("referer equal, another case", get, `"StringEquals": {"aws:Referer": "https://EXAMPLE.com/page"}`, "/k", referer)
		try("referer equal but for case", get, `"StringEqualsIgnoreCase": {"aws:Referer": "https://EXAMPLE.com/page"}`, "/k", referer)
		try("user agent", get, `"StringEquals": {"aws:UserAgent": "probe"}`, "/k", map[string]string{"User-Agent": "probe"})
		try("key in another case", get, `"StringEquals": {"aws:useragent": "probe"}`, "/k", map[string]string{"User-Agent": "probe"})
		try("null, missing", get, `"Null": {"aws:Referer": "true"}`, "/k", nil)
		try("null, there", get, `"Null": {"aws:Referer": "true"}`, "/k", referer)
		try("prefix", list, `"StringEquals": {"s3:prefix": "home/"}`, "?prefix=home/", nil)
		try("another prefix", list, `"StringEquals": {"s3:prefix": "home/"}`, "?prefix=h", nil)
		try("no prefix", list, `"StringEquals": {"s3:prefix": ["", "home/"]}`, "", nil)
		try("empty prefix", list, `"StringEquals": {"s3:prefix": ["", "home/"]}`, "?prefix=", nil)
		try("prefix unlike, empty", list, `"StringNotLike": {"s3:prefix": "*"}`, "?prefix=", nil)
		try("prefix unlike, absent", list, `"StringNotLike": {"s3:prefix": "*"}`, "", nil)
		try("delimiter unlike, empty", list, `"StringNotLike": {"s3:delimiter": "*"}`, "?delimiter=", nil)
		try("delimiter unlike, absent", list, `"StringNotLike": {"s3:delimiter": "*"}`, "", nil)
		try("keys, without a number", list, `"NumericLessThanEquals": {"s3:max-keys": "1000"}`, "", nil)
		try("prefix of versions", "s3:ListBucketVersions", `"StringEquals": {"s3:prefix": "home/"}`, "?versions&prefix=home/", nil)
		try("delimiter", list, `"StringEquals": {"s3:delimiter": "/"}`, "?delimiter=/", nil)
		try("few keys", list, `"NumericLessThanEquals": {"s3:max-keys": "10"}`, "?max-keys=10", nil)
		try("many keys", list, `"NumericLessThanEquals": {"s3:max-keys": 10}`, "?max-keys=11", nil)
		try("unknown key", get, `"StringEquals": {"aws:nonsense": "x"}`, "/k", nil)
		try("unknown key, negative", get, `"StringNotEquals": {"aws:nonsense": "x"}`, "/k", nil)
		try("two operators, one of them", get, `"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": "127.0.0.0/8"}`, "/k", nil)
	},
	// Who may list a bucket may also know that it lacks a key.
	"missing keys": func(p *probe) {
		p.versioned("Enabled")
		p.object("deleted", "x")
		p.must(p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("deleted")}))
		p.object("k", "x")
		policy := func(statements ...string) {
			p.must(p.s3.PutBucketPolicy(p.ctx, &s3.PutBucketPolicyInput{Bucket: p.bucket, Policy: aws.String(
				`{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`,
			)}))
		}
		statement := func(effect, action, resource string) string {
			return `{"Effect": "` + effect + `", "Principal": "*", "Action": "` + action + `", "Resource": "arn:aws:s3:::` + *p.bucket + resource + `"}`
		}
		anonymous := func(what string) {
			for _, path := range []string{"/missing", "/missing?acl", "/missing?tagging", "/deleted", "/k?versionId=" + noVersion} {
				p.anonymous(what+", get "+path, http.MethodGet, path, nil)
			}
			p.anonymous(what+", head", http.MethodHead, "/missing", nil)
			p.anonymous(what+", put tags", http.MethodPut, "/missing?tagging", nil)
		}
		owner := func(what string) {
			_, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: aws.String("missing")})
			p.err("owner, "+what, err)
			_, err = p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("copy"), CopySource: aws.String(*p.bucket + "/missing")})
			p.err("owner, "+what+", copy", err)
		}
		anonymous("no policy")
		owner("no policy")
		policy(statement("Allow", "s3:*", "/*"))
		anonymous("get")
		policy(statement("Allow", "s3:*", "/*"), statement("Allow", "s3:ListBucket", ""))
		anonymous("get and list")
		policy(statement("Allow", "s3:ListBucket", ""))
		anonymous("list")
		policy(statement("Deny", "s3:GetObject", "/*"), statement("Allow", "s3:ListBucket", ""))
		anonymous("list, get denied")
		owner("list, get denied")
		policy(statement("Deny", "s3:ListBucket", ""))
		owner("list denied")
		p.must(p.s3.PutBucketAcl(p.ctx, &s3.PutBucketAclInput{Bucket: p.bucket, ACL: "public-read"}))
		anonymous("public, list denied")
		policy(statement("Deny", "s3:GetObject", "/*"))
		anonymous("public, get denied")
		p.must(p.s3.DeleteBucketPolicy(p.ctx, &s3.DeleteBucketPolicyInput{Bucket: p.bucket}))
		anonymous("public")
	},
	"policy refused": func(p *probe) {
		resource := "arn:aws:s3:::" + *p.bucket + "/*"
		statement := func(change, to string) string {
			s := `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "` + resource + `"}`
			if change != "" && !strings.Contains(s, change) {
				p.t.Fatalf("%s is not in %s", change, s)
			}
			return `{"Version": "2012-10-17", "Statement": [` + strings.Replace(s, change, to, 1) + `]}`
		}
		put := func(what, document string) { p.put(what, "policy", document) }
		put("taken", statement("", ""))
		put("single statement", strings.NewReplacer("[", "", "]", "").Replace(statement("", "")))
		put("no JSON", "{")
		put("a list", "[]")
		put("unknown element", `{"Nonsense": 1}`)
		put("made-up version", strings.Replace(statement("", ""), "2012-10-17", "2025-04-29", 1))
		put("without version", strings.Replace(statement("", ""), `"Version": "2012-10-17", `, "", 1))
		put("no statements", `{"Version": "2012-10-17", "Statement": []}`)
		put("unknown element of a statement", statement(`"Effect"`, `"Nonsense": "x", "Effect"`))
		put("effect in lower case", statement("Allow", "allow"))
		put("no effect", statement(`"Effect": "Allow", `, ""))
		put("principal of a name", statement(`"Principal": "*"`, `"Principal": "bob"`))
		put("principal of an unknown user", statement(`"Principal": "*"`, `"Principal": {"AWS": "arn:aws:iam:::user/nobody-at-all"}`))
		put("unknown kind of principal", statement(`"Principal": "*"`, `"Principal": {"Google": "*"}`))
		put("no principal", statement(`"Principal": "*", `, ""))
		put("action in lower case", statement("s3:GetObject", "s3:getobject"))
		put("unknown action", statement("s3:GetObject", "s3:Nonsense"))
		put("unknown actions", statement("s3:GetObject", "s3:Nonsense*"))
		put("another service's action", statement("s3:GetObject", "ec2:RunInstances"))
		put("all actions", statement("s3:GetObject", "*"))
		put("no action", statement(`"Action": "s3:GetObject", `, ""))
		put("no resource", statement(`, "Resource": "`+resource+`"`, ""))
		put("another bucket", statement(resource, "arn:aws:s3:::another/*"))
		put("every resource", statement(resource, "*"))
		put("no ARN", statement(resource, "nonsense"))
		put("condition on an unknown key", statement(`"Action"`, `"Condition": {"StringEquals": {"aws:nonsense": "x"}}, "Action"`))
		put("unknown operator", statement(`"Action"`, `"Condition": {"Nonsense": {"aws:Referer": "x"}}, "Action"`))
		put("boolean without quotes", statement(`"Action"`, `"Condition": {"Bool": {"aws:SecureTransport": false}}, "Action"`))
		put("over 20 KiB", statement(`"Effect"`, `"Sid": "`+strings.Repeat("x", 21000)+`", "Effect"`))
	},
}
