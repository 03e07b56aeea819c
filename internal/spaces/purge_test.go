package spaces_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// fakeBucket is a bucket whose deletions fail as a test says.
type fakeBucket struct {
	*server
	page int // entries in a page of its list

	mu       sync.Mutex
	versions []versionEntry
	// refuse is the code that a deletion is answered with, "" to do it.
	refuse func(v versionEntry, try int) string
	tries  map[versionEntry]int
	// nameless leaves versions out of errors, as some servers do.
	nameless bool
	// before is called for each DeleteObjects.
	before func(r *http.Request)

	lists, batches int
}

func newFakeBucket(t *testing.T, keys ...string) *fakeBucket {
	t.Helper()
	b := &fakeBucket{
		page: 1000, tries: map[versionEntry]int{},
		refuse: func(versionEntry, int) string { return "" }, before: func(*http.Request) {},
	}
	for i, key := range keys {
		b.versions = append(b.versions, versionEntry{key, fmt.Sprint("v", i)})
	}
	b.server = serve(t, b.answer)
	return b
}

func (b *fakeBucket) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodGet && q.Has("versions"):
		b.list(w, q)
	case r.Method == http.MethodPost && q.Has("delete"):
		b.before(r)
		b.delete(w, r)
	case r.Method == http.MethodGet && q.Has("uploads"):
		answer(w, 501, "NotImplemented")
	default:
		b.t.Errorf("%s %s", r.Method, r.URL)
	}
}

func (b *fakeBucket) list(w http.ResponseWriter, q url.Values) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lists++
	page := versionsPage{EncodingType: "url"}
	for _, v := range b.versions {
		if v.Key <= q.Get("key-marker") || !strings.HasPrefix(v.Key, q.Get("prefix")) {
			continue
		}
		if len(page.Version) == b.page {
			page.IsTruncated = true
			page.NextKeyMarker, page.NextVersionIDMarker = page.Version[b.page-1].Key, page.Version[b.page-1].VersionId
			break
		}
		page.Version = append(page.Version, versionEntry{url.QueryEscape(v.Key), v.VersionId})
	}
	writeXML(w, page)
}

func (b *fakeBucket) delete(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Object []versionEntry
	}
	if err := xml.NewDecoder(r.Body).Decode(&in); err != nil {
		b.t.Error(err)
	}
	type failed struct {
		Key       string
		VersionId string `xml:",omitempty"` //nolint:revive // XML's name
		Code      string
		Message   string
	}
	var out struct {
		XMLName xml.Name `xml:"DeleteResult"`
		Error   []failed
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.batches++
	if n := len(in.Object); n == 0 || n > spaces.BatchSize {
		b.t.Errorf("a batch of %d keys", n)
	}
	for _, v := range in.Object {
		if v.VersionId == "" {
			b.t.Errorf("%q is deleted without a version, which would make a delete marker", v.Key)
		}
		b.tries[v]++
		if code := b.refuse(v, b.tries[v]); code != "" {
			e := failed{v.Key, v.VersionId, code, "this was asked for"}
			if b.nameless {
				e.VersionId = ""
			}
			out.Error = append(out.Error, e)
			continue
		}
		b.versions = slices.DeleteFunc(b.versions, func(have versionEntry) bool { return have == v })
	}
	writeXML(w, out)
}

func (b *fakeBucket) left() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var keys []string
	for _, v := range b.versions {
		keys = append(keys, v.Key)
	}
	return keys
}

func keys(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("key %05d", i))
	}
	return all
}

func count(t *testing.T, c *s3.Client) spaces.Contents {
	t.Helper()
	n, err := spaces.Count(t.Context(), c, bucket, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func startUploads(t *testing.T, c *s3.Client, n int) {
	t.Helper()
	if err := together(8, func(worker int) error {
		for i := worker; i < n; i += 8 {
			key := fmt.Sprint(oddKeys[i%10], i)
			if _, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: new(bucket), Key: &key}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestEmptyDeletesObjectsVersionsMarkersAndUploads(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	want := history(t, c)
	startUploads(t, c, 30)
	want.Uploads = 30
	if got := count(t, c); got != want {
		t.Fatalf("the bucket holds %+v, want %+v", got, want)
	}
	s.forget()
	if err := spaces.Empty(t.Context(), c, bucket); err != nil {
		t.Fatal(err)
	}
	if got := count(t, c); got != (spaces.Contents{}) {
		t.Errorf("left: %s", got)
	}
	batches, single := 0, 0
	for _, r := range s.requests() {
		switch {
		case r.URL.Query().Has("delete"):
			batches++
			if n := strings.Count(string(r.Body), "<Object>"); n > spaces.BatchSize {
				t.Errorf("a batch of %d", n)
			}
		case r.Method == http.MethodDelete && !r.URL.Query().Has("uploadId"):
			single++
		}
	}
	if batches == 0 || batches > 6 {
		t.Errorf("%d batches", batches)
	}
	// Keys that XML cannot hold have a request each, and no others.
	if single == 0 || single > 4*len(unspeakableKeys) {
		t.Errorf("%d keys were deleted one by one", single)
	}
	if _, err := c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: new(bucket)}); err != nil {
		t.Errorf("the bucket is not empty: %v", err)
	}
}

func TestEmptyDeletesMoreUploadsThanAPageHolds(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	startUploads(t, c, 1100)
	if err := spaces.Empty(t.Context(), c, bucket); err != nil {
		t.Fatal(err)
	}
	if got := count(t, c); got != (spaces.Contents{}) {
		t.Errorf("left: %s", got)
	}
}

// Uploads that stay do not hide those on later pages.
func TestEmptyingAbortsOldUploadsBehindYoungOnes(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	start := func(prefix string, n int) {
		if err := together(8, func(worker int) error {
			for i := worker; i < n; i += 8 {
				key := fmt.Sprintf("%s +%%%04d", prefix, i)
				if _, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: new(bucket), Key: &key}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	start("old", 30)
	between := time.Now().Truncate(time.Second).Add(time.Second) // lists tell no fractions
	if err := spaces.Pause(t.Context(), time.Until(between)); err != nil {
		t.Fatal(err)
	}
	start("a young", 1010)
	var gone atomic.Int64
	e := spaces.Emptying{Bucket: bucket, Before: between, Deleted: func(n spaces.Contents) { gone.Add(int64(n.Uploads)) }}
	if err := e.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if gone.Load() != 30 {
		t.Errorf("%d uploads were aborted", gone.Load())
	}
}

// Ceph encodes the keys of uploads and does not say so; others do say it, or
// do not know of the encoding.
func TestEmptyAbortsUploadsHoweverTheirKeysAreWritten(t *testing.T) {
	t.Parallel()
	type upload struct{ Key, UploadId string } //nolint:revive // XML's name
	type uploadsPage struct {
		XMLName      xml.Name `xml:"ListMultipartUploadsResult"`
		EncodingType string   `xml:",omitempty"`
		IsTruncated  bool
		Upload       []upload
	}
	for _, c := range []struct {
		name, encoding string
		write          func(string) string
		stubborn       bool // what is aborted is listed on
	}{
		{"encoded", "url", url.QueryEscape, false},
		{"encoded silently", "", url.QueryEscape, false},
		{"plain", "", func(key string) string { return key }, false},
		{"never gone", "", url.QueryEscape, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			unfinished := []string{"plain", "with space", "with+plus", "with%20escape", "a/b", "100%"}
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				q := r.URL.Query()
				switch {
				case q.Has("versions"):
					writeXML(w, versionsPage{})
				case q.Has("uploads"):
					page := uploadsPage{EncodingType: c.encoding, IsTruncated: len(unfinished) > 2}
					for _, key := range unfinished[:min(2, len(unfinished))] { // two on a page
						page.Upload = append(page.Upload, upload{c.write(key), "id of " + key})
					}
					writeXML(w, page)
				case r.Method == http.MethodDelete && q.Has("uploadId"):
					key := strings.TrimPrefix(r.URL.Path, "/"+bucket+"/")
					i := slices.Index(unfinished, key)
					if i < 0 || q.Get("uploadId") != "id of "+key {
						answer(w, 404, "NoSuchUpload")
						return
					}
					if !c.stubborn {
						unfinished = slices.Delete(unfinished, i, i+1)
					}
					w.WriteHeader(204)
				default:
					t.Errorf("%s %s", r.Method, r.URL)
				}
			})
			if err := spaces.Empty(t.Context(), s.s3(), bucket); err != nil {
				t.Fatal(err)
			}
			if !c.stubborn && len(unfinished) > 0 {
				t.Errorf("left: %q", unfinished)
			}
			if n := len(s.requests()); n > 20 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestEmptyKeepsSeveralBatchesInFlightAndNoMore(t *testing.T) {
	t.Parallel()
	b := newFakeBucket(t, keys(100)...)
	b.page = 4 // 25 batches
	var mu sync.Mutex
	inFlight, most := 0, 0
	full := make(chan struct{})
	b.before = func(*http.Request) {
		mu.Lock()
		inFlight++
		most = max(most, inFlight)
		if inFlight == spaces.BatchesInFlight {
			select {
			case <-full:
			default:
				time.AfterFunc(100*time.Millisecond, func() { close(full) }) // time for one too many
			}
		}
		mu.Unlock()
		<-full
		mu.Lock()
		inFlight--
		mu.Unlock()
	}
	go func() { // what is listed waits in memory, so the list must not run ahead
		<-full
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.lists > spaces.BatchesInFlight+2 {
			t.Errorf("%d pages were listed while %d batches were on their way", b.lists, spaces.BatchesInFlight)
		}
	}()
	if err := spaces.Empty(t.Context(), b.s3(), bucket); err != nil {
		t.Fatal(err)
	}
	if most != spaces.BatchesInFlight || most < 2 {
		t.Errorf("%d batches in flight, want %d", most, spaces.BatchesInFlight)
	}
	if left := b.left(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestEmptyNamesTenKeysThatItCouldNotDeleteAndCountsTheOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		denied int
		more   string
	}{
		{1, ""}, {10, ""}, {11, "… and 1 more"}, {25, "… and 15 more"},
	} {
		t.Run(fmt.Sprint(c.denied), func(t *testing.T) {
			t.Parallel()
			b := newFakeBucket(t, keys(2500)...)
			b.refuse = func(v versionEntry, _ int) string {
				if v.Key < fmt.Sprintf("key %05d", c.denied) {
					return "AccessDenied"
				}
				return ""
			}
			err := spaces.Empty(t.Context(), b.s3(), bucket)
			if err == nil {
				t.Fatal("no error")
			}
			text := err.Error()
			if !strings.Contains(text, fmt.Sprintf("%d of the keys in bucket %s could not be deleted", c.denied, bucket)) {
				t.Errorf("no count: %s", text)
			}
			if got := strings.Count(text, "AccessDenied this was asked for"); got != min(c.denied, 10) {
				t.Errorf("%d reasons: %s", got, text)
			}
			if !strings.Contains(text, `"key 00000" (version v0): AccessDenied`) {
				t.Errorf("a key is not named: %s", text)
			}
			if strings.Contains(text, "more") != (c.more != "") || !strings.Contains(text, c.more) {
				t.Errorf("no %q: %s", c.more, text)
			}
			if left := b.left(); len(left) != c.denied {
				t.Errorf("%d keys are left, want only those that were denied", len(left))
			}
			if b.batches != 3 {
				t.Errorf("%d batches, want 3: what is denied stays so", b.batches)
			}
		})
	}
}

func TestEmptyTriesKeysAgainThatMetAPassingFault(t *testing.T) {
	t.Parallel()
	for _, nameless := range []bool{false, true} {
		t.Run(fmt.Sprintf("nameless %t", nameless), func(t *testing.T) {
			t.Parallel()
			b := newFakeBucket(t, keys(50)...)
			b.nameless = nameless
			b.refuse = func(v versionEntry, try int) string {
				if v.Key < "key 00020" && try == 1 {
					return "SlowDown"
				}
				if v.Key == "key 00030" && try == 1 {
					return "NoSuchVersion" // somebody else was quicker
				}
				return ""
			}
			if err := spaces.Empty(t.Context(), b.s3(), bucket); err != nil {
				t.Fatal(err)
			}
			same(t, b.left(), []string{"key 00030"})
			for v, tries := range b.tries {
				if want := 1; v.Key >= "key 00020" && tries != want {
					t.Errorf("%v was deleted %d times", v, tries)
				}
			}
		})
	}
	t.Run("but not for ever", func(t *testing.T) {
		t.Parallel()
		b := newFakeBucket(t, keys(3)...)
		b.refuse = func(v versionEntry, _ int) string {
			if v.Key == "key 00001" {
				return "InternalError"
			}
			return ""
		}
		err := spaces.Empty(t.Context(), b.s3(), bucket)
		if err == nil || !strings.Contains(err.Error(), `"key 00001" (version v1): InternalError`) {
			t.Errorf("error %v", err)
		}
		same(t, b.left(), []string{"key 00001"})
	})
}

func TestEmptyEndsWhenCancelledAndGoesOnWhenCalledAgain(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	fill(t, c, numbered(2500))
	startUploads(t, c, 3)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := s.Fail(localspaces.Fault{Operation: "DeleteObjects", Skip: 1, Delay: time.Minute, Match: func(*http.Request, string) bool {
		time.AfterFunc(200*time.Millisecond, cancel) // while the second batch hangs
		return true
	}})
	start := time.Now()
	mustBe(t, spaces.Empty(ctx, c, bucket), spaces.Cancelled)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("ended after %s", took)
	}
	stop()
	left := count(t, c)
	if left.Objects == 0 || left.Objects == 2500 { // uploads are aborted meanwhile
		t.Errorf("left after the first batch: %s", left)
	}
	if err := spaces.Empty(t.Context(), c, bucket); err != nil {
		t.Fatal(err)
	}
	if left := count(t, c); left != (spaces.Contents{}) {
		t.Errorf("left: %s", left)
	}
}

func TestEmptyEndsWithTheErrorThatEndedIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault localspaces.Fault
		want  spaces.Kind
	}{
		{"list", localspaces.Fault{Operation: "ListObjectVersions", Status: 403}, spaces.Denied},
		{"batch", localspaces.Fault{Operation: "DeleteObjects", Status: 403}, spaces.Denied},
		{"single key", localspaces.Fault{Operation: "DeleteObject", Status: 503}, spaces.Busy},
		{"list of uploads", localspaces.Fault{Operation: "ListMultipartUploads", Status: 403}, spaces.Denied},
		{"upload", localspaces.Fault{Operation: "AbortMultipartUpload", Status: 403}, spaces.Denied},
		{"bucket gone", localspaces.Fault{Status: 404, Code: "NoSuchBucket"}, spaces.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			client := s.s3(noRetries)
			fill(t, client, []string{"a", unspeakableKeys[0]})
			startUploads(t, client, 1)
			stop := s.Fail(c.fault)
			mustBe(t, spaces.Empty(t.Context(), client, bucket), c.want)
			stop()
			if err := spaces.Empty(t.Context(), client, bucket); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("single key denied", func(t *testing.T) {
		t.Parallel()
		s := startLocal(t)
		client := s.s3(noRetries)
		fill(t, client, []string{"a", unspeakableKeys[0]})
		s.Fail(localspaces.Fault{Operation: "DeleteObject", Status: 403})
		err := spaces.Empty(t.Context(), client, bucket)
		if err == nil || !strings.Contains(err.Error(), `1 of the keys`) || !strings.Contains(err.Error(), `"bell\a": AccessDenied`) {
			t.Errorf("error %v", err)
		}
		if left := count(t, client); left.Objects != 1 {
			t.Errorf("left: %s", left)
		}
	})
}

// Spaces has been reported not to have it.
func TestAServerWithoutAListOfUploadsCanBeEmptied(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	s.Fail(localspaces.Fault{Operation: "ListMultipartUploads", Status: 501})
	c := s.s3()
	fill(t, c, []string{"a", "b"})
	if got, want := count(t, c), (spaces.Contents{Objects: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := spaces.Empty(t.Context(), c, bucket); err != nil {
		t.Error(err)
	}
}

func TestDeleteVersionsDeletesOneKeyAndNoOther(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a", "with space", "with%20escape", "new\nline", unspeakableKeys[0]} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			s := startLocal(t)
			c := s.s3()
			versioning(t, c)
			fill(t, c, []string{key, key, key + "/below", key + "longer"})
			remove(t, c, key, key+"longer")
			fill(t, c, []string{key})
			if err := spaces.DeleteVersions(t.Context(), c, bucket, key); err != nil {
				t.Fatal(err)
			}
			if got, want := count(t, c), (spaces.Contents{Objects: 1, Versions: 1, Markers: 1}); got != want {
				t.Errorf("left: %+v, want %+v", got, want)
			}
			if err := spaces.DeleteVersions(t.Context(), c, bucket, key); err != nil {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

// Whoever is interrupted must not report success.
func TestDeleteVersionsDoesNotSucceedWhenCancelled(t *testing.T) {
	t.Parallel()
	b := newFakeBucket(t, append(keys(10), "key 00000/last")...)
	b.page = 2
	slices.SortFunc(b.versions, func(a, b versionEntry) int { return strings.Compare(a.Key, b.Key) })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	handler := b.handler
	b.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		if r.URL.Query().Has("delete") {
			return
		}
		w.(http.Flusher).Flush()
		cancel()
	})
	// "key 0000" is no key, so the first page leaves nothing to delete.
	mustBe(t, spaces.DeleteVersions(ctx, b.s3(), bucket, "key 0000"), spaces.Cancelled)
}

func TestCountSaysWhatIsThereAndStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	versioning(t, c)
	fill(t, c, append(keys(1500), keys(300)...))
	remove(t, c, "key 00000", "key 01400")
	startUploads(t, c, 4)
	for _, x := range []struct {
		limit    int
		want     spaces.Contents
		requests int
	}{
		{1_000_000, spaces.Contents{Objects: 1498, Versions: 302, Markers: 2, Uploads: 4}, 3},
		{1001, spaces.Contents{Objects: 1498, Versions: 302, Markers: 2, Uploads: 4, More: true}, 3},
		{1, spaces.Contents{}, 2},
	} {
		s.forget()
		got, err := spaces.Count(t.Context(), c, bucket, x.limit)
		if err != nil {
			t.Fatal(err)
		}
		if x.limit == 1 { // one page, whatever is on it
			if !got.More || got.Objects+got.Versions+got.Markers != 1000 {
				t.Errorf("limit 1: %+v", got)
			}
		} else if got != x.want {
			t.Errorf("limit %d: %+v, want %+v", x.limit, got, x.want)
		}
		if n := len(s.requests()); n != x.requests {
			t.Errorf("limit %d: %d requests, want %d", x.limit, n, x.requests)
		}
	}
}

func TestCountDoesNotTakeAPageOfUploadsForAllOfThem(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	startUploads(t, c, 1001)
	if got := count(t, c); got.Uploads != 1000 || !got.More || got.String() != "at least 1,000 unfinished uploads" {
		t.Errorf("%+v: %s", got, got)
	}
}

func TestContentsInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    spaces.Contents
		want string
	}{
		{spaces.Contents{}, "nothing"},
		{spaces.Contents{Objects: 1}, "1 object"},
		{spaces.Contents{Objects: 3, Markers: 2}, "3 objects and 2 delete markers"},
		{spaces.Contents{Versions: 1, Markers: 1, Uploads: 1}, "1 earlier version, 1 delete marker and 1 unfinished upload"},
		{spaces.Contents{Objects: 2, Versions: 3, Markers: 4, Uploads: 5}, "2 objects, 3 earlier versions, 4 delete markers and 5 unfinished uploads"},
		{spaces.Contents{Objects: 10_000, Uploads: 1, More: true}, "at least 10,000 objects and 1 unfinished upload"},
	} {
		if got := c.n.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.n, got, c.want)
		}
	}
}
