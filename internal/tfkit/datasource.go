package tfkit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// DataSourceSpec is all that differs from one data source to the next.
type DataSourceSpec[M any] struct {
	Name   string // without the provider's prefix
	Schema schema.Schema
	Read   func(ctx context.Context, cl *spaces.Clients, m *M) error
}

// DataSource is the one lifecycle that all data sources share.
type DataSource[M any] struct {
	spec    DataSourceSpec[M]
	clients *spaces.Clients
}

// NewDataSource makes a data source of its specification.
func NewDataSource[M any](spec DataSourceSpec[M]) *DataSource[M] { return &DataSource[M]{spec: spec} }

// Metadata names the data source.
func (d *DataSource[M]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.spec.Name
}

// Schema is the specification's.
func (d *DataSource[M]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.spec.Schema
}

// Configure takes the clients over from the provider.
func (d *DataSource[M]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.clients = clientsOf(req.ProviderData, &resp.Diagnostics)
}

// Read fills the model.
func (d *DataSource[M]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, finish := begin(ctx, &resp.Diagnostics)
	defer finish()
	ctx, cancel := context.WithTimeout(ctx, operationLimit)
	defer cancel()
	config := tfsdk.State{Schema: d.spec.Schema, Raw: req.Config.Raw}
	var m M
	if failed(&resp.Diagnostics, fillRegion(ctx, d.clients, &config)) || failed(&resp.Diagnostics, config.Get(ctx, &m)) {
		return
	}
	if err := d.spec.Read(ctx, d.clients, &m); err != nil {
		report(&resp.Diagnostics, "read", d.spec.Name, located(ctx, config), err)
		return
	}
	failed(&resp.Diagnostics, resp.State.Set(ctx, &m))
}

// fillRegion does for what is only configured, such as a data source, what
// planRegion does for a resource: there is no plan.
func fillRegion(ctx context.Context, cl *spaces.Clients, config *tfsdk.State) diag.Diagnostics {
	if _, regional := config.Schema.GetAttributes()["region"]; !regional {
		return nil
	}
	var region types.String
	diags := config.GetAttribute(ctx, path.Root("region"), &region)
	if diags.HasError() || !region.IsNull() {
		return diags
	}
	if cl.Region == "" {
		diags.Append(noRegion())
		return diags
	}
	diags.Append(config.SetAttribute(ctx, path.Root("region"), cl.Region)...)
	return diags
}

// located says what a configuration is about, as far as it can be said of all.
func located(ctx context.Context, config tfsdk.State) string {
	var names []string
	for _, name := range []string{"region", "bucket", "name", "key"} {
		if _, has := config.Schema.GetAttributes()[name]; has {
			names = append(names, name)
		}
	}
	return joined(ctx, names, config.GetAttribute)
}
