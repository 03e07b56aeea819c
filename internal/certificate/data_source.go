package certificate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// DataSource reads one certificate.
func DataSource() datasource.DataSource {
	return tfkit.NewDataSource(tfkit.DataSourceSpec[facts]{
		Name: "certificate",
		Schema: tfkit.ReadOnly("A TLS certificate of the account, found by its name. The API tells no PEM of it.\n\n"+
			"It needs the provider's `token`, with the scope `certificate:read`.", factAttributes(), "name"),
		Read: func(ctx context.Context, cl *spaces.Clients, m *facts) error {
			api, err := cl.API()
			if err != nil {
				return err
			}
			c, err := spaces.CertificateNamed(ctx, api, m.Name.ValueString())
			if err != nil {
				return err
			}
			m.take(c)
			return nil
		},
	})
}
