package cdn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// create makes the endpoint. An origin has at most one, so that a request that
// may have been carried out can be sent again: the second one does no harm.
func create(ctx context.Context, cl *spaces.Clients, m *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	certificate, err := m.certificate(ctx, api)
	if err != nil {
		return err
	}
	wanted := &godo.CDNCreateRequest{
		Origin: m.Origin.ValueString(), TTL: uint32(m.TTL.ValueInt64()),
		CustomDomain: m.CustomDomain.ValueString(), CertificateID: certificate,
	}
	doubtful, begun := false, time.Now()
	err = cl.Patience.Until(ctx, cl.Patience.Write, func(ctx context.Context) error {
		made, err := spaces.One(api.CDNs.Create(ctx, wanted))
		doubtful = doubtful || spaces.Doubtful(err)
		if err != nil && doubtful {
			if ours := appeared(ctx, api, wanted.Origin, begun); ours != nil {
				made, err = ours, nil
			}
		}
		switch {
		case err == nil:
			m.ID = types.StringValue(made.ID)
			return nil
		case spaces.KindOf(err) == spaces.Exists:
			return alreadyEnabled(ctx, api, wanted.Origin, err)
		case spaces.Doubtful(err) && ctx.Err() == nil && !spaces.OtherShape(err):
			return spaces.NotYet(err)
		}
		return err
	})
	if err == nil && certificate != "" {
		m.CertificateID = types.StringValue(certificate)
	}
	return err
}

// appeared is the endpoint that a request without an answer has made, or nil.
// It also looks when the user has cancelled, so that what exists gets into the
// state. One that was there before is refused with 409 and is older.
func appeared(ctx context.Context, api *godo.Client, origin string, begun time.Time) *godo.CDN {
	const clocksDiffer = 2 * time.Minute
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	found, err := find(ctx, api, func(e *godo.CDN) bool { return e.Origin == origin })
	if err != nil || found.CreatedAt.Before(begun.Add(-clocksDiffer)) {
		return nil
	}
	return found
}

// alreadyEnabled says how to import the endpoint that is in the way.
func alreadyEnabled(ctx context.Context, api *godo.Client, origin string, cause error) error {
	found, err := find(ctx, api, func(e *godo.CDN) bool { return e.Origin == origin })
	switch {
	case spaces.KindOf(err) == spaces.NotFound: // or it was deleted a moment ago
		return spaces.NotYet(fmt.Errorf("the bucket at %s has a CDN endpoint already, and none of those that this token can list has it as its origin. It may be another team's: "+
			"look for it under Spaces Object Storage, Settings of the bucket, in the control panel, and disable it there: %w", origin, cause))
	case err != nil:
		return errors.Join(cause, err)
	}
	return spaces.Fail(spaces.Exists, "The bucket at %s has a CDN endpoint already, and can have only one. An endpoint that Terraform did not make is never taken over silently. To manage it, import it:\n\n"+
		"  terraform import spaces_cdn.NAME %[2]s\n\nor write\n\n  import {\n    to = spaces_cdn.NAME\n    id = %[2]q\n  }", origin, found.ID)
}
