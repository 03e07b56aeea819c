package localspaces

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// logging says where the access log of a bucket goes; nil is off.
type logging struct {
	TargetBucket, TargetPrefix string
}

type loggingDocument struct {
	Enabled *loggingEnabled `xml:"LoggingEnabled"`
	Unknown *unknownElement `xml:",any"`
}

type loggingEnabled struct {
	TargetBucket          string
	TargetPrefix          *string
	TargetGrants          *ignoredElement
	TargetObjectKeyFormat *ignoredElement
	Unknown               *unknownElement `xml:",any"`
}

// ignoredElement is there or not; what is in it does not matter.
type ignoredElement struct{}

// parseLogging reads the body of PutBucketLogging for the bucket. No body and an
// empty BucketLoggingStatus switch logging off ("How to Configure Spaces Access
// Logs"). Whether the target exists is for the caller to see.
func parseLogging(bucket string, document []byte) (*logging, error) {
	if len(strings.TrimSpace(string(document))) == 0 {
		return nil, nil
	}
	var d loggingDocument
	if err := decodeDocument("BucketLoggingStatus", document, &d); err != nil {
		return nil, err
	}
	switch e := d.Enabled; {
	case e == nil:
		return nil, nil
	case e.TargetBucket == "" || e.TargetPrefix == nil:
		return nil, malformedXML("LoggingEnabled needs a TargetBucket and a TargetPrefix, which may be empty.")
	case e.TargetGrants != nil || e.TargetObjectKeyFormat != nil:
		// Spaces' documentation mentions neither.
		return nil, notImplemented("TargetGrants and TargetObjectKeyFormat are not supported.")
	case e.TargetBucket == bucket:
		// A rule of Spaces; S3 allows it, and this is its code for a bad target.
		return nil, failure(http.StatusBadRequest, "InvalidTargetBucketForLogging",
			"The bucket %q cannot be the target of its own access log.", bucket)
	default:
		return &logging{TargetBucket: e.TargetBucket, TargetPrefix: *e.TargetPrefix}, nil
	}
}

// answer is the body of GetBucketLogging: an empty BucketLoggingStatus when
// logging is off.
func (l *logging) answer() []byte {
	var d loggingDocument
	if l != nil {
		d.Enabled = &loggingEnabled{TargetBucket: l.TargetBucket, TargetPrefix: &l.TargetPrefix}
	}
	return encodeDocument("BucketLoggingStatus", d)
}

// logEntry is one request in an access log. Fields that are empty, and numbers
// that are zero, are written as a dash.
type logEntry struct {
	Bucket, BucketOwner                                        string
	Time                                                       time.Time
	RemoteIP, Requester, RequestID, Operation, Key, RequestURI string
	Status                                                     int
	ErrorCode                                                  string
	BytesSent, ObjectSize                                      int64
	Total                                                      time.Duration
	Referer, UserAgent, VersionID                              string
}

// logLine writes e as a line of an S3 server access log, with the line's end
// (Amazon S3 user guide, server access log format). All of the format's 26 fields
// are there, so that a parser finds them; those that a local server knows nothing
// of (turn-around time, host ID, signature, cipher, TLS version and so on) are
// dashes.
func logLine(e logEntry) string {
	fields := []string{
		dash(e.BucketOwner),
		dash(e.Bucket),
		e.Time.UTC().Format("[02/Jan/2006:15:04:05 +0000]"),
		dash(e.RemoteIP),
		dash(e.Requester),
		dash(e.RequestID),
		dash(e.Operation),
		dash((&url.URL{Path: e.Key}).EscapedPath()),
		quotedField(e.RequestURI),
		dashNumber(int64(e.Status)),
		dash(e.ErrorCode),
		dashNumber(e.BytesSent),
		dashNumber(e.ObjectSize),
		fmt.Sprint(e.Total.Milliseconds()),
		"-", // turn-around time
		quotedField(e.Referer),
		quotedField(e.UserAgent),
		dash(e.VersionID),
	}
	return strings.Join(fields, " ") + strings.Repeat(" -", 8) + "\n" // host ID to ACL required
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func dashNumber(n int64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt(n, 10)
}

// quotedField keeps a client from ending its own field.
func quotedField(s string) string {
	return `"` + dash(strings.ReplaceAll(s, `"`, "%22")) + `"`
}
