package tfkit

import (
	"maps"
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	bucket, object, other := []string{"region", "bucket"}, []string{"region", "bucket", "key"}, []string{"id"}
	folder := []string{"region", "bucket", "prefix"}
	for _, c := range []struct {
		id    string
		names []string
		want  string // REGION|BUCKET|KEY
		wrong string // a part of the error
	}{
		{id: "nyc3/photos", names: bucket, want: "nyc3|photos"},
		{id: "NYC3/photos", names: bucket, want: "NYC3|photos"},
		{id: "nyc3,photos", names: bucket, want: "nyc3|photos"},
		{id: "photos", names: bucket, want: "|photos"},
		{id: "nyc3", names: bucket, want: "|nyc3"}, // a name like any other
		{id: "s3://photos", names: bucket, want: "|photos"},
		{id: "s3://photos/", names: bucket, want: "|photos"},
		{id: "nyc3/photos/", names: bucket, want: "nyc3|photos"},
		{id: "nyc3/photos", names: []string{"region", "name"}, want: "nyc3|photos"},

		{id: "nyc3/photos/a.jpg", names: object, want: "nyc3|photos|a.jpg"},
		{id: "nyc3/photos/2026/a b+%20.jpg", names: object, want: "nyc3|photos|2026/a b+%20.jpg"},
		{id: "nyc3/photos//leading", names: object, want: "nyc3|photos|/leading"},
		{id: "nyc3/photos/trailing/", names: object, want: "nyc3|photos|trailing/"},
		{id: "nyc3/photos/a,b", names: object, want: "nyc3|photos|a,b"},
		{id: "nyc3,photos,a.jpg", names: object, want: "nyc3|photos|a.jpg"},
		{id: "nyc3,photos/a,b", names: object, want: "nyc3|photos|a,b"},
		{id: "nyc3,photos,a,b/c,d", names: object, want: "nyc3|photos|a,b/c,d"},
		{id: "nyc3,photos,2026/a,b", names: object, want: "nyc3|photos|2026/a,b"},
		{id: "s3://photos/a.jpg", names: object, want: "|photos|a.jpg"},
		{id: "s3://photos/2026/a,b.jpg", names: object, want: "|photos|2026/a,b.jpg"},
		{id: "s3://photos//leading", names: object, want: "|photos|/leading"},

		{id: "nyc3/photos", names: folder, want: "nyc3|photos"},
		{id: "nyc3,photos", names: folder, want: "nyc3|photos"},
		{id: "nyc3/photos/", names: folder, want: "nyc3|photos|"},
		{id: "nyc3/photos/a/b/", names: folder, want: "nyc3|photos|a/b/"},
		{id: "s3://photos", names: folder, want: "|photos"},
		{id: "s3://photos/a", names: folder, want: "|photos|a"},

		{id: "89b1-4d2c", names: other, want: "89b1-4d2c"},
		{id: "with,comma", names: other, want: "with,comma"},

		{id: "nyc3/", names: bucket, wrong: "the form is REGION/BUCKET, and the bucket is missing"},
		{id: "nyc3,", names: bucket, wrong: "the bucket is missing"},
		{id: "/photos", names: bucket, wrong: `"" has not the shape of a region such as nyc3`},
		{id: "us-east-1/photos", names: bucket, wrong: `"us-east-1" has not the shape of a region such as nyc3`},
		{id: "nyc3/photos/a.jpg", names: bucket, wrong: `"photos/a.jpg" goes on after the bucket`},
		{id: "s3://photos/a.jpg", names: bucket, wrong: `"photos/a.jpg" goes on after the bucket`},
		{id: "https://nyc3.digitaloceanspaces.com/photos", names: bucket, wrong: `"https:" has not the shape of a region`},
		{id: "s3://", names: bucket, wrong: "the bucket is missing"},
		{id: "photos/a.jpg", names: object, wrong: `the form is REGION/BUCKET/KEY, and "photos" has not the shape of a region`},
		{id: "photos", names: object, wrong: `"photos" has not the shape of a region`},
		{id: "nyc3", names: object, wrong: "the bucket is missing"},
		{id: "nyc3/photos", names: object, wrong: "the key is missing"},
		{id: "nyc3/photos/", names: object, wrong: "the key is missing"},
		{id: "nyc3,photos", names: object, wrong: "the key is missing"},
		{id: "nyc3", names: folder, wrong: "the bucket is missing"},
		{id: "nyc3//a.jpg", names: object, wrong: "the bucket is missing"},
		{id: "s3://photos", names: object, wrong: "the key is missing"},
		{id: "s3:///a.jpg", names: object, wrong: "the bucket is missing"},
	} {
		t.Run(strings.Join(c.names, "/")+" of "+c.id, func(t *testing.T) {
			t.Parallel()
			got, err := parseID(c.id, c.names)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("%q, %v; want an error with %q", got, err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for i, value := range strings.Split(c.want, "|") {
				if value != "" {
					want[c.names[i]] = value
				}
			}
			if !maps.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
