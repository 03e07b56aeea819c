package function_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// with is an object of attributes, some of which take the place of others.
func with(attributes map[string]any, more map[string]any) tftypes.Value {
	types, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
	for _, all := range []map[string]any{attributes, more} {
		for name, v := range all {
			var of tftypes.Type = tftypes.String
			switch v.(type) {
			case bool:
				of = tftypes.Bool
			case int64:
				of = tftypes.Number
			}
			types[name], values[name] = of, tftypes.NewValue(of, v)
		}
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
}

const odd = `%(x)%s=a'"&<>#;\${b}%{c}` + "`"

var (
	ofClient  = map[string]any{"region": "NYC3", "access_key": "DO00KEY", "secret_key": odd}
	ofBackend = map[string]any{"region": "nyc3", "bucket": "states", "key": "a b/x.tfstate"}
)

func TestConfigurations(t *testing.T) {
	local := map[string]any{"bucket": "photos", "endpoint": "http://127.0.0.1:9000"}
	regional := map[string]any{"endpoint": "http://{region}.localhost:9000"}
	for _, test := range []struct {
		function string
		base     map[string]any
		more     map[string]any
		want     []string // lines
		not      string
	}{
		{"s3cmd_config", ofClient, nil, []string{
			"[default]", "access_key = DO00KEY", "secret_key = " + odd, "host_base = nyc3.digitaloceanspaces.com",
			"host_bucket = %(bucket)s.nyc3.digitaloceanspaces.com", "website_endpoint = https://%(bucket)s.nyc3-static.digitaloceanspaces.com/", "use_https = True", "signurl_use_https = True",
			"bucket_location = us-east-1",
		}, ""},
		{"s3cmd_config", ofClient, local, []string{"host_base = 127.0.0.1:9000", "host_bucket = 127.0.0.1:9000", "use_https = False"}, ""},
		{"s3cmd_config", ofClient, regional, []string{"host_base = nyc3.localhost:9000", "host_bucket = %(bucket)s.nyc3.localhost:9000"}, ""},
		{"s3cmd_config", ofClient, map[string]any{"secret_key": `"q"`}, []string{`secret_key = ""q""`}, ""},
		{"s3cmd_config", ofClient, map[string]any{"bucket": "a.example"}, []string{"host_bucket = nyc3.digitaloceanspaces.com"}, ""},

		{"aws_config", ofClient, nil, []string{
			"[default]", "aws_access_key_id = DO00KEY", "aws_secret_access_key = " + odd, "region = us-east-1",
			"endpoint_url = https://nyc3.digitaloceanspaces.com", "s3 =", "  addressing_style = virtual", "  signature_version = s3v4",
		}, ""},
		{"aws_config", ofClient, local, []string{"endpoint_url = http://127.0.0.1:9000", "  addressing_style = path"}, ""},

		{"rclone_config", ofClient, nil, []string{
			"[spaces]", "type = s3", "provider = DigitalOcean", "access_key_id = DO00KEY", "secret_access_key = " + odd,
			"endpoint = https://nyc3.digitaloceanspaces.com", "force_path_style = false",
		}, "no_check_bucket"},
		{"rclone_config", ofClient, local, []string{"endpoint = http://127.0.0.1:9000", "force_path_style = true", "no_check_bucket = true"}, ""},
		{"rclone_config", ofClient, map[string]any{"secret_key": "`a`b"}, []string{"secret_access_key = ``a`b`"}, ""},
		{"rclone_config", ofClient, map[string]any{"secret_key": `"""a"""`}, []string{"secret_access_key = `\"\"\"a\"\"\"`"}, ""},

		{"backend_config", ofBackend, nil, []string{
			`bucket                      = "states"`, `key                         = "a b/x.tfstate"`, `region                      = "us-east-1"`,
			`endpoints                   = { s3 = "https://nyc3.digitaloceanspaces.com" }`, `use_lockfile                = true`,
			`skip_credentials_validation = true`, `skip_metadata_api_check     = true`, `skip_region_validation      = true`,
			`skip_requesting_account_id  = true`, `skip_s3_checksum            = true`,
		}, "_key "},
		{
			"backend_config", ofBackend,
			map[string]any{"access_key": "DO00KEY", "secret_key": odd, "use_lockfile": false},
			[]string{`access_key                  = "DO00KEY"`, `secret_key                  = "%(x)%s=a'\"&<>#;\\$${b}%%{c}` + "`\""},
			"use_lockfile",
		},
		{"backend_config", ofBackend, local, []string{"use_path_style              = true"}, ""},
	} {
		t.Run(fmt.Sprint(test.function, test.more), func(t *testing.T) {
			value, fails := call(t, test.function, tftypes.String, with(test.base, test.more))
			if fails != "" {
				t.Fatal(fails)
			}
			got := read(t, value)
			lines := strings.Split(got, "\n")
			for _, line := range test.want {
				if !slices.Contains(lines, line) {
					t.Errorf("there is no line %s", line)
				}
			}
			if test.not != "" && strings.Contains(got, test.not) {
				t.Errorf("there is a %s", test.not)
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

func TestConfigurationsTakeMapsAndNulls(t *testing.T) {
	asMap := tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{
		"region": text("nyc3"), "access_key": text("a"), "secret_key": text("b"),
	})
	for name, value := range map[string]tftypes.Value{
		"map": asMap, "null": with(ofClient, map[string]any{"bucket": nil, "endpoint": nil}),
	} {
		if _, fails := call(t, "s3cmd_config", tftypes.String, value); fails != "" {
			t.Errorf("%s: %s", name, fails)
		}
	}
	value, fails := call(t, "s3cmd_config", tftypes.String, with(ofClient, map[string]any{"secret_key": tftypes.UnknownValue}))
	if fails != "" || value.IsKnown() {
		t.Errorf("with an unknown secret the result is %s, and the error %q", value, fails)
	}
}

func TestConfigurationsRefuse(t *testing.T) {
	for _, test := range []struct {
		function string
		value    tftypes.Value
		says     string
	}{
		{"s3cmd_config", text("nyc3"), "s3cmd_config takes an object, { region = …, access_key = …, secret_key = … }, and not a string"},
		{"aws_config", with(map[string]any{"region": "nyc3"}, nil), "aws_config needs the attribute \"access_key\", which is missing or null: its object has `region`, `access_key` and `secret_key`"},
		{"aws_config", with(ofClient, map[string]any{"secret_key": nil}), `needs the attribute "secret_key"`},
		{"aws_config", with(ofClient, map[string]any{"buckets": "a"}), "has no use for the attribute \"buckets\": its object has `region`, `access_key` and `secret_key`, and may have `bucket` and `endpoint`"},
		{"aws_config", with(ofClient, map[string]any{"region": "nyc"}), `the attribute "region": "nyc" has not the shape`},
		{"aws_config", with(ofClient, map[string]any{"bucket": "A"}), `the attribute "bucket": "A" cannot be`},
		{"aws_config", with(ofClient, map[string]any{"bucket": ""}), `the attribute "bucket" is an empty string`},
		{"aws_config", with(ofClient, map[string]any{"bucket": int64(5)}), `the attribute "bucket" has to be a string, and it is a number`},
		{"aws_config", with(ofClient, map[string]any{"endpoint": "nyc3.example"}), `the attribute "endpoint": "nyc3.example" has to start with https://`},
		{"aws_config", with(ofClient, map[string]any{"endpoint": "https://ams3.digitaloceanspaces.com"}), "serves the region ams3 only"},
		{"aws_config", with(ofClient, map[string]any{"secret_key": "s3cr3t\n"}), `the attribute "secret_key" has white space`},
		{"s3cmd_config", with(ofClient, map[string]any{"secret_key": "$s3cr3t"}), "begins with $"},
		{"rclone_config", with(ofClient, map[string]any{"secret_key": "s3cr3t%(x)s"}), "takes for a variable"},
		{"cyberduck_bookmark", with(ofClient, map[string]any{"endpoint": "http://{region}.localhost:9000"}), "cyberduck_bookmark is for endpoints that begin with https://"},
		{"cyberduck_bookmark", with(ofClient, map[string]any{"access_key": nil}), `needs the attribute "access_key"`},
		{"transmit_settings", with(ofClient, map[string]any{"endpoint": "http://127.0.0.1:9000"}), "transmit_settings is for endpoints that begin with https://"},
		{"transmit_settings", with(ofClient, map[string]any{"secret_key": nil}), `needs the attribute "secret_key"`},
		{"backend_config", with(ofBackend, map[string]any{"key": "/a"}), `the attribute "key" is "/a", and the s3 backend refuses`},
		{"backend_config", with(ofBackend, map[string]any{"use_lockfile": "yes"}), `the attribute "use_lockfile" has to be a bool, and it is a string`},
		{"backend_config", with(ofBackend, map[string]any{"access_key": "a"}), "one is given without the other"},
		{"backend_config", with(ofBackend, map[string]any{"bucket": nil}), `needs the attribute "bucket"`},
	} {
		_, fails := call(t, test.function, tftypes.String, test.value)
		if !strings.HasPrefix(fails, "0: ") || !strings.Contains(fails, test.says) {
			t.Errorf("%s fails with %q, and wanted is %q", test.function, fails, test.says)
		}
		if strings.Contains(fails, "s3cr3t") || strings.Contains(fails, odd) {
			t.Errorf("the secret is shown: %s", fails)
		}
	}
}
