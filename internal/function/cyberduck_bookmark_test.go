package function_test

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A bookmark is read back as Cyberduck does: by its keys, of which each value
// is a string. (Cyberduck has no build for Linux.)
func TestCyberduckBookmark(t *testing.T) {
	const identity = "UUID"
	for name, test := range map[string]struct {
		more map[string]any
		want map[string]string
	}{
		"a bucket": {
			map[string]any{"bucket": "photos"},
			map[string]string{
				"Protocol": "s3", "Nickname": "photos (nyc3)", "Hostname": "nyc3.digitaloceanspaces.com", "Port": "443",
				"Username": "DO00KEY", "Path": "/photos",
			},
		},
		"all buckets, without a secret": {
			map[string]any{"secret_key": nil},
			map[string]string{"Protocol": "s3", "Nickname": "Spaces nyc3", "Hostname": "nyc3.digitaloceanspaces.com", "Port": "443", "Username": "DO00KEY"},
		},
		"a key with what XML means": {
			map[string]any{"access_key": `<&>"'%=]]>`},
			map[string]string{"Protocol": "s3", "Nickname": "Spaces nyc3", "Hostname": "nyc3.digitaloceanspaces.com", "Port": "443", "Username": `<&>"'%=]]>`},
		},
		"another port": {
			map[string]any{"endpoint": "https://{region}.spaces.example:8443"},
			map[string]string{"Protocol": "s3", "Nickname": "Spaces nyc3", "Hostname": "nyc3.spaces.example", "Port": "8443", "Username": "DO00KEY"},
		},
		"a name that no certificate fits": {
			map[string]any{"bucket": "a.example"},
			map[string]string{
				"Protocol": "s3", "Nickname": "a.example (nyc3)", "Hostname": "nyc3.digitaloceanspaces.com", "Port": "443",
				"Username": "DO00KEY", "Path": "/a.example", "Custom/s3.bucket.virtualhost.disable": "true",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			value, fails := call(t, "cyberduck_bookmark", tftypes.String, with(ofClient, test.more))
			if fails != "" {
				t.Fatal(fails)
			}
			text := read(t, value)
			if strings.Contains(text, "<string>"+odd) || strings.Contains(text, "%(x)") {
				t.Error("the secret is in the file")
			}
			got := propertyList(t, text)
			if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got[identity]) {
				t.Errorf("%q is no UUID", got[identity])
			}
			delete(got, identity)
			if !maps.Equal(got, test.want) {
				t.Errorf("the bookmark has %q, and wanted is %q", got, test.want)
			}
		})
	}
}

// Cyberduck knows a bookmark again by its UUID.
func TestCyberduckBookmarkIdentity(t *testing.T) {
	identity := func(more map[string]any) string {
		value, fails := call(t, "cyberduck_bookmark", tftypes.String, with(ofClient, more))
		if fails != "" {
			t.Fatal(fails)
		}
		return propertyList(t, read(t, value))["UUID"]
	}
	base := identity(nil)
	for name, same := range map[string]bool{"secret_key": true, "bucket": false, "access_key": false, "region": false} {
		if other := identity(map[string]any{name: "sfo3"}); (other == base) != same {
			t.Errorf("another %s: the UUID %s was %s", name, other, base)
		}
	}
}

// propertyList reads the dictionary of a property list, with a path for those in it.
func propertyList(t *testing.T, text string) map[string]string {
	t.Helper()
	if !strings.HasPrefix(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\"") {
		t.Errorf("it does not begin as a property list does: %s", text)
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	values := map[string]string{}
	var folders []string
	var key string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		start, is := token.(xml.StartElement)
		if end, is := token.(xml.EndElement); is && end.Name.Local == "dict" {
			folders = folders[:len(folders)-1]
		}
		if !is {
			continue
		}
		switch start.Name.Local {
		case "plist":
		case "dict":
			folder := ""
			if key != "" {
				folder = key + "/"
			}
			folders = append(folders, folder)
		case "key", "string":
			var s string
			if err := decoder.DecodeElement(&s, &start); err != nil {
				t.Fatal(err)
			}
			if start.Name.Local == "key" {
				key = s
				continue
			}
			values[strings.Join(folders, "")+key] = s
		default:
			t.Fatalf("Cyberduck expects no <%s>", start.Name.Local)
		}
	}
	return values
}
