package cdn

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const (
	aboutFiles = "What to purge: keys of objects, `DIRECTORY/*` for all below a directory, or `*` for all. The default is `[\"*\"]`. " +
		"DigitalOcean purges at most 50 paths in 20 seconds, a wildcard counting as one; more of them are purged batch by batch."
	aboutFlush = "A purge of what a CDN endpoint has cached, done when the resource is made, and again whenever `triggers`, `files` or `cdn_id` change.\n\n" +
		"In `triggers` belongs what the purge is to wait for, by reference, such as the `content_sha256` of objects: then it is done after they have been uploaded, and whenever they change. " +
		"It is the way of command lines without actions; from Terraform 1.14 on the action of the same name does it without a resource. Destroying the resource does nothing. It needs the provider's `token`, with the scope `cdn:delete`."
)

// FlushResource purges the cache of a CDN endpoint when it is made.
func FlushResource() resource.Resource {
	return flush{tfkit.NewResource(tfkit.ResourceSpec[flushModel]{
		Name: "cdn_flush",
		Schema: schema.Schema{MarkdownDescription: aboutFlush, Attributes: map[string]schema.Attribute{
			"cdn_id": schema.StringAttribute{
				MarkdownDescription: "ID of the endpoint, the `id` of a `spaces_cdn`. Changing it purges that one's cache.",
				Required:            true,
				Validators:          []validator.String{tfkit.NotEmpty()},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"files": schema.ListAttribute{
				MarkdownDescription: aboutFiles,
				ElementType:         types.StringType, Optional: true, Computed: true,
				Default:    listdefault.StaticValue(types.ListValueMust(types.StringType, []attr.Value{types.StringValue(everything)})),
				Validators: filesRules,
			},
			"triggers": schema.MapAttribute{
				MarkdownDescription: "Any strings. When one changes, it is purged again.",
				ElementType:         types.StringType, Optional: true,
				Validators:    []validator.Map{mapvalidator.SizeAtLeast(1)},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
			},
		}},
		Create: func(ctx context.Context, cl *spaces.Clients, m *flushModel) error { return m.purge(ctx, cl) },
		Update: func(ctx context.Context, cl *spaces.Clients, plan, _ *flushModel) error { return plan.purge(ctx, cl) },
		Read:   func(context.Context, *spaces.Clients, *flushModel) error { return nil }, // nothing is kept of a purge
		Delete: func(context.Context, *spaces.Clients, *flushModel) error { return nil },
	})}
}

// flush has no identity and cannot be imported: it is something that was done.
type flush struct{ resource.ResourceWithConfigure }

type flushModel struct {
	CDNID    types.String `tfsdk:"cdn_id"`
	Files    []string     `tfsdk:"files"`
	Triggers types.Map    `tfsdk:"triggers"`
}

func (m *flushModel) purge(ctx context.Context, cl *spaces.Clients) error {
	return purge(ctx, cl, m.CDNID.ValueString(), m.Files)
}

var filesRules = []validator.List{
	listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(fileRule),
}
