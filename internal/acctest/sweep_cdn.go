package acctest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// sweepEndpoints removes the CDN endpoints of buckets whose names begin with
// Prefix, be the buckets there or not.
func sweepEndpoints(ctx context.Context, cl *spaces.Clients) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	var left []godo.CDN // to be deleted after the list is through, for pages shift
	for e, err := range spaces.Pages(ctx, api.CDNs.List) {
		if err != nil {
			return err
		}
		if strings.HasPrefix(e.Origin, Prefix) {
			left = append(left, e)
		}
	}
	var failed []error
	for _, e := range left {
		if _, err := api.CDNs.Delete(ctx, e.ID); err != nil && spaces.KindOf(err) != spaces.NotFound {
			failed = append(failed, fmt.Errorf("the CDN endpoint of %s: %w", e.Origin, err))
			continue
		}
		fmt.Printf("removed the CDN endpoint of %s\n", e.Origin)
	}
	return errors.Join(failed...)
}
