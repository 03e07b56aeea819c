package bucket

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func ref(s string) *string { return &s }

// reader is a statement that lets everybody read a bucket.
func reader(sid, bucket string) policyStatement {
	s := policyStatement{Principals: []string{"*"}, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::" + bucket + "/*"}}
	if sid != "" {
		s.SID = &sid
	}
	return s
}

func TestPolicyDocument(t *testing.T) {
	for name, test := range map[string]struct {
		model policyDocumentModel
		want  string
	}{
		"one statement": {
			policyDocumentModel{Statements: []policyStatement{reader("", "a")}},
			`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::a/*"
    }
  ]
}`,
		},
		"sets in one order, conditions, nothing escaped": {
			policyDocumentModel{Bucket: types.StringValue("a"), Statements: []policyStatement{{
				SID: ref("Referer"), Effect: ref("Deny"),
				Principals: []string{"arn:aws:iam:::user/b", "arn:aws:iam:::user/a"},
				Actions:    []string{"s3:Put*", "s3:DeleteObject", "s3:Put*"},
				Resources:  []string{"arn:aws:s3:::a/*", "arn:aws:s3:::a"},
				Conditions: []policyCondition{
					{"StringNotLike", "aws:Referer", []string{"https://x.example/?a&b<c>", "https://w.example/*"}},
					{"Bool", "aws:SecureTransport", []string{"false"}},
				},
			}}},
			`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Referer",
      "Effect": "Deny",
      "Principal": {
        "AWS": [
          "arn:aws:iam:::user/a",
          "arn:aws:iam:::user/b"
        ]
      },
      "Action": [
        "s3:DeleteObject",
        "s3:Put*"
      ],
      "Resource": [
        "arn:aws:s3:::a",
        "arn:aws:s3:::a/*"
      ],
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        },
        "StringNotLike": {
          "aws:Referer": [
            "https://w.example/*",
            "https://x.example/?a&b<c>"
          ]
        }
      }
    }
  ]
}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := writePolicy(t.Context(), nil, &test.model); err != nil {
				t.Fatal(err)
			}
			if got := test.model.JSON.ValueString(); got != test.want {
				t.Errorf("it is\n%s\nand wanted is\n%s", got, test.want)
			}
		})
	}
}

// Statements keep their order; one of the same sid takes the place of another.
func TestPolicyDocumentMerges(t *testing.T) {
	source := func(sid, action string) string {
		return `{"Version": "2012-10-17", "Statement": {"Sid": "` + sid + `", "Effect": "Allow", "NotPrincipal": {"AWS": ["arn:aws:iam:::user/x"]}, "Action": ["` + action + `"], "Resource": ["arn:aws:s3:::a/*"]}}`
	}
	m := policyDocumentModel{
		Sources:    []string{source("first", "s3:GetObject"), source("second", "s3:PutObject")},
		Statements: []policyStatement{reader("third", "a"), reader("first", "a")},
		Overrides:  []string{source("third", "s3:GetObjectAcl"), source("last", "s3:DeleteObject")},
	}
	if err := writePolicy(t.Context(), nil, &m); err != nil {
		t.Fatal(err)
	}
	var order []string
	for line := range strings.Lines(m.JSON.ValueString()) {
		for _, element := range []string{`"Sid": `, `"Action": `, `"Principal": `} {
			if _, value, is := strings.Cut(line, element); is {
				order = append(order, strings.Trim(value, "\",\n"))
			}
		}
	}
	if got, want := strings.Join(order, " "), "first * s3:GetObject second s3:PutObject third s3:GetObjectAcl last s3:DeleteObject"; got != want {
		t.Errorf("the statements are %s, and wanted is %s", got, want)
	}
	again := policyDocumentModel{Sources: []string{m.JSON.ValueString()}}
	if err := writePolicy(t.Context(), nil, &again); err != nil || again.JSON != m.JSON {
		t.Errorf("what it wrote it does not write again: %s (%v)", again.JSON.ValueString(), err)
	}
}

func TestPolicyDocumentRefuses(t *testing.T) {
	of := func(change func(*policyStatement)) policyDocumentModel {
		s := reader("", "a")
		change(&s)
		return policyDocumentModel{Bucket: types.StringValue("a"), Statements: []policyStatement{s}}
	}
	for name, test := range map[string]struct {
		model policyDocumentModel
		says  string
	}{
		"nothing":         {policyDocumentModel{}, "It has no Statement"},
		"a typing error":  {of(func(s *policyStatement) { s.Actions = []string{"s3:GetObjects"} }), `Statement[0] has the action "s3:GetObjects", which is none that Spaces can know: s3:GetObject is one`},
		"an operation":    {of(func(s *policyStatement) { s.Actions = []string{"s3:ListObjectsV2"} }), "s3:ListBucket is one"},
		"AWS only":        {of(func(s *policyStatement) { s.Actions = []string{"s3:PutReplicationConfiguration"} }), "which is none that Spaces can know"},
		"a wild one":      {of(func(s *policyStatement) { s.Actions = []string{"s3:Fetch*"} }), "fits no action that Spaces can know"},
		"another service": {of(func(s *policyStatement) { s.Actions = []string{"sqs:SendMessage"} }), "begin with s3:"},
		"another bucket":  {of(func(s *policyStatement) { s.Resources = []string{"arn:aws:s3:::b/*"} }), `the Resource "arn:aws:s3:::b/*", and the policy is set on the bucket "a"`},
		"no ARN":          {of(func(s *policyStatement) { s.Resources = []string{"a/*"} }), `no ARN of a bucket`},
		"two buckets":     {policyDocumentModel{Statements: []policyStatement{reader("", "a"), reader("", "b")}}, "its resources are of the buckets a, b, and a policy is about one bucket"},
		"a sid twice":     {policyDocumentModel{Statements: []policyStatement{reader("x", "a"), reader("x", "a")}}, `statements[1] has the sid "x", as one before it has`},
		"a condition twice": {of(func(s *policyStatement) {
			s.Conditions = []policyCondition{{"Bool", "aws:SecureTransport", []string{"true"}}, {"Bool", "aws:SecureTransport", []string{"false"}}}
		}), `two conditions have the test "Bool" and the variable "aws:SecureTransport"`},
		"no JSON":     {policyDocumentModel{Sources: []string{"{"}}, "source_policy_documents[0] is no JSON of a policy"},
		"no policy":   {policyDocumentModel{Sources: []string{"{}"}}, "source_policy_documents[0] has no Statement"},
		"an own word": {policyDocumentModel{Overrides: []string{`{"Statement": [{"Actions": "s3:*"}]}`}}, `override_policy_documents[0]: Statement[0] cannot be read: json: unknown field "Actions"`},
		"a sid in two sources": {
			policyDocumentModel{Sources: []string{`{"Statement": {"Sid": "x"}}`, `{"Statement": {"Sid": "x"}}`}},
			`source_policy_documents[1]: Statement[0] has the Sid "x", as one of a document before it has`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := writePolicy(t.Context(), nil, &test.model)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("it says %v, and wanted is %s", err, test.says)
			}
		})
	}
}

func TestUnknownAction(t *testing.T) {
	for action, known := range map[string]bool{
		"GetObject": true, "getobject": true, "*": true, "Get*": true, "G?tObject": true, "ListBucket": true,
		"": false, "Object": false, "Get": false, "GetObject.": false, "Put?": false, "HeadObject": false,
	} {
		if said := unknownAction(action); (said == "") != known {
			t.Errorf("of %q it says %q", action, said)
		}
	}
}
