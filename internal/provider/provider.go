// Package provider is the provider as Terraform sees it: its block, and the
// list of what it offers.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

var (
	_ provider.ProviderWithActions            = (*spacesProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*spacesProvider)(nil)
	_ provider.ProviderWithFunctions          = (*spacesProvider)(nil)
)

// New makes a provider of a version. Tests may shorten its patience.
func New(version string, patience spaces.Patience) provider.Provider {
	return &spacesProvider{version: version, patience: patience}
}

type spacesProvider struct {
	version  string
	patience spaces.Patience
}

func (p *spacesProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "spaces"
	resp.Version = p.version
}

func (p *spacesProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages [DigitalOcean Spaces](https://docs.digitalocean.com/products/spaces/): buckets with all their settings, and objects.\n\n" +
			"Every argument can also come from the environment; what is written in the block comes first. Nothing is asked of the network until a resource needs it, and a missing credential is reported by the first one that does. " +
			"S3 calls need a Spaces key (`access_key`, `secret_key`), calls to DigitalOcean's API need a `token`: one does not stand in for the other.",
		Attributes: map[string]schema.Attribute{
			"token": schema.StringAttribute{
				MarkdownDescription: "DigitalOcean API token. Only access keys, CDN endpoints and certificates need it. Environment: `DIGITALOCEAN_TOKEN`, `DIGITALOCEAN_ACCESS_TOKEN`.",
				Optional:            true, Sensitive: true, Validators: notEmpty,
			},
			"access_key": schema.StringAttribute{
				MarkdownDescription: "ID of a Spaces key. Environment: `SPACES_ACCESS_KEY_ID`.",
				Optional:            true, Sensitive: true, Validators: notEmpty,
			},
			"secret_key": schema.StringAttribute{
				MarkdownDescription: "Secret of the Spaces key. Environment: `SPACES_SECRET_ACCESS_KEY`.",
				Optional:            true, Sensitive: true, Validators: notEmpty,
			},
			"region": schema.StringAttribute{
				MarkdownDescription: "Region of all that names none, for example `nyc3`. There is no built-in default. Environment: `SPACES_REGION`.",
				Optional:            true, Validators: []validator.String{tfkit.RegionRule},
			},
			"endpoint": schema.StringAttribute{
				MarkdownDescription: "Address of Spaces, with `{region}` (or `{{.Region}}`) where the region belongs. The default is `" + spaces.DefaultEndpoint + "`. Environment: `SPACES_ENDPOINT_URL`.",
				Optional:            true, Validators: notEmpty,
			},
			"api_endpoint": schema.StringAttribute{
				MarkdownDescription: "Address of DigitalOcean's API. The default is `" + defaultAPIEndpoint + "`. Environment: `DIGITALOCEAN_API_URL`.",
				Optional:            true, Validators: notEmpty,
			},
			"use_path_style": schema.BoolAttribute{
				MarkdownDescription: "Puts the bucket into the path (`https://HOST/BUCKET/KEY`) and not into the host name, for local servers without such host names. The default is `false`. Environment: `SPACES_USE_PATH_STYLE`.",
				Optional:            true,
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: "How often a request is repeated that was throttled, met a passing fault or lost its connection, with growing pauses. The default is 4. Environment: `SPACES_MAX_RETRIES`.",
				Optional:            true, Validators: []validator.Int64{int64validator.Between(0, maxMaxRetries)},
			},
			"requests_per_second": schema.Float64Attribute{
				MarkdownDescription: "Limit on all requests together, to S3 and to the API. The default is none. Environment: `SPACES_REQUESTS_PER_SECOND`.",
				Optional:            true, Validators: []validator.Float64{float64validator.AtLeast(minRequestsPerSecond)},
			},
		},
	}
}

var notEmpty = []validator.String{tfkit.NotEmpty()}

// Configure resolves the block and the environment. It never calls the network.
func (p *spacesProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var block blockModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &block)...)
	if resp.Diagnostics.HasError() {
		return
	}
	config := block.resolve(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	config.Version, config.Patience = p.version, p.patience
	clients := spaces.New(config)
	resp.ResourceData, resp.DataSourceData = clients, clients
	resp.EphemeralResourceData, resp.ActionData, resp.ListResourceData = clients, clients, clients
}

func (p *spacesProvider) Resources(context.Context) []func() resource.Resource { return resources }

func (p *spacesProvider) DataSources(context.Context) []func() datasource.DataSource {
	return dataSources
}

func (p *spacesProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return ephemeralResources
}

func (p *spacesProvider) Actions(context.Context) []func() action.Action { return actions }

func (p *spacesProvider) Functions(context.Context) []func() function.Function { return functions }
