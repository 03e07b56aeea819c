package localspaces_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// TestRestart: nothing is lost from one run to the next, also without Close.
func TestRestart(t *testing.T) {
	opt := localspaces.Options{Dir: t.TempDir(), Regions: []string{"nyc3", "fra1"}}
	ctx, b, k := t.Context(), aws.String("kept"), aws.String("../odd key")
	large := strings.Repeat("x", 2*mib)

	first := start(t, opt)
	c := first.withBucket(*b)
	must(t)(first.client("fra1").CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("abroad")}))
	must(t)(c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: someCORS}))
	enableVersioning(t, c, *b, "Enabled")
	put(t, c, *b, *k, "old")
	put(t, c, *b, *k, large, func(in *s3.PutObjectInput) { in.ACL, in.Metadata = "public-read", map[string]string{"m": "1"} })
	put(t, c, *b, "gone", "v")
	versions, _ := all(t, c, *b)
	_, id, _ := strings.Cut(strings.TrimSuffix(versions[len(versions)-1], "*"), ":")
	must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("gone"), VersionId: &id}))
	m := begin(t, c, *b, "upload")
	m.part(1, strings.Repeat("p", 5*mib))
	before, _ := all(t, c, *b)

	// What a process that is killed may leave behind.
	for _, path := range []string{"bodies/orphan", "bodies/new-1", "buckets/kept/objects/new-2", "buckets/half/objects/x.json"} {
		path = filepath.Join(opt.Dir, path)
		must(t)(nil, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t)(nil, os.WriteFile(path, []byte("{"), 0o600))
	}

	second := start(t, opt)
	access, secret := first.Credentials()
	if a, s := second.Credentials(); a != access || s != secret {
		t.Error("the key is another")
	}
	c = second.client("nyc3")
	if after, _ := all(t, c, *b); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("versions were %v and are %v", before, after)
	}
	out, body := get(t, c, &s3.GetObjectInput{Bucket: b, Key: k})
	if body != large || out.Metadata["m"] != "1" {
		t.Errorf("got %d bytes, %+v", len(body), out)
	}
	must(t)(c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b}))
	must(t)(second.client("fra1").HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("abroad")}))
	refused(t, 409, "BucketAlreadyExists")(c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("abroad")}))
	m.c = c
	must(t)(m.complete(m.parts...))
	bodies := func() int {
		files, err := os.ReadDir(filepath.Join(opt.Dir, "bodies"))
		must(t)(nil, err)
		return len(files)
	}
	if n := bodies(); n != 3 {
		t.Errorf("there are %d bodies, want 3", n)
	}
	for _, v := range append(before, "upload:null") {
		key, id, _ := strings.Cut(strings.TrimSuffix(v, "*"), ":")
		must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: &key, VersionId: &id}))
	}
	versions, _ = all(t, c, *b)
	for _, v := range versions {
		key, id, _ := strings.Cut(strings.TrimSuffix(v, "*"), ":")
		must(t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: &key, VersionId: &id}))
	}
	must(t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: b}))
	if n := bodies(); n != 0 {
		t.Errorf("%d bodies are left of nothing", n)
	}
}

// TestTwoServers: in one process they have nothing in common.
func TestTwoServers(t *testing.T) {
	one, two := start(t, localspaces.Options{}), start(t, localspaces.Options{})
	one.withBucket("same-name")
	two.withBucket("same-name")
	access, secret := one.Credentials()
	refused(t, 403, "InvalidAccessKeyId")(two.clientWith("nyc3", access, secret).ListBuckets(t.Context(), nil))
}
