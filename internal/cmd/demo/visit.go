//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// A call is a request of a visitor and what has to come of it.
type call struct {
	path   string
	status int
	kind   string // the media type
	file   string // the file whose content it is
	cache  string
}

// calls has one of each sort of file, and one that is not there.
var calls = []call{
	{"/", http.StatusOK, "text/html", "index.html", "public, max-age=60"},
	{"/recipes/rye/", http.StatusOK, "text/html", "recipes/rye/index.html", "public, max-age=60"},
	{"/css/style.css", http.StatusOK, "text/css", "css/style.css", "public, max-age=86400"},
	{"/js/open.js", http.StatusOK, "text/javascript", "js/open.js", "public, max-age=86400"},
	{"/img/mark.svg", http.StatusOK, "image/svg+xml", "img/mark.svg", "public, max-age=86400"},
	{"/img/crumb.png", http.StatusOK, "image/png", "img/crumb.png", "public, max-age=86400"},
	{"/no/such/page", http.StatusNotFound, "text/html", "404.html", ""},
}

// visit fetches pages as anybody would, without credentials, and compares them
// with the files they were made from.
func (d demo) visit(ctx context.Context) error {
	site := strings.TrimSuffix(d.spaces.website(siteName), "/")
	d.out.line("%s", site)
	var wrong []error
	for _, c := range calls {
		if err := d.fetch(ctx, site, c); err != nil {
			wrong = append(wrong, fmt.Errorf("GET %s: %w", c.path, err))
		}
	}
	return errors.Join(wrong...)
}

func (d demo) fetch(ctx context.Context, site string, c call) error {
	resp, err := get(ctx, site+c.path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	kind, cache := resp.Header.Get("Content-Type"), resp.Header.Get("Cache-Control")
	d.out.line("GET %-15s %d  %-30s  %-21s  %s", c.path, resp.StatusCode, kind, cache, gist(kind, body))

	want, err := os.ReadFile(filepath.Join(d.work, "site", c.file))
	if err != nil {
		return err
	}
	switch {
	case resp.StatusCode != c.status:
		return withOutput(fmt.Errorf("answered %d, not %d", resp.StatusCode, c.status), string(body))
	case !strings.HasPrefix(kind, c.kind):
		return fmt.Errorf("is %q, not %q", kind, c.kind)
	case c.cache != "" && cache != c.cache:
		return fmt.Errorf("has Cache-Control %q, not %q", cache, c.cache)
	case !bytes.Equal(body, want):
		return withOutput(fmt.Errorf("is not what %s contains", c.file), string(body[:min(len(body), 500)]))
	}
	return nil
}

// gist is the first line of a text, with the title when it is a page.
func gist(kind string, body []byte) string {
	if kind == "image/png" {
		return fmt.Sprintf("%d bytes", len(body))
	}
	line, rest, _ := strings.Cut(string(body), "\n")
	if _, after, ok := strings.Cut(rest, "<title>"); ok {
		title, _, _ := strings.Cut(after, "</title>")
		line += " ... " + html.UnescapeString(title)
	}
	return line[:min(len(line), 70)]
}
