package localspaces

import (
	"errors"
	"strings"
	"testing"
)

// wantRefusal checks that err is an apiError with the code, which comes with
// status 400 unless it is NotImplemented.
func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		t.Fatalf("got error %v, want %s", err, code)
	}
	status := 400
	if code == "NotImplemented" {
		status = 501
	}
	if e.Code != code || e.Status != status {
		t.Errorf("got %v, want %d %s", e, status, code)
	}
	if strings.Contains(e.Message, "%!") {
		t.Errorf("message is not formatted: %s", e.Message)
	}
}

// innerOf is what comes after the XML header and the root element's namespace.
func innerOf(t *testing.T, answer []byte) string {
	t.Helper()
	s, ok := strings.CutPrefix(string(answer), `<?xml version="1.0" encoding="UTF-8"?>`+"\n")
	if !ok || !strings.Contains(s, ` xmlns="`+s3Namespace+`"`) {
		t.Errorf("no XML header or no namespace: %s", answer)
	}
	return strings.Replace(s, ` xmlns="`+s3Namespace+`"`, "", 1)
}

type sample struct {
	Name    string
	Unknown *unknownElement `xml:",any"`
}

func TestDecodeDocument(t *testing.T) {
	for name, document := range map[string]string{
		"plain":         `<Sample><Name>x</Name></Sample>`,
		"S3's":          `<Sample xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>x</Name></Sample>`,
		"older":         `<Sample xmlns="http://doc.s3.amazonaws.com/2006-03-01"><Name>x</Name></Sample>`,
		"prefix":        `<s3:Sample xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"><s3:Name>x</s3:Name></s3:Sample>`,
		"with trimming": "<?xml version=\"1.0\"?>\n<!-- a --><Sample>\n  <Name>x</Name>\n</Sample>\n<!-- b -->\n",
	} {
		var s sample
		if err := decodeDocument("Sample", []byte(document), &s); err != nil || s.Name != "x" {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
}

func TestDecodeDocumentRefuses(t *testing.T) {
	for name, document := range map[string]string{
		"empty":           "",
		"no XML":          "{}",
		"another root":    `<Other><Name>x</Name></Other>`,
		"unknown element": `<Sample><Name>x</Name><Nam>y</Nam></Sample>`,
		"cut":             `<Sample><Name>x</Name>`,
		"second root":     `<Sample/><Sample/>`,
		"text at the end": `<Sample/>x`,
		"broken end":      `<Sample/><`,
	} {
		t.Run(name, func(t *testing.T) {
			var s sample
			wantRefusal(t, decodeDocument("Sample", []byte(document), &s), "MalformedXML")
		})
	}
}
