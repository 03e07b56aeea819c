package tfkit

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// A diagnostic has one order: what could not be done, to what, the error's
// words, its facts, advice.
func TestReport(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(404)
		_, _ = fmt.Fprint(w, `<Error><Code>NoSuchBucket</Code><Message>It is not here.</Message><RequestId>tx1</RequestId></Error>`)
	}))
	t.Cleanup(web.Close)
	endpoint, err := spaces.ParseEndpoint(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := spaces.New(spaces.Config{AccessKey: "a", SecretKey: "b", Endpoint: endpoint, PathStyle: true}).S3("nyc3")
	if err != nil {
		t.Fatal(err)
	}
	_, answered := c.GetBucketCors(t.Context(), &s3.GetBucketCorsInput{Bucket: new("photos")})
	for _, c := range []struct {
		name, where     string
		err             error
		summary, detail string
	}{
		{"of the server", "nyc3/photos", answered, "Could not read spaces_thing nyc3/photos", `Spaces answered NoSuchBucket.

Operation: GetBucketCors
Code: NoSuchBucket
Message: It is not here.
Status: 404 Not Found
Request ID: tx1

There is no such bucket in this region: check the name and the region. A bucket made a moment ago can take minutes to appear.`},
		{"wrapped", "", fmt.Errorf("there is no bucket photos in region nyc3: %w", answered), "Could not read spaces_thing", `There is no bucket photos in region nyc3: Spaces answered NoSuchBucket.

Operation: GetBucketCors
Code: NoSuchBucket
Message: It is not here.
Status: 404 Not Found
Request ID: tx1

There is no such bucket in this region: check the name and the region. A bucket made a moment ago can take minutes to appear.`},
		{"our own", "nyc3/photos", spaces.Fail(spaces.NotEmpty, "The bucket photos is not empty."), "Could not read spaces_thing nyc3/photos", "The bucket photos is not empty."},
		{"any other", "nyc3/photos", errors.New("something is odd"), "Could not read spaces_thing nyc3/photos", "Something is odd."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			report(&diags, "read", "thing", c.where, c.err)
			if len(diags) != 1 || diags[0].Severity() != diag.SeverityError {
				t.Fatalf("%v", diags)
			}
			if diags[0].Summary() != c.summary {
				t.Errorf("summary %q, want %q", diags[0].Summary(), c.summary)
			}
			if diags[0].Detail() != c.detail {
				t.Errorf("detail:\n%s\n\nwant:\n%s", diags[0].Detail(), c.detail)
			}
		})
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	double := func(n int) int { return 2 * n }
	if got := Each([]int{1, 2}, double); len(got) != 2 || got[0] != 2 || got[1] != 4 {
		t.Errorf("%v", got)
	}
	if got := Each([]int{}, double); got != nil {
		t.Errorf("an empty list is %#v, want nil, which is null", got)
	}
}
