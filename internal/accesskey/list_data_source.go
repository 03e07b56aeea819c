package accesskey

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ListDataSource lists the keys of an account.
func ListDataSource() datasource.DataSource {
	return tfkit.NewDataSource(tfkit.DataSourceSpec[listModel]{
		Name: "keys",
		Schema: schema.Schema{
			MarkdownDescription: "Lists the account's access keys of Spaces, without their secrets. The provider needs a `token` with the scope `spaces_key:read`.",
			Attributes: map[string]schema.Attribute{
				"keys": schema.ListNestedAttribute{
					MarkdownDescription: "All keys, by name. Pick some out with a `for` expression.",
					Computed:            true,
					NestedObject:        schema.NestedAttributeObject{Attributes: told()},
				},
			},
		},
		Read: list,
	})
}

type listModel struct {
	Keys []facts `tfsdk:"keys"`
}

func list(ctx context.Context, cl *spaces.Clients, m *listModel) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	m.Keys = []facts{}
	for key, err := range spaces.Pages(ctx, api.SpacesKeys.List) {
		if err != nil {
			return err
		}
		m.Keys = append(m.Keys, factsOf(key))
	}
	slices.SortFunc(m.Keys, func(a, b facts) int {
		return cmp.Or(cmp.Compare(a.Name.ValueString(), b.Name.ValueString()), cmp.Compare(a.AccessKey.ValueString(), b.AccessKey.ValueString()))
	})
	return nil
}
