package cdn

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ListDataSource lists the endpoints of an account.
func ListDataSource() datasource.DataSource {
	return tfkit.NewDataSource(tfkit.DataSourceSpec[listModel]{
		Name: "cdns",
		Schema: schema.Schema{
			MarkdownDescription: "Lists the CDN endpoints that the token's team has. It needs the scope `cdn:read`, and `certificate:read` for `certificate_name`.",
			Attributes: map[string]schema.Attribute{
				"cdns": schema.ListNestedAttribute{
					MarkdownDescription: "The endpoints, by origin.",
					Computed:            true,
					NestedObject:        schema.NestedAttributeObject{Attributes: tfkit.ReadOnly("", attributes()).Attributes},
				},
			},
		},
		Read: list,
	})
}

type listModel struct {
	CDNs []model `tfsdk:"cdns"`
}

// list asks for the certificates once, and for none by itself.
func list(ctx context.Context, cl *spaces.Clients, m *listModel) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	m.CDNs = []model{}
	names := map[string]model{} // by the certificate's ID
	for e, err := range spaces.Pages(ctx, api.CDNs.List) {
		if err != nil {
			return err
		}
		one := names[e.CertificateID]
		if err := one.fill(ctx, api, &e); err != nil {
			return err
		}
		names[e.CertificateID] = model{CertificateName: one.CertificateName, CertificateID: one.CertificateID}
		m.CDNs = append(m.CDNs, one)
	}
	slices.SortFunc(m.CDNs, func(a, b model) int { return strings.Compare(a.Origin.ValueString(), b.Origin.ValueString()) })
	return nil
}
