package object

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// link is one request that is allowed to whoever has its URL.
type link struct {
	at       spaces.Location
	key      string
	method   string
	query    url.Values  // overrides of response headers, and the version
	header   http.Header // what the request has to have besides
	signedAt time.Time
	lifetime time.Duration // S3 allows seven days
	host     string        // that takes the bucket's place, such as a CDN endpoint's
}

// sign makes the URL. Nothing is asked of the server, and only the host and
// the given headers are signed: the SDK's own presigner signs the length of a
// body too, which nobody knows yet.
func (l link) sign(ctx context.Context, cl *spaces.Clients) (string, error) {
	if _, err := cl.S3(l.at.Region); err != nil { // for want of a key
		return "", err
	}
	origin := address(cl, l.at, l.key)
	if l.host != "" {
		origin = l.origin(cl)
	}
	req, err := http.NewRequestWithContext(ctx, l.method, origin, nil)
	if err != nil {
		return "", fmt.Errorf("making a URL of the key %q: %w", l.key, err)
	}
	query := url.Values{"X-Amz-Expires": {strconv.Itoa(int(l.lifetime / time.Second))}}
	for name, values := range l.query {
		query[name] = values
	}
	req.URL.RawQuery, req.Header = query.Encode(), l.header.Clone()
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	signed, _, err := signer.PresignHTTP(ctx, aws.Credentials{AccessKeyID: cl.AccessKey, SecretAccessKey: cl.SecretKey},
		req, "UNSIGNED-PAYLOAD", "s3", l.at.Region, l.signedAt)
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	if l.host == "" {
		return signed, nil
	}
	// A CDN asks the bucket under the bucket's name, so that is what has to be
	// signed (Spaces' CDN page).
	return strings.Replace(signed, "://"+cl.Endpoint.BucketHost(l.at)+"/", "://"+l.host+"/", 1), nil
}

// origin is the address by the bucket's host name, whatever requests use.
func (l link) origin(cl *spaces.Clients) string {
	scheme, _, _ := strings.Cut(cl.Endpoint.URL(l.at.Region), "://")
	return scheme + "://" + cl.Endpoint.BucketHost(l.at) + "/" + escape(l.key)
}
