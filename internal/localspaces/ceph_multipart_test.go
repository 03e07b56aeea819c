package localspaces_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// probedUpload is an unfinished upload of the key k.
type probedUpload struct {
	*probe
	key, id *string
}

func (p *probe) upload() probedUpload {
	out, err := p.s3.CreateMultipartUpload(p.ctx, &s3.CreateMultipartUploadInput{
		Bucket: p.bucket, Key: aws.String("k"), ContentType: aws.String("text/plain"), Metadata: map[string]string{"a": "b"}, ACL: "public-read",
	})
	p.must(out, err)
	return probedUpload{p, out.Key, out.UploadId}
}

func (u probedUpload) part(what string, number int32, content []byte) s3types.CompletedPart {
	out, err := u.s3.UploadPart(u.ctx, &s3.UploadPartInput{Bucket: u.bucket, Key: u.key, UploadId: u.id, PartNumber: &number, Body: bytes.NewReader(content)})
	u.err(what, err)
	if err != nil {
		return s3types.CompletedPart{}
	}
	u.say(what+", ETag", "%s", aws.ToString(out.ETag))
	return s3types.CompletedPart{ETag: out.ETag, PartNumber: &number}
}

func (u probedUpload) copied(what, span string) s3types.CompletedPart {
	out, err := u.s3.UploadPartCopy(u.ctx, &s3.UploadPartCopyInput{
		Bucket: u.bucket, Key: u.key, UploadId: u.id, PartNumber: aws.Int32(3), CopySource: aws.String(*u.bucket + "/source"), CopySourceRange: &span,
	})
	u.err("copy "+what, err)
	if err != nil || out.CopyPartResult == nil {
		return s3types.CompletedPart{}
	}
	u.say("copy "+what+", ETag", "%s", strings.Trim(aws.ToString(out.CopyPartResult.ETag), `"`))
	return s3types.CompletedPart{ETag: out.CopyPartResult.ETag, PartNumber: aws.Int32(3)}
}

func (u probedUpload) complete(what string, parts ...s3types.CompletedPart) {
	out, err := u.s3.CompleteMultipartUpload(u.ctx, &s3.CompleteMultipartUploadInput{
		Bucket: u.bucket, Key: u.key, UploadId: u.id, MultipartUpload: &s3types.CompletedMultipartUpload{Parts: parts},
	})
	u.err("complete "+what, err)
	if err == nil && what != "again" { // Ceph says less, or more, the second time
		u.say("complete "+what+", result", "%s %s", aws.ToString(out.Key), strings.Trim(aws.ToString(out.ETag), `"`))
	}
}

func (u probedUpload) listParts(what string, maxParts *int32) {
	out, err := u.s3.ListParts(u.ctx, &s3.ListPartsInput{Bucket: u.bucket, Key: u.key, UploadId: u.id, MaxParts: maxParts})
	u.err("list "+what, err)
	if err != nil {
		return
	}
	var listed []string
	for _, part := range out.Parts {
		listed = append(listed, fmt.Sprintf("%d %s %d", aws.ToInt32(part.PartNumber), aws.ToString(part.ETag), aws.ToInt64(part.Size)))
	}
	u.say(what, "%s; %v", strings.Join(listed, ", "), aws.ToBool(out.IsTruncated))
}

var fiveMiB = bytes.Repeat([]byte("x"), 5<<20)

var multipartBehaviours = map[string]func(*probe){
	"multipart": func(p *probe) {
		p.must(p.s3.PutObject(p.ctx, &s3.PutObjectInput{Bucket: p.bucket, Key: aws.String("source"), Body: bytes.NewReader(fiveMiB)}))
		u := p.upload()
		u.complete("nothing")
		two := u.part("part 2", 2, fiveMiB)
		u.part("part 1, small", 1, []byte("x"))
		one := u.part("part 1", 1, fiveMiB)
		three := u.copied("a range", "bytes=0-9")
		u.copied("beyond the end", "bytes=0-99999999")
		u.copied("nonsense", "nonsense")
		u.listParts("parts", nil)
		u.listParts("one part", aws.Int32(1))
		p.anonymous("anonymous get before the end", http.MethodGet, "/k", nil)

		wrong := s3types.CompletedPart{ETag: aws.String(`"d41d8cd98f00b204e9800998ecf8427e"`), PartNumber: aws.Int32(1)}
		u.complete("with a wrong ETag", wrong, two, three)
		u.complete("with a part that is not", one, two, s3types.CompletedPart{ETag: three.ETag, PartNumber: aws.Int32(7)})
		u.complete("all", one, two, three)
		u.complete("again", one, two, three)
		head, err := p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: u.key})
		p.must(head, err)
		p.say("object", "%s %d %s %v", aws.ToString(head.ETag), aws.ToInt64(head.ContentLength), aws.ToString(head.ContentType), head.Metadata)
		head, err = p.s3.HeadObject(p.ctx, &s3.HeadObjectInput{Bucket: p.bucket, Key: u.key, PartNumber: aws.Int32(3)})
		p.err("head of part 3", err)
		if err == nil {
			p.say("part 3", "%d of %d parts", aws.ToInt64(head.ContentLength), aws.ToInt32(head.PartsCount))
		}
		p.anonymous("anonymous head", http.MethodHead, "/k", nil)
		u.listParts("parts afterwards", nil)
		u.part("part afterwards", 4, nil)
		_, err = p.s3.AbortMultipartUpload(p.ctx, &s3.AbortMultipartUploadInput{Bucket: p.bucket, Key: u.key, UploadId: u.id})
		p.err("abort afterwards", err)
	},
	"multipart, some parts": func(p *probe) {
		u := p.upload()
		one, two := u.part("part 1", 1, []byte("x")), u.part("part 2", 2, []byte("y"))
		u.complete("with a small part", one, two)
		u.complete("without the first", two)
		u = p.upload()
		one, two = u.part("another part 1", 1, fiveMiB), u.part("another part 2", 2, nil)
		u.complete("in the wrong order", two, one)
		u = p.upload()
		u.part("part 0", 0, nil)
		u.part("part 10001", 10001, nil)
		u = p.upload()
		u.complete("a lone empty part", u.part("empty part 1", 1, nil))
	},
	"uploads": func(p *probe) {
		var begun []*s3.CreateMultipartUploadOutput
		for _, key := range []string{"b", "a", "dir/a"} {
			out, err := p.s3.CreateMultipartUpload(p.ctx, &s3.CreateMultipartUploadInput{Bucket: p.bucket, Key: &key})
			p.must(out, err)
			begun = append(begun, out)
		}
		list := func(what string, in s3.ListMultipartUploadsInput) {
			in.Bucket = p.bucket
			out, err := p.s3.ListMultipartUploads(p.ctx, &in)
			p.err("list "+what, err)
			if err != nil {
				return
			}
			var keys []string
			for _, u := range out.Uploads {
				keys = append(keys, *u.Key)
			}
			if !aws.ToBool(out.IsTruncated) {
				out.NextKeyMarker = nil
			}
			p.say(what, "%v %v %v %s", keys, prefixesOf(out.CommonPrefixes), aws.ToBool(out.IsTruncated), aws.ToString(out.NextKeyMarker))
		}
		list("all", s3.ListMultipartUploadsInput{})
		list("prefix", s3.ListMultipartUploadsInput{Prefix: aws.String("dir/")})
		list("delimiter", s3.ListMultipartUploadsInput{Delimiter: aws.String("/")})
		list("two", s3.ListMultipartUploadsInput{MaxUploads: aws.Int32(2)})
		list("after a", s3.ListMultipartUploadsInput{KeyMarker: aws.String("a")})
		abort := func(what string, key, id *string) {
			_, err := p.s3.AbortMultipartUpload(p.ctx, &s3.AbortMultipartUploadInput{Bucket: p.bucket, Key: key, UploadId: id})
			p.err(what, err)
		}
		abort("abort under another key", aws.String("z"), begun[0].UploadId)
		abort("abort", begun[0].Key, begun[0].UploadId)
		abort("abort again", begun[0].Key, begun[0].UploadId)
		abort("abort nonsense", begun[1].Key, aws.String("nonsense"))
		list("rest", s3.ListMultipartUploadsInput{})
	},
}
