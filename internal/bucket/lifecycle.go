package bucket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// Lifecycle expires objects and ends stale uploads. Servers keep the rules in
// an order of their own, and some hold rules with parts that Spaces does not
// have (tags, sizes, transitions): those are not shown, and never dropped
// unless a rule of the configuration takes their ID.
var Lifecycle = document[lifecycleModel]{
	Name: "bucket_lifecycle_configuration",
	Summary: "Expires objects of a bucket after a time, and removes what unfinished uploads leave behind.\n\n" +
		"A bucket has one lifecycle configuration, and this resource manages all of it. Spaces works through the rules about once a day, so objects can outlive their time by a day or more. Filters by tag or size and transitions to other storage classes do not exist on Spaces.",
	Attributes: lifecycleAttributes,
	Get: func(ctx context.Context, c *s3.Client, m *lifecycleModel) error {
		out, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		m.Rules = inOrderOf(m.Rules, tfkit.Each(slices.DeleteFunc(out.Rules, foreign), newLifecycleRule))
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *lifecycleModel) error {
		kept, err := foreignRules(ctx, c, m.Name())
		if err != nil {
			return err
		}
		for _, k := range kept {
			if !slices.ContainsFunc(m.Rules, func(r lifecycleRule) bool { return aws.ToString(r.ID) == aws.ToString(k.ID) }) {
				return fmt.Errorf("the bucket has a lifecycle rule %q with %s, which this resource cannot express, and writing the rules would drop it. "+
					"To replace it, give one of your rules the id %q; to keep it, leave this bucket's rules to the tool that made it; to drop it, delete it there first",
					aws.ToString(k.ID), strings.Join(unmodelled(k), " and "), aws.ToString(k.ID))
			}
		}
		return putLifecycle(ctx, c, m.Name(), tfkit.Each(m.Rules, lifecycleRule.toS3))
	},
	// Delete leaves what is not ours: the rules that this resource cannot express.
	Delete: func(ctx context.Context, c *s3.Client, m *lifecycleModel) error {
		kept, err := foreignRules(ctx, c, m.Name())
		if err != nil {
			return err
		}
		kept = slices.DeleteFunc(kept, func(k s3types.LifecycleRule) bool {
			return slices.ContainsFunc(m.Rules, func(r lifecycleRule) bool { return aws.ToString(r.ID) == aws.ToString(k.ID) })
		})
		if len(kept) > 0 {
			return putLifecycle(ctx, c, m.Name(), kept)
		}
		_, err = c.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: m.Name()})
		return err
	},
}

func putLifecycle(ctx context.Context, c *s3.Client, bucket *string, rules []s3types.LifecycleRule) error {
	_, err := c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket:                 bucket,
		LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{Rules: rules},
	})
	return err
}

// foreignRules are the rules the server holds that this resource cannot express.
func foreignRules(ctx context.Context, c *s3.Client, bucket *string) ([]s3types.LifecycleRule, error) {
	out, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	if spaces.KindOf(err) == spaces.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out.Rules, func(r s3types.LifecycleRule) bool { return !foreign(r) }), nil
}

func foreign(r s3types.LifecycleRule) bool { return len(unmodelled(r)) > 0 }

// unmodelled says which parts of a rule would be lost in our model.
func unmodelled(r s3types.LifecycleRule) []string {
	var parts []string
	add := func(found bool, what string) {
		if found {
			parts = append(parts, what)
		}
	}
	if f := r.Filter; f != nil {
		and := f.And
		if and == nil {
			and = &s3types.LifecycleRuleAndOperator{}
		}
		add(f.Tag != nil || len(and.Tags) > 0, "a filter by tag")
		add(f.ObjectSizeGreaterThan != nil || f.ObjectSizeLessThan != nil || and.ObjectSizeGreaterThan != nil || and.ObjectSizeLessThan != nil, "a filter by size")
	}
	add(len(r.Transitions) > 0 || len(r.NoncurrentVersionTransitions) > 0, "a transition to another storage class")
	add(r.NoncurrentVersionExpiration != nil && r.NoncurrentVersionExpiration.NewerNoncurrentVersions != nil, "a number of newer versions to keep")
	return parts
}

type lifecycleModel struct {
	tfkit.InBucket
	Rules []lifecycleRule `tfsdk:"rules"`
}

type lifecycleRule struct {
	ID         *string     `tfsdk:"id"` // planned by ruleIDs
	Enabled    bool        `tfsdk:"enabled"`
	Prefix     *string     `tfsdk:"prefix"`
	Expiration *expiration `tfsdk:"expiration"`
	Noncurrent *noncurrent `tfsdk:"noncurrent_version_expiration"`
	Abort      *abort      `tfsdk:"abort_incomplete_multipart_upload"`
}

type expiration struct {
	Days         *int32  `tfsdk:"days"`
	Date         *string `tfsdk:"date"`
	DeleteMarker *bool   `tfsdk:"expired_object_delete_marker"`
}

type noncurrent struct {
	Days int32 `tfsdk:"noncurrent_days"`
}

type abort struct {
	Days int32 `tfsdk:"days_after_initiation"`
}

func newLifecycleRule(r s3types.LifecycleRule) lifecycleRule {
	rule := lifecycleRule{ID: r.ID, Enabled: r.Status == s3types.ExpirationStatusEnabled, Prefix: text(r.Prefix)} //nolint:staticcheck // older tools write it there
	if f := r.Filter; f != nil && rule.Prefix == nil {
		rule.Prefix = text(f.Prefix)
		if f.And != nil && rule.Prefix == nil {
			rule.Prefix = text(f.And.Prefix)
		}
	}
	if e := r.Expiration; e != nil {
		rule.Expiration = &expiration{Days: e.Days}
		if e.Date != nil {
			rule.Expiration.Date = aws.String(e.Date.UTC().Format(time.DateOnly))
		}
		if aws.ToBool(e.ExpiredObjectDeleteMarker) {
			rule.Expiration.DeleteMarker = aws.Bool(true)
		}
	}
	if n := r.NoncurrentVersionExpiration; n != nil {
		rule.Noncurrent = &noncurrent{Days: aws.ToInt32(n.NoncurrentDays)}
	}
	if a := r.AbortIncompleteMultipartUpload; a != nil {
		rule.Abort = &abort{Days: aws.ToInt32(a.DaysAfterInitiation)}
	}
	return rule
}

func (r lifecycleRule) toS3() s3types.LifecycleRule {
	rule := s3types.LifecycleRule{
		ID: r.ID, Status: s3types.ExpirationStatusDisabled,
		Filter: &s3types.LifecycleRuleFilter{Prefix: aws.String(aws.ToString(r.Prefix))},
	}
	if r.Enabled {
		rule.Status = s3types.ExpirationStatusEnabled
	}
	if e := r.Expiration; e != nil {
		rule.Expiration = &s3types.LifecycleExpiration{Days: e.Days, ExpiredObjectDeleteMarker: e.DeleteMarker}
		if e.Date != nil {
			if day, err := parseDay(*e.Date); err == nil { // the validator has seen it
				rule.Expiration.Date = &day
			}
		}
	}
	if r.Noncurrent != nil {
		rule.NoncurrentVersionExpiration = &s3types.NoncurrentVersionExpiration{NoncurrentDays: &r.Noncurrent.Days}
	}
	if r.Abort != nil {
		rule.AbortIncompleteMultipartUpload = &s3types.AbortIncompleteMultipartUpload{DaysAfterInitiation: &r.Abort.Days}
	}
	return rule
}

// inOrderOf sorts rules as the written ones are, by ID, with new ones last,
// and takes their spelling of a date over.
func inOrderOf(written, read []lifecycleRule) []lifecycleRule {
	place := func(r lifecycleRule) int {
		i := slices.IndexFunc(written, func(w lifecycleRule) bool { return aws.ToString(w.ID) == aws.ToString(r.ID) })
		if i < 0 {
			return len(written)
		}
		return i
	}
	slices.SortStableFunc(read, func(a, b lifecycleRule) int { return place(a) - place(b) })
	for i, r := range read {
		if p := place(r); p < len(written) && r.Expiration != nil && r.Expiration.Date != nil {
			if w := written[p].Expiration; w != nil && w.Date != nil && sameDay(*w.Date, *r.Expiration.Date) {
				read[i].Expiration.Date = w.Date
			}
		}
	}
	if read == nil {
		return []lifecycleRule{} // there is a configuration, but no rule to show
	}
	return read
}

// parseDay reads 2027-01-31, or the same as a time: S3 wants midnight UTC.
func parseDay(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, nil
	}
	day, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return day, fmt.Errorf("%q is no date: write it as 2027-01-31 or 2027-01-31T00:00:00Z", s)
	}
	if day = day.UTC(); !day.Equal(day.Truncate(24 * time.Hour)) {
		return day, fmt.Errorf("%q is not at midnight UTC, and objects expire at midnight: write %s", s, day.Format(time.DateOnly))
	}
	return day, nil
}

func sameDay(a, b string) bool {
	dayA, errA := parseDay(a)
	dayB, errB := parseDay(b)
	return errA == nil && errB == nil && dayA.Equal(dayB)
}
