package cdn

import (
	"context"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const aboutAction = "Purges what a CDN endpoint has cached, so that its visitors get what is in the bucket now.\n\n" +
	"It is run by an `action_trigger` of the objects, `after_create` and `after_update`, or by hand with `terraform apply -invoke=action.spaces_cdn_flush.NAME`. " +
	"It needs the provider's `token`, with the scope `cdn:delete`, and `cdn:read` for an `origin`."

// FlushAction purges the cache of a CDN endpoint when it is invoked.
func FlushAction() action.Action {
	return tfkit.NewAction(tfkit.ActionSpec[flushActionModel]{
		Name: "cdn_flush",
		Schema: schema.Schema{MarkdownDescription: aboutAction, Attributes: map[string]schema.Attribute{
			"cdn_id": schema.StringAttribute{
				MarkdownDescription: "ID of the endpoint, the `id` of a `spaces_cdn`. Either this or `origin` is given.",
				Optional:            true,
				Validators:          []validator.String{tfkit.NotEmpty(), stringvalidator.ExactlyOneOf(path.MatchRoot("origin"))},
			},
			"origin": schema.StringAttribute{
				MarkdownDescription: "Host name of the bucket that the endpoint serves, the `domain_name` of a `spaces_bucket`. Either this or `cdn_id` is given.",
				Optional:            true,
				Validators:          []validator.String{originRule},
			},
			"files": schema.ListAttribute{
				MarkdownDescription: aboutFiles,
				ElementType:         types.StringType, Optional: true,
				Validators: filesRules,
			},
		}},
		Invoke: invoke,
	})
}

type flushActionModel struct {
	CDNID  types.String `tfsdk:"cdn_id"`
	Origin types.String `tfsdk:"origin"`
	Files  []string     `tfsdk:"files"`
}

func invoke(ctx context.Context, cl *spaces.Clients, m *flushActionModel) error {
	if !m.CDNID.IsNull() {
		return purge(ctx, cl, m.CDNID.ValueString(), m.Files)
	}
	e, err := endpointOf(ctx, cl, m.Origin.ValueString())
	if err != nil {
		return err
	}
	return purge(ctx, cl, e.ID, m.Files)
}

// endpointOf is the endpoint of an origin.
func endpointOf(ctx context.Context, cl *spaces.Clients, origin string) (*godo.CDN, error) {
	api, err := cl.API()
	if err != nil {
		return nil, err
	}
	e, err := find(ctx, api, func(e *godo.CDN) bool { return e.Origin == origin })
	if spaces.KindOf(err) == spaces.NotFound {
		return nil, spaces.Fail(spaces.NotFound, "There is no CDN endpoint with the origin %s.", origin)
	}
	return e, err
}
