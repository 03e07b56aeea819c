package function

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// CyberduckBookmark is a bookmark file of Cyberduck.
func CyberduckBookmark() function.Function {
	return clientFunction{
		"cyberduck_bookmark", "Bookmark of Cyberduck and Mountain Duck",
		"Returns the text of a bookmark, a `.duck` file, which [Cyberduck](https://docs.cyberduck.io/protocols/s3/digitalocean/) and Mountain Duck open with a double click. " +
			"It uses the protocol `Amazon S3` that every installation has, so that no connection profile is needed and every region works; with a `bucket` it opens there, which a key limited to one bucket needs, because it may not list buckets.\n\n" +
			"A bookmark has no place for a secret: Cyberduck asks for it once and keeps it in the keychain. `secret_key` may be given and is not used. " +
			"Uploads of Cyberduck can be public by its own settings: look at Preferences → S3 → Default ACL.",
		[]string{"region", "access_key"},
		[]string{"secret_key", "bucket", "endpoint"},
		cyberduckText,
	}.made()
}

// cyberduckText writes a property list. Its keys are those of Cyberduck's
// HostDictionary; all values are strings there, also the port.
func cyberduckText(c client) (string, error) {
	host, port, err := c.tls("cyberduck_bookmark")
	if err != nil {
		return "", err
	}
	name := "Spaces " + c.region
	if c.bucket != "" {
		name = c.bucket + " (" + c.region + ")"
	}
	list := plist{}
	list.open("dict")
	for _, pair := range [][2]string{
		{"Protocol", "s3"},
		{"Nickname", name},
		{"UUID", bookmarkID(c)},
		{"Hostname", host},
		{"Port", port},
		{"Username", c.accessKey},
	} {
		list.text("key", pair[0])
		list.text("string", pair[1])
	}
	if c.bucket != "" {
		list.text("key", "Path")
		list.text("string", "/"+c.bucket)
	}
	if c.pathStyle() {
		list.text("key", "Custom")
		list.open("dict")
		list.text("key", "s3.bucket.virtualhost.disable")
		list.text("string", "true")
		list.close("dict")
	}
	list.close("dict")
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
` + list.String() + "</plist>\n", nil
}

// bookmarkID is the same for the same bookmark, so that Cyberduck replaces the
// one it has: a UUID of version 8, made of the bookmark's hash.
func bookmarkID(c client) string {
	id := sha256.Sum256([]byte(strings.Join([]string{c.url(), c.bucket, c.accessKey}, "\n")))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// tls is the host and the port of a client that speaks TLS only.
func (c client) tls(name string) (host, port string, err error) {
	address, err := url.Parse(c.url())
	if err != nil {
		return "", "", err
	}
	if address.Scheme != "https" {
		return "", "", fmt.Errorf("the attribute \"endpoint\": %s is for endpoints that begin with https://, and this one is %s", name, c.url())
	}
	if port = address.Port(); port == "" {
		port = "443"
	}
	return address.Hostname(), port, nil
}

// plist is the inside of a property list.
type plist struct {
	bytes.Buffer
	depth int
}

func (p *plist) open(tag string) {
	fmt.Fprintf(p, "%s<%s>\n", strings.Repeat("\t", p.depth), tag)
	p.depth++
}

func (p *plist) close(tag string) {
	p.depth--
	fmt.Fprintf(p, "%s</%s>\n", strings.Repeat("\t", p.depth), tag)
}

func (p *plist) text(tag, value string) {
	fmt.Fprintf(p, "%s<%s>", strings.Repeat("\t", p.depth), tag)
	_ = xml.EscapeText(p, []byte(value)) // a buffer takes everything
	fmt.Fprintf(p, "</%s>\n", tag)
}
