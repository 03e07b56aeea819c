package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// small are limits that a test reaches with some MiB: no part but the last may
// be smaller than 5 MiB. partSize is what else bounds a part, so contents that
// are to have more than one are larger than that.
var small = limits{whole: 6 << 20, part: minPart, stream: 6 << 20, piece: minPart}

// ways are all that a copy can go.
var ways = map[string]struct {
	beside bool
	size   int
}{
	"server-side":          {true, 3 << 20},
	"server-side in parts": {true, 40 << 20},
	"streamed":             {false, 3 << 20},
	"streamed in parts":    {false, 40 << 20},
	"server-side, empty":   {true, 0},
	"streamed, empty":      {false, 0},
}

// letters are bytes that tell where in a content they are.
func letters(n int, seed byte) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(i) ^ byte(i>>8) ^ byte(i>>16) ^ seed
	}
	return content
}

// prepared puts a source, and prepares a copy of it to "copy".
func prepared(t *testing.T, cl *spaces.Clients, c *s3.Client, key string, content []byte, beside bool) *copying {
	t.Helper()
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("test"), Key: &key, Body: bytes.NewReader(content), ContentType: aws.String("text/x-test"), CacheControl: aws.String("no-cache"),
		Metadata: map[string]string{"a": "b"}, WebsiteRedirectLocation: aws.String("/elsewhere"), ACL: "public-read",
	})
	if err != nil {
		t.Fatal(err)
	}
	return lookedAt(t, cl, c, key, nil, beside)
}

func lookedAt(t *testing.T, cl *spaces.Clients, c *s3.Client, key string, version *string, beside bool) *copying {
	t.Helper()
	head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("test"), Key: &key, VersionId: version})
	if err != nil {
		t.Fatal(err)
	}
	headers := carried(head)
	headers.Bucket, headers.Key = aws.String("test"), aws.String("copy")
	k := newCopy(cl, c, spaces.Location{Region: "nyc3", Bucket: "test"}, headers, seen(c, "test", key, version, head), beside)
	k.limits = small
	return k
}

// got reads what a key holds.
func got(t *testing.T, c *s3.Client, key string) (*s3.GetObjectOutput, []byte) {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("test"), Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out, content
}

// noCopy wants nothing to be at the destination, and no unfinished upload.
func noCopy(t *testing.T, c *s3.Client) {
	t.Helper()
	if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("test"), Key: aws.String("copy")}); spaces.KindOf(err) != spaces.NotFound {
		t.Errorf("there is a copy (%v)", err)
	}
	noUploads(t, c)
}

func TestCopy_ways(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			_, cl, c := local(t)
			content := letters(way.size, 0)
			done, err := prepared(t, cl, c, "a +%#?ü/日本", content, way.beside).run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			out, copied := got(t, c, "copy")
			if !bytes.Equal(copied, content) {
				t.Errorf("the copy has %d bytes, which are not those of the source", len(copied))
			}
			if *bare(out.ETag) != done.etag || done.size != int64(way.size) || inParts.MatchString(done.etag) != (way.size > 6<<20) {
				t.Errorf("%+v, and the copy's ETag is %s", done, *out.ETag)
			}
			if *out.ContentType != "text/x-test" || *out.CacheControl != "no-cache" || out.Metadata["a"] != "b" || *out.WebsiteRedirectLocation != "/elsewhere" {
				t.Errorf("headers: %+v", out)
			}
			noUploads(t, c)
		})
	}
}

func TestCopy_requests(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]int{
		"server-side":          {"CopyObject": 1},
		"server-side in parts": {"CreateMultipartUpload": 1, "UploadPartCopy": 3, "HeadObject": 1, "CompleteMultipartUpload": 1},
		"streamed":             {"GetObject": 1, "PutObject": 1},
		"streamed in parts":    {"CreateMultipartUpload": 1, "GetObject": 3, "UploadPart": 3, "HeadObject": 1, "CompleteMultipartUpload": 1},
	} {
		t.Run(name, func(t *testing.T) {
			server, cl, c := local(t)
			k := prepared(t, cl, c, "source", letters(ways[name].size, 0), ways[name].beside)
			before := map[string]int{}
			for operation := range want {
				before[operation] = count(server, operation)
			}
			if _, err := k.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			for operation, n := range want {
				if more := count(server, operation) - before[operation]; more != n {
					t.Errorf("%d requests are %s, want %d", more, operation, n)
				}
			}
		})
	}
}

// Ceph 16 would take the source of a part for "a b".
func TestCopy_misread(t *testing.T) {
	t.Parallel()
	server, cl, c := local(t)
	content := letters(40<<20, 0)
	if _, err := prepared(t, cl, c, "a%20b", content, true).run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, copied := got(t, c, "copy"); !bytes.Equal(copied, content) || count(server, "UploadPartCopy") > 0 {
		t.Error("the copy was left to the server, or is not the source")
	}
}

func TestCopy_version(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		if way.size == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			_, cl, c := local(t)
			_, err := c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: aws.String("test"), VersioningConfiguration: enabled})
			if err != nil {
				t.Fatal(err)
			}
			content := letters(way.size, 0)
			first, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("test"), Key: aws.String("k"), Body: bytes.NewReader(content)})
			if err != nil {
				t.Fatal(err)
			}
			prepared(t, cl, c, "k", letters(way.size, 1), way.beside)
			done, err := lookedAt(t, cl, c, "k", first.VersionId, way.beside).run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if out, copied := got(t, c, "copy"); !bytes.Equal(copied, content) || done.version == "" || *out.VersionId != done.version {
				t.Errorf("%+v, and the copy is the version %s", done, *out.VersionId)
			}
		})
	}
}

// A source that changes after it was looked at is not copied, nor a mixture.
func TestCopy_sourceChanges(t *testing.T) {
	t.Parallel()
	for name, operations := range map[string][]string{
		"server-side":          {"CopyObject"},
		"server-side in parts": {"UploadPartCopy", "HeadObject"},
		"streamed":             {"GetObject"},
		"streamed in parts":    {"GetObject", "UploadPart", "HeadObject"},
	} {
		way := ways[name]
		for _, operation := range operations {
			t.Run(name+" "+operation, func(t *testing.T) {
				t.Parallel()
				var c *s3.Client
				var cl *spaces.Clients
				var begun atomic.Bool
				_, cl, c = localBehind(t, localspaces.Options{}, meddled(
					func(r *http.Request) bool { return begun.Load() && is(r, operation) }, 1,
					func(server http.Handler, w http.ResponseWriter, r *http.Request) {
						_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("test"), Key: aws.String("source"), Body: bytes.NewReader(letters(way.size, 1))})
						if err != nil {
							t.Error(err)
						}
						server.ServeHTTP(w, r)
					}))
				k := prepared(t, cl, c, "source", letters(way.size, 0), way.beside)
				begun.Store(true)
				_, err := k.run(t.Context())
				var changed *sourceChanged
				if !errors.As(err, &changed) || !strings.Contains(err.Error(), "The source test/source was changed while it was copied") {
					t.Errorf("error %v", err)
				}
				noCopy(t, c)
			})
		}
	}
}

// is says whether a request of the SDK's is an operation.
func is(r *http.Request, operation string) bool {
	if operation == "HeadObject" {
		return r.Method == http.MethodHead
	}
	return r.URL.Query().Get("x-id") == operation
}

func TestCopy_recovers(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		way   string
		fault localspaces.Fault
	}{
		"copy is busy":             {"server-side", localspaces.Fault{Operation: "CopyObject", Times: 1, Status: 503}},
		"answer of copy is lost":   {"server-side", localspaces.Fault{Operation: "CopyObject", Times: 1, CutAfter: true}},
		"part is busy":             {"server-side in parts", localspaces.Fault{Operation: "UploadPartCopy", Skip: 1, Times: 1, Status: 500}},
		"answer of part is lost":   {"server-side in parts", localspaces.Fault{Operation: "UploadPartCopy", Skip: 1, Times: 1, CutAfter: true}},
		"answer of end is lost":    {"server-side in parts", localspaces.Fault{Operation: "CompleteMultipartUpload", Times: 1, CutAfter: true}},
		"source is busy":           {"streamed", localspaces.Fault{Operation: "GetObject", Times: 1, Status: 503}},
		"put is busy":              {"streamed", localspaces.Fault{Operation: "PutObject", Times: 1, Status: 503}},
		"put is cut off":           {"streamed", localspaces.Fault{Operation: "PutObject", Times: 1, Cut: true}},
		"answer of put is lost":    {"streamed", localspaces.Fault{Operation: "PutObject", Times: 1, CutAfter: true}},
		"streamed part is busy":    {"streamed in parts", localspaces.Fault{Operation: "UploadPart", Skip: 1, Times: 1, Status: 503}},
		"streamed part is cut off": {"streamed in parts", localspaces.Fault{Operation: "UploadPart", Skip: 1, Times: 1, Cut: true}},
		"bucket appears late":      {"streamed", localspaces.Fault{Operation: "PutObject", Times: 1, Status: 404}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cl, c := local(t)
			cl.Patience.Write, cl.Patience.Birth = time.Minute, time.Minute // a slow machine is no fault
			way := ways[x.way]
			k := prepared(t, cl, c, "source", letters(way.size, 0), way.beside)
			server.Fail(x.fault)
			if _, err := k.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, copied := got(t, c, "copy"); !bytes.Equal(copied, letters(way.size, 0)) {
				t.Error("the copy is not the source")
			}
			noUploads(t, c)
		})
	}
}

// A source whose connection breaks is read on from there, however often.
func TestCopy_sourceBreaksOff(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"streamed", "streamed in parts"} {
		for name, breaks := range map[string]int{"once": 1, "again and again": 1000} {
			t.Run(way+" "+name, func(t *testing.T) {
				ranges := make(chan string, 2000)
				_, cl, c := localBehind(t, localspaces.Options{}, meddled(
					func(r *http.Request) bool {
						return is(r, "GetObject") && strings.HasSuffix(r.URL.Path, "/source")
					},
					breaks, func(server http.Handler, w http.ResponseWriter, r *http.Request) {
						ranges <- r.Header.Get("Range")
						server.ServeHTTP(&brittle{w, ways[way].size / 6}, r)
					}))
				content := letters(ways[way].size, 0)
				if _, err := prepared(t, cl, c, "source", content, false).run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, copied := got(t, c, "copy"); !bytes.Equal(copied, content) {
					t.Error("the copy is not the source")
				}
				if len(ranges) < min(breaks, 3) {
					t.Errorf("%d connections broke", len(ranges))
				}
			})
		}
	}
}

// brittle breaks the connection after some bytes.
type brittle struct {
	http.ResponseWriter
	left int
}

func (b *brittle) Write(p []byte) (int, error) {
	n, err := b.ResponseWriter.Write(p[:min(len(p), b.left)])
	if b.left -= n; b.left == 0 {
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// A source that cannot be read to its end is an error, and nothing is kept.
func TestCopy_sourceStaysBroken(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"streamed", "streamed in parts"} {
		t.Run(way, func(t *testing.T) {
			_, cl, c := localBehind(t, localspaces.Options{}, meddled(
				func(r *http.Request) bool { return is(r, "GetObject") },
				1000, func(server http.Handler, w http.ResponseWriter, r *http.Request) {
					server.ServeHTTP(&brittle{w, 64 << 10}, r)
				}))
			k := prepared(t, cl, c, "source", letters(ways[way].size, 0), false)
			k.from.c = s3.New(k.from.c.Options(), func(o *s3.Options) { o.Retryer = aws.NopRetryer{} })
			_, err := k.run(t.Context())
			if err == nil || !strings.Contains(err.Error(), "the source test/source could not be read: the connection broke off at byte") {
				t.Errorf("error %v", err)
			}
			noCopy(t, c)
		})
	}
}

// What is damaged on its way here is not kept.
func TestCopy_damaged(t *testing.T) {
	t.Parallel()
	for name, times := range map[string]int{"once": 1, "always": 1000} {
		t.Run(name, func(t *testing.T) {
			_, cl, c := localBehind(t, localspaces.Options{}, meddled(
				func(r *http.Request) bool {
					return is(r, "GetObject") && strings.HasSuffix(r.URL.Path, "/source")
				},
				times, func(server http.Handler, w http.ResponseWriter, r *http.Request) { server.ServeHTTP(flipping{w}, r) }))
			content := letters(1000, 0)
			_, err := prepared(t, cl, c, "source", content, false).run(t.Context())
			if times > 1 {
				if !hasCode(err, "BadDigest") {
					t.Errorf("error %v", err)
				}
				noCopy(t, c)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, copied := got(t, c, "copy"); !bytes.Equal(copied, content) {
				t.Error("the copy is not the source")
			}
		})
	}
}

type flipping struct{ http.ResponseWriter }

func (f flipping) Write(p []byte) (int, error) {
	p = bytes.Clone(p)
	p[len(p)/2] ^= 1
	return f.ResponseWriter.Write(p)
}

// A copy takes long, so servers answer 200 and white space before they know how
// it ends: at times with an error.
func TestCopy_answersOfLongCopies(t *testing.T) {
	t.Parallel()
	const failed = `<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>`
	for way, request := range map[string]func(r *http.Request) bool{
		"server-side": func(r *http.Request) bool { return is(r, "CopyObject") },
		"server-side in parts": func(r *http.Request) bool {
			return is(r, "UploadPartCopy") && r.URL.Query().Get("partNumber") == "2"
		},
	} {
		for name, times := range map[string]int{"fails once": 1, "fails always": 1000, "white space": 0} {
			t.Run(way+" "+name, func(t *testing.T) {
				_, cl, c := localBehind(t, localspaces.Options{}, meddled(request, max(times, 1), func(server http.Handler, w http.ResponseWriter, r *http.Request) {
					if times > 0 {
						_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+strings.Repeat(" \n", 1000)+failed)
						return
					}
					later := &withSpace{ResponseWriter: w}
					server.ServeHTTP(later, r)
				}))
				k := prepared(t, cl, c, "source", letters(ways[way].size, 0), true)
				_, err := k.run(t.Context())
				if times > 1 {
					if spaces.KindOf(err) != spaces.Busy {
						t.Errorf("error %v", err)
					}
					noCopy(t, c)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if _, copied := got(t, c, "copy"); !bytes.Equal(copied, letters(ways[way].size, 0)) {
					t.Error("the copy is not the source")
				}
			})
		}
	}
}

// withSpace puts white space after an answer's XML declaration.
type withSpace struct {
	http.ResponseWriter
	begun bool
}

func (w *withSpace) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}

func (w *withSpace) Write(p []byte) (int, error) {
	if w.begun {
		return w.ResponseWriter.Write(p)
	}
	w.begun = true
	w.Header().Del("Content-Length")
	head, rest, _ := bytes.Cut(p, []byte("?>"))
	_, err := fmt.Fprintf(w.ResponseWriter, "%s?>%s%s", head, strings.Repeat(" \n", 1000), rest)
	return len(p), err
}

// What the server will not copy by itself is streamed.
func TestCopy_refused(t *testing.T) {
	t.Parallel()
	for way, operation := range map[string]string{"server-side": "CopyObject", "server-side in parts": "UploadPartCopy"} {
		for _, status := range []int{501, 403, 404} {
			t.Run(fmt.Sprint(way, " ", status), func(t *testing.T) {
				server, cl, c := local(t)
				k := prepared(t, cl, c, "source", letters(ways[way].size, 0), true)
				server.Fail(localspaces.Fault{Operation: operation, Status: status})
				if _, err := k.run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, copied := got(t, c, "copy"); !bytes.Equal(copied, letters(ways[way].size, 0)) || !k.refused {
					t.Error("the copy is not the source")
				}
				noUploads(t, c)
			})
		}
	}
}

func TestCopy_cancelled(t *testing.T) {
	t.Parallel()
	for name, operation := range map[string]string{"server-side": "CopyObject", "server-side in parts": "UploadPartCopy", "streamed": "PutObject", "streamed in parts": "UploadPart"} {
		t.Run(name, func(t *testing.T) {
			server, cl, c := local(t)
			k := prepared(t, cl, c, "source", letters(ways[name].size, 0), ways[name].beside)
			ctx, cancel := context.WithCancel(t.Context())
			stop := server.Fail(localspaces.Fault{Operation: operation, Match: func(*http.Request, string) bool { cancel(); return true }, Delay: time.Second, Status: 503})
			if _, err := k.run(ctx); spaces.KindOf(err) != spaces.Cancelled {
				t.Errorf("error %v", err)
			}
			stop()
			noCopy(t, c)
		})
	}
}

func TestCopy_fails(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		way   string
		fault localspaces.Fault
	}{
		"put denied":          {"streamed", localspaces.Fault{Operation: "PutObject", Status: 403}},
		"part denied":         {"streamed in parts", localspaces.Fault{Operation: "UploadPart", Skip: 1, Status: 403}},
		"source denied":       {"streamed", localspaces.Fault{Operation: "GetObject", Status: 403}},
		"source part denied":  {"streamed in parts", localspaces.Fault{Operation: "GetObject", Skip: 1, Status: 403}},
		"completion denied":   {"server-side in parts", localspaces.Fault{Operation: "CompleteMultipartUpload", Status: 403}},
		"source denied later": {"server-side in parts", localspaces.Fault{Operation: "HeadObject", Key: "source", Status: 403}},
	} {
		t.Run(name, func(t *testing.T) {
			server, cl, c := local(t)
			k := prepared(t, cl, c, "source", letters(ways[x.way].size, 0), ways[x.way].beside)
			stop := server.Fail(x.fault)
			_, err := k.run(t.Context())
			stop()
			if err == nil || strings.Contains(name, "source") && !strings.Contains(err.Error(), "the source test/source could not be read") {
				t.Errorf("error %v", err)
			}
			if x.way != "server-side in parts" || !strings.HasPrefix(name, "completion") { // that one is refused, and then streamed
				noCopy(t, c)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Time{at.Format(http.TimeFormat): at, "0": time.Unix(0, 0), "-1": time.Unix(0, 0), "tomorrow": time.Unix(0, 0)} {
		if got := expiry(header); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

// Copies across a HTTP answer that is another object's, or another range's, are
// refused: not every server heeds a condition or a range.
func TestStretch_otherAnswer(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		meddle func(h http.Header)
		want   string
	}{
		"other ETag":   {func(h http.Header) { h.Set("ETag", `"other"`) }, "was changed while it was copied"},
		"no range":     {func(h http.Header) { h.Del("Content-Range") }, "was asked for bytes 10-19/1000"},
		"other range":  {func(h http.Header) { h.Set("Content-Range", "bytes 0-9/1000") }, "was asked for bytes 10-19/1000"},
		"other length": {func(h http.Header) { h.Set("Content-Range", "bytes 10-19/2000") }, "was asked for bytes 10-19/1000"},
	} {
		t.Run(name, func(t *testing.T) {
			_, cl, c := localBehind(t, localspaces.Options{}, meddled(
				func(r *http.Request) bool { return r.Header.Get("Range") != "" }, 1,
				func(server http.Handler, w http.ResponseWriter, r *http.Request) {
					server.ServeHTTP(meddling{w, x.meddle}, r)
				}))
			k := prepared(t, cl, c, "source", letters(1000, 0), false)
			_, err := io.ReadAll(k.from.read(t.Context(), piece{from: 10, size: 10}))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

type meddling struct {
	http.ResponseWriter
	with func(http.Header)
}

func (m meddling) WriteHeader(status int) {
	m.with(m.Header())
	m.ResponseWriter.WriteHeader(status)
}

func TestCopyModel_headersOver(t *testing.T) {
	t.Parallel()
	m := copyModel{}
	m.ContentType, m.CacheControl, m.Metadata = types.StringUnknown(), types.StringValue("given"), types.MapUnknown(types.StringType)
	m.ACL = types.StringValue("public-read")
	in, err := m.headersOver(&s3.HeadObjectOutput{
		ContentType: aws.String("kept"), CacheControl: aws.String("lost"), ContentLanguage: aws.String("en"), ContentEncoding: aws.String(""),
		ExpiresString: aws.String("0"), Metadata: map[string]string{"a": "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if *in.ContentType != "kept" || *in.CacheControl != "given" || *in.ContentLanguage != "en" || in.ContentEncoding != nil || in.Metadata["a"] != "b" || in.ACL != "public-read" || in.Expires.Unix() != 0 {
		t.Errorf("%+v", in)
	}
}

var enabled = &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}
