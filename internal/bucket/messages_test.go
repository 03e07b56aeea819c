package bucket_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// What a user gets to read when the provider cannot work as it was configured:
// the argument, the variable, the place, and what to do.
func TestAccMessages(t *testing.T) {
	closed := func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		must(t, l.Close())
		_, port, _ := net.SplitHostPort(l.Addr().String())
		return "http://{region}.localhost:" + port
	}
	for name, test := range map[string]struct {
		block func(t *testing.T, e *acctest.Env) string
		says  []string
	}{
		"wrong secret": {
			func(_ *testing.T, e *acctest.Env) string {
				return fmt.Sprintf("endpoint = %q\nregion = %q\naccess_key = %q\nsecret_key = \"wrong\"\nuse_path_style = %t", e.Endpoint, e.Region(), e.AccessKey, e.PathStyle)
			},
			[]string{"Could not create spaces_bucket REGION/NAME", "SignatureDoesNotMatch", "secret_key (or SPACES_SECRET_ACCESS_KEY)"},
		},
		"unknown key": {
			func(_ *testing.T, e *acctest.Env) string {
				return fmt.Sprintf("endpoint = %q\nregion = %q\naccess_key = \"DO00NOSUCHKEY\"\nsecret_key = %q\nuse_path_style = %t", e.Endpoint, e.Region(), e.SecretKey, e.PathStyle)
			},
			[]string{"Could not create spaces_bucket REGION/NAME", "InvalidAccessKeyId", "check access_key (or SPACES_ACCESS_KEY_ID)", "not a DigitalOcean API token"},
		},
		"unreachable": {
			func(t *testing.T, e *acctest.Env) string {
				return fmt.Sprintf("endpoint = %q\nregion = %q\naccess_key = \"A\"\nsecret_key = \"B\"\nmax_retries = 0", closed(t), e.Region())
			},
			[]string{"Could not create spaces_bucket REGION/NAME", "connection refused", "check endpoint (or SPACES_ENDPOINT_URL)"},
		},
		"no such host": {
			func(_ *testing.T, e *acctest.Env) string {
				return fmt.Sprintf("endpoint = \"https://{region}.spaces.invalid\"\nregion = %q\naccess_key = \"A\"\nsecret_key = \"B\"\nmax_retries = 0", e.Region())
			},
			[]string{"Could not create spaces_bucket REGION/NAME", "spaces.invalid", "endpoint"},
		},
		"endpoint that is none": {
			func(_ *testing.T, e *acctest.Env) string {
				return fmt.Sprintf("endpoint = \"nyc3.digitaloceanspaces.com\"\nregion = %q", e.Region())
			},
			[]string{"Not an endpoint", "SPACES_ENDPOINT_URL", `"nyc3.digitaloceanspaces.com" has to start with https://`},
		},
		"endpoint of another region": {
			func(*testing.T, *acctest.Env) string {
				return "endpoint = \"https://fra1.digitaloceanspaces.com\"\nregion = \"nyc3\"\naccess_key = \"A\"\nsecret_key = \"B\""
			},
			[]string{"the endpoint https://fra1.digitaloceanspaces.com serves the region fra1 only, not nyc3"},
		},
		"no keys": {
			func(_ *testing.T, e *acctest.Env) string { return fmt.Sprintf("region = %q", e.Region()) },
			[]string{"Could not create spaces_bucket REGION/NAME", "needs the provider's access_key", "argument access_key", "SPACES_ACCESS_KEY_ID"},
		},
		"half a key": {
			func(_ *testing.T, e *acctest.Env) string {
				return fmt.Sprintf("region = %q\naccess_key = \"A\"", e.Region())
			},
			[]string{"Could not create spaces_bucket REGION/NAME", "needs the provider's secret_key", "argument secret_key", "SPACES_SECRET_ACCESS_KEY"},
		},
		"no region": {
			func(*testing.T, *acctest.Env) string { return "" },
			[]string{"No region", "SPACES_REGION", "no built-in default", `region = "nyc3"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := acctest.New(t)
			for i, s := range test.says {
				if s == "Could not create spaces_bucket REGION/NAME" {
					test.says[i] = "Could not create spaces_bucket " + e.Region() + "/" + e.Name
				}
			}
			e.Steps(fails(fmt.Sprintf("provider \"spaces\" {\n%s\n}\n\nresource \"spaces_bucket\" \"test\" {\n  name = %q\n}\n", test.block(t, e), e.Name), test.says...))
		})
	}
}

// Somebody else's bucket, or one out of the key's reach, and a key that may not
// create any.
func TestLocalMessagesLimitedKey(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	e.Local.AddKey("LIMITED", "limited-secret", localspaces.Grant{Bucket: "another", Permission: "readwrite"})
	limited := *e
	limited.AccessKey, limited.SecretKey = "LIMITED", "limited-secret"
	taken := e.Name + "-taken"
	_, err := e.S3(e.Region()).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &taken})
	must(t, err)
	elsewhere := e.Name + "-elsewhere"
	_, err = e.S3(e.Regions[1]).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &elsewhere})
	must(t, err)
	e.Steps(
		fails(bucketNamed(&limited, taken), "Could not create spaces_bucket "+e.Region()+"/"+taken, "exists already", "403 AccessDenied", "somebody else's", "choose another one"),
		fails(bucketNamed(&limited, e.Name), "Could not create spaces_bucket "+e.Region()+"/"+e.Name, "AccessDenied", "take a key with full access"),
		fails(bucketNamed(e, elsewhere), "Could not create spaces_bucket", "the name "+elsewhere+" is taken", "in another region", "BucketAlreadyExists"),
		resource.TestStep{Config: bucketNamed(e, e.Name)},
		before(destroyed(bucketNamed(e, e.Name)), func() {
			_, err := e.S3(e.Region()).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &taken})
			must(t, err)
			_, err = e.S3(e.Regions[1]).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &elsewhere})
			must(t, err)
		}),
	)
}
