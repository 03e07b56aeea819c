package localspaces_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // of an SSE-C key
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// probeKeys are awkward for paths, URLs or XML.
var probeKeys = []string{
	"a b", "a+b", "a&b", "a?b", "a#b", "a%25b", "a//b", "/a", "a/", "a/../b", "./a", "ü/日本", `a"b'c<d>`, "a\tb", "a=b;c,d:@$!*()", "~", strings.Repeat("x", 1024),
}

var objectBehaviours = map[string]func(*probe){
	"object": func(p *probe) {
		out, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{
			Bucket: p.bucket, Key: aws.String("k"), Body: strings.NewReader("hello"), CacheControl: aws.String("max-age=60, public"),
			ContentDisposition: aws.String(`attachment; filename="a b.txt"`), ContentEncoding: aws.String("gzip"), ContentLanguage: aws.String("de, en"),
			ContentType: aws.String("text/plain; charset=utf-8"), Expires: aws.Time(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)),
			WebsiteRedirectLocation: aws.String("/other"), Metadata: map[string]string{"plain": "value", "Upper": "Value", "with-dash": "a, b"},
		})
		p.err("put", err)
		p.say("ETag", "%s", aws.ToString(out.ETag))
		head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: aws.String("k")})
		p.err("head", err)
		p.say("headers", "%s", asJSON([]any{
			head.CacheControl, head.ContentDisposition, head.ContentEncoding, head.ContentLanguage, head.ContentType, head.ExpiresString,
			head.WebsiteRedirectLocation, head.Metadata, head.ETag, head.ContentLength, head.AcceptRanges, head.VersionId, head.StorageClass,
			head.TagCount, head.PartsCount, head.ServerSideEncryption, head.Expiration,
		}))
		p.say("modified now", "%v", time.Since(*head.LastModified).Abs() < time.Minute)
		p.object("none", "")
		head, err = p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: aws.String("none")})
		p.err("head of an empty one", err)
		p.say("without content type", "%s, %d", aws.ToString(head.ContentType), aws.ToInt64(head.ContentLength))
		resp, _ := p.send(true, http.MethodPut, "/bare", nil, "x")
		p.status("put without headers", resp, "")
		resp, _ = p.send(true, http.MethodGet, "/bare", nil, "")
		p.say("content type", "%s", resp.Header.Get("Content-Type"))
		p.say("metadata with an underscore", "%s", p.metadata(map[string]string{"x-amz-meta-a_b": "c"}))
	},
	"missing object": func(p *probe) {
		key := aws.String("k")
		_, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: key})
		p.err("get", err)
		_, err = p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: key})
		p.err("head", err)
		_, err = p.s3.GetObjectAcl(p.ctx, &s3.GetObjectAclInput{Bucket: p.bucket, Key: key})
		p.err("get ACL", err)
		_, err = p.s3.PutObjectAcl(p.ctx, &s3.PutObjectAclInput{Bucket: p.bucket, Key: key, ACL: "private"})
		p.err("put ACL", err)
		_, err = p.s3.GetObjectTagging(p.ctx, &s3.GetObjectTaggingInput{Bucket: p.bucket, Key: key})
		p.err("get tags", err)
		_, err = p.s3.PutObjectTagging(p.ctx, &s3.PutObjectTaggingInput{Bucket: p.bucket, Key: key, Tagging: &s3types.Tagging{TagSet: []s3types.Tag{}}})
		p.err("put tags", err)
		_, err = p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("l"), CopySource: aws.String(*p.bucket + "/k")})
		p.err("copy", err)
		_, err = p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: key})
		p.err("delete", err)
		_, err = p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: key, IfMatch: aws.String(`"x"`)})
		p.err("get if match", err)
		_, err = p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: key, Range: aws.String("bytes=0-1")})
		p.err("get range", err)
	},
	"ranges": func(p *probe) {
		p.object("k", "0123456789")
		p.object("none", "")
		for _, r := range []string{"bytes=0-0", "bytes=2-5", "bytes=7-", "bytes=-3", "bytes=-20", "bytes=5-100", "bytes=10-", "bytes=100-200", "bytes=5-2", "bytes=x", "lines=1-2"} {
			for _, key := range []string{"k", "none"} {
				out, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: &key, Range: &r})
				if err != nil {
					p.err(r+" of "+key, err)
					continue
				}
				content, err := io.ReadAll(out.Body)
				p.must(content, err)
				p.say(r+" of "+key, "%s %s", content, aws.ToString(out.ContentRange))
			}
		}
		head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: aws.String("k"), Range: aws.String("bytes=2-5")})
		p.err("head", err)
		p.say("length", "%d %s", aws.ToInt64(head.ContentLength), aws.ToString(head.ContentRange))
	},
	"conditional get": func(p *probe) {
		etag := p.object("k", "x").ETag
		get := func(what string, in s3.GetObjectInput) {
			in.Bucket, in.Key = p.bucket, aws.String("k")
			_, err := p.s3.GetObject(p.ctx, &in)
			p.err(what, err)
		}
		past, future := aws.Time(time.Now().Add(-time.Hour)), aws.Time(time.Now().Add(time.Hour))
		get("if match", s3.GetObjectInput{IfMatch: etag})
		get("if match, without quotes", s3.GetObjectInput{IfMatch: aws.String(strings.Trim(*etag, `"`))})
		get("if match, another", s3.GetObjectInput{IfMatch: aws.String(`"x"`)})
		get("if none match", s3.GetObjectInput{IfNoneMatch: etag})
		get("if none match, another", s3.GetObjectInput{IfNoneMatch: aws.String(`"x"`)})
		get("if modified since", s3.GetObjectInput{IfModifiedSince: past})
		get("if unmodified since", s3.GetObjectInput{IfUnmodifiedSince: past})
		get("if unmodified since, later", s3.GetObjectInput{IfUnmodifiedSince: future})
		get("if match and unmodified since", s3.GetObjectInput{IfMatch: etag, IfUnmodifiedSince: past})
	},
	"odd keys": func(p *probe) {
		for _, key := range probeKeys {
			name := key
			if len(name) > 20 {
				name = "long"
			}
			_, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: &key, Body: strings.NewReader(name)})
			p.err("put "+name, err)
			out, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: &key})
			p.err("get "+name, err)
			if err == nil {
				content, err := io.ReadAll(out.Body)
				p.must(content, err)
				p.say("content of "+name, "%v", string(content) == name)
			}
			_, err = p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("copy"), CopySource: aws.String(url.PathEscape(*p.bucket + "/" + key))})
			p.err("copy "+name, err)
		}
		list, err := p.s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket})
		p.must(list, err)
		p.say("list", "%q", keysOf(list.Contents))
		list, err = p.s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket, EncodingType: "url"})
		p.must(list, err)
		for i := range list.Contents {
			key, err := url.PathUnescape(*list.Contents[i].Key)
			p.must(key, err)
			list.Contents[i].Key = &key
		}
		p.say("list, encoded", "%q", keysOf(list.Contents))
		_, err = p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String(strings.Repeat("x", 1025)), Body: bytes.NewReader(nil)})
		p.err("put a longer one", err)
		_, err = p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: aws.String(strings.Repeat("x", 1025))})
		p.err("head a longer one", err)
	},
	"object tags": func(p *probe) {
		read := func(what string) {
			out, err := p.s3.GetObjectTagging(p.ctx, &s3.GetObjectTaggingInput{Bucket: p.bucket, Key: aws.String("k")})
			p.err("get "+what, err)
			p.say(what, "%s", asJSON(out.TagSet))
		}
		put := func(what, tags string) {
			_, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String("k"), Body: bytes.NewReader(nil), Tagging: &tags})
			p.err("put with "+what, err)
		}
		p.object("k", "")
		read("no tags")
		put("tags", "b=2&a=1%20x&c=")
		read("tags of the put")
		head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: aws.String("k")})
		p.must(head, err)
		p.say("count", "%d", aws.ToInt32(head.TagCount))
		put("11 tags", "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=")
		put("a long name", strings.Repeat("x", 129)+"=")
		put("a long value", "x="+strings.Repeat("x", 257))
		replace := func(what string, names ...string) {
			var set []s3types.Tag
			for _, name := range names {
				set = append(set, s3types.Tag{Key: aws.String(name), Value: aws.String("v")})
			}
			_, err := p.s3.PutObjectTagging(p.ctx, &s3.PutObjectTaggingInput{Bucket: p.bucket, Key: aws.String("k"), Tagging: &s3types.Tagging{TagSet: set}})
			p.err("replace by "+what, err)
		}
		replace("two", "z", "y")
		read("replaced tags")
		replace("11", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")
		replace("one twice", "a", "a")
		_, err = p.s3.DeleteObjectTagging(p.ctx, &s3.DeleteObjectTaggingInput{Bucket: p.bucket, Key: aws.String("k")})
		p.err("delete", err)
		read("deleted tags")
	},
	"object ACL": func(p *probe) {
		key := aws.String("k")
		for _, canned := range []s3types.ObjectCannedACL{"", "private", "public-read", "public-read-write", "bucket-owner-full-control", "nonsense"} {
			_, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: key, Body: strings.NewReader("x"), ACL: canned})
			p.err("put as "+string(canned), err)
		}
		for _, canned := range []s3types.ObjectCannedACL{"private", "public-read"} {
			_, err := p.s3.PutObjectAcl(p.ctx, &s3.PutObjectAclInput{Bucket: p.bucket, Key: key, ACL: canned})
			p.err("make "+string(canned), err)
			out, err := p.s3.GetObjectAcl(p.ctx, &s3.GetObjectAclInput{Bucket: p.bucket, Key: key})
			p.must(out, err)
			var grants []string
			for _, g := range out.Grants {
				grants = append(grants, string(g.Grantee.Type)+" "+p.id(g.Grantee.ID)+" "+aws.ToString(g.Grantee.URI)+" "+string(g.Permission))
			}
			p.say("grants of "+string(canned), "%s", strings.Join(grants, ", "))
			p.anonymous("anonymous get of "+string(canned), http.MethodGet, "/k", nil)
			p.anonymous("anonymous head of "+string(canned), http.MethodHead, "/k", nil)
			p.anonymous("anonymous get of the ACL of "+string(canned), http.MethodGet, "/k?acl", nil)
		}
		p.anonymous("anonymous get of a key that is not", http.MethodGet, "/l", nil)
		p.must(p.s3.PutBucketAcl(p.ctx, &s3.PutBucketAclInput{Bucket: p.bucket, ACL: "public-read"}))
		p.must(p.s3.PutObjectAcl(p.ctx, &s3.PutObjectAclInput{Bucket: p.bucket, Key: key, ACL: "private"}))
		p.anonymous("anonymous get of a private one in a public bucket", http.MethodGet, "/k", nil)
		p.object("k", "x")
		p.anonymous("anonymous get when overwritten", http.MethodGet, "/k", nil)
	},
	"encryption": func(p *probe) {
		put := func(what string, in s3.PutObjectInput) {
			in.Bucket, in.Key, in.Body = p.bucket, aws.String("k"), strings.NewReader("x")
			_, err := p.s3.PutObject(p.ctx, &in)
			p.err(what, err)
		}
		key := strings.Repeat("k", 32)
		sum := md5.Sum([]byte(key)) //nolint:gosec // as above
		algorithm, encoded, digest := aws.String("AES256"), aws.String(base64.StdEncoding.EncodeToString([]byte(key))), aws.String(base64.StdEncoding.EncodeToString(sum[:]))
		put("SSE-S3", s3.PutObjectInput{ServerSideEncryption: "AES256"})
		put("SSE-KMS", s3.PutObjectInput{ServerSideEncryption: "aws:kms"})
		put("storage class STANDARD", s3.PutObjectInput{StorageClass: "STANDARD"})
		put("another storage class", s3.PutObjectInput{StorageClass: "GLACIER"})
		put("SSE-C", s3.PutObjectInput{SSECustomerAlgorithm: algorithm, SSECustomerKey: encoded, SSECustomerKeyMD5: digest})
		_, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: aws.String("k")})
		p.err("get without the key", err)
		out, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: aws.String("k"), SSECustomerAlgorithm: algorithm, SSECustomerKey: encoded, SSECustomerKeyMD5: digest})
		p.err("get with the key", err)
		content, err := io.ReadAll(out.Body)
		p.must(content, err)
		p.say("content", "%s, %s", content, aws.ToString(out.SSECustomerAlgorithm))
	},
	"object attributes": func(p *probe) {
		p.object("k", "x")
		_, err := p.s3.GetObjectAttributes(p.ctx, &s3.GetObjectAttributesInput{Bucket: p.bucket, Key: aws.String("k"), ObjectAttributes: []s3types.ObjectAttributes{"ETag"}})
		p.err("get", err)
	},
	"presigned": func(p *probe) {
		p.object("k", "x")
		presign := s3.NewPresignClient(p.s3)
		get := func(what, link string) {
			r, err := http.NewRequestWithContext(p.ctx, http.MethodGet, link, nil)
			p.must(r, err)
			resp, err := p.http.Do(r)
			p.must(resp, err)
			defer resp.Body.Close()
			content, err := io.ReadAll(resp.Body)
			p.must(content, err)
			p.status(what, resp, string(content))
			if resp.StatusCode == http.StatusOK {
				p.say(what+", headers", "%s; %s", resp.Header.Get("Content-Type"), resp.Header.Get("Content-Disposition"))
			}
		}
		sign := func(expires time.Duration) string {
			out, err := presign.PresignGetObject(p.ctx, &s3.GetObjectInput{
				Bucket: p.bucket, Key: aws.String("k"), ResponseContentType: aws.String("text/x-probe"), ResponseContentDisposition: aws.String("inline"),
			}, s3.WithPresignExpires(expires))
			p.must(out, err)
			return out.URL
		}
		get("get", sign(time.Minute))
		get("tampered", strings.Replace(sign(time.Minute), "inline", "attachment", 1))
		get("seven days", sign(7*24*time.Hour))
		get("over seven days", sign(8*24*time.Hour))
		soon := sign(time.Second)
		time.Sleep(2 * time.Second)
		get("expired", soon)
	},
}

// metadata puts an object with these headers and gives its metadata.
func (p *probe) metadata(header map[string]string) string {
	resp, body := p.send(true, http.MethodPut, "/meta", header, "x")
	if resp.StatusCode != http.StatusOK {
		return body
	}
	head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: aws.String("meta")})
	p.must(head, err)
	return asJSON(head.Metadata)
}

func keysOf(objects []s3types.Object) []string {
	var keys []string
	for _, o := range objects {
		if key := aws.ToString(o.Key); len(key) > 100 {
			keys = append(keys, "long")
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}
