package localspaces_test

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// versioned sets the bucket's versioning.
func (p *probe) versioned(status s3types.BucketVersioningStatus) {
	p.must(p.s3.PutBucketVersioning(p.ctx, &s3.PutBucketVersioningInput{
		Bucket: p.bucket, VersioningConfiguration: &s3types.VersioningConfiguration{Status: status},
	}))
}

// listVersions records the bucket's versions and markers.
func (p *probe) listVersions(what string) {
	out, err := p.s3.ListObjectVersions(p.ctx, &s3.ListObjectVersionsInput{Bucket: p.bucket})
	p.must(out, err)
	var entries []string
	for _, v := range out.Versions {
		entries = append(entries, fmt.Sprintf("%s %s %d %v", *v.Key, p.id(v.VersionId), aws.ToInt64(v.Size), aws.ToBool(v.IsLatest)))
	}
	for _, m := range out.DeleteMarkers {
		entries = append(entries, fmt.Sprintf("%s %s marker %v", *m.Key, p.id(m.VersionId), aws.ToBool(m.IsLatest)))
	}
	p.say(what, "%s", strings.Join(entries, ", "))
}

var versionBehaviours = map[string]func(*probe){
	"versions": func(p *probe) {
		key := aws.String("k")
		p.say("before versioning", "%s", p.id(p.object("k", "").VersionId))
		p.versioned("Enabled")
		first, second := p.object("k", "1").VersionId, p.object("k", "22").VersionId
		p.say("ids", "%s %s", p.id(first), p.id(second))
		p.listVersions("two puts")
		get := func(what string, id *string) {
			out, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: key, VersionId: id})
			p.err("get "+what, err)
			if err == nil {
				content, err := io.ReadAll(out.Body)
				p.must(content, err)
				p.say("content of "+what, "%s %s", content, p.id(out.VersionId))
			}
			head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: key, VersionId: id})
			p.err("head "+what, err)
			if err == nil {
				p.say("length of "+what, "%d %s", aws.ToInt64(head.ContentLength), p.id(head.VersionId))
			}
		}
		get("the latest", nil)
		get("the first", first)
		get("the one before versioning", aws.String("null"))
		get("one that never was", aws.String(noVersion))
		remove := func(what string, id *string) *string {
			out, err := p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: key, VersionId: id})
			p.err("delete "+what, err)
			if err != nil {
				return nil
			}
			p.say("deleted "+what, "%s marker %v", p.id(out.VersionId), aws.ToBool(out.DeleteMarker))
			return out.VersionId
		}
		marker := remove("the key", nil)
		p.listVersions("deleted")
		get("the deleted", nil)
		get("the marker", marker)
		get("the second, when deleted", second)
		remove("one that never was", aws.String(noVersion))
		remove("the marker", marker)
		get("the restored", nil)
		remove("the latest version", second)
		get("the one below", nil)
		remove("the one before versioning", aws.String("null"))
		remove("the first", first)
		p.listVersions("all deleted")
		remove("a key that never was", nil)
		p.listVersions("marker of a key that is not")
		remove("the deleted key", nil)
		p.listVersions("deleted twice")
	},
	"suspended versioning": func(p *probe) {
		p.versioned("Enabled")
		p.object("k", "1")
		p.versioned("Suspended")
		p.say("put", "%s", p.id(p.object("k", "22").VersionId))
		p.object("k", "333")
		p.listVersions("two puts")
		out, err := p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k")})
		p.err("delete", err)
		p.say("deleted", "%s marker %v", p.id(out.VersionId), aws.ToBool(out.DeleteMarker))
		p.listVersions("a delete")
		p.object("k", "4444")
		p.listVersions("a put over the marker")
		p.versioned("Enabled")
		p.object("k", "55555")
		p.listVersions("enabled again")
		_, err = p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("k"), VersionId: aws.String("null")})
		p.err("delete null", err)
		p.listVersions("null deleted")
	},
	"null versions": func(p *probe) {
		key := aws.String("k")
		ask := func(when string) {
			for _, id := range []*string{nil, aws.String("null")} {
				what := when + ", " + p.id(id)
				get, err := p.s3.GetObject(p.ctx, &s3.GetObjectInput{Bucket: p.bucket, Key: key, VersionId: id})
				p.must(get, err)
				head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: key, VersionId: id})
				p.must(head, err)
				tags, err := p.s3.GetObjectTagging(p.ctx, &s3.GetObjectTaggingInput{Bucket: p.bucket, Key: key, VersionId: id})
				p.must(tags, err)
				p.say(what, "get %s, head %s, tags %s", p.id(get.VersionId), p.id(head.VersionId), p.id(tags.VersionId))
				source := *p.bucket + "/k"
				if id != nil {
					source += "?versionId=null"
				}
				copied, err := p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("copy"), CopySource: &source})
				p.must(copied, err)
				p.say(what+", copy", "from %s", p.id(copied.CopySourceVersionId))
			}
		}
		p.object("k", "x")
		ask("never versioned")
		p.versioned("Enabled")
		ask("enabled")
		p.versioned("Suspended")
		p.say("suspended, put", "%s", p.id(p.object("k", "y").VersionId))
		ask("suspended")
		copied, err := p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: aws.String("l"), CopySource: aws.String(*p.bucket + "/k")})
		p.must(copied, err)
		p.say("suspended, copy", "%s", p.id(copied.VersionId))
		gone, err := p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: key})
		p.must(gone, err)
		resp, body := p.send(true, "GET", "/k", nil, "")
		p.status("deleted", resp, body)
		p.say("deleted, headers", "%s %s", resp.Header.Get("x-amz-delete-marker"), resp.Header.Get("x-amz-version-id"))
		resp, body = p.send(true, "GET", "/k?versionId=null", nil, "")
		p.status("the marker", resp, body)
		p.say("the marker, headers", "%s %s", resp.Header.Get("x-amz-delete-marker"), resp.Header.Get("x-amz-version-id"))
	},
	"delete of versions": func(p *probe) {
		p.versioned("Enabled")
		first := p.object("a", "1").VersionId
		p.object("a", "2")
		p.object("b", "1")
		out, err := p.s3.DeleteObjects(p.ctx, &s3.DeleteObjectsInput{Bucket: p.bucket, Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{
			{Key: aws.String("a"), VersionId: first}, {Key: aws.String("b")}, {Key: aws.String("never")}, {Key: aws.String("a"), VersionId: aws.String(noVersion)},
		}}})
		p.err("delete", err)
		slices.SortFunc(out.Deleted, func(a, b s3types.DeletedObject) int {
			return cmp.Or(strings.Compare(*a.Key, *b.Key), strings.Compare(aws.ToString(b.VersionId), aws.ToString(a.VersionId)))
		})
		for i, d := range out.Deleted {
			p.say(fmt.Sprintf("deleted %d", i), "%s version %v marker %v %s", *d.Key, d.VersionId != nil, aws.ToBool(d.DeleteMarker), p.id(d.DeleteMarkerVersionId))
		}
		p.say("errors", "%s", asJSON(out.Errors))
		p.listVersions("left")
	},
	"version pages": func(p *probe) {
		p.versioned("Enabled")
		for _, key := range []string{"a", "a", "a", "b", "dir/1", "dir/1", "z"} {
			p.object(key, "x")
		}
		p.must(p.s3.DeleteObject(p.ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: aws.String("b")}))
		for _, in := range []s3.ListObjectVersionsInput{{}, {Delimiter: aws.String("/")}, {Prefix: aws.String("dir/")}} {
			in.Bucket, in.MaxKeys = p.bucket, aws.Int32(2)
			for n := 1; n < 10; n++ {
				out, err := p.s3.ListObjectVersions(p.ctx, &in)
				p.must(out, err)
				var entries []string
				for _, v := range out.Versions {
					entries = append(entries, *v.Key+" "+p.id(v.VersionId))
				}
				for _, m := range out.DeleteMarkers {
					entries = append(entries, *m.Key+" marker "+p.id(m.VersionId))
				}
				p.say(fmt.Sprintf("page %d of %q %q", n, aws.ToString(in.Delimiter), aws.ToString(in.Prefix)), "%s %v %v",
					strings.Join(entries, ", "), prefixesOf(out.CommonPrefixes), aws.ToBool(out.IsTruncated))
				if !aws.ToBool(out.IsTruncated) {
					break
				}
				in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
			}
		}
	},
	"version ACL and tags": func(p *probe) {
		p.versioned("Enabled")
		first := p.object("k", "1").VersionId
		p.object("k", "2")
		key := aws.String("k")
		_, err := p.s3.PutObjectTagging(p.ctx, &s3.PutObjectTaggingInput{Bucket: p.bucket, Key: key, VersionId: first, Tagging: &s3types.Tagging{
			TagSet: []s3types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		}})
		p.err("put tags", err)
		tags := func(what string, id *string) {
			out, err := p.s3.GetObjectTagging(p.ctx, &s3.GetObjectTaggingInput{Bucket: p.bucket, Key: key, VersionId: id})
			p.err("get tags of "+what, err)
			p.say("tags of "+what, "%s", asJSON(out.TagSet))
		}
		tags("the first", first)
		tags("the latest", nil)
		_, err = p.s3.PutObjectAcl(p.ctx, &s3.PutObjectAclInput{Bucket: p.bucket, Key: key, VersionId: first, ACL: "public-read"})
		p.err("put ACL", err)
		p.anonymous("anonymous get of the first", "GET", "/k?versionId="+*first, nil)
		p.anonymous("anonymous get of the latest", "GET", "/k", nil)
		_, err = p.s3.CopyObject(p.ctx, &s3.CopyObjectInput{Bucket: p.bucket, Key: key, CopySource: aws.String(*p.bucket + "/k?versionId=" + *first)})
		p.err("copy the first over the latest", err)
		head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: key})
		p.must(head, err)
		p.say("copied", "%s %d", aws.ToString(head.ETag), aws.ToInt32(head.TagCount))
	},
}
