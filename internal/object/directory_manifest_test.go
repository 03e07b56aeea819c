package object

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"testing"
)

func sha(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

const anETag = "9e107d9d372bb6826bd81d3542a419d6"

func someManifest(n int) manifest {
	all := manifest{
		"":             {},
		"a":            {sha256: sha("a"), etag: anETag, size: 1, extras: none, acl: "private"},
		"a/b":          {sha256: sha("b"), etag: anETag + "-12", size: 5 << 40, extras: `{"cache_control":"no-cache"}`, acl: "public-read"},
		"\xff\n":       {etag: "W/odd", extras: none, foreign: true},
		"ü/日本":         {etag: strings.ToUpper(anETag), size: 3, extras: none},
		"a/not yet up": {sha256: sha("c"), size: 3, extras: none, acl: "private"},
	}
	for i := range n {
		key := fmt.Sprintf("site/%03d/file-%06d.html", i%100, i)
		all[key] = entry{sha256: sha(key), etag: sha(key)[:32], size: int64(i), extras: none, acl: "private"}
	}
	return all
}

func TestManifest_packed(t *testing.T) {
	t.Parallel()
	for _, m := range []manifest{nil, {}, someManifest(0), someManifest(3000)} {
		packed, err := m.pack()
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpack(packed)
		if err != nil {
			t.Fatal(err)
		}
		if got == nil || !maps.Equal(got, m) {
			t.Errorf("%d entries came back as %d, or others", len(m), len(got))
		}
		again, err := got.pack()
		if err != nil || string(again) != string(packed) {
			t.Errorf("equal manifests are packed in two ways (%v)", err)
		}
	}
}

func TestManifest_size(t *testing.T) {
	t.Parallel()
	const n = 3000
	packed, err := someManifest(n).pack()
	if err != nil {
		t.Fatal(err)
	}
	// 48 bytes of a hash and an ETag cannot be compressed.
	if per := len(packed) / n; per > 64 {
		t.Errorf("%d bytes an entry", per)
	}
}

// What is damaged is refused, and never taken for fewer files.
func TestManifest_damaged(t *testing.T) {
	t.Parallel()
	packed, err := someManifest(5).pack()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(packed) {
		if m, err := unpack(packed[:n]); err == nil {
			t.Fatalf("cut off after %d of %d bytes it is read as %d entries", n, len(packed), len(m))
		}
	}
	for _, text := range []string{"\x02", "\x01", "\x01\x00\xff\xff\xff\xff\x0f", "\x01\x00\x01\x05a", "\x01\x00\x01\x00\x01a\x00\x00\x00\x07\x07"} {
		packed, err := compressed([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := unpack(packed); err == nil {
			t.Errorf("%q is read as %v", text, m)
		}
	}
}

func TestEntry_hash(t *testing.T) {
	t.Parallel()
	e := entry{sha256: sha("x"), etag: anETag, extras: none, acl: "private"}
	if e.hash() != sha("x") {
		t.Error("without rules the hash is not that of the content")
	}
	ruled := e
	ruled.extras = `{"cache_control":"no-cache"}`
	if ruled.hash() == e.hash() || len(ruled.hash()) != 64 {
		t.Errorf("with a rule the hash is %s", ruled.hash())
	}
	open := ruled
	open.acl = "public-read"
	if open.hash() != ruled.hash() {
		t.Error("the directory's ACL is in the hash")
	}
	strange := entry{etag: anETag, extras: none}
	if got := strange.hash(); !strings.Contains(got, anETag) || !strings.Contains(got, "not uploaded by Terraform") {
		t.Error(got)
	}
}

func TestItem_todo(t *testing.T) {
	t.Parallel()
	const ruled = `{"cache_control":"no-cache"}`
	there := func(set func(*entry)) entry {
		e := entry{sha256: sha("x"), etag: anETag, size: 1, extras: none, acl: "private"}
		set(&e)
		return e
	}
	for _, test := range []struct {
		name  string
		item  entry
		there entry
		want  todo
	}{
		{"the same", there(func(*entry) {}), there(func(*entry) {}), toKeep},
		{"nothing there", there(func(*entry) {}), entry{}, toUpload},
		{"another content", there(func(e *entry) { e.sha256 = sha("y") }), there(func(*entry) {}), toUpload},
		{"another header", there(func(e *entry) { e.extras = ruled }), there(func(*entry) {}), toUpload},
		{"a header less", there(func(*entry) {}), there(func(e *entry) { e.extras = ruled }), toUpload},
		{"another ACL", there(func(e *entry) { e.acl = "public-read" }), there(func(*entry) {}), toGrant},
		{"the ACL of a rule", there(func(e *entry) { e.extras, e.acl = `{"acl":"public-read"}`, "public-read" }), there(func(*entry) {}), toGrant},
		{"the same ACL by a rule", there(func(e *entry) { e.extras = `{"acl":"private"}` }), there(func(*entry) {}), toKeep},
		{"the same ETag", there(func(*entry) {}), entry{etag: anETag, extras: none}, toGrant},
		{"the same ETag, and a header", there(func(e *entry) { e.extras = ruled }), entry{etag: anETag, extras: none}, toUpload},
		{"another ETag", there(func(*entry) {}), entry{etag: strings.Repeat("0", 32), extras: none}, toUpload},
	} {
		i := item{sha256: test.item.sha256, etags: []string{anETag}, entry: test.item}
		if got := i.todo(test.there); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
