package localspaces

import (
	"testing"
	"time"
)

func TestLifecycleExpired(t *testing.T) {
	const (
		noncurrent = "<NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration>"
		abort      = "<AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
		marker     = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
		onDate     = "<Expiration><Date>2026-01-20T00:00:00.000Z</Date></Expiration>"
	)
	// The example of the Amazon S3 user guide: made on 15 January at 10:30, a rule
	// of 3 days expires at midnight between the 18th and the 19th.
	made := time.Date(2026, 1, 15, 10, 30, 0, 0, time.UTC)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 1, day, hour, minute, 0, 0, time.UTC) }
	threeDays := "<Expiration><Days>3</Days></Expiration>"
	object := lifecycleItem{Key: "logs/a", Size: 10, Modified: made, Current: true, OnlyVersion: true}
	with := func(change func(*lifecycleItem)) lifecycleItem {
		o := object
		change(&o)
		return o
	}
	deleteMarker := with(func(o *lifecycleItem) { o.DeleteMarker, o.Size = true, 0 })
	old := with(func(o *lifecycleItem) { o.Current, o.OnlyVersion, o.Noncurrent = false, false, at(20, 1, 0) })
	upload := with(func(o *lifecycleItem) { o.Upload, o.Current, o.OnlyVersion, o.Size = true, false, false, 0 })

	for name, tc := range map[string]struct {
		rule string
		item lifecycleItem
		now  time.Time
		want bool
	}{
		"before midnight":                    {rule(threeDays), object, at(18, 23, 59), false},
		"at midnight":                        {rule(threeDays), object, at(19, 0, 0), true},
		"midnight is UTC":                    {rule(threeDays), object, time.Date(2026, 1, 18, 19, 0, 0, 0, time.FixedZone("", -5*3600)), true},
		"made at midnight":                   {rule(threeDays), with(func(o *lifecycleItem) { o.Modified = at(15, 0, 0) }), at(18, 0, 0), true},
		"disabled":                           {rule("<Status>Disabled</Status>" + threeDays), object, at(30, 0, 0), false},
		"before the date":                    {rule(onDate), object, at(19, 23, 59), false},
		"on the date":                        {rule(onDate), object, at(20, 0, 0), true},
		"after the date":                     {rule(onDate), with(func(o *lifecycleItem) { o.Modified = at(25, 0, 0) }), at(26, 0, 0), true},
		"prefix":                             {rule("<Prefix>logs/</Prefix>" + aDay), object, at(30, 0, 0), true},
		"another prefix":                     {rule("<Prefix>log/</Prefix>" + aDay), object, at(30, 0, 0), false},
		"prefix of a filter":                 {rule("<Filter><Prefix>b</Prefix></Filter>" + aDay), object, at(30, 0, 0), false},
		"prefix of an And":                   {rule("<Filter><And><Prefix>b</Prefix>" + aTag + "</And></Filter>" + aDay), with(func(o *lifecycleItem) { o.Tags = map[string]string{"k": "v"} }), at(30, 0, 0), false},
		"tag missing":                        {rule("<Filter>" + aTag + "</Filter>" + aDay), object, at(30, 0, 0), false},
		"tag":                                {rule("<Filter>" + aTag + "</Filter>" + aDay), with(func(o *lifecycleItem) { o.Tags = map[string]string{"k": "v", "l": "w"} }), at(30, 0, 0), true},
		"another value":                      {rule("<Filter>" + aTag + "</Filter>" + aDay), with(func(o *lifecycleItem) { o.Tags = map[string]string{"k": "w"} }), at(30, 0, 0), false},
		"And of tag and prefix":              {rule("<Filter><And><Prefix>l</Prefix>" + aTag + "</And></Filter>" + aDay), with(func(o *lifecycleItem) { o.Tags = map[string]string{"k": "v"} }), at(30, 0, 0), true},
		"too small":                          {rule("<Filter><ObjectSizeGreaterThan>10</ObjectSizeGreaterThan></Filter>" + aDay), object, at(30, 0, 0), false},
		"large enough":                       {rule("<Filter><And><ObjectSizeGreaterThan>9</ObjectSizeGreaterThan><ObjectSizeLessThan>11</ObjectSizeLessThan></And></Filter>" + aDay), object, at(30, 0, 0), true},
		"too large":                          {rule("<Filter><ObjectSizeLessThan>10</ObjectSizeLessThan></Filter>" + aDay), object, at(30, 0, 0), false},
		"current: noncurrent rule":           {rule(noncurrent), object, at(30, 0, 0), false},
		"noncurrent: expiration":             {rule(aDay), old, at(30, 0, 0), false},
		"noncurrent: counts from then":       {rule(noncurrent), old, at(22, 23, 59), false},
		"noncurrent: after":                  {rule(noncurrent), old, at(23, 0, 0), true},
		"noncurrent marker":                  {rule(noncurrent), with(func(o *lifecycleItem) { *o = old; o.DeleteMarker = true }), at(23, 0, 0), true},
		"marker over versions":               {rule(marker), with(func(o *lifecycleItem) { *o = deleteMarker; o.OnlyVersion = false }), at(30, 0, 0), false},
		"marker over versions, days":         {rule(aDay), with(func(o *lifecycleItem) { *o = deleteMarker; o.OnlyVersion = false }), at(30, 0, 0), false},
		"lone marker":                        {rule(marker), deleteMarker, at(15, 11, 0), true},
		"lone marker, days not over":         {rule(threeDays), deleteMarker, at(18, 0, 0), false},
		"lone marker, days over":             {rule(threeDays), deleteMarker, at(19, 0, 0), true},
		"object: marker rule":                {rule(marker), object, at(30, 0, 0), false},
		"upload: not yet":                    {rule(abort), upload, at(18, 23, 59), false},
		"upload: now":                        {rule(abort), upload, at(19, 0, 0), true},
		"upload: expiration":                 {rule(aDay), upload, at(30, 0, 0), false},
		"upload: has no size":                {rule("<Filter><ObjectSizeGreaterThan>3</ObjectSizeGreaterThan></Filter>" + abort), upload, at(30, 0, 0), true},
		"object: abort rule":                 {rule(abort), object, at(30, 0, 0), false},
		"transition only":                    {rule(archived), object, at(30, 0, 0), false},
		"a second rule":                      {rule("<Prefix>b</Prefix>"+aDay) + rule("<Prefix>l</Prefix>"+aDay), object, at(30, 0, 0), true},
		"days that reach beyond the far end": {rule("<Expiration><Days>2147483647</Days></Expiration>"), object, at(30, 0, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := parseLifecycle(lifecycleDocument(tc.rule))
			if err != nil {
				t.Fatal(err)
			}
			if got := l.expired(tc.item, tc.now); got != tc.want {
				t.Errorf("expired is %v", got)
			}
		})
	}
}
