package bucket

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// DataSource tells of a bucket that is there.
func DataSource() datasource.DataSource {
	described := attributes()
	for _, name := range []string{"name_prefix", "force_destroy", "timeouts"} {
		delete(described, name)
	}
	schema := tfkit.ReadOnly("Tells of a Spaces bucket, and fails if there is none.", described, "name")
	return tfkit.NewDataSource(tfkit.DataSourceSpec[facts]{
		Name:   "bucket",
		Schema: schema,
		Read: func(ctx context.Context, cl *spaces.Clients, f *facts) error {
			if err := look(ctx, cl, f.location()); err != nil {
				return err
			}
			f.fill(cl.Endpoint)
			return nil
		},
	})
}
