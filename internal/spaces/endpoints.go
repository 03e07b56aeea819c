package spaces

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// endpoints remembers the SDK's answers of which address and signature a bucket
// takes. The SDK works them out twice a request, by rules that compile regular
// expressions: a third of the CPU time of a small upload (s3 1.114.8).
type endpoints struct {
	rules s3.EndpointResolverV2
	known sync.Map // endpointOf → smithyendpoints.Endpoint
}

// endpointOf is what answers depend on for one client. Keys and prefixes are
// among the parameters, but no rule looks at them.
type endpointOf struct {
	bucket, address, region        string
	hasBucket, pathStyle           bool
	noAccessPoints, expressControl bool
}

// ResolveEndpoint is the SDK's interface.
func (e *endpoints) ResolveEndpoint(ctx context.Context, p s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	of := endpointOf{
		aws.ToString(p.Bucket), aws.ToString(p.Endpoint), aws.ToString(p.Region),
		p.Bucket != nil, aws.ToBool(p.ForcePathStyle),
		aws.ToBool(p.DisableAccessPoints), aws.ToBool(p.UseS3ExpressControlEndpoint),
	}
	if found, ok := e.known.Load(of); ok {
		return copied(found.(smithyendpoints.Endpoint)), nil //nolint:forcetypeassert // nothing else is stored
	}
	answer, err := e.rules.ResolveEndpoint(ctx, p)
	if err == nil {
		e.known.Store(of, copied(answer))
	}
	return answer, err
}

// copied is an endpoint whose authentication options can be changed without
// changing the original's, as the SDK does for each operation.
func copied(e smithyendpoints.Endpoint) smithyendpoints.Endpoint {
	var all smithy.Properties
	all.SetAll(&e.Properties)
	if options, found := smithyauth.GetAuthOptions(&e.Properties); found {
		own := make([]*smithyauth.Option, len(options))
		for i, o := range options {
			own[i] = &smithyauth.Option{SchemeID: o.SchemeID}
			own[i].IdentityProperties.SetAll(&o.IdentityProperties)
			own[i].SignerProperties.SetAll(&o.SignerProperties)
		}
		smithyauth.SetAuthOptions(&all, own)
	}
	e.Properties, e.Headers = all, e.Headers.Clone()
	return e
}
