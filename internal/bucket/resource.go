package bucket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const summary = "A Spaces bucket.\n\n" +
	"A bucket's name is unique across all users and regions, and neither name nor region can be changed: changing one of them replaces the bucket. " +
	"Its settings are resources of their own, `spaces_bucket_acl`, `spaces_bucket_versioning` and so on. " +
	"Spaces has no tags, no default encryption, no replication and no public access block. Cold Storage buckets can only be made in the control panel."

// Resource manages buckets. It is no document: it is emptied, it is waited
// for, and creating it must not take over one that is there.
func Resource() resource.Resource {
	return bucketResource{tfkit.NewResource(tfkit.ResourceSpec[model]{
		Name:     "bucket",
		Schema:   schema.Schema{MarkdownDescription: summary, Attributes: attributes()},
		Identity: []string{"region", "name"},
		Create:   create,
		Read:     read,
		Delete:   remove,
		Settle:   func(cl *spaces.Clients, _ *model) time.Duration { return cl.Patience.Birth },
		Timeouts: func(m *model) timeouts.Value { return m.Timeouts },
	})}
}

type bucketResource struct{ *tfkit.Resource[model] }

// ModifyPlan plans what follows from name and region, so that a policy or a
// CDN endpoint that uses it is known, and checked, while planning.
func (r bucketResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.Resource.ModifyPlan(ctx, req, resp)
	cl := r.Clients()
	if cl == nil || req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() || slices.Contains(cl.Unknown, "endpoint") {
		return
	}
	var f facts
	for name, value := range map[string]*types.String{"region": &f.Region, "name": &f.Name} {
		resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, path.Root(name), value)...)
	}
	if f.Region.IsUnknown() || f.Name.IsUnknown() {
		return
	}
	f.fill(cl.Endpoint)
	for name, value := range map[string]types.String{
		"urn": f.URN, "arn": f.ARN, "endpoint": f.Endpoint, "domain_name": f.DomainName,
		"cdn_domain_name": f.CDNDomainName, "website_domain_name": f.WebsiteDomain,
	} {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), value)...)
	}
}

type model struct {
	facts
	NamePrefix   types.String   `tfsdk:"name_prefix"`
	ForceDestroy types.Bool     `tfsdk:"force_destroy"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

// facts are what the resource and the data source both tell of a bucket.
type facts struct {
	Region        types.String `tfsdk:"region"`
	Name          types.String `tfsdk:"name"`
	URN           types.String `tfsdk:"urn"`
	ARN           types.String `tfsdk:"arn"`
	Endpoint      types.String `tfsdk:"endpoint"`
	DomainName    types.String `tfsdk:"domain_name"`
	CDNDomainName types.String `tfsdk:"cdn_domain_name"`
	WebsiteDomain types.String `tfsdk:"website_domain_name"`
}

func (f *facts) location() spaces.Location {
	return spaces.Location{Region: strings.ToLower(f.Region.ValueString()), Bucket: f.Name.ValueString()}
}

// fill computes what follows from region and name.
func (f *facts) fill(e spaces.Endpoint) {
	at := f.location()
	f.URN = types.StringValue(spaces.URN(at.Bucket))
	f.ARN = types.StringValue(spaces.ARN(at.Bucket))
	f.Endpoint = types.StringValue(e.Host(at.Region))
	f.DomainName = types.StringValue(e.BucketHost(at))
	f.CDNDomainName = types.StringValue(e.CDNHost(at))
	f.WebsiteDomain = types.StringValue(e.WebsiteHost(at))
}

func attributes() map[string]schema.Attribute {
	replace := stringplanmodifier.RequiresReplace()
	return map[string]schema.Attribute{
		"region": tfkit.RegionAttribute(),
		"name": schema.StringAttribute{
			MarkdownDescription: "Name of the bucket: 3 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends. It must not hold personal data, because names are not encrypted. Without it, and without `name_prefix`, one is made up. Changing it replaces the bucket.",
			Optional:            true, Computed: true,
			Validators:    []validator.String{nameValidator{}},
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIfConfigured()},
		},
		"name_prefix": schema.StringAttribute{
			MarkdownDescription: "What a made-up name begins with, up to 37 characters. Changing it replaces the bucket.",
			Optional:            true,
			Validators:          []validator.String{nameValidator{prefix: true}, stringvalidator.ConflictsWith(path.MatchRoot("name"))},
			PlanModifiers:       []planmodifier.String{replace},
		},
		"force_destroy": tfkit.Flag("Whether destroying the bucket deletes all that is in it: objects, earlier versions, delete markers and unfinished uploads. "+
			"They cannot be brought back. It has to be applied before it counts.", false),
		"timeouts":            tfkit.Timeouts("creating the bucket", "", "emptying and deleting the bucket"),
		"urn":                 tfkit.ComputedString("Name of the bucket for DigitalOcean projects, `do:space:NAME`."),
		"arn":                 tfkit.ComputedString("Name of the bucket in policies, `arn:aws:s3:::NAME`."),
		"endpoint":            tfkit.ComputedString("Host name of the region, such as `nyc3.digitaloceanspaces.com`."),
		"domain_name":         tfkit.ComputedString("Host name of the bucket, such as `NAME.nyc3.digitaloceanspaces.com`. This is the `origin` of a `spaces_cdn`."),
		"cdn_domain_name":     tfkit.ComputedString("Host name that the bucket's CDN endpoint has once there is one."),
		"website_domain_name": tfkit.ComputedString("Host name that serves the bucket as a website once it has a `spaces_bucket_website_configuration`."),
	}
}

// create makes the bucket only where there is none. It looks first, because a
// server may answer 200 to creating a bucket that its owner has already, and
// it repeats a request that had no answer only after having looked again: with
// the SDK's own retries the second one would meet the first one's bucket.
func create(ctx context.Context, cl *spaces.Clients, m *model) error {
	if m.Name.IsUnknown() || m.Name.IsNull() {
		prefix := "terraform-"
		if !m.NamePrefix.IsNull() {
			prefix = m.NamePrefix.ValueString()
		}
		m.Name = types.StringValue(tfkit.MadeUpName(prefix))
	}
	at := m.location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	if err := refuseExisting(ctx, cl, at); err != nil {
		return err
	}
	limit := cl.Patience.Write
	if cl.JustFreed(at.Bucket) {
		limit = cl.Patience.Birth // the name can stay taken for a while
	}
	err = cl.Patience.Until(ctx, limit, func(ctx context.Context) error {
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &at.Bucket}, func(o *s3.Options) { o.Retryer = aws.NopRetryer{} })
		switch spaces.KindOf(err) {
		case spaces.Busy, spaces.Unreachable, spaces.Cancelled:
			if appeared(ctx, c, at) {
				return nil
			}
			if spaces.KindOf(err) == spaces.Cancelled || spaces.Hopeless(err) {
				return err
			}
			return spaces.NotYet(err)
		case spaces.Exists:
			if cl.JustFreed(at.Bucket) {
				return spaces.NotYet(err)
			}
			return fmt.Errorf("the name %s is taken: by another user, or by a bucket of yours in another region. Names are unique across all users and regions, and a deleted bucket's name can stay taken for days: %w", at.Bucket, err)
		}
		return err
	})
	if err == nil {
		cl.Born(at)
	}
	return err
}

// refuseExisting fails for a bucket that is there, whoever's it is.
func refuseExisting(ctx context.Context, cl *spaces.Clients, at spaces.Location) error {
	err := look(ctx, cl, at)
	switch spaces.KindOf(err) {
	case spaces.NotFound:
		return nil
	case spaces.Denied:
		return spaces.Fail(spaces.Exists, "The bucket %s exists already in region %s, and this key may not use it (403 AccessDenied): it is somebody else's, or out of the key's reach. Names are unique across all users and regions: choose another one, or a key that may use this bucket.", at.Bucket, at.Region)
	}
	if err != nil {
		return err
	}
	return spaces.Fail(spaces.Exists, "The bucket %s exists already in region %s, and this key can reach it. A bucket that Terraform did not make is never taken over silently. To manage it, import it:\n\n"+
		"  terraform import spaces_bucket.NAME %s\n\nor write\n\n  import {\n    to = spaces_bucket.NAME\n    id = %q\n  }\n\nOtherwise choose another name.", at.Bucket, at.Region, at, at)
}

// appeared says whether a request that had no answer made the bucket. It also
// looks when the user has cancelled, so that what exists gets into the state.
func appeared(ctx context.Context, c *s3.Client, at spaces.Location) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &at.Bucket})
	return err == nil
}

// read needs HEAD only, which every key may that can see the bucket.
func read(ctx context.Context, cl *spaces.Clients, m *model) error {
	if err := look(ctx, cl, m.location()); err != nil {
		return err
	}
	m.fill(cl.Endpoint)
	if m.ForceDestroy.IsNull() {
		m.ForceDestroy = types.BoolValue(false) // imported
	}
	return nil
}

// look asks whether a bucket is there. The answer to a HEAD has no room for
// S3's own words, so a "not found" or "forbidden" is asked for once more in a
// request that has: a proxy's 404 must not empty a state, and a wrong secret
// is not somebody else's bucket.
func look(ctx context.Context, cl *spaces.Clients, at spaces.Location) error {
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	_, err = c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &at.Bucket})
	switch spaces.KindOf(err) {
	case spaces.NotFound, spaces.Denied:
		_, err = c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &at.Bucket})
	}
	return err
}

// remove deletes the bucket that the state names. It is emptied only if the
// state says so, and as often as something new turns up in it.
func remove(ctx context.Context, cl *spaces.Clients, m *model) error {
	at := m.location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	defer cl.Lock(at)()
	for try := 1; ; try++ {
		_, err = c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &at.Bucket})
		if spaces.KindOf(err) != spaces.NotEmpty {
			break
		}
		if !m.ForceDestroy.ValueBool() {
			return notEmpty(ctx, c, at, err)
		}
		if try > 5 {
			return fmt.Errorf("it was emptied %d times, but something keeps writing into it: %w", try-1, err)
		}
		if err := spaces.Empty(ctx, c, at.Bucket); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("emptying the bucket was ended before it was empty; what is deleted stays deleted, and the next run goes on from there: %w", err)
			}
			return err
		}
	}
	if err == nil || spaces.KindOf(err) == spaces.NotFound {
		cl.Died(at)
	}
	return err
}

// notEmpty says what is in the way of deleting a bucket.
func notEmpty(ctx context.Context, c *s3.Client, at spaces.Location, cause error) error {
	const enough = 10_000
	held, err := spaces.Count(ctx, c, at.Bucket, enough)
	if err != nil {
		return errors.Join(cause, err)
	}
	return spaces.Fail(spaces.NotEmpty, "The bucket %s is not empty: it holds %s. Nothing was deleted.\n\n"+
		"To have Terraform delete all of it with the bucket, set force_destroy = true, apply that, and destroy again. What is deleted so cannot be brought back.", at.Bucket, held)
}
