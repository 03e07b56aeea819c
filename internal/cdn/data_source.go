package cdn

import (
	"context"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// DataSource reads one endpoint.
func DataSource() datasource.DataSource {
	all := tfkit.ReadOnly("A CDN endpoint, found by exactly one of its `id`, its `origin` and its `custom_domain`.\n\n"+
		"It needs the provider's `token`, with the scope `cdn:read`, and `certificate:read` for `certificate_name`.", attributes())
	for name, rules := range map[string][]validator.String{
		"id":            {tfkit.NotEmpty(), stringvalidator.ExactlyOneOf(path.MatchRoot("origin"), path.MatchRoot("custom_domain"))},
		"origin":        {originRule},
		"custom_domain": {domainRule},
	} {
		all.Attributes[name] = schema.StringAttribute{MarkdownDescription: describedBy[name], Optional: true, Computed: true, Validators: rules}
	}
	return tfkit.NewDataSource(tfkit.DataSourceSpec[model]{Name: "cdn", Schema: all, Read: readData})
}

var describedBy = map[string]string{
	"id":            "ID of the endpoint, a UUID.",
	"origin":        "Host name of the bucket that is served, the `domain_name` of a `spaces_bucket`.",
	"custom_domain": "The domain that the endpoint serves beside its own host name; null if there is none.",
}

func readData(ctx context.Context, cl *spaces.Clients, m *model) error {
	if !m.ID.IsNull() {
		return read(ctx, cl, m)
	}
	api, err := cl.API()
	if err != nil {
		return err
	}
	origin, domain := m.Origin.ValueString(), m.CustomDomain.ValueString()
	e, err := find(ctx, api, func(e *godo.CDN) bool {
		return origin != "" && e.Origin == origin || domain != "" && e.CustomDomain == domain
	})
	if spaces.KindOf(err) == spaces.NotFound {
		return spaces.Fail(spaces.NotFound, "There is no CDN endpoint with %s.", what(origin, domain))
	}
	if err != nil {
		return err
	}
	return m.fill(ctx, api, e)
}

func what(origin, domain string) string {
	if origin != "" {
		return "the origin " + origin
	}
	return "the custom domain " + domain
}
