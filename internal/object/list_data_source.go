package object

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// defaultMaxKeys is what users of S3 are used to. Terraform's own cost grows
// with the square of the values in a state.
const defaultMaxKeys = 1000

// ListDataSource lists the objects of a bucket.
func ListDataSource() datasource.DataSource {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	optional := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: []validator.String{tfkit.NotEmpty()}}
	}
	all := tfkit.ReadOnly("Lists the objects of a bucket, in the order of their keys' bytes.", tfkit.WithBucket(nil), "bucket")
	all.Attributes["prefix"] = optional("Lists only keys that begin with this.")
	all.Attributes["delimiter"] = optional("Keys that have this after the prefix are not listed one by one; what they have in common, up to it, goes once into `common_prefixes`. With `/` it is as if there were folders.")
	all.Attributes["start_after"] = optional("Lists only keys that come after this one.")
	all.Attributes["max_keys"] = schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("Lists at most so many, objects and common prefixes together. The default is %d, with a warning when there are more. Terraform takes long with more than some 10,000.", defaultMaxKeys),
		Optional:            true, Validators: []validator.Int64{int64validator.AtLeast(1)},
	}
	all.Attributes["objects"] = schema.ListNestedAttribute{
		MarkdownDescription: "The objects.", Computed: true,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"key":           computed("Name of the object."),
			"size":          schema.Int64Attribute{MarkdownDescription: "Size in bytes.", Computed: true},
			"etag":          computed("ETag, without quotes."),
			"last_modified": computed("When it was last written, in RFC 3339."),
			"storage_class": computed("Storage class, which is `STANDARD`."),
		}},
	}
	all.Attributes["common_prefixes"] = schema.ListAttribute{
		MarkdownDescription: "What keys with the `delimiter` have in common, up to and with it.", Computed: true, ElementType: types.StringType,
	}
	return tfkit.NewDataSource(tfkit.DataSourceSpec[listModel]{Name: "objects", Schema: all, Read: list})
}

type listModel struct {
	tfkit.InBucket
	Prefix         types.String `tfsdk:"prefix"`
	Delimiter      types.String `tfsdk:"delimiter"`
	StartAfter     types.String `tfsdk:"start_after"`
	MaxKeys        types.Int64  `tfsdk:"max_keys"`
	Objects        []listed     `tfsdk:"objects"`
	CommonPrefixes []string     `tfsdk:"common_prefixes"`
}

type listed struct {
	Key          string  `tfsdk:"key"`
	Size         int64   `tfsdk:"size"`
	ETag         string  `tfsdk:"etag"`
	LastModified *string `tfsdk:"last_modified"`
	StorageClass *string `tfsdk:"storage_class"`
}

func list(ctx context.Context, cl *spaces.Clients, m *listModel) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	limit := defaultMaxKeys
	if !m.MaxKeys.IsNull() {
		limit = int(m.MaxKeys.ValueInt64())
	}
	m.Objects, m.CommonPrefixes = []listed{}, []string{}
	pages := spaces.Objects(ctx, c, spaces.ObjectsInput{
		Bucket: m.Location().Bucket, Prefix: m.Prefix.ValueString(), Delimiter: m.Delimiter.ValueString(), StartAfter: m.StartAfter.ValueString(),
		PageSize: int32(min(limit, 999) + 1), // one more, to know whether there is one
	})
	for page, err := range pages {
		if err != nil {
			return err
		}
		m.Objects = append(m.Objects, tfkit.Each(page.Objects, newListed)...)
		m.CommonPrefixes = append(m.CommonPrefixes, page.Prefixes...)
		if len(m.Objects)+len(m.CommonPrefixes) > limit {
			break
		}
	}
	if m.cut(limit) && m.MaxKeys.IsNull() {
		tfkit.Warn(ctx, "More objects than are listed",
			fmt.Sprintf("The bucket %s has more objects than the %d that are listed by default. To list more of them, set max_keys; to be content with these, set it to %d.", m.Location().Bucket, limit, limit))
	}
	return nil
}

// cut keeps the first so many of objects and prefixes, in their common order,
// and says whether there were more.
func (m *listModel) cut(limit int) bool {
	objects, prefixes := len(m.Objects), len(m.CommonPrefixes)
	if objects+prefixes <= limit {
		return false
	}
	for objects+prefixes > limit {
		if prefixes == 0 || objects > 0 && m.Objects[objects-1].Key > m.CommonPrefixes[prefixes-1] {
			objects--
		} else {
			prefixes--
		}
	}
	m.Objects, m.CommonPrefixes = slices.Clip(m.Objects[:objects]), slices.Clip(m.CommonPrefixes[:prefixes])
	return true
}

func newListed(o s3types.Object) listed {
	l := listed{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: *bare(o.ETag)}
	if o.LastModified != nil {
		at := o.LastModified.UTC().Format(time.RFC3339)
		l.LastModified = &at
	}
	if class := strings.TrimSpace(string(o.StorageClass)); class != "" {
		l.StorageClass = &class
	}
	return l
}
