package object

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestContentType(t *testing.T) {
	for name, want := range map[string]string{
		"index.html": "text/html; charset=utf-8", "a/b/INDEX.HTM": "text/html; charset=utf-8", "style.css": "text/css; charset=utf-8",
		"app.js": "text/javascript; charset=utf-8", "app.mjs": "text/javascript; charset=utf-8", "app.js.map": "application/json",
		"data.json": "application/json", "logo.svg": "image/svg+xml", "site.webmanifest": "application/manifest+json",
		"m.wasm": "application/wasm", "p.avif": "image/avif", "p.webp": "image/webp", "f.woff2": "font/woff2", "f.woff": "font/woff",
		"favicon.ico": "image/x-icon", "robots.txt": "text/plain; charset=utf-8", "README.md": "text/markdown; charset=utf-8",
		"feed.xml": "application/xml", "d.pdf": "application/pdf", "v.mp4": "video/mp4", "a.tar.gz": "application/gzip",
		"README": "", "": "", "v1.2/file": "", "dir.html/": "", "name.": "", "x.unheardof": "", ".html": "text/html; charset=utf-8",
	} {
		if got := ContentType(name); got != want {
			t.Errorf("ContentType(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDetectType(t *testing.T) {
	for head, want := range map[string]string{
		"": unknownType, "\x00\x01\x02": unknownType, "just text": "text/plain; charset=utf-8",
		"<!DOCTYPE html><html>": "text/html; charset=utf-8", "%PDF-1.7": "application/pdf", "\x1f\x8b\x08": "application/gzip",
	} {
		if got := detectType([]byte(head)); got != want {
			t.Errorf("detectType(%q) = %q, want %q", head, got, want)
		}
	}
}

func TestMeasure(t *testing.T) {
	long := strings.Repeat("0123456789", 100_000)
	name := filepath.Join(t.TempDir(), "long")
	if err := os.WriteFile(name, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		content content
		size    int64
		sha, md string
	}{
		"memory": {content{memory: []byte("abc")}, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "900150983cd24fb0d6963f7d28e17f72"},
		"empty":  {content{}, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "d41d8cd98f00b204e9800998ecf8427e"},
		"file":   {content{path: name}, 1_000_000, "ec21d64624228af3ecd4bdaa8239e32ed943b01e26934cd5610fddb361426dc6", "174ac9a4f023a557a68ab0417355970e"},
	} {
		b, err := test.content.open()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // it can be read again
			f, err := b.measure(t.Context(), true)
			if err != nil || f.size != test.size || f.sha256 != test.sha || f.md5 != test.md {
				t.Errorf("%s: %d %s %s, %v", what, f.size, f.sha256, f.md5, err)
			}
			if len(f.head) != int(min(4096, test.size)) || !bytes.HasPrefix([]byte("abc"+long), f.head) && !bytes.HasPrefix([]byte(long), f.head) {
				t.Errorf("%s: head %q", what, f.head)
			}
		}
		if f, _ := b.measure(t.Context(), false); f.md5 != "" {
			t.Errorf("%s: an MD5 that nobody asked for", what)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMeasure_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b, _ := content{memory: []byte("abc")}.open()
	if _, err := b.measure(ctx, false); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestOpen_mistakes(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for path, want := range map[string][]string{
		"site/none.html":                 {"There is no file site/none.html.", "the directory that Terraform runs in, which is " + folder, `"${path.module}/site/none.html"`},
		filepath.Join(folder, "n"):       {"There is no file " + folder + "/n."},
		".":                              {". is a directory", "spaces_directory"},
		os.DevNull:                       {"is no regular file"},
		"site\x00":                       {"cannot be opened"},
		filepath.Join(folder, "n", "m"):  {"There is no file"},
		"./" + strings.Repeat("x", 5000): {"cannot be opened", "file name too long"},
	} {
		b, err := content{path: path}.open()
		if err == nil {
			t.Errorf("%q was opened: %v", path, b)
			continue
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %q is not in: %v", path, w, err)
			}
		}
	}
}

func TestExpandHome(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for path, want := range map[string]string{"~": "/home/me", "~/x/y": "/home/me/x/y", "~x": "~x", "a/~": "a/~", "/x": "/x"} {
		if got, err := expandHome(path); got != want || err != nil {
			t.Errorf("%q became %q, want %q: %v", path, got, want, err)
		}
	}
}
