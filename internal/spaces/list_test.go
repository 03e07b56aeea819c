package spaces_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// oddKeys are legal, and each has broken some client.
var oddKeys = []string{
	"plain.txt", "with space", "with+plus", "with%percent", "with%20escape", "a/b", "a%2Fb", "a//b", "/leading", "//two leading",
	"trailing/", "ünïcödé", "日本語.txt", "emoji 🪣", "new\nline", "tab\there", "<xml>&amp;\"quotes\"", "it's", "back\\slash",
	"question?x=y&z", "hash#tag", "semi;colon", "..", "../up", "./here", "a/../b", "star*", "~tilde", "comma,colon:", "{brace}", "$dollar",
	strings.Repeat("long/", 204) + "1024",
}

// unspeakableKeys are those that no XML document can hold.
var unspeakableKeys = []string{"bell\x07", "\x01start", "carriage\rreturn"}

// fill puts objects, several at once.
func fill(t *testing.T, c *s3.Client, keys []string) {
	t.Helper()
	work := make(chan string, len(keys))
	for _, key := range keys {
		work <- key
	}
	close(work)
	if err := together(8, func(int) error {
		for key := range work {
			if err := put(t.Context(), c, key, "x"); err != nil {
				return fmt.Errorf("%q: %w", key, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// numbered are n keys, with the odd ones strewn among them, in order.
func numbered(n int) []string {
	keys := append(slices.Clone(oddKeys), unspeakableKeys...)
	for i := range n - len(keys) {
		keys = append(keys, fmt.Sprintf("%c/%04d + %%.txt", 'a'+i%26, i))
	}
	slices.Sort(keys)
	return keys
}

func listed(t *testing.T, c *s3.Client, in spaces.ObjectsInput) (keys, prefixes []string, pages int) {
	t.Helper()
	in.Bucket = bucket
	for page, err := range spaces.Objects(t.Context(), c, in) {
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Objects)+len(page.Prefixes) > 1000 {
			t.Errorf("a page has %d entries", len(page.Objects)+len(page.Prefixes))
		}
		for _, o := range page.Objects {
			keys = append(keys, aws.ToString(o.Key))
		}
		prefixes = append(prefixes, page.Prefixes...)
		pages++
	}
	return keys, prefixes, pages
}

func TestObjectsListsEveryKeyOnceAndAsItIs(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	want := numbered(2500)
	fill(t, c, want)

	t.Run("all", func(t *testing.T) {
		got, _, pages := listed(t, c, spaces.ObjectsInput{})
		same(t, got, want)
		if pages != 3 {
			t.Errorf("%d pages, want 3", pages)
		}
	})
	t.Run("small pages", func(t *testing.T) {
		got, _, _ := listed(t, c, spaces.ObjectsInput{PageSize: 97})
		same(t, got, want)
	})
	t.Run("one key a page, odd ones", func(t *testing.T) {
		got, _, pages := listed(t, c, spaces.ObjectsInput{PageSize: 1, Prefix: "with"})
		same(t, got, below(want, "with"))
		if pages != len(got) {
			t.Errorf("%d pages for %d keys", pages, len(got))
		}
	})
	t.Run("start after", func(t *testing.T) {
		got, _, _ := listed(t, c, spaces.ObjectsInput{StartAfter: "with%20escape"})
		same(t, got, want[slices.Index(want, "with%20escape")+1:])
	})
	t.Run("folders, in small pages", func(t *testing.T) {
		got, prefixes, _ := listed(t, c, spaces.ObjectsInput{Delimiter: "/", PageSize: 3})
		var keys, folders []string
		for _, key := range want {
			if folder, _, inside := strings.Cut(key, "/"); !inside {
				keys = append(keys, key)
			} else if !slices.Contains(folders, folder+"/") {
				folders = append(folders, folder+"/")
			}
		}
		same(t, got, keys)
		same(t, prefixes, folders)
	})
	t.Run("stops when told", func(t *testing.T) {
		s.forget()
		for _, err := range spaces.Objects(t.Context(), c, spaces.ObjectsInput{Bucket: bucket, PageSize: 10}) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if n := len(s.requests()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
	t.Run("nothing there", func(t *testing.T) {
		got, prefixes, _ := listed(t, c, spaces.ObjectsInput{Prefix: "no such prefix"})
		if len(got)+len(prefixes) > 0 {
			t.Errorf("%q %q", got, prefixes)
		}
	})
}

func below(keys []string, prefix string) []string {
	var some []string
	for _, key := range keys {
		if strings.HasPrefix(key, prefix) {
			some = append(some, key)
		}
	}
	return some
}

// same compares long lists without printing them.
func same(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("entry %d is %q, want %q", i, got[i], want[i])
			return
		}
	}
}

func versioning(t *testing.T, c *s3.Client) {
	t.Helper()
	_, err := c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: new(bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, c *s3.Client, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: new(bucket), Key: &key}); err != nil {
			t.Fatal(err)
		}
	}
}

// history makes 2,500 versions and markers, so that the end of a page falls
// into the versions of one key. It returns what there is, by kind.
func history(t *testing.T, c *s3.Client) spaces.Contents {
	t.Helper()
	fill(t, c, []string{"from before"}) // its version is "null"
	versioning(t, c)
	keys := numbered(900)
	fill(t, c, keys)
	fill(t, c, slices.Repeat([]string{"middle"}, 1300))
	again := keys[:200]
	fill(t, c, again)
	gone := append(slices.Clone(keys[150:240]), "from before", "never was", oddKeys[0])
	remove(t, c, gone...)
	removed := map[string]bool{}
	for _, key := range gone {
		removed[key] = true
	}
	n := spaces.Contents{Markers: len(gone), Versions: 1299}
	n.Objects = 1 // middle
	for i, key := range keys {
		if i < 200 {
			n.Versions++
		}
		if removed[key] {
			n.Versions++
		} else {
			n.Objects++
		}
	}
	n.Versions++ // from before
	if slices.Contains(keys[150:240], oddKeys[0]) {
		t.Fatal("a key is deleted twice")
	}
	return n
}

func TestVersionsListsEveryVersionAndMarkerOnce(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	want := history(t, c)
	s.forget()
	var got spaces.Contents
	seen := map[[2]string]bool{}
	latest := map[string]int{}
	for page, err := range spaces.Versions(t.Context(), c, bucket, "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			if seen[[2]string{v.Key, v.ID}] || v.ID == "" {
				t.Errorf("%q, version %q, twice or without an ID", v.Key, v.ID)
			}
			seen[[2]string{v.Key, v.ID}] = true
			if v.Latest {
				latest[v.Key]++
			}
			switch {
			case v.Marker:
				got.Markers++
			case v.Latest:
				got.Objects++
			default:
				got.Versions++
			}
		}
	}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if !seen[[2]string{"from before", "null"}] {
		t.Error("the version from before versioning is missing")
	}
	for _, key := range append(slices.Clone(oddKeys), unspeakableKeys...) {
		if latest[key] != 1 {
			t.Errorf("%q has %d latest versions", key, latest[key])
		}
	}
	if n := len(s.requests()); n != 3 {
		t.Errorf("%d requests for %d entries, want 3", n, len(seen))
	}
	for page, err := range spaces.Versions(t.Context(), c, bucket, "mid") {
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			if v.Key != "middle" {
				t.Errorf("%q is not below the prefix", v.Key)
			}
		}
	}
}

// versionsPage is what a hand-made server answers.
type versionsPage struct {
	XMLName             xml.Name `xml:"ListVersionsResult"`
	EncodingType        string   `xml:",omitempty"`
	IsTruncated         bool
	NextKeyMarker       string `xml:",omitempty"`
	NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
	Version             []versionEntry
}

type versionEntry struct{ Key, VersionId string } //nolint:revive // XML's name

func writeXML(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(document)
}

// Servers differ in whether they encode the marker as they encode the keys.
func TestVersionsGoesOnFromItsMarkerHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	plain := func(s string) string { return s }
	for _, c := range []struct {
		name         string
		encoding     string
		keys, marker func(string) string
	}{
		{"keys and marker encoded", "url", url.QueryEscape, url.QueryEscape},
		{"keys encoded, marker not", "url", url.QueryEscape, plain},
		{"nothing encoded", "", plain, plain},
	} {
		// "a%2Fb" is on the page too, and is how "a/b" is encoded.
		for _, key := range []string{"with space", "with+plus", "with%20escape", "with%25", "a/b", "ünï"} {
			t.Run(c.name+", "+key, func(t *testing.T) {
				t.Parallel()
				s := serve(t, func(w http.ResponseWriter, r *http.Request) {
					page := versionsPage{EncodingType: c.encoding}
					if !r.URL.Query().Has("key-marker") {
						page.Version = []versionEntry{{c.keys("a%2Fb"), "1"}, {c.keys(key), "2"}}
						page.IsTruncated, page.NextKeyMarker, page.NextVersionIDMarker = true, c.marker(key), "2"
					} else {
						page.Version = []versionEntry{{c.keys(key), "1"}}
					}
					writeXML(w, page)
				})
				var got []string
				for page, err := range spaces.Versions(t.Context(), s.s3(), bucket, "") {
					if err != nil {
						t.Fatal(err)
					}
					for _, v := range page {
						got = append(got, v.Key+" "+v.ID)
					}
				}
				same(t, got, []string{"a%2Fb 1", key + " 2", key + " 1"})
				all := s.requests()
				if len(all) != 2 {
					t.Fatalf("%d requests, want 2", len(all))
				}
				q := all[1].URL.Query()
				if q.Get("key-marker") != key || q.Get("version-id-marker") != "2" {
					t.Errorf("the second page was asked for after %q, %q", q.Get("key-marker"), q.Get("version-id-marker"))
				}
				if all[0].URL.Query().Get("encoding-type") != "url" {
					t.Error("the encoding was not asked for")
				}
			})
		}
	}
}

// A listing that is cut off without a way on must be an error: what it hides
// would be taken for not being there.
func TestAListingThatDoesNotGoOnIsAnError(t *testing.T) {
	t.Parallel()
	type objectsPage struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		NextMarker  string `xml:",omitempty"`
		Contents    []struct{ Key string }
	}
	objects := func(ctx context.Context, c *s3.Client) error {
		for _, err := range spaces.Objects(ctx, c, spaces.ObjectsInput{Bucket: bucket}) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	versions := func(ctx context.Context, c *s3.Client) error {
		for _, err := range spaces.Versions(ctx, c, bucket, "") {
			if err != nil {
				return err
			}
		}
		return nil
	}
	empty := func(ctx context.Context, c *s3.Client) error { return spaces.Empty(ctx, c, bucket) }
	for _, c := range []struct {
		name string
		page any
		list func(context.Context, *s3.Client) error
		most int // pages
	}{
		{"objects, the same page again", objectsPage{IsTruncated: true, Contents: []struct{ Key string }{{"a"}, {"b"}}}, objects, 2},
		{"objects, an empty page", objectsPage{IsTruncated: true, NextMarker: "m"}, objects, 1},
		{"versions, the same marker again", versionsPage{IsTruncated: true, NextKeyMarker: "b", NextVersionIDMarker: "2", Version: []versionEntry{{"b", "2"}}}, versions, 2},
		{"versions, no marker", versionsPage{IsTruncated: true, Version: []versionEntry{{"b", "2"}}}, versions, 1},
		{"versions, an empty page", versionsPage{IsTruncated: true}, versions, 1},
		{"emptying", versionsPage{IsTruncated: true}, empty, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeXML(w, c.page) })
			err := c.list(t.Context(), s.s3())
			if err == nil || !strings.Contains(err.Error(), "what follows cannot be seen") || !strings.Contains(err.Error(), bucket) {
				t.Errorf("error %v", err)
			}
			pages := slices.DeleteFunc(s.requests(), func(r sent) bool { return r.URL.Query().Has("uploads") }) // emptying asks for these too
			if len(pages) > c.most {
				t.Errorf("%d pages, want at most %d", len(pages), c.most)
			}
		})
	}
}

func TestListingsEndWithTheServersError(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 404, "NoSuchBucket") })
	c := s.s3()
	for _, err := range spaces.Objects(t.Context(), c, spaces.ObjectsInput{Bucket: bucket}) {
		mustBe(t, err, spaces.NotFound)
	}
	for _, err := range spaces.Versions(t.Context(), c, bucket, "") {
		mustBe(t, err, spaces.NotFound)
	}
}
