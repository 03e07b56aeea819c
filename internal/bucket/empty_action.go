package bucket

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const emptySummary = "Deletes what is in a bucket, and keeps the bucket: objects, earlier versions, delete markers and unfinished uploads. What is deleted cannot be brought back.\n\n" +
	"It tells every few seconds how far it is. Interrupted, it stops (Terraform 1.16 reports an interrupted action as complete all the same), and goes on from there when it is run again; until then an earlier version may be a key's current one. " +
	"A key that cannot be deleted does not stop the others, and is named in the end."

// EmptyAction empties a bucket, or a part of it.
func EmptyAction() action.Action {
	return tfkit.NewAction(tfkit.ActionSpec[emptyModel]{
		Name: "bucket_empty",
		Schema: schema.Schema{MarkdownDescription: emptySummary, Attributes: map[string]schema.Attribute{
			"region": schema.StringAttribute{
				MarkdownDescription: "Region of the bucket, for example `nyc3`. The default is the provider's `region`.",
				Optional:            true, Validators: []validator.String{tfkit.RegionRule},
			},
			"bucket": schema.StringAttribute{
				MarkdownDescription: "Name of the bucket.", Required: true, Validators: []validator.String{tfkit.BucketRule},
			},
			"prefix": schema.StringAttribute{
				MarkdownDescription: "Deletes only keys that begin with this, such as `logs/`. Without it all keys are deleted.",
				Optional:            true, Validators: []validator.String{tfkit.NotEmpty()},
			},
			"older_than_days": schema.Int64Attribute{
				MarkdownDescription: "Deletes only what was written more than so many days of 24 hours ago. Each version, delete marker and unfinished upload counts by itself: an old version goes although its key has a newer one, which stays.",
				Optional:            true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
		}},
		Invoke: empty,
	})
}

type emptyModel struct {
	tfkit.InBucket
	Prefix        types.String `tfsdk:"prefix"`
	OlderThanDays types.Int64  `tfsdk:"older_than_days"`
}

func empty(ctx context.Context, cl *spaces.Clients, m *emptyModel) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	start := time.Now()
	tally := tally{}
	e := spaces.Emptying{Bucket: m.Location().Bucket, Prefix: m.Prefix.ValueString(), Deleted: tally.add}
	if !m.OlderThanDays.IsNull() {
		e.Before = start.Add(-time.Duration(m.OlderThanDays.ValueInt64()) * 24 * time.Hour)
	}
	stop := spaces.Meanwhile(ctx, cl.Patience.NewsEvery(), func() {
		done := tally.read()
		tfkit.Progress(ctx, "Deleted %s, %s", done, spaces.Rate(done.Total(), start))
	})
	err = e.Run(ctx, c)
	stop()
	done := tally.read()
	if ctx.Err() != nil {
		return fmt.Errorf("it was ended before all was deleted. Deleted was %s; the next run goes on from there: %w", done, err)
	}
	if err != nil {
		return fmt.Errorf("%w\nDeleted was %s", err, done)
	}
	tfkit.Progress(ctx, "Deleted %s, which was all in the bucket %s%s", done, m.Bucket.ValueString(), m.limits())
	return nil
}

// limits says what was asked for.
func (m *emptyModel) limits() string {
	var only []string
	if !m.Prefix.IsNull() {
		only = append(only, fmt.Sprintf("begins with %q", m.Prefix.ValueString()))
	}
	if !m.OlderThanDays.IsNull() {
		only = append(only, fmt.Sprintf("is older than %s days", spaces.Grouped(m.OlderThanDays.ValueInt64())))
	}
	if len(only) == 0 {
		return ""
	}
	return " that " + strings.Join(only, " and ")
}

// tally adds up what several goroutines have deleted.
type tally struct {
	mu  sync.Mutex
	all spaces.Contents
}

func (t *tally) add(some spaces.Contents) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = t.all.Plus(some)
}

func (t *tally) read() spaces.Contents {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all
}
