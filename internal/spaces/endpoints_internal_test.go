package spaces

import (
	"context"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// counted counts the answers that are worked out.
type counted struct {
	s3.EndpointResolverV2
	asked int
}

func (c *counted) ResolveEndpoint(ctx context.Context, p s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	c.asked++
	return c.EndpointResolverV2.ResolveEndpoint(ctx, p)
}

func TestEndpointsAreTheSDKsOwn(t *testing.T) {
	t.Parallel()
	rules := &counted{EndpointResolverV2: s3.NewDefaultEndpointResolverV2()}
	remembered := &endpoints{rules: rules}
	for round := range 3 {
		for _, bucket := range []*string{nil, aws.String("photos"), aws.String("other"), aws.String("dotted.name"), aws.String("Capitals")} {
			for _, address := range []string{"https://nyc3.digitaloceanspaces.com", "http://127.0.0.1:9000"} {
				for _, pathStyle := range []bool{false, true} {
					p := s3.EndpointParameters{
						Bucket: bucket, Region: aws.String("nyc3"), Endpoint: &address, ForcePathStyle: &pathStyle,
						Key: aws.String("key " + string(rune('0'+round))), // of no consequence
					}.WithDefaults()
					want, errWant := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(t.Context(), p)
					got, err := remembered.ResolveEndpoint(t.Context(), p)
					if err != nil || errWant != nil {
						t.Fatal(err, errWant)
					}
					if got.URI != want.URI || !reflect.DeepEqual(signing(t, got), signing(t, want)) {
						t.Errorf("%s at %s: %v, want %v", aws.ToString(bucket), address, got, want)
					}
					// The SDK changes them for one operation; the next one has to
					// find them as they were.
					for _, o := range options(t, got) {
						smithyhttp.SetIsUnsignedPayload(&o.SignerProperties, true)
					}
				}
			}
		}
	}
	if want := 5 * 2 * 2; rules.asked != want {
		t.Errorf("the rules were asked %d times, want %d", rules.asked, want)
	}
}

func options(t *testing.T, e smithyendpoints.Endpoint) []*smithyauth.Option {
	t.Helper()
	all, found := smithyauth.GetAuthOptions(&e.Properties)
	if !found || len(all) == 0 {
		t.Fatal("there is no way to sign")
	}
	return all
}

// signing is what a signature depends on.
func signing(t *testing.T, e smithyendpoints.Endpoint) []any {
	t.Helper()
	var all []any
	for _, o := range options(t, e) {
		name, _ := smithyhttp.GetSigV4SigningName(&o.SignerProperties)
		region, _ := smithyhttp.GetSigV4SigningRegion(&o.SignerProperties)
		once, _ := smithyhttp.GetDisableDoubleEncoding(&o.SignerProperties)
		unsigned, _ := smithyhttp.GetIsUnsignedPayload(&o.SignerProperties)
		all = append(all, o.SchemeID, name, region, once, unsigned)
	}
	return all
}
