package object

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestAddress(t *testing.T) {
	at := spaces.Location{Region: "nyc3", Bucket: "b"}
	for _, test := range []struct {
		endpoint string
		path     bool
		bucket   string
		key      string
		want     string
	}{
		{spaces.DefaultEndpoint, false, "b", "a/b.txt", "https://b.nyc3.digitaloceanspaces.com/a/b.txt"},
		{spaces.DefaultEndpoint, false, "b", "/a//b c+d%?#&=;,:@!$'()*~é", "https://b.nyc3.digitaloceanspaces.com//a//b%20c%2Bd%25%3F%23%26%3D%3B%2C%3A%40%21%24%27%28%29%2A~%C3%A9"},
		{spaces.DefaultEndpoint, false, "a.b", "c", "https://nyc3.digitaloceanspaces.com/a.b/c"},
		{"http://{region}.localhost:9000", false, "b", "c", "http://b.nyc3.localhost:9000/c"},
		{"http://127.0.0.1:9000", true, "b", "c d", "http://127.0.0.1:9000/b/c%20d"},
	} {
		endpoint, err := spaces.ParseEndpoint(test.endpoint)
		if err != nil {
			t.Fatal(err)
		}
		at.Bucket = test.bucket
		cl := spaces.New(spaces.Config{Endpoint: endpoint, PathStyle: test.path})
		if got := address(cl, at, test.key); got != test.want {
			t.Errorf("%q: %s, want %s", test.key, got, test.want)
		}
	}
}

func TestReadExpires(t *testing.T) {
	for _, test := range []struct{ written, header, want string }{
		{"", "", ""},
		{"2030-01-31T00:00:00Z", "", ""},
		{"", "Thu, 31 Jan 2030 00:00:00 GMT", "2030-01-31T00:00:00Z"},
		{"2030-01-31T01:00:00+01:00", "Thu, 31 Jan 2030 00:00:00 GMT", "2030-01-31T01:00:00+01:00"},
		{"2030-01-31T00:00:01Z", "Thu, 31 Jan 2030 00:00:00 GMT", "2030-01-31T00:00:00Z"},
		{"2030-01-31T00:00:00Z", "0", "0"},
	} {
		if got := readExpires(text(&test.written), test.header); got.ValueString() != test.want {
			t.Errorf("%q, %q: %s, want %q", test.written, test.header, got, test.want)
		}
	}
}

func TestReadMetadata(t *testing.T) {
	written := types.MapValueMust(types.StringType, mapOf(map[string]string{"a_b": "1", "c": "2"}))
	for _, test := range []struct{ read, want map[string]string }{
		{map[string]string{"a_b": "1", "c": "2"}, map[string]string{"a_b": "1", "c": "2"}},
		{map[string]string{"a-b": "1", "c": "2"}, map[string]string{"a_b": "1", "c": "2"}},
		{map[string]string{"a-b": "other"}, map[string]string{"a-b": "other"}},
		{nil, nil},
	} {
		got := readMetadata(written, test.read)
		if !maps.Equal(plain(got), test.want) || got.IsNull() != (len(test.want) == 0) {
			t.Errorf("%v: %v, want %v", test.read, got, test.want)
		}
	}
}
