package localspaces

import (
	"strings"
	"time"
)

// lifecycleItem is what a lifecycle rule can remove: a version of an object, a
// delete marker, or an unfinished multipart upload.
type lifecycleItem struct {
	Key                   string
	Size                  int64
	Tags                  map[string]string
	Modified              time.Time // of an upload: when it was begun
	Current, DeleteMarker bool
	Noncurrent            time.Time // when it stopped being current
	OnlyVersion           bool
	Upload                bool // an unfinished multipart upload
}

// expired reports whether a rule has o removed by now: for a current version of a
// versioned bucket, covered by a delete marker; for everything else, deleted.
//
// Days count from the item's creation and end at the following midnight UTC, as
// in S3 (Amazon S3 user guide, lifecycle rules: expiring after a number of days).
func (l *lifecycle) expired(o lifecycleItem, now time.Time) bool {
	for i := range l.Rules {
		if r := &l.Rules[i]; r.Status == "Enabled" && r.condition().holds(o) && r.removes(o, now) {
			return true
		}
	}
	return false
}

func (r *lifecycleRule) removes(o lifecycleItem, now time.Time) bool {
	switch {
	case o.Upload:
		return r.AbortUpload != nil && after(o.Modified, r.AbortUpload.DaysAfterInitiation, now)
	case !o.Current:
		return r.NoncurrentExpiration != nil && after(o.Noncurrent, r.NoncurrentExpiration.NoncurrentDays, now)
	case r.Expiration == nil:
		return false
	case o.DeleteMarker && !o.OnlyVersion:
		return false // it still hides something
	case o.DeleteMarker && r.Expiration.ExpiredObjectDeleteMarker != nil:
		return true
	default:
		// A marker that is alone expires by Days and Date as well (S3 API
		// reference, LifecycleExpiration).
		return r.Expiration.due(o.Modified, now)
	}
}

func (e *expiration) due(modified, now time.Time) bool {
	if e.Date != nil {
		date, ok := day(*e.Date)
		return ok && !now.Before(date)
	}
	return after(modified, e.Days, now)
}

// after reports whether the first midnight UTC that is not before start plus days
// has come.
func after(start time.Time, days *int, now time.Time) bool {
	if days == nil {
		return false
	}
	due := start.UTC().AddDate(0, 0, *days)
	midnight := due.Truncate(24 * time.Hour)
	if midnight.Before(due) {
		midnight = midnight.Add(24 * time.Hour)
	}
	return !now.Before(midnight)
}

// condition is what the rule says of its objects, in whichever of S3's three
// places: Prefix, Filter, or And within Filter.
func (r *lifecycleRule) condition() lifecycleCondition {
	if r.Filter == nil {
		return lifecycleCondition{Prefix: r.Prefix}
	}
	c := r.Filter.lifecycleCondition
	if and := r.Filter.And; and != nil {
		c.Tags = append(c.Tags[:len(c.Tags):len(c.Tags)], and.Tags...)
		if and.Prefix != nil {
			c.Prefix = and.Prefix
		}
		if and.ObjectSizeGreaterThan != nil {
			c.ObjectSizeGreaterThan = and.ObjectSizeGreaterThan
		}
		if and.ObjectSizeLessThan != nil {
			c.ObjectSizeLessThan = and.ObjectSizeLessThan
		}
	}
	return c
}

// holds leaves the size of an upload out: it has none yet.
func (c lifecycleCondition) holds(o lifecycleItem) bool {
	if c.Prefix != nil && !strings.HasPrefix(o.Key, *c.Prefix) {
		return false
	}
	for _, tag := range c.Tags {
		if value, ok := o.Tags[tag.Key]; !ok || value != tag.Value {
			return false
		}
	}
	if o.Upload {
		return true
	}
	return (c.ObjectSizeGreaterThan == nil || o.Size > *c.ObjectSizeGreaterThan) &&
		(c.ObjectSizeLessThan == nil || o.Size < *c.ObjectSizeLessThan)
}
