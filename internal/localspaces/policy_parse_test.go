package localspaces

import (
	"encoding/json"
	"strings"
	"testing"
)

// aStatement lets everybody read the bucket "mine"; the changes replace elements,
// or remove those whose value is nil.
func aStatement(changes map[string]any) map[string]any {
	s := map[string]any{"Sid": "x", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"}
	for name, value := range changes {
		s[name] = value
		if value == nil {
			delete(s, name)
		}
	}
	return s
}

func aPolicy(t *testing.T, statements ...map[string]any) []byte {
	t.Helper()
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestParsePolicy(t *testing.T) {
	const valid = `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"}`
	for name, tc := range map[string]struct{ document, code string }{
		"list":                {`{"Version": "2012-10-17", "Id": "x", "Statement": [` + valid + `]}`, ""},
		"single statement":    {`{"Version": "2012-10-17", "Statement": ` + valid + `}`, ""},
		"older version":       {`{"Version": "2008-10-17", "Statement": [` + valid + `]}`, ""},
		"no version":          {`{"Statement": [` + valid + `]}`, ""},
		"empty":               {"", "InvalidArgument"},
		"no JSON":             {"{", "InvalidArgument"},
		"something follows":   {`{"Statement": [` + valid + `]}{}`, "InvalidArgument"},
		"list at the top":     {"[]", "InvalidArgument"},
		"null":                {"null", "InvalidArgument"},
		"made-up version":     {`{"Version": "2025-04-29", "Statement": [` + valid + `]}`, "InvalidArgument"},
		"version of a number": {`{"Version": 2012, "Statement": [` + valid + `]}`, "InvalidArgument"},
		"lower case":          {`{"version": "2012-10-17", "Statement": [` + valid + `]}`, "InvalidArgument"},
		"unknown element":     {`{"Foo": 1, "Statement": [` + valid + `]}`, "InvalidArgument"},
		"statement of text":   {`{"Statement": "x"}`, "InvalidArgument"},
		"no statement":        {`{}`, "MalformedPolicy"},
		"no statements":       {`{"Version": "2012-10-17", "Statement": []}`, "MalformedPolicy"},
		"empty statement":     {`{"Statement": [{}]}`, "MalformedPolicy"},
		"21 KB":               {`{"Id": "` + strings.Repeat("x", 21000) + `", "Statement": [` + valid + `]}`, "MalformedPolicy"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := parsePolicy("mine", []byte(tc.document))
			if tc.code != "" {
				wantRefusal(t, err, tc.code)
			} else if err != nil || len(p.statements) != 1 {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
}

func TestParsePolicyStatement(t *testing.T) {
	type m = map[string]any
	for name, tc := range map[string]struct {
		change m
		code   string
	}{
		"everybody, other form":  {m{"Principal": m{"AWS": "*"}}, ""},
		"users":                  {m{"Principal": m{"AWS": []string{"arn:aws:iam:::user/1", "2"}, "CanonicalUser": "3"}}, ""},
		"a service":              {m{"Principal": m{"Service": "logging.s3.amazonaws.com"}}, ""},
		"not a user":             {m{"Principal": nil, "NotPrincipal": m{"AWS": "1"}}, ""},
		"all actions":            {m{"Action": "s3:*"}, ""},
		"any actions":            {m{"Action": "*"}, ""},
		"some actions, any case": {m{"Action": []string{"S3:getobject*", "s3:List*"}}, ""},
		"not an action":          {m{"Action": nil, "NotAction": "s3:PutObject"}, ""},
		"bucket and objects":     {m{"Resource": []string{"arn:aws:s3:::mine", "arn:aws:s3:::mine/a?/*"}}, ""},
		"both at once":           {m{"Resource": "arn:aws:s3:::mine*"}, ""},
		"not an object":          {m{"Resource": nil, "NotResource": "arn:aws:s3:::mine/x"}, ""},
		"no condition":           {m{"Condition": m{}}, ""},
		"conditions": {m{"Condition": m{
			"StringLikeIfExists": m{"aws:Referer": []string{"a", "b"}}, "Bool": m{"aws:SecureTransport": false}, "NumericLessThan": m{"s3:max-keys": 10},
			"ForAllValues:StringEquals": m{"s3:prefix": "a"}, "Null": m{"aws:Referer": "true"}, "DateLessThan": m{"aws:CurrentTime": "2030-01-01T00:00:00Z"},
			"IpAddress": m{"aws:SourceIp": "nonsense"}, "StringEquals": m{"aws:foo": "x"},
		}}, ""},

		"no effect":              {m{"Effect": nil}, "MalformedPolicy"},
		"another effect":         {m{"Effect": "allow"}, "InvalidArgument"},
		"unknown element":        {m{"Actions": "s3:GetObject"}, "InvalidArgument"},
		"sid of a number":        {m{"Sid": 1}, "InvalidArgument"},
		"no principal":           {m{"Principal": nil}, "MalformedPolicy"},
		"empty principal":        {m{"Principal": m{}}, "MalformedPolicy"},
		"two principals":         {m{"NotPrincipal": "*"}, "MalformedPolicy"},
		"principal of a name":    {m{"Principal": "bob"}, "InvalidArgument"},
		"principal of numbers":   {m{"Principal": m{"AWS": 1}}, "InvalidArgument"},
		"another principal":      {m{"Principal": m{"Google": "*"}}, "InvalidArgument"},
		"no action":              {m{"Action": nil}, "MalformedPolicy"},
		"empty action list":      {m{"Action": []string{}}, "MalformedPolicy"},
		"two actions":            {m{"NotAction": "s3:PutObject"}, "MalformedPolicy"},
		"action of null":         {m{"Action": []any{nil}}, "InvalidArgument"},
		"unknown action":         {m{"Action": "s3:Nonsense"}, "InvalidArgument"},
		"unknown actions":        {m{"Action": "s3:Nons*"}, "InvalidArgument"},
		"action of another kind": {m{"Action": "ec2:RunInstances"}, "InvalidArgument"},
		"no resource":            {m{"Resource": nil}, "MalformedPolicy"},
		"resource of numbers":    {m{"Resource": 1}, "InvalidArgument"},
		"no ARN":                 {m{"Resource": "mine/*"}, "InvalidArgument"},
		"everything":             {m{"Resource": "*"}, "MalformedPolicy"},
		"every bucket":           {m{"Resource": "arn:aws:s3:::*/*"}, "MalformedPolicy"},
		"another bucket":         {m{"Resource": []string{"arn:aws:s3:::mine/*", "arn:aws:s3:::mine2/*"}}, "MalformedPolicy"},
		"unknown operator":       {m{"Condition": m{"StringResembles": m{"aws:Referer": "x"}}}, "InvalidArgument"},
		"operator in lower case": {m{"Condition": m{"stringequals": m{"aws:Referer": "x"}}}, "InvalidArgument"},
		"operator with a value":  {m{"Condition": m{"StringEquals": "x"}}, "InvalidArgument"},
		"value of an object":     {m{"Condition": m{"StringEquals": m{"aws:Referer": m{}}}}, "InvalidArgument"},
		"no values":              {m{"Condition": m{"StringEquals": m{"aws:Referer": []string{}}}}, "InvalidArgument"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parsePolicy("mine", aPolicy(t, aStatement(tc.change)))
			if tc.code != "" {
				wantRefusal(t, err, tc.code)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
