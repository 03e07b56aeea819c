package bucket

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// document declares one configuration document that Spaces keeps for a bucket:
// its CORS rules, its policy. A resource and a data source follow from it.
type document[M located] struct {
	Name       string // without the provider's prefix
	Summary    string // opens its page in the docs
	Attributes map[string]schema.Attribute

	Get    func(ctx context.Context, c *s3.Client, m *M) error // kind NotFound when there is none
	Put    func(ctx context.Context, c *s3.Client, m *M) error
	Delete func(ctx context.Context, c *s3.Client, m *M) error
}

// located is a model that embeds tfkit.InBucket.
type located interface{ Location() spaces.Location }

// Resource manages the document.
func (d document[M]) Resource() resource.Resource {
	return tfkit.NewResource(tfkit.ResourceSpec[M]{
		Name:     d.Name,
		Schema:   schema.Schema{MarkdownDescription: d.Summary, Attributes: tfkit.WithBucket(d.Attributes)},
		Identity: []string{"region", "bucket"},
		Create:   d.put,
		Update:   func(ctx context.Context, cl *spaces.Clients, plan, _ *M) error { return d.put(ctx, cl, plan) },
		Read:     d.get,
		Delete:   d.erase,
		Settle: func(cl *spaces.Clients, m *M) time.Duration {
			return max(cl.Patience.Write, cl.BirthWait((*m).Location()))
		},
	})
}

// DataSource reads the document.
func (d document[M]) DataSource() datasource.DataSource {
	return tfkit.NewDataSource(tfkit.DataSourceSpec[M]{
		Name:   d.Name,
		Schema: tfkit.ReadOnly(d.Summary, tfkit.WithBucket(d.Attributes), "bucket"),
		Read:   d.get,
	})
}

func (d document[M]) get(ctx context.Context, cl *spaces.Clients, m *M) error {
	c, err := cl.S3((*m).Location().Region)
	if err != nil {
		return err
	}
	return d.Get(ctx, c, m)
}

// put holds the bucket's lock: Terraform writes several of its documents at
// once. A bucket made a moment ago is waited for, because it can take the
// sub-resources longer to see it than HEAD.
func (d document[M]) put(ctx context.Context, cl *spaces.Clients, m *M) error {
	at := (*m).Location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	defer cl.Lock(at)()
	return cl.Patience.Until(ctx, cl.BirthWait(at), func(ctx context.Context) error {
		err := d.Put(ctx, c, m)
		if spaces.KindOf(err) == spaces.NotFound { // NoSuchKey is how Spaces says it of a policy and of CORS rules
			return spaces.NotYet(fmt.Errorf("there is no bucket %s in region %s: %w", at.Bucket, at.Region, err))
		}
		return err
	})
}

func (d document[M]) erase(ctx context.Context, cl *spaces.Clients, m *M) error {
	at := (*m).Location()
	c, err := cl.S3(at.Region)
	if err != nil {
		return err
	}
	defer cl.Lock(at)()
	return d.Delete(ctx, c, m)
}
