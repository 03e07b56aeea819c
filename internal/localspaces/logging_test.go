package localspaces

import (
	"testing"
	"time"
)

func TestParseLogging(t *testing.T) {
	enabled := func(inner string) string {
		return "<BucketLoggingStatus><LoggingEnabled>" + inner + "</LoggingEnabled></BucketLoggingStatus>"
	}
	for name, tc := range map[string]struct {
		document string
		want     *logging
		code     string
	}{
		"no body":          {document: ""},
		"blank body":       {document: "\n"},
		"empty status":     {document: `<BucketLoggingStatus xmlns="http://doc.s3.amazonaws.com/2006-03-01"/>`},
		"on":               {document: enabled("<TargetBucket>logs</TargetBucket><TargetPrefix>a/</TargetPrefix>"), want: &logging{"logs", "a/"}},
		"empty prefix":     {document: enabled("<TargetBucket>logs</TargetBucket><TargetPrefix/>"), want: &logging{"logs", ""}},
		"no prefix":        {document: enabled("<TargetBucket>logs</TargetBucket>"), code: "MalformedXML"},
		"no target":        {document: enabled("<TargetPrefix>a/</TargetPrefix>"), code: "MalformedXML"},
		"unknown element":  {document: enabled("<TargetBucket>logs</TargetBucket><TargetPrefix/><Foo/>"), code: "MalformedXML"},
		"itself":           {document: enabled("<TargetBucket>source</TargetBucket><TargetPrefix/>"), code: "InvalidTargetBucketForLogging"},
		"grants":           {document: enabled("<TargetBucket>logs</TargetBucket><TargetPrefix/><TargetGrants><Grant/></TargetGrants>"), code: "NotImplemented"},
		"partitioned keys": {document: enabled("<TargetBucket>logs</TargetBucket><TargetPrefix/><TargetObjectKeyFormat><SimplePrefix/></TargetObjectKeyFormat>"), code: "NotImplemented"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := parseLogging("source", []byte(tc.document))
			if tc.code != "" {
				wantRefusal(t, err, tc.code)
				return
			}
			if err != nil || (l == nil) != (tc.want == nil) || l != nil && *l != *tc.want {
				t.Errorf("got %v, %v", l, err)
			}
		})
	}
}

func TestLoggingAnswer(t *testing.T) {
	var off *logging
	if got := innerOf(t, off.answer()); got != "<BucketLoggingStatus></BucketLoggingStatus>" {
		t.Errorf("off: %s", got)
	}
	got := innerOf(t, (&logging{"logs", ""}).answer())
	if want := "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>"; got != want {
		t.Errorf("on: %s", got)
	}
}

func TestLogLine(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 0, 38, 0, time.FixedZone("", 3600))
	for name, tc := range map[string]struct {
		entry logEntry
		want  string
	}{
		"full": {
			logEntry{
				Bucket: "b", BucketOwner: "6174283", Time: at, RemoteIP: "192.0.2.3", Requester: "6174283", RequestID: "tx1",
				Operation: "REST.GET.OBJECT", Key: "a dir/ü?.txt", RequestURI: "GET /b/a%20dir/x HTTP/1.1", Status: 200,
				BytesSent: 12, ObjectSize: 34, Total: 56 * time.Millisecond, Referer: "https://example.com/", UserAgent: `a "b" c`, VersionID: "v1",
			},
			`6174283 b [22/Nov/2026:13:00:38 +0000] 192.0.2.3 6174283 tx1 REST.GET.OBJECT a%20dir/%C3%BC%3F.txt "GET /b/a%20dir/x HTTP/1.1" 200 - 12 34 56 - "https://example.com/" "a %22b%22 c" v1 - - - - - - - -` + "\n",
		},
		"anonymous listing that failed": {
			logEntry{
				Bucket: "b", BucketOwner: "6174283", Time: at, RemoteIP: "192.0.2.3", RequestID: "tx1",
				Operation: "REST.GET.BUCKET", RequestURI: "GET /b HTTP/1.1", Status: 403, ErrorCode: "AccessDenied", BytesSent: 243,
			},
			`6174283 b [22/Nov/2026:13:00:38 +0000] 192.0.2.3 - tx1 REST.GET.BUCKET - "GET /b HTTP/1.1" 403 AccessDenied 243 - 0 - "-" "-" - - - - - - - - -` + "\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := logLine(tc.entry); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
