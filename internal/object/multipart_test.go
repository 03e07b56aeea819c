package object

import (
	"context"
	"crypto/md5" //nolint:gosec // what S3 compares bodies with
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const (
	mib      = 1 << 20
	fiveSize = putLimit + 7*mib // what takes five parts
	five     = 5
)

// sized is a file of a size that takes no room on the disk: each MiB of it
// begins with its own number, all else is zero.
func sized(t *testing.T, size int64) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "a.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at+8 < size; at += mib {
		if _, err := f.WriteAt(binary.BigEndian.AppendUint64(nil, uint64(at+1)), at); err != nil {
			t.Fatal(err)
		}
	}
	return f.Name()
}

// known is the fingerprint of a file, with the ETags that it can get from us.
func known(t *testing.T, path string) fingerprint {
	t.Helper()
	b, err := content{path: path}.open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f, err := b.fingerprint(t.Context(), md5.New(), newETagHash(partSize(b.size))) //nolint:gosec // see the import
	if err != nil {
		t.Fatal(err)
	}
	f.etags = append(f.etags, f.md5)
	return f
}

// parcelOf is a file on its way to the key a.txt.
func parcelOf(path, sha string) parcel {
	return parcel{
		at: spaces.Location{Region: "nyc3", Bucket: "test"}, from: content{path: path}, sha256: sha,
		headers: &s3.PutObjectInput{Bucket: aws.String("test"), Key: aws.String("a.txt"), CacheControl: aws.String("no-cache")},
	}
}

// arrived checks that the server has the file, and nothing half done.
func arrived(t *testing.T, c *s3.Client, path string, done sent) {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("test"), Key: aws.String("a.txt")})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, out.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := known(t, path)
	if n != want.size || hex.EncodeToString(sum.Sum(nil)) != want.sha256 {
		t.Errorf("the server has %d bytes, want %d", n, want.size)
	}
	if done.size != want.size || done.sha256 != want.sha256 || done.etag != *bare(out.ETag) || !slices.Contains(want.etags, done.etag) {
		t.Errorf("it says %+v, and the ETag is %s, want one of %v", done, *out.ETag, want.etags)
	}
	if done.contentType != "text/plain; charset=utf-8" || *out.ContentType != done.contentType || *out.CacheControl != "no-cache" {
		t.Errorf("it says %s, the server %s, %s", done.contentType, *out.ContentType, *out.CacheControl)
	}
	noUploads(t, c)
}

// nothing checks that the server has neither an object nor parts of one.
func nothing(t *testing.T, c *s3.Client) {
	t.Helper()
	if got, there := held(t, c); there {
		t.Errorf("the server has %d bytes", len(got))
	}
	noUploads(t, c)
}

func noUploads(t *testing.T, c *s3.Client) {
	t.Helper()
	out, err := c.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String("test")})
	if err != nil || len(out.Uploads) > 0 {
		t.Errorf("%d uploads are left, %v", len(out.Uploads), err)
	}
}

// count is how many requests of an operation the server has had.
func count(server *localspaces.Server, operation string) (n int) {
	for _, r := range server.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

func TestSend_sizes(t *testing.T) {
	server, cl, c := local(t)
	for size, parts := range map[int64]int{
		0: 0, 1: 0, readWhole: 0, readWhole + 1: 0, putLimit - 1: 0, putLimit: 0,
		putLimit + 1: 5, 5 * usualPart: 5, 5*usualPart + 1: 6,
	} {
		server.ResetRequests()
		path := sized(t, size)
		done, err := send(t.Context(), cl, parcelOf(path, known(t, path).sha256))
		if err != nil {
			t.Errorf("%d bytes: %v", size, err)
			continue
		}
		arrived(t, c, path, done)
		if puts, sent := count(server, "PutObject"), count(server, "UploadPart"); sent != parts || (puts == 1) != (parts == 0) {
			t.Errorf("%d bytes: %d PUTs and %d parts, want %d parts", size, puts, sent, parts)
		}
	}
}

// part matches the upload of a part.
func part(number string) func(r *http.Request, operation string) bool {
	return func(r *http.Request, operation string) bool {
		return operation == "UploadPart" && r.URL.Query().Get("partNumber") == number
	}
}

// What goes wrong in passing costs the parts that it met, and no others.
func TestSend_recovers(t *testing.T) {
	for name, test := range map[string]struct {
		faults []localspaces.Fault
		parts  int // that are sent, at most
	}{
		"part cut off":              {[]localspaces.Fault{{Match: part("3"), Cut: true}}, five + 1},
		"part's answer lost":        {[]localspaces.Fault{{Match: part("3"), CutAfter: true}}, five + 1},
		"500 for a part":            {[]localspaces.Fault{{Match: part("1"), Status: 500}}, five + 1},
		"503 for three":             {[]localspaces.Fault{{Operation: "UploadPart", Times: 3, Status: 503}}, five + 3},
		"part damaged":              {[]localspaces.Fault{{Match: part("5"), Status: 400, Code: "BadDigest"}}, five + 1},
		"bucket not there yet":      {[]localspaces.Fault{{Operation: "CreateMultipartUpload", Status: 404, Code: "NoSuchBucket"}}, five},
		"bucket gone for a moment":  {[]localspaces.Fault{{Match: part("2"), Status: 404, Code: "NoSuchBucket"}}, five + 1},
		"200 with an error":         {[]localspaces.Fault{{Operation: "CompleteMultipartUpload", Status: 200, Code: "InternalError"}}, five},
		"completion's answer lost":  {[]localspaces.Fault{{Operation: "CompleteMultipartUpload", CutAfter: true}}, five},
		"completed, then not known": {[]localspaces.Fault{{Operation: "CompleteMultipartUpload", CutAfter: true}, {Operation: "CompleteMultipartUpload", Skip: 1, Status: 404, Code: "NoSuchUpload"}}, five},
		"completed, then broken":    {[]localspaces.Fault{{Operation: "CompleteMultipartUpload", CutAfter: true}, {Operation: "CompleteMultipartUpload", Skip: 1, Times: 2, Status: 500}}, five},
		"completed, read late": {[]localspaces.Fault{
			{Operation: "CompleteMultipartUpload", CutAfter: true},
			{Operation: "CompleteMultipartUpload", Skip: 1, Status: 404, Code: "NoSuchUpload"},
			{Operation: "HeadObject", Times: 2, Status: 404, Code: "NoSuchKey"},
		}, five},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cl, c := local(t)
			cl.Patience.Write, cl.Patience.Birth = time.Minute, time.Minute // a slow machine is no fault
			for _, f := range test.faults {
				f.Times = max(1, f.Times)
				server.Fail(f)
			}
			path := sized(t, fiveSize)
			done, err := send(t.Context(), cl, parcelOf(path, ""))
			if err != nil {
				t.Fatal(err)
			}
			arrived(t, c, path, done)
			if sent := count(server, "UploadPart"); sent > test.parts {
				t.Errorf("%d parts were sent, want %d", sent, test.parts)
			}
		})
	}
}

// What fails for good leaves nothing.
func TestSend_fails(t *testing.T) {
	for name, test := range map[string]struct {
		fault localspaces.Fault
		kind  spaces.Kind
		want  string
	}{
		"part":               {localspaces.Fault{Match: part("3"), Status: 500}, spaces.Busy, "InternalError"},
		"part, forbidden":    {localspaces.Fault{Match: part("5"), Status: 403}, spaces.Denied, "AccessDenied"},
		"part, cut off":      {localspaces.Fault{Match: part("1"), Cut: true}, spaces.Unreachable, "UploadPart"},
		"part, damaged":      {localspaces.Fault{Match: part("2"), Status: 400, Code: "BadDigest"}, spaces.Other, "BadDigest"},
		"no bucket":          {localspaces.Fault{Operation: "CreateMultipartUpload", Status: 404, Code: "NoSuchBucket"}, spaces.NotFound, "there is no bucket test in region nyc3"},
		"upload forbidden":   {localspaces.Fault{Operation: "CreateMultipartUpload", Status: 403}, spaces.Denied, "AccessDenied"},
		"completion":         {localspaces.Fault{Operation: "CompleteMultipartUpload", Status: 400, Code: "InvalidPart"}, spaces.Other, "InvalidPart"},
		"not completed":      {localspaces.Fault{Operation: "CompleteMultipartUpload", Status: 500}, spaces.Busy, "InternalError"},
		"aborted by another": {localspaces.Fault{Match: part("4"), Status: 404, Code: "NoSuchUpload"}, spaces.NotFound, "NoSuchUpload"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cl, c := local(t)
			server.Fail(test.fault)
			_, err := send(t.Context(), cl, parcelOf(sized(t, fiveSize), ""))
			// A server that answers before it has the body may cut the answer off.
			early := test.fault.Match != nil && spaces.KindOf(err) == spaces.Unreachable
			if !early && (spaces.KindOf(err) != test.kind || !strings.Contains(fmt.Sprint(err), test.want)) {
				t.Errorf("kind %d, want %d: %v", spaces.KindOf(err), test.kind, err)
			}
			nothing(t, c)
		})
	}
}

func TestSend_abortFails(t *testing.T) {
	server, cl, c := local(t)
	server.Fail(localspaces.Fault{Match: part("3"), Status: 403})
	server.Fail(localspaces.Fault{Operation: "AbortMultipartUpload", Status: 403})
	_, err := send(t.Context(), cl, parcelOf(sized(t, fiveSize), ""))
	out, listed := c.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String("test")})
	if listed != nil || len(out.Uploads) != 1 {
		t.Fatal(listed, out)
	}
	for _, want := range []string{"AccessDenied", *out.Uploads[0].UploadId, "a.txt", "abort_incomplete_multipart_upload", "spaces_bucket_lifecycle_configuration"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s is not in: %v", want, err)
		}
	}
	if spaces.KindOf(err) != spaces.Denied {
		t.Errorf("kind %d", spaces.KindOf(err))
	}
}

func TestSend_cancelled(t *testing.T) {
	for _, number := range []string{"1", "3", "5"} {
		server, cl, c := local(t)
		ctx, cancel := context.WithCancel(t.Context())
		server.Fail(localspaces.Fault{Match: func(r *http.Request, operation string) bool {
			if !part(number)(r, operation) {
				return false
			}
			cancel()
			return true
		}, Delay: 200 * time.Millisecond})
		if _, err := send(ctx, cl, parcelOf(sized(t, fiveSize), "")); spaces.KindOf(err) != spaces.Cancelled {
			t.Errorf("part %s: %v", number, err)
		}
		nothing(t, c)
	}
}

// However a file changes while it is sent, the server gets nothing of it.
func TestSend_changedMeanwhile(t *testing.T) {
	flip := func(at int64) func(f *os.File) error {
		return func(f *os.File) error { _, err := f.WriteAt([]byte("!"), at); return err }
	}
	for name, change := range map[string]func(f *os.File) error{
		"in the part that is sent": flip(2*usualPart + 100),
		"in the last one":          flip(fiveSize - 1),
		"shorter":                  func(f *os.File) error { return f.Truncate(2*usualPart + 5) },
		"empty":                    func(f *os.File) error { return f.Truncate(0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cl, c := local(t)
			path := sized(t, fiveSize)
			sha := known(t, path).sha256
			server.Fail(localspaces.Fault{Match: func(r *http.Request, operation string) bool {
				if !part("3")(r, operation) {
					return false
				}
				f, err := os.OpenFile(path, os.O_RDWR, 0)
				if err == nil {
					err = change(f)
				}
				if err != nil {
					t.Error(err)
				}
				f.Close()
				return true
			}, Times: 1, Status: 500})
			_, err := send(t.Context(), cl, parcelOf(path, sha))
			if err == nil || !strings.Contains(err.Error(), "has changed since it was planned") {
				// The last part may have been hashed and sent before the change.
				if name != "in the last one" || err != nil {
					t.Error(err)
				}
				return
			}
			nothing(t, c)
		})
	}
}

func TestSend_changedBefore(t *testing.T) {
	server, cl, c := local(t)
	_, err := send(t.Context(), cl, parcelOf(sized(t, fiveSize), sumA))
	if err == nil || !strings.Contains(err.Error(), "has changed since it was planned. Nothing was kept of the upload.") {
		t.Error(err)
	}
	nothing(t, c)
	if count(server, "CompleteMultipartUpload") > 0 {
		t.Error("it was completed before")
	}
}

// meddled is a server whose answers to a request are changed.
func meddled(operation func(r *http.Request) bool, times int, meddle func(http.Handler, http.ResponseWriter, *http.Request)) func(http.Handler) http.Handler {
	var seen atomic.Int64
	return func(server http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if operation(r) && seen.Add(1) <= int64(times) {
				meddle(server, w, r)
				return
			}
			server.ServeHTTP(w, r)
		})
	}
}

func isPart(number string) func(r *http.Request) bool {
	return func(r *http.Request) bool {
		return r.Method == http.MethodPut && r.URL.Query().Get("partNumber") == number
	}
}

func isCompletion(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Has("uploadId")
}

// A part that is damaged on its way, or in the server's hands, is noticed and
// sent again.
func TestSend_damaged(t *testing.T) {
	onTheWay := func(server http.Handler, w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadFull(r.Body, make([]byte, 1)); err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader("!"), r.Body))
		server.ServeHTTP(w, r)
	}
	inTheServer := func(server http.Handler, w http.ResponseWriter, r *http.Request) {
		server.ServeHTTP(w, r)
		w.Header().Set("ETag", `"00000000000000000000000000000000"`)
	}
	for name, meddle := range map[string]func(http.Handler, http.ResponseWriter, *http.Request){"on the way": onTheWay, "in the server": inTheServer} {
		for times, want := range map[int]bool{1: true, 100: false} {
			t.Run(fmt.Sprint(name, ", ", times), func(t *testing.T) {
				t.Parallel()
				_, cl, c := localBehind(t, localspaces.Options{}, meddled(isPart("2"), times, meddle))
				path := sized(t, fiveSize)
				done, err := send(t.Context(), cl, parcelOf(path, ""))
				switch {
				case want && err != nil:
					t.Fatal(err)
				case want:
					arrived(t, c, path, done)
				case !isDamage(err):
					t.Error(err)
				default:
					nothing(t, c)
				}
			})
		}
	}
}

// Ceph 16 completes an upload without saying its ETag.
func TestSend_noETag(t *testing.T) {
	_, cl, c := localBehind(t, localspaces.Options{}, meddled(isCompletion, 1, func(server http.Handler, w http.ResponseWriter, r *http.Request) {
		server.ServeHTTP(discard{http.Header{}}, r)
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(w, "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>")
	}))
	path := sized(t, fiveSize)
	done, err := send(t.Context(), cl, parcelOf(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	arrived(t, c, path, done)
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// An object that has been there for an hour does not pass for the one that an
// upload with a lost end was to make, though it has the same content.
func TestSend_sameAsBefore(t *testing.T) {
	server, cl, c := localBehind(t, localspaces.Options{Now: func() time.Time { return time.Now().Add(-time.Hour) }}, func(s http.Handler) http.Handler { return s })
	path := sized(t, fiveSize)
	if _, err := send(t.Context(), cl, parcelOf(path, "")); err != nil {
		t.Fatal(err)
	}
	server.Fail(localspaces.Fault{Operation: "CompleteMultipartUpload", Status: 404, Code: "NoSuchUpload"})
	if _, err := send(t.Context(), cl, parcelOf(path, "")); !hasCode(err, "NoSuchUpload") {
		t.Error(err)
	}
	noUploads(t, c)
}

// All uploads of the process together send no more parts at a time than one
// may.
func TestSend_together(t *testing.T) {
	var now, most atomic.Int64
	_, cl, c := localBehind(t, localspaces.Options{RTT: 20 * time.Millisecond}, func(server http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") {
				n := now.Add(1)
				defer now.Add(-1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
			}
			server.ServeHTTP(w, r)
		})
	})
	path := sized(t, 6*usualPart)
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			p := parcelOf(path, "")
			p.headers.Key = aws.String(fmt.Sprint("key-", i))
			if _, err := send(t.Context(), cl, p); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() > partsAtOnce || most.Load() < 2 {
		t.Errorf("%d parts at a time, want up to %d", most.Load(), partsAtOnce)
	}
	noUploads(t, c)
}

// What an upload in one PUT takes along, one in parts does too.
func TestSend_headers(t *testing.T) {
	_, cl, c := local(t)
	p := parcelOf(sized(t, fiveSize), "")
	p.headers.ACL = "public-read"
	p.headers.Expires = aws.Time(time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC))
	p.headers.Metadata = map[string]string{"a": "b"}
	for _, header := range []**string{
		&p.headers.ContentType, &p.headers.ContentDisposition, &p.headers.ContentEncoding, &p.headers.ContentLanguage, &p.headers.WebsiteRedirectLocation,
	} {
		*header = aws.String("/x")
	}
	if _, err := send(t.Context(), cl, p); err != nil {
		t.Fatal(err)
	}
	got, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: p.headers.Bucket, Key: p.headers.Key})
	if err != nil {
		t.Fatal(err)
	}
	want, have := reflect.ValueOf(*p.headers), reflect.ValueOf(*got)
	for _, name := range []string{"ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "WebsiteRedirectLocation", "Metadata"} {
		if w, h := want.FieldByName(name).Interface(), have.FieldByName(name).Interface(); !reflect.DeepEqual(w, h) {
			t.Errorf("%s is %v, want %v", name, h, w)
		}
	}
	acl, err := readACL(t.Context(), c, &planned(t, source(t, "")).described, nil)
	if err != nil || acl.ValueString() != "public-read" || *got.ExpiresString != "Thu, 31 Jan 2030 00:00:00 GMT" {
		t.Errorf("%s, %s, %v", acl, *got.ExpiresString, err)
	}
}
