package object

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const transferSummary = "Copies the objects of a bucket into another one, from the same or another region of Spaces, or from any other service that speaks S3.\n\n" +
	"It copies what is missing or differs, and never deletes anything. An object differs if its size does, or its ETag where both are MD5s of the content; of objects that were uploaded in parts, a copy of the same size that is not older than its source counts as the same. " +
	"So a second run copies only what is left. Headers alone are not compared.\n\n" +
	"Content type and other headers, metadata, and the ACLs `private` and `public-read` are kept; with any other ACL the copy is private. Only current versions are copied, and no tags.\n\n" +
	"It tells every few seconds how far it is. One object that cannot be copied does not stop the others, and is named in the end. When all are copied, both buckets are compared once more. Interrupted, it stops, although Terraform 1.16 reports an interrupted action as complete: only the line about that comparison tells that all is there. " +
	"Within a region Spaces copies by itself; else the content passes through the machine that runs Terraform, which takes no disk and little memory."

// TransferAction fills a bucket from another one.
func TransferAction() action.Action {
	optional := func(description string, validators ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: append(validators, tfkit.NotEmpty())}
	}
	return transfers{tfkit.NewAction(tfkit.ActionSpec[transferModel]{
		Name: "bucket_transfer",
		Schema: schema.Schema{MarkdownDescription: transferSummary, Attributes: map[string]schema.Attribute{
			"region": optional("Region of the bucket to copy to, for example `nyc3`. The default is the provider's `region`.", tfkit.RegionRule),
			"bucket": schema.StringAttribute{
				MarkdownDescription: "Name of the bucket to copy to. It has to exist.", Required: true, Validators: []validator.String{tfkit.BucketRule},
			},
			"prefix":        optional("Copies only keys that begin with this. Keys stay as they are."),
			"source_region": optional("Region of the bucket to copy from. The default is `region`; with `source_endpoint` it is what requests are signed for, and `us-east-1` by default.", sourceRegionRule),
			"source_bucket": schema.StringAttribute{
				MarkdownDescription: "Name of the bucket to copy from.", Required: true, Validators: []validator.String{tfkit.NotEmpty()},
			},
			"source_endpoint":       optional("Address of the service to copy from, such as `https://s3.eu-central-1.amazonaws.com`. The default is the provider's `endpoint`.", endpointRule),
			"source_access_key":     optional("Access key for the source. The default is the provider's."),
			"source_secret_key":     optional("Secret of `source_access_key`. Give it in a variable that is `sensitive`, or the plan shows it; a saved plan file keeps it, and the state does not. (Terraform does not allow actions write-only arguments.)"),
			"source_use_path_style": schema.BoolAttribute{MarkdownDescription: "Whether the source's requests have the bucket in the path instead of the host name. The default is `true` with `source_endpoint`, and else the provider's.", Optional: true},
		}},
		Invoke: runTransfer,
	})}
}

// transfers adds to the common lifecycle what is validated of a transfer as a
// whole.
type transfers struct{ *tfkit.Action[transferModel] }

type transferModel struct {
	tfkit.InBucket
	Prefix       types.String `tfsdk:"prefix"`
	SourceRegion types.String `tfsdk:"source_region"`
	SourceBucket types.String `tfsdk:"source_bucket"`
	Endpoint     types.String `tfsdk:"source_endpoint"`
	AccessKey    types.String `tfsdk:"source_access_key"`
	SecretKey    types.String `tfsdk:"source_secret_key"`
	PathStyle    types.Bool   `tfsdk:"source_use_path_style"`
}

// ValidateConfig wants two keys or none, and two buckets. What is unknown may
// turn out to be null.
func (transfers) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m transferModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	alone := func(is, other types.String) bool { return !is.IsNull() && !is.IsUnknown() && other.IsNull() }
	switch {
	case alone(m.AccessKey, m.SecretKey):
		resp.Diagnostics.AddAttributeError(path.Root("source_secret_key"), "Half a key", "source_access_key is set, and source_secret_key is not. Set both of them, or neither for the provider's own key.")
	case alone(m.SecretKey, m.AccessKey):
		resp.Diagnostics.AddAttributeError(path.Root("source_access_key"), "Half a key", "source_secret_key is set, and source_access_key is not. Set both of them, or neither for the provider's own key.")
	}
	known := !m.Region.IsUnknown() && !m.SourceRegion.IsUnknown() && !m.Bucket.IsUnknown() && !m.SourceBucket.IsUnknown()
	if m.Endpoint.IsNull() && known && m.ontoItself() {
		resp.Diagnostics.AddAttributeError(path.Root("source_bucket"), "Source and destination are one bucket", m.oneBucket())
	}
}

// ontoItself says whether both buckets are one, as far as the configuration
// tells: a region that is not given is the other one's.
func (m *transferModel) ontoItself() bool {
	from := m.SourceRegion
	if from.IsNull() {
		from = m.Region
	}
	return m.Bucket.Equal(m.SourceBucket) && strings.EqualFold(from.ValueString(), m.Region.ValueString())
}

func (m *transferModel) oneBucket() string {
	return fmt.Sprintf("The bucket %s is to be copied into itself. Name another source_bucket, or another source_region or source_endpoint.", m.Bucket.ValueString())
}

func runTransfer(ctx context.Context, cl *spaces.Clients, m *transferModel) error {
	at := m.Location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	from, err := m.origin(cl)
	if err != nil {
		return err
	}
	reader := spaces.EndpointOf(from.c)
	if m.Bucket.Equal(m.SourceBucket) && reader == spaces.EndpointOf(c) && from.c.Options().Region == at.Region {
		return spaces.Fail(spaces.Other, "%s", m.oneBucket())
	}
	t := &transfer{cl: cl, c: c, at: at, prefix: m.Prefix.ValueString(), from: from}
	t.beside.Store(!from.foreign && from.c.Options().Region == at.Region)
	return t.run(ctx)
}

// origin is the bucket to copy from, with a client that can read it.
func (m *transferModel) origin(cl *spaces.Clients) (origin, error) {
	region := strings.ToLower(m.SourceRegion.ValueString())
	o := origin{bucket: m.SourceBucket.ValueString(), foreign: !m.Endpoint.IsNull() || !m.AccessKey.IsNull() || !m.PathStyle.IsNull()}
	config := cl.Config
	if !m.AccessKey.IsNull() {
		config.AccessKey, config.SecretKey = m.AccessKey.ValueString(), m.SecretKey.ValueString()
	}
	switch {
	case !m.Endpoint.IsNull():
		endpoint, err := spaces.ParseEndpoint(m.Endpoint.ValueString())
		if err != nil {
			return o, fmt.Errorf("source_endpoint: %w", err)
		}
		config.Endpoint, config.PathStyle = endpoint, true
		if region == "" {
			region = signingRegion(endpoint)
		}
	case region == "":
		region = m.Location().Region
	}
	if !m.PathStyle.IsNull() {
		config.PathStyle = m.PathStyle.ValueBool()
	}
	o.name = region + "/" + o.bucket
	if !m.Endpoint.IsNull() {
		o.name = config.Endpoint.URL(region) + "/" + o.bucket
	}
	reader := cl
	if o.foreign {
		reader = spaces.New(config)
	}
	var err error
	o.c, err = reader.S3(region)
	return o, err
}

// signingRegion is the one that an address of Spaces names, and else what most
// services take.
func signingRegion(e spaces.Endpoint) string {
	if slug, found := strings.CutSuffix(e.Host(""), "."+spaces.Domain); found && spaces.RegionShape.MatchString(slug) {
		return slug
	}
	return "us-east-1"
}

var endpointRule = tfkit.Rule{
	Title: "Not an endpoint", Wants: "must be the URL of a service, such as https://s3.eu-central-1.amazonaws.com",
	Wrong: func(value string) string {
		if _, err := spaces.ParseEndpoint(value); err != nil {
			return fmt.Sprintf("It has to be the address of the service alone, such as https://s3.eu-central-1.amazonaws.com: %v.", err)
		}
		return ""
	},
}

var sourceRegionShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)

var sourceRegionRule = tfkit.Rule{
	Title: "Not a region", Wants: "must be the name of a region, such as fra1 or eu-central-1",
	Wrong: func(value string) string {
		if sourceRegionShape.MatchString(value) {
			return ""
		}
		return fmt.Sprintf("%q cannot be a region's name, which is letters, digits and dashes, such as fra1 or eu-central-1.", value)
	},
}
