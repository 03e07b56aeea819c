package localspaces_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var writeBehaviours = map[string]func(*probe){
	"conditional put": func(p *probe) {
		put := func(what string, in s3.PutObjectInput) {
			in.Bucket, in.Key, in.Body = p.bucket, aws.String("k"), strings.NewReader(what)
			_, err := p.s3.PutObject(p.ctx, &in)
			p.err(what, err)
		}
		anything := aws.String("*")
		put("if match, nothing there", s3.PutObjectInput{IfMatch: aws.String(`"x"`)})
		put("if none match", s3.PutObjectInput{IfNoneMatch: anything})
		put("if none match, again", s3.PutObjectInput{IfNoneMatch: anything})
		put("if none match an ETag", s3.PutObjectInput{IfNoneMatch: aws.String(`"x"`)})
		etag := p.object("k", "y").ETag
		put("if match another", s3.PutObjectInput{IfMatch: aws.String(`"x"`)})
		put("if match", s3.PutObjectInput{IfMatch: etag})
		etag = p.object("k", "z").ETag
		put("if match, without quotes", s3.PutObjectInput{IfMatch: aws.String(strings.Trim(*etag, `"`))})
		_, err := p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k"), IfMatch: aws.String(`"x"`)})
		p.err("delete if match another", err)
	},
	"racing conditional puts": func(p *probe) {
		var wait sync.WaitGroup
		endings := make([]string, 16)
		for i := range endings {
			wait.Go(func() {
				_, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String("k"), IfNoneMatch: aws.String("*"), Body: strings.NewReader(fmt.Sprint(i))})
				endings[i] = ending(err)
			})
		}
		wait.Wait()
		count := map[string]int{}
		for _, e := range endings {
			count[e]++
		}
		p.say("endings", "%v", count)
	},
	"conditional put of a version": func(p *probe) {
		p.must(p.s3.PutBucketVersioning(p.ctx, &s3.PutBucketVersioningInput{
			Bucket: p.bucket, VersioningConfiguration: &s3types.VersioningConfiguration{Status: "Enabled"},
		}))
		for _, what := range []string{"first", "second"} {
			_, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String("k"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")})
			p.err(what, err)
		}
		p.must(p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k")}))
		_, err := p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String("k"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")})
		p.err("over a marker", err)
	},
	"digests": func(p *probe) {
		put := func(what string, in s3.PutObjectInput) {
			in.Bucket, in.Key, in.Body = p.bucket, aws.String("k"), strings.NewReader("x")
			_, err := p.s3.PutObject(p.ctx, &in)
			p.err(what, err)
		}
		put("right MD5", s3.PutObjectInput{ContentMD5: aws.String("nd14Rp51PvHFGwRjs3asWA==")})
		put("wrong MD5", s3.PutObjectInput{ContentMD5: aws.String("1B2M2Y8AsgTpgAmY7PhCfg==")})
		put("no MD5", s3.PutObjectInput{ContentMD5: aws.String("nonsense")})
		put("right CRC32", s3.PutObjectInput{ChecksumCRC32: aws.String("jNwWgw==")})
		put("wrong CRC32", s3.PutObjectInput{ChecksumCRC32: aws.String("AAAAAA==")})
		resp, body := p.send(true, http.MethodPut, "/k", map[string]string{"x-amz-sdk-checksum-algorithm": "CRC32"}, "x")
		p.status("announced CRC32", resp, body)
	},
	"copy": func(p *probe) {
		p.must(p.s3.PutObject(p.ctx, &s3.PutObjectInput{
			Bucket: p.bucket, Key: aws.String("source"), Body: strings.NewReader("x"), ContentType: aws.String("text/plain"),
			Metadata: map[string]string{"a": "b"}, Tagging: aws.String("t=u"), ACL: "public-read",
		}))
		source := aws.String(*p.bucket + "/source")
		try := func(what string, in s3.CopyObjectInput) {
			in.Bucket = p.bucket
			if in.Key == nil {
				in.Key = aws.String("target")
			}
			if in.CopySource == nil {
				in.CopySource = source
			}
			out, err := p.s3.CopyObject(p.ctx, &in)
			p.err(what, err)
			if err != nil {
				return
			}
			head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: in.Key})
			p.must(head, err)
			p.say(what+", result", "%s %s %v %d %s", strings.Trim(aws.ToString(out.CopyObjectResult.ETag), `"`),
				aws.ToString(head.ContentType), head.Metadata, aws.ToInt32(head.TagCount), aws.ToString(head.ETag))
			p.anonymous(what+", anonymous", http.MethodHead, "/"+*in.Key, nil)
		}
		changed := map[string]string{"c": "d"}
		try("copy", s3.CopyObjectInput{})
		try("replace metadata", s3.CopyObjectInput{MetadataDirective: "REPLACE", Metadata: changed, ContentType: aws.String("text/html")})
		try("metadata without directive", s3.CopyObjectInput{Metadata: changed})
		try("replace tags", s3.CopyObjectInput{TaggingDirective: "REPLACE", Tagging: aws.String("v=w&x=y")})
		try("onto itself", s3.CopyObjectInput{Key: aws.String("source")})
		try("onto itself, replace", s3.CopyObjectInput{Key: aws.String("source"), MetadataDirective: "REPLACE", Metadata: changed})
		try("with an ACL", s3.CopyObjectInput{ACL: "public-read"})
		try("leading slash", s3.CopyObjectInput{CopySource: aws.String("/" + *source)})
		try("no key", s3.CopyObjectInput{CopySource: p.bucket})
		try("missing bucket", s3.CopyObjectInput{CopySource: aws.String("no-such-bucket-" + *source)})
		try("unknown directive", s3.CopyObjectInput{MetadataDirective: "NONSENSE"})
		_, err := p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("l"), CopySource: source, CopySourceIfMatch: aws.String(`"x"`)})
		p.err("if match another", err)
		_, err = p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("l"), CopySource: source, CopySourceIfNoneMatch: aws.String(`"9dd4e461268c8034f5c8564e155c67a6"`)})
		p.err("if none match", err)
		_, err = p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("l"), CopySource: source, CopySourceIfUnmodifiedSince: aws.Time(time.Now().Add(-time.Hour))})
		p.err("if unmodified since", err)
	},
	"delete objects": func(p *probe) {
		p.object("a", "x")
		p.object("b&<c", "x")
		remove := func(what string, quiet bool, keys ...string) {
			var objects []s3types.ObjectIdentifier
			for _, key := range keys {
				objects = append(objects, s3types.ObjectIdentifier{Key: aws.String(key)})
			}
			out, err := p.s3.DeleteObjects(p.ctx, &s3.DeleteObjectsInput{Bucket: p.bucket, Delete: &s3types.Delete{Objects: objects, Quiet: &quiet}})
			p.err(what, err)
			if err == nil {
				slices.SortFunc(out.Deleted, func(a, b s3types.DeletedObject) int { return strings.Compare(*a.Key, *b.Key) })
				p.say(what+", result", "%s", asJSON([]any{out.Deleted, out.Errors}))
			}
		}
		remove("three", false, "a", "b&<c", "missing")
		p.object("a", "x")
		remove("quietly", true, "a", "missing")
		remove("none", false)
		remove("1001", false, strings.Split(strings.Repeat("k,", 1000)+"k", ",")...)
		list, err := p.s3.ListObjectsV2(p.ctx, &s3.ListObjectsV2Input{Bucket: p.bucket})
		p.must(list, err)
		p.say("left", "%v", keysOf(list.Contents))
	},
}

var listBehaviours = map[string]func(*probe){
	"list objects": func(p *probe) {
		for _, key := range []string{"a", "b/1", "b/2", "b/c/3", "d", "e f", "Z", "ä"} {
			p.object(key, key)
		}
		try := func(what string, in s3.ListObjectsV2Input) {
			in.Bucket = p.bucket
			out, err := p.s3.ListObjectsV2(p.ctx, &in)
			p.err(what, err)
			if err != nil || what == "foreign token" || what == "negative" {
				return
			}
			p.say(what+", result", "%v %s %d %v token %v", keysOf(out.Contents), prefixesOf(out.CommonPrefixes),
				aws.ToInt32(out.KeyCount), aws.ToBool(out.IsTruncated), out.NextContinuationToken != nil)
			p.say(what+", echo", "%s", asJSON([]any{*out.Name == *p.bucket, out.Prefix, out.Delimiter, out.MaxKeys, out.StartAfter, out.EncodingType}))
			if len(out.Contents) > 0 {
				first := out.Contents[0]
				p.say(what+", first", "%s %d %s owner %v", aws.ToString(first.ETag), aws.ToInt64(first.Size), first.StorageClass, first.Owner != nil)
			}
		}
		slash := aws.String("/")
		try("all", s3.ListObjectsV2Input{})
		try("prefix", s3.ListObjectsV2Input{Prefix: aws.String("b/")})
		try("delimiter", s3.ListObjectsV2Input{Delimiter: slash})
		try("prefix and delimiter", s3.ListObjectsV2Input{Prefix: aws.String("b/"), Delimiter: slash})
		try("long delimiter", s3.ListObjectsV2Input{Delimiter: aws.String("/c")})
		try("start after", s3.ListObjectsV2Input{StartAfter: aws.String("b/2")})
		try("start after, delimiter", s3.ListObjectsV2Input{StartAfter: aws.String("b/1"), Delimiter: slash})
		try("owner", s3.ListObjectsV2Input{FetchOwner: aws.Bool(true)})
		try("two keys", s3.ListObjectsV2Input{MaxKeys: aws.Int32(2)})
		try("no keys", s3.ListObjectsV2Input{MaxKeys: aws.Int32(0)})
		try("2000 keys", s3.ListObjectsV2Input{MaxKeys: aws.Int32(2000)})
		try("negative", s3.ListObjectsV2Input{MaxKeys: aws.Int32(-1)})
		try("encoded", s3.ListObjectsV2Input{EncodingType: "url", Prefix: aws.String("e f"), Delimiter: aws.String("ä b")})
		try("no such prefix", s3.ListObjectsV2Input{Prefix: aws.String("nothing")})
		try("foreign token", s3.ListObjectsV2Input{ContinuationToken: aws.String("!nonsense")})

		pages := s3.NewListObjectsV2Paginator(p.s3, &s3.ListObjectsV2Input{Bucket: p.bucket, MaxKeys: aws.Int32(2), Delimiter: slash})
		for n := 1; pages.HasMorePages() && n < 10; n++ {
			out, err := pages.NextPage(p.ctx)
			p.must(out, err)
			p.say(fmt.Sprintf("page %d", n), "%v %v", keysOf(out.Contents), prefixesOf(out.CommonPrefixes))
		}
	},
	"list objects, first version": func(p *probe) {
		for _, key := range []string{"a", "b/1", "b/2", "c", "d/1", "e"} {
			p.object(key, key)
		}
		for _, delimiter := range []string{"", "/"} {
			var marker *string
			for n := 1; n < 10; n++ {
				in := &s3.ListObjectsInput{Bucket: p.bucket, MaxKeys: aws.Int32(2), Marker: marker}
				if delimiter != "" {
					in.Delimiter = &delimiter
				}
				out, err := p.s3.ListObjects(p.ctx, in)
				p.must(out, err)
				page := fmt.Sprintf("page %d by %q", n, delimiter)
				p.say(page, "%v %v", keysOf(out.Contents), prefixesOf(out.CommonPrefixes))
				p.say(page+", marker", "%s then %s %v", aws.ToString(out.Marker), aws.ToString(out.NextMarker), aws.ToBool(out.IsTruncated))
				if marker = out.NextMarker; !aws.ToBool(out.IsTruncated) {
					break
				}
				if marker == nil {
					marker = out.Contents[len(out.Contents)-1].Key
				}
			}
		}
		out, err := p.s3.ListObjects(p.ctx, &s3.ListObjectsInput{Bucket: p.bucket})
		p.must(out, err)
		p.say("owner", "%v", out.Contents[0].Owner != nil)
		resp, body := p.send(true, http.MethodGet, "?max-keys=nonsense", nil, "")
		p.status("no number", resp, body)
		resp, body = p.send(true, http.MethodGet, "?encoding-type=nonsense", nil, "")
		p.status("no encoding", resp, body)
	},
}

func prefixesOf(common []s3types.CommonPrefix) []string {
	var prefixes []string
	for _, c := range common {
		prefixes = append(prefixes, aws.ToString(c.Prefix))
	}
	return prefixes
}
