package tfkit

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// InBucket is embedded by the model of whatever belongs to a bucket.
type InBucket struct {
	Region types.String `tfsdk:"region"`
	Bucket types.String `tfsdk:"bucket"`
}

// Location is where the bucket is.
func (b InBucket) Location() spaces.Location {
	return spaces.Location{Region: strings.ToLower(b.Region.ValueString()), Bucket: b.Bucket.ValueString()}
}

// Name is the bucket's, as the SDK wants it.
func (b InBucket) Name() *string { return b.Bucket.ValueStringPointer() }

// WithBucket adds the attributes of InBucket.
func WithBucket(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	all := map[string]schema.Attribute{
		"region": RegionAttribute(),
		"bucket": schema.StringAttribute{
			MarkdownDescription: "Name of the bucket. Changing it makes a new resource.",
			Required:            true,
			Validators:          []validator.String{BucketRule},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
	}
	maps.Copy(all, attributes)
	return all
}

// RegionAttribute is the region of a resource; planRegion plans it, for only
// there the provider's default is known.
func RegionAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "Region of the bucket, for example `nyc3`. The default is the provider's `region`. Changing it makes a new resource.",
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{RegionRule},
	}
}

// planRegion plans the provider's region where the configuration names none.
// A region in capitals is the same region. When it changes, the resource is
// replaced.
func planRegion(ctx context.Context, cl *spaces.Clients, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	at := path.Root("region")
	if _, regional := req.Plan.Schema.GetAttributes()["region"]; !regional || req.Plan.Raw.IsNull() || cl == nil {
		return
	}
	var config, state types.String
	if failed(&resp.Diagnostics, req.Config.GetAttribute(ctx, at, &config)) {
		return
	}
	if !req.State.Raw.IsNull() && failed(&resp.Diagnostics, req.State.GetAttribute(ctx, at, &state)) {
		return
	}
	want := config
	if config.IsNull() {
		switch {
		case cl.Region != "":
			want = types.StringValue(cl.Region)
		case !state.IsNull():
			want = state
		case slices.Contains(cl.Unknown, "region"):
			want = types.StringUnknown()
		default:
			resp.Diagnostics.Append(noRegion())
			return
		}
	}
	if !state.IsNull() && !want.IsUnknown() {
		if strings.EqualFold(want.ValueString(), state.ValueString()) {
			want = state
		} else {
			resp.RequiresReplace = append(resp.RequiresReplace, at)
		}
	}
	failed(&resp.Diagnostics, resp.Plan.SetAttribute(ctx, at, want))
}

func noRegion() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("region"), "No region",
		"Neither region here, nor region in the provider block, nor the environment variable SPACES_REGION is set, and there is no built-in default. Set one of them, for example region = \"nyc3\".")
}

// RegionRule accepts every slug that could be a region's: a closed list would
// refuse the next one that DigitalOcean opens.
var RegionRule = Rule{
	Title: "Not a region", Wants: "must be a region's slug, such as nyc3",
	Wrong: func(slug string) string {
		if spaces.RegionShape.MatchString(strings.ToLower(slug)) {
			return ""
		}
		return fmt.Sprintf("%q has not the shape of a region's slug: a few letters and a number, such as nyc3. Known to have Spaces are %s.", slug, strings.Join(spaces.Regions, ", "))
	},
}

// BucketRule catches what is no bucket's name at all, such as a URL or a
// host name, where an existing bucket is named.
var BucketRule = Rule{
	Title: "Not the name of a bucket", Wants: "must be the name of a bucket",
	Wrong: func(name string) string {
		if bucketShape.MatchString(name) {
			return ""
		}
		return fmt.Sprintf("%q cannot be a bucket's name: these have 3 to 63 characters, which are lower-case letters, digits and dashes. Give the name alone, as spaces_bucket.example.name does, without a scheme, a host or a key.", name)
	},
}

var bucketShape = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9-]$`)
