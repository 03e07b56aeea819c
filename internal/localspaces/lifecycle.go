package localspaces

import (
	"cmp"
	"crypto/rand"
	"encoding/xml"
	"slices"
	"strings"
	"time"
)

// lifecycle is a bucket's lifecycle configuration.
//
// Spaces expires objects and aborts multipart uploads, both with an optional
// prefix; it has neither tag rules nor transitions (Spaces S3 compatibility
// page). What S3 and Ceph store beyond that is parsed, kept and, where it can be,
// obeyed, so that a test can plant such rules and see what a client makes of them.
type lifecycle struct {
	Rules   []lifecycleRule `xml:"Rule"`
	Unknown *unknownElement `xml:",any"`
}

// lifecycleRule names its elements in the order of Ceph's answer.
type lifecycleRule struct {
	ID                    string
	Prefix                *string          // the older form of Filter
	Filter                *lifecycleFilter // never with Prefix, once parsed
	Status                string
	Expiration            *expiration
	NoncurrentExpiration  *noncurrentExpiration  `xml:"NoncurrentVersionExpiration"`
	AbortUpload           *abortUpload           `xml:"AbortIncompleteMultipartUpload"`
	Transitions           []transition           `xml:"Transition"`
	NoncurrentTransitions []noncurrentTransition `xml:"NoncurrentVersionTransition"`
	Unknown               *unknownElement        `xml:",any"`
}

type lifecycleFilter struct {
	lifecycleCondition
	And     *lifecycleAnd
	Unknown *unknownElement `xml:",any"`
}

type lifecycleAnd struct {
	lifecycleCondition
	Unknown *unknownElement `xml:",any"`
}

// lifecycleCondition holds for an object that fits all of it.
type lifecycleCondition struct {
	Prefix                *string
	Tags                  []lifecycleTag `xml:"Tag"`
	ObjectSizeGreaterThan *int64
	ObjectSizeLessThan    *int64
}

type lifecycleTag struct {
	Key, Value string
	Unknown    *unknownElement `xml:",any"`
}

type expiration struct {
	Days                      *int
	Date                      *string // as it came
	ExpiredObjectDeleteMarker *bool
	Unknown                   *unknownElement `xml:",any"`
}

// noncurrentExpiration drops NewerNoncurrentVersions without a word, as Ceph does
// (measured, 16.2.15): a client that sends it reads back something else.
type noncurrentExpiration struct {
	NoncurrentDays          *int
	NewerNoncurrentVersions *dropped
	Unknown                 *unknownElement `xml:",any"`
}

// dropped is an element that is read and never written.
type dropped struct{}

func (*dropped) MarshalXML(*xml.Encoder, xml.StartElement) error { return nil }

type abortUpload struct {
	DaysAfterInitiation *int
	Unknown             *unknownElement `xml:",any"`
}

type transition struct {
	Days         *int
	Date         *string
	StorageClass string
	Unknown      *unknownElement `xml:",any"`
}

type noncurrentTransition struct {
	NoncurrentDays          *int
	NewerNoncurrentVersions *dropped
	StorageClass            string
	Unknown                 *unknownElement `xml:",any"`
}

// parseLifecycle reads the body of PutBucketLifecycleConfiguration. It refuses
// what Ceph refuses, with Ceph's codes (COMPATIBILITY.md, Lifecycle), and an
// element that S3 does not have.
func parseLifecycle(document []byte) (*lifecycle, error) {
	l := new(lifecycle)
	if err := decodeDocument("LifecycleConfiguration", document, l); err != nil {
		return nil, err
	}
	if n := len(l.Rules); n == 0 || n > 1000 {
		return nil, malformedXML("There are %d rules; there may be 1 to 1000.", n)
	}
	ids := map[string]bool{}
	for i := range l.Rules {
		r := &l.Rules[i]
		if err := r.check(); err != nil {
			return nil, err
		}
		if r.ID == "" {
			r.ID = newRuleID()
		}
		if ids[r.ID] {
			return nil, invalidArgument("Two rules have the ID %q.", r.ID)
		}
		ids[r.ID] = true
		r.normalize()
	}
	slices.SortFunc(l.Rules, func(a, b lifecycleRule) int { return cmp.Compare(a.ID, b.ID) })
	return l, nil
}

// normalize does what Ceph does to a rule that it stores: a Filter wins over a
// Prefix beside it, and a Filter that says nothing comes back as an empty Prefix.
func (r *lifecycleRule) normalize() {
	f := r.Filter
	if f == nil {
		return
	}
	r.Prefix = nil
	if f.And == nil && len(f.Tags) == 0 && f.ObjectSizeGreaterThan == nil && f.ObjectSizeLessThan == nil &&
		(f.Prefix == nil || *f.Prefix == "") {
		r.Filter, r.Prefix = nil, new(string)
	}
}

// newRuleID makes an ID of the length and alphabet of Ceph's.
func newRuleID() string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	var id strings.Builder
	random := make([]byte, 48)
	_, _ = rand.Read(random) // never fails
	for _, b := range random {
		id.WriteByte(alphabet[int(b)%len(alphabet)])
	}
	return id.String()
}

// answer is the body of GetBucketLifecycleConfiguration, the rules sorted by ID
// as in Ceph.
func (l *lifecycle) answer() []byte {
	return encodeDocument("LifecycleConfiguration", l)
}

// day gives the moment that a Date names. Ceph and S3 want midnight UTC.
func day(date string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05Z"} {
		if t, err := time.Parse(layout, date); err == nil {
			return t, t.Equal(t.Truncate(24 * time.Hour))
		}
	}
	return time.Time{}, false
}
