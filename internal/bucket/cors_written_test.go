package bucket

import (
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// What the server answers is read as it was written, as far as it means that.
func TestAsWritten(t *testing.T) {
	id, other, none, zero, hour := aws.String("mine"), aws.String("of-the-server"), (*string)(nil), aws.Int32(0), aws.Int32(3600)
	rule := func(id *string, age *int32, methods ...string) corsRule {
		return corsRule{ID: id, Methods: methods, Origins: []string{"*"}, MaxAge: age}
	}
	for name, test := range map[string]struct{ written, read, want []corsRule }{
		"nothing written": { // an import
			nil, []corsRule{rule(other, zero, "GET")}, []corsRule{rule(other, zero, "GET")},
		},
		"no age is 0": {
			[]corsRule{rule(none, nil, "GET"), rule(none, zero, "PUT")},
			[]corsRule{rule(none, zero, "GET"), rule(none, nil, "PUT")},
			[]corsRule{rule(none, nil, "GET"), rule(none, zero, "PUT")},
		},
		"another age": {
			[]corsRule{rule(none, nil, "GET"), rule(none, hour, "PUT")},
			[]corsRule{rule(none, hour, "GET"), rule(none, zero, "PUT")},
			[]corsRule{rule(none, hour, "GET"), rule(none, zero, "PUT")},
		},
		"an ID of the server's": {
			[]corsRule{rule(none, nil, "GET", "HEAD")}, []corsRule{rule(other, zero, "HEAD", "GET")}, []corsRule{rule(none, nil, "HEAD", "GET")},
		},
		"an ID of the user's": {
			[]corsRule{rule(id, hour, "GET")}, []corsRule{rule(other, hour, "GET")}, []corsRule{rule(other, hour, "GET")},
		},
		"another rule with an ID": {
			[]corsRule{rule(none, nil, "GET")}, []corsRule{rule(other, nil, "PUT")}, []corsRule{rule(other, nil, "PUT")},
		},
		"one more": {
			[]corsRule{rule(none, nil, "GET")}, []corsRule{rule(other, zero, "GET"), rule(other, zero, "GET")}, []corsRule{rule(none, nil, "GET"), rule(other, zero, "GET")},
		},
		"one less": {
			[]corsRule{rule(none, nil, "GET"), rule(none, nil, "PUT")}, []corsRule{rule(none, zero, "GET")}, []corsRule{rule(none, nil, "GET")},
		},
	} {
		if got := asWritten(test.written, test.read); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, not %+v", name, got, test.want)
		}
	}
}
