package bucket

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ListDataSource lists the buckets of an account.
func ListDataSource() datasource.DataSource {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	return tfkit.NewDataSource(tfkit.DataSourceSpec[listModel]{
		Name: "buckets",
		Schema: schema.Schema{
			MarkdownDescription: "Lists the buckets that the key's account has. Only a key with full access may list buckets.",
			Attributes: map[string]schema.Attribute{
				"regions": schema.SetAttribute{
					MarkdownDescription: "Regions to look in. The default is every region known to have Spaces, where one that does not answer is passed over with a warning; with an `endpoint` that has no place for the region, it is the provider's `region`.",
					ElementType:         types.StringType, Optional: true,
					Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(tfkit.RegionRule)},
				},
				"name_regex": schema.StringAttribute{
					MarkdownDescription: "Lists only buckets with a name that this regular expression (RE2) matches.",
					Optional:            true,
					Validators:          []validator.String{tfkit.NotEmpty(), regexRule},
				},
				"buckets": schema.ListNestedAttribute{
					MarkdownDescription: "The buckets, by name.",
					Computed:            true,
					NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
						"region":              computed("Region of the bucket."),
						"name":                computed("Name of the bucket."),
						"created_at":          computed("When it was made, in RFC 3339."),
						"urn":                 computed("Name of the bucket for DigitalOcean projects."),
						"arn":                 computed("Name of the bucket in policies."),
						"endpoint":            computed("Host name of the region."),
						"domain_name":         computed("Host name of the bucket."),
						"cdn_domain_name":     computed("Host name that the bucket's CDN endpoint has once there is one."),
						"website_domain_name": computed("Host name that serves the bucket as a website once it is configured as one."),
					}},
				},
			},
		},
		Read: list,
	})
}

type listModel struct {
	Regions   []string     `tfsdk:"regions"`
	NameRegex types.String `tfsdk:"name_regex"`
	Buckets   []listed     `tfsdk:"buckets"`
}

type listed struct {
	facts
	CreatedAt types.String `tfsdk:"created_at"`
}

func list(ctx context.Context, cl *spaces.Clients, m *listModel) error {
	wanted := regexp.MustCompile("")
	if !m.NameRegex.IsNull() {
		var err error
		if wanted, err = regexp.Compile(m.NameRegex.ValueString()); err != nil {
			return err
		}
	}
	regions, everywhere := m.Regions, false
	if len(regions) == 0 {
		if regions, everywhere = spaces.Regions, true; !cl.Endpoint.Regional() {
			if regions, everywhere = []string{cl.Region}, false; cl.Region == "" {
				return fmt.Errorf("the provider's endpoint has no place for the region, and neither regions here nor the provider's region says which one to look in")
			}
		}
	}
	var mu sync.Mutex
	found := []listed{}
	group, ctx := errgroup.WithContext(ctx)
	for _, region := range regions {
		group.Go(func() error {
			buckets, err := listRegion(ctx, cl, strings.ToLower(region), wanted)
			if kind := spaces.KindOf(err); everywhere && (kind == spaces.Unreachable || kind == spaces.Busy) {
				tfkit.Warn(ctx, "Region "+region+" was passed over", spaces.Text(err)+"\n\nIts buckets are not in the list. To insist on regions, name them in regions.")
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			found = append(found, buckets...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b listed) int {
		return cmp.Or(strings.Compare(a.Name.ValueString(), b.Name.ValueString()), strings.Compare(a.Region.ValueString(), b.Region.ValueString()))
	})
	m.Buckets = found
	return nil
}

// listRegion lists one region's buckets. The documentation does not say
// whether a region lists those of others too, so where a bucket is gets asked.
func listRegion(ctx context.Context, cl *spaces.Clients, region string, wanted *regexp.Regexp) ([]listed, error) {
	c, err := cl.S3(region)
	if err != nil {
		return nil, err
	}
	out, err := c.ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var buckets []listed
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, b := range out.Buckets {
		name := aws.ToString(b.Name)
		if !wanted.MatchString(name) {
			continue
		}
		group.Go(func() error {
			l, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &name})
			switch {
			case spaces.KindOf(err) == spaces.NotFound:
				return nil // another region's, or just deleted
			case err != nil:
				return err
			}
			if at := string(l.LocationConstraint); at != "" && at != region {
				return nil
			}
			one := listed{facts: facts{Region: types.StringValue(region), Name: types.StringValue(name)}}
			one.fill(cl.Endpoint)
			if b.CreationDate != nil {
				one.CreatedAt = types.StringValue(b.CreationDate.UTC().Format(time.RFC3339))
			}
			mu.Lock()
			defer mu.Unlock()
			buckets = append(buckets, one)
			return nil
		})
	}
	err = group.Wait()
	return buckets, err
}

var regexRule = tfkit.Rule{
	Title: "Not a regular expression", Wants: "must be a regular expression",
	Wrong: func(expression string) string {
		if _, err := regexp.Compile(expression); err != nil {
			return fmt.Sprintf("%q: %s.", expression, err)
		}
		return ""
	},
}
