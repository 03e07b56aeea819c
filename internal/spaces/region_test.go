package spaces_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address string
		url     string // of ams3
		wrong   string // a part of the error
	}{
		{address: spaces.DefaultEndpoint, url: "https://ams3.digitaloceanspaces.com"},
		{address: "https://{region}.digitaloceanspaces.com/", url: "https://ams3.digitaloceanspaces.com"},
		{address: "https://{{.Region}}.digitaloceanspaces.com", url: "https://ams3.digitaloceanspaces.com"},
		{address: "https://{{ .Region }}.digitaloceanspaces.com", url: "https://ams3.digitaloceanspaces.com"},
		{address: "https://nyc3.digitaloceanspaces.com", url: "https://nyc3.digitaloceanspaces.com"},
		{address: "http://{region}.localhost:9000", url: "http://ams3.localhost:9000"},
		{address: "http://127.0.0.1:9000", url: "http://127.0.0.1:9000"},
		{address: "http://[::1]:9000/", url: "http://[::1]:9000"},
		{address: "https://s3.{region}.example.com", url: "https://s3.ams3.example.com"},

		{address: "", wrong: "has to start with https://"},
		{address: "digitaloceanspaces.com", wrong: "has to start with https://"},
		{address: "{region}.digitaloceanspaces.com", wrong: "has to start with https://"},
		{address: "nyc3.digitaloceanspaces.com:443", wrong: "nyc3.digitaloceanspaces.com:443"},
		{address: "localhost:9000", wrong: "has to start with https://"},
		{address: "ftp://nyc3.digitaloceanspaces.com", wrong: "has to start with https://"},
		{address: "https://", wrong: "has to start with https://"},
		{address: "https:///path", wrong: "has to start with https://"},
		{address: "https://{region}.digitaloceanspaces.com/bucket", wrong: "has to end after the host"},
		{address: "https://{region}.digitaloceanspaces.com//", wrong: "has to end after the host"},
		{address: "https://{region}.digitaloceanspaces.com?x=y", wrong: "has to end after the host"},
		{address: "https://{region}.digitaloceanspaces.com#x", wrong: "has to end after the host"},
		{address: "https://user:secret@nyc3.digitaloceanspaces.com", wrong: "has to end after the host"},
		{address: "https://{Region}.digitaloceanspaces.com", wrong: "braces or a $ that are not {region}"},
		{address: "https://{{region}}.digitaloceanspaces.com", wrong: "braces or a $ that are not {region}"},
		{address: "https://{region.digitaloceanspaces.com", wrong: "braces or a $ that are not {region}"},
		{address: "https://${region}.digitaloceanspaces.com", wrong: "braces or a $"},
		{address: "https://a b.example.com", wrong: "is no URL"},
		{address: "https://host:port", wrong: "is no URL"},
	} {
		t.Run(c.address, func(t *testing.T) {
			t.Parallel()
			e, err := spaces.ParseEndpoint(c.address)
			switch {
			case err == nil && c.wrong != "":
				t.Errorf("accepted, want an error with %q", c.wrong)
			case err != nil && (c.wrong == "" || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("error %q, want %q", err, c.wrong)
			case err == nil && e.URL("ams3") != c.url:
				t.Errorf("URL %q, want %q", e.URL("ams3"), c.url)
			}
		})
	}
}

func endpoint(t *testing.T, address string) spaces.Endpoint {
	t.Helper()
	e, err := spaces.ParseEndpoint(address)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestHosts(t *testing.T) {
	t.Parallel()
	at := spaces.Location{Region: "ams3", Bucket: "photos"}
	for _, c := range []struct {
		address, host, bucket, cdn, website string
		regional                            bool
	}{
		{
			spaces.DefaultEndpoint, "ams3.digitaloceanspaces.com",
			"photos.ams3.digitaloceanspaces.com", "photos.ams3.cdn.digitaloceanspaces.com", "photos.ams3-static.digitaloceanspaces.com", true,
		},
		{
			"https://ams3.digitaloceanspaces.com", "ams3.digitaloceanspaces.com",
			"photos.ams3.digitaloceanspaces.com", "photos.ams3.cdn.digitaloceanspaces.com", "photos.ams3-static.digitaloceanspaces.com", false,
		},
		{
			"http://{region}.localhost:9000", "ams3.localhost:9000",
			"photos.ams3.localhost:9000", "photos.ams3.cdn.localhost:9000", "photos.ams3-static.localhost:9000", true,
		},
		{ // no host name can be built on an address
			"http://127.0.0.1:9000", "127.0.0.1:9000",
			"photos.ams3.digitaloceanspaces.com", "photos.ams3.cdn.digitaloceanspaces.com", "photos.ams3-static.digitaloceanspaces.com", false,
		},
	} {
		t.Run(c.address, func(t *testing.T) {
			t.Parallel()
			e := endpoint(t, c.address)
			for _, pair := range [][2]string{
				{e.Host("ams3"), c.host},
				{e.Host("AMS3"), c.host},
				{e.BucketHost(at), c.bucket},
				{e.CDNHost(at), c.cdn},
				{e.WebsiteHost(at), c.website},
			} {
				if pair[0] != pair[1] {
					t.Errorf("host %q, want %q", pair[0], pair[1])
				}
			}
			if e.Regional() != c.regional {
				t.Errorf("Regional %t", e.Regional())
			}
			// What a client was made for tells the same hosts.
			cl := spaces.New(config(t, c.address))
			s3, err := cl.S3("ams3")
			if err != nil {
				t.Fatal(err)
			}
			if got := spaces.EndpointOf(s3).BucketHost(at); got != c.bucket {
				t.Errorf("by the client, bucket host %q, want %q", got, c.bucket)
			}
		})
	}
}

// Requests for one region that go to another's address would act on another
// bucket, or fail with words that lead nowhere.
func TestAnEndpointOfAnotherRegionIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address, region string
		refused         bool
	}{
		{spaces.DefaultEndpoint, "ams3", false},
		{"https://nyc3.digitaloceanspaces.com", "nyc3", false},
		{"https://nyc3.digitaloceanspaces.com", "NYC3", false},
		{"https://nyc3.digitaloceanspaces.com", "ams3", true},
		{"https://photos.nyc3.digitaloceanspaces.com", "nyc3", true},
		{"http://127.0.0.1:9000", "ams3", false},
		{"http://nyc3.localhost:9000", "ams3", false}, // not ours to judge
	} {
		cl := spaces.New(config(t, c.address))
		_, err := cl.S3(c.region)
		if refused := err != nil; refused != c.refused {
			t.Errorf("%s for %s: %v", c.address, c.region, err)
		}
		if err != nil && (!strings.Contains(err.Error(), c.address) || !strings.Contains(err.Error(), c.region) || !strings.Contains(err.Error(), spaces.DefaultEndpoint)) {
			t.Errorf("%s for %s does not name both and the remedy: %v", c.address, c.region, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	if got := spaces.URN("photos"); got != "do:space:photos" {
		t.Errorf("URN %s", got)
	}
	if got := spaces.ARN("photos"); got != "arn:aws:s3:::photos" {
		t.Errorf("ARN %s", got)
	}
	if got := (spaces.Location{Region: "ams3", Bucket: "photos"}).String(); got != "ams3/photos" {
		t.Errorf("location %s", got)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	for _, r := range spaces.Regions {
		if known, alike := spaces.LooksLikeRegion(r); !known || alike != nil {
			t.Errorf("%s: known %t, alike %q", r, known, alike)
		}
		if !spaces.RegionShape.MatchString(r) {
			t.Errorf("%s has not the shape of a region", r)
		}
	}
	if known, alike := spaces.LooksLikeRegion("sfo9"); known || !slices.Equal(alike, []string{"sfo2", "sfo3"}) {
		t.Errorf("sfo9: known %t, alike %q", known, alike)
	}
	if known, alike := spaces.LooksLikeRegion("us-east-1"); known || len(alike) > 0 {
		t.Errorf("us-east-1: known %t, alike %q", known, alike)
	}
	for _, odd := range []string{"", "nyc", "3", "us-east-1", "NYC3", "nyc 3", "nyc3.digitaloceanspaces.com", "n3"} {
		if spaces.RegionShape.MatchString(odd) {
			t.Errorf("%q has the shape of a region", odd)
		}
	}
}
