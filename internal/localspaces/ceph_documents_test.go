package localspaces_test

import (
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const allUsersGroup = "http://acs.amazonaws.com/groups/global/AllUsers"

var documentBehaviours = map[string]func(*probe){
	"documents there are not": func(p *probe) {
		for _, document := range []string{"acl", "cors", "lifecycle", "policy", "versioning", "website", "logging"} {
			resp, body := p.send(true, http.MethodGet, "?"+document, nil, "")
			p.status("get "+document, resp, body)
			if document != "acl" && document != "versioning" && document != "logging" {
				resp, body = p.send(true, http.MethodDelete, "?"+document, nil, "")
				p.status("delete "+document, resp, body)
			}
			p.put("put nothing as "+document, document, "")
			p.put("put nonsense as "+document, document, "<Nonsense/>")
		}
	},
	"ACL": func(p *probe) {
		read := func(what string) {
			out, err := p.s3.GetBucketAcl(p.ctx, &s3.GetBucketAclInput{Bucket: p.bucket})
			p.must(out, err)
			p.id(out.Owner.ID)
			var grants []string
			for _, g := range out.Grants {
				grants = append(grants, string(g.Grantee.Type)+" "+p.id(g.Grantee.ID)+" "+aws.ToString(g.Grantee.URI)+" "+string(g.Permission))
			}
			p.say(what, "owner %s, grants %s", p.id(out.Owner.ID), strings.Join(grants, ", "))
		}
		read("of a new bucket")
		for _, canned := range []s3types.BucketCannedACL{"public-read", "private", "public-read-write", "authenticated-read", "nonsense"} {
			_, err := p.s3.PutBucketAcl(p.ctx, &s3.PutBucketAclInput{Bucket: p.bucket, ACL: canned})
			p.err("put "+string(canned), err)
			if canned == "public-read" {
				read("is public")
				p.anonymous("anonymous list", http.MethodGet, "", nil)
				p.anonymous("anonymous head", http.MethodHead, "", nil)
				p.anonymous("anonymous get of a key that is not", http.MethodGet, "/k", nil)
				p.anonymous("anonymous put", http.MethodPut, "/k", nil)
			}
		}
		out, err := p.s3.GetBucketAcl(p.ctx, &s3.GetBucketAclInput{Bucket: p.bucket})
		p.must(out, err)
		owner := s3types.Grant{Grantee: &s3types.Grantee{Type: "CanonicalUser", ID: out.Owner.ID}, Permission: "FULL_CONTROL"}
		everybody := func(permission s3types.Permission) s3types.Grant {
			return s3types.Grant{Grantee: &s3types.Grantee{Type: "Group", URI: aws.String(allUsersGroup)}, Permission: permission}
		}
		put := func(what string, grants ...s3types.Grant) {
			_, err := p.s3.PutBucketAcl(p.ctx, &s3.PutBucketAclInput{
				Bucket: p.bucket, AccessControlPolicy: &s3types.AccessControlPolicy{Owner: out.Owner, Grants: grants},
			})
			p.err("put "+what, err)
		}
		put("owner's grant", owner)
		put("owner's and everybody's", owner, everybody("READ"))
		read("of two grants")
		put("everybody may write", owner, everybody("WRITE"))
		put("everybody may do nonsense", owner, everybody("NONSENSE"))
		put("no grants")
	},
	"CORS": func(p *probe) {
		_, err := p.s3.PutBucketCors(p.ctx, &s3.PutBucketCorsInput{Bucket: p.bucket, CORSConfiguration: &s3types.CORSConfiguration{CORSRules: []s3types.CORSRule{
			{
				ID: aws.String("b"), AllowedMethods: []string{"POST", "HEAD", "DELETE", "PUT", "GET"},
				AllowedOrigins: []string{"http://z.example", "http://a.example"}, AllowedHeaders: []string{"x-z", "Content-Type", "x-a"},
				ExposeHeaders: []string{"x-z", "ETag"}, MaxAgeSeconds: aws.Int32(5),
			},
			{ID: aws.String("a"), AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"https://*.example.com"}, AllowedHeaders: []string{"*"}, MaxAgeSeconds: aws.Int32(0)},
			{AllowedMethods: []string{"HEAD"}, AllowedOrigins: []string{"*"}},
		}}})
		p.err("put", err)
		out, err := p.s3.GetBucketCors(p.ctx, &s3.GetBucketCorsInput{Bucket: p.bucket})
		p.err("get", err)
		p.say("rules", "%s", asJSON(out.CORSRules))

		p.must(p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String("k"), ACL: "public-read", Body: strings.NewReader("x")}))
		ask := func(what, method, origin, wanted, headers string) {
			h := map[string]string{"Origin": origin, "Access-Control-Request-Method": wanted, "Access-Control-Request-Headers": headers}
			resp, _ := p.anonymous(what, method, "/k", h)
			for _, name := range []string{"Allow-Origin", "Allow-Methods", "Allow-Headers", "Expose-Headers", "Max-Age", "Allow-Credentials"} {
				value := strings.ToLower(resp.Header.Get("Access-Control-" + name))
				p.say(what+", "+name, "%s", strings.ReplaceAll(value, ", ", ","))
			}
			p.say(what+", Vary", "%v", strings.Contains(resp.Header.Get("Vary"), "Origin"))
		}
		ask("preflight", http.MethodOptions, "http://a.example", "PUT", "x-a, content-type")
		ask("preflight, subdomain", http.MethodOptions, "https://a.example.com", "GET", "anything")
		ask("preflight, everybody", http.MethodOptions, "null", "HEAD", "")
		ask("preflight, method not allowed", http.MethodOptions, "https://a.example.com", "PUT", "")
		ask("preflight, header not allowed", http.MethodOptions, "http://a.example", "PUT", "x-b")
		ask("preflight, origin not allowed", http.MethodOptions, "http://b.example", "PUT", "")
		ask("request", http.MethodGet, "http://z.example", "", "")
		ask("request, everybody", http.MethodHead, "null", "", "")
		ask("request, origin not allowed", http.MethodGet, "http://b.example", "", "")
		p.anonymous("preflight without origin", http.MethodOptions, "/k", nil)
	},
	"CORS refused": func(p *probe) {
		const origin, method = "<AllowedOrigin>*</AllowedOrigin>", "<AllowedMethod>GET</AllowedMethod>"
		put := func(what, inner string) {
			p.put(what, "cors", "<CORSConfiguration>"+inner+"</CORSConfiguration>")
		}
		rule := func(inner string) string { return "<CORSRule>" + inner + "</CORSRule>" }
		put("no rules", "")
		put("empty rule", rule(""))
		put("no origin", rule(method))
		put("no method", rule(origin))
		put("PATCH", rule(origin+"<AllowedMethod>PATCH</AllowedMethod>"))
		put("lower case", rule(origin+"<AllowedMethod>get</AllowedMethod>"))
		put("two stars", rule(method+"<AllowedOrigin>http://*.*</AllowedOrigin>"))
		put("two stars in a header", rule(method+origin+"<AllowedHeader>x-*-*</AllowedHeader>"))
		put("long ID", rule(method+origin+"<ID>"+strings.Repeat("x", 256)+"</ID>"))
		put("equal IDs", strings.Repeat(rule(method+origin+"<ID>x</ID>"), 2))
		put("age in words", rule(method+origin+"<MaxAgeSeconds>day</MaxAgeSeconds>"))
		put("negative age", rule(method+origin+"<MaxAgeSeconds>-1</MaxAgeSeconds>"))
		put("exposing *", rule(method+origin+"<ExposeHeader>*</ExposeHeader>"))
		put("unknown element", rule(method+origin+"<Nonsense/>"))
		put("100 rules", strings.Repeat(rule(method+origin), 100))
		put("101 rules", strings.Repeat(rule(method+origin), 101))
	},
	"versioning": func(p *probe) {
		read := func(what string) {
			out, err := p.s3.GetBucketVersioning(p.ctx, &s3.GetBucketVersioningInput{Bucket: p.bucket})
			p.err("get "+what, err)
			p.say(what, "%s, MFA delete %s", out.Status, out.MFADelete)
		}
		read("never set")
		for _, status := range []s3types.BucketVersioningStatus{"Suspended", "Enabled", "enabled"} {
			_, err := p.s3.PutBucketVersioning(p.ctx, &s3.PutBucketVersioningInput{
				Bucket: p.bucket, VersioningConfiguration: &s3types.VersioningConfiguration{Status: status},
			})
			p.err("put "+string(status), err)
			read(string(status) + " was put")
		}
		p.put("put MfaDelete Disabled", "versioning", "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>")
	},
	"website": func(p *probe) {
		website := &s3types.WebsiteConfiguration{
			IndexDocument: &s3types.IndexDocument{Suffix: aws.String("index.html")}, ErrorDocument: &s3types.ErrorDocument{Key: aws.String("error.html")},
			RoutingRules: []s3types.RoutingRule{{
				Condition: &s3types.Condition{KeyPrefixEquals: aws.String("old/")},
				Redirect:  &s3types.Redirect{ReplaceKeyPrefixWith: aws.String("new/"), HttpRedirectCode: aws.String("302")},
			}, {
				Condition: &s3types.Condition{HttpErrorCodeReturnedEquals: aws.String("404")},
				Redirect:  &s3types.Redirect{HostName: aws.String("example.com"), Protocol: "https", ReplaceKeyWith: aws.String("x")},
			}},
		}
		_, err := p.s3.PutBucketWebsite(p.ctx, &s3.PutBucketWebsiteInput{Bucket: p.bucket, WebsiteConfiguration: website})
		p.err("put", err)
		read := func(what string) {
			out, err := p.s3.GetBucketWebsite(p.ctx, &s3.GetBucketWebsiteInput{Bucket: p.bucket})
			p.err("get "+what, err)
			p.say(what, "%s", asJSON([]any{out.IndexDocument, out.ErrorDocument, out.RoutingRules, out.RedirectAllRequestsTo}))
		}
		read("documents and rules")
		p.put("put redirect", "website", "<WebsiteConfiguration><RedirectAllRequestsTo><HostName>example.com</HostName><Protocol>https</Protocol></RedirectAllRequestsTo></WebsiteConfiguration>")
		read("redirect")
		const index = "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
		put := func(what, inner string) {
			p.put(what, "website", "<WebsiteConfiguration>"+inner+"</WebsiteConfiguration>")
		}
		redirect := func(inner string) string {
			return index + "<RoutingRules><RoutingRule><Redirect>" + inner + "</Redirect></RoutingRule></RoutingRules>"
		}
		put("empty", "")
		put("error document alone", "<ErrorDocument><Key>e</Key></ErrorDocument>")
		put("empty suffix", "<IndexDocument><Suffix></Suffix></IndexDocument>")
		put("suffix with a slash", "<IndexDocument><Suffix>a/b</Suffix></IndexDocument>")
		put("redirect to nowhere", "<RedirectAllRequestsTo/>")
		put("redirect and index", index+"<RedirectAllRequestsTo><HostName>h</HostName></RedirectAllRequestsTo>")
		put("redirect with 200", redirect("<HttpRedirectCode>200</HttpRedirectCode>"))
		put("two replacements", redirect("<ReplaceKeyWith>a</ReplaceKeyWith><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith>"))
		put("empty redirect", redirect(""))
		put("unknown protocol", redirect("<Protocol>ftp</Protocol>"))
		put("51 rules", index+"<RoutingRules>"+strings.Repeat("<RoutingRule><Redirect><ReplaceKeyWith>a</ReplaceKeyWith></Redirect></RoutingRule>", 51)+"</RoutingRules>")
	},
	"logging": func(p *probe) {
		out, err := p.s3.GetBucketLogging(p.ctx, &s3.GetBucketLoggingInput{Bucket: p.bucket})
		p.err("get", err)
		p.say("is", "%s", asJSON(out.LoggingEnabled))
		_, err = p.s3.PutBucketLogging(p.ctx, &s3.PutBucketLoggingInput{Bucket: p.bucket, BucketLoggingStatus: &s3types.BucketLoggingStatus{}})
		p.err("put off", err)
	},
}
