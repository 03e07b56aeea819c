package function_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The settings are read back line by line, as somebody types them. (Transmit
// has no build for Linux.)
func TestTransmitSettings(t *testing.T) {
	for name, test := range map[string]struct {
		more       map[string]any
		five, four map[string]string // of Transmit 5 and 4
	}{
		"a bucket": {
			map[string]any{"bucket": "photos"},
			map[string]string{
				"Protocol": "Amazon S3", "Address": "nyc3.digitaloceanspaces.com", "Port": "443",
				"Access Key ID": "DO00KEY", "Secret": odd, "Remote Path": "/photos",
			},
			map[string]string{"Server": "nyc3.digitaloceanspaces.com", "Access Key ID": "DO00KEY", "Secret": odd, "Initial Path": "/photos"},
		},
		"all buckets, another port": {
			map[string]any{"endpoint": "https://{region}.spaces.example:8443"},
			map[string]string{
				"Protocol": "Amazon S3", "Address": "nyc3.spaces.example", "Port": "8443",
				"Access Key ID": "DO00KEY", "Secret": odd, "Remote Path": "/",
			},
			map[string]string{"Server": "nyc3.spaces.example:8443", "Access Key ID": "DO00KEY", "Secret": odd, "Initial Path": "/"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			value, fails := call(t, "transmit_settings", tftypes.String, with(ofClient, test.more))
			if fails != "" {
				t.Fatal(fails)
			}
			sections := map[string]map[string]string{}
			title := ""
			for line := range strings.Lines(read(t, value)) {
				line = strings.TrimSuffix(line, "\n")
				if strings.HasPrefix(line, "Transmit ") {
					title = line[:len("Transmit 5")]
					sections[title] = map[string]string{}
				} else if field, v, is := strings.Cut(line, ": "); is && !strings.HasPrefix(line, "Where ") {
					sections[title][field] = v
				}
			}
			if got := sections["Transmit 5"]; !maps.Equal(got, test.five) {
				t.Errorf("Transmit 5 is told %q, and wanted is %q", got, test.five)
			}
			if got := sections["Transmit 4"]; !maps.Equal(got, test.four) {
				t.Errorf("Transmit 4 is told %q, and wanted is %q", got, test.four)
			}
		})
	}
}
