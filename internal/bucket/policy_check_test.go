package bucket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

func TestPolicyCheck(t *testing.T) {
	const effect, anybody, get, mine = `"Effect": "Allow"`, `"Principal": "*"`, `"Action": "s3:GetObject"`, `"Resource": "arn:aws:s3:::mine/*"`
	of := func(elements ...string) string {
		return `{"Version": "2012-10-17", "Statement": [{` + strings.Join(elements, ", ") + `}]}`
	}
	for name, test := range map[string]struct {
		policy string
		says   string // "" is fine, and a star before it a warning
	}{
		"good":                {of(effect, anybody, get, mine), ""},
		"the bucket itself":   {of(effect, anybody, get, `"Resource": ["arn:aws:s3:::mine", "arn:aws:s3:::mine/*"]`), ""},
		"everything":          {of(effect, anybody, `"Action": "*"`, `"Resource": "*"`), ""},
		"all buckets":         {of(effect, anybody, get, `"Resource": "arn:aws:s3:::*"`), ""},
		"wildcard":            {of(effect, anybody, get, `"Resource": "arn:aws:s3:::mi*/a"`), ""},
		"capitals in action":  {of(effect, anybody, `"Action": "S3:getobject"`, mine), ""},
		"single statement":    {`{"Version": "2008-10-17", "Id": "x", "Statement": {` + strings.Join([]string{effect, anybody, get, mine}, ",") + `}}`, ""},
		"the negatives":       {of(effect, `"NotPrincipal": {"AWS": "arn:aws:iam:::user/1"}`, `"NotAction": "s3:DeleteBucket"`, `"NotResource": "arn:aws:s3:::mine/secret"`), ""},
		"deny on a condition": {of(`"Effect": "Deny"`, anybody, get, mine, `"Condition": {"Bool": {"aws:SecureTransport": "false"}}`), ""},
		"deny one":            {of(`"Effect": "Deny"`, `"Principal": {"AWS": "arn:aws:iam:::user/1"}`, get, mine), ""},

		"empty":               {``, "It is no JSON object: line 1, character 0"},
		"a list":              {`[]`, "It is no JSON object"},
		"null":                {`null`, "It is no JSON object: it is null"},
		"a comma too many":    {"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [],\n}", "line 4, character 1: invalid character '}'"},
		"a comma too few":     {"{\n  \"Version\": \"2012-10-17\"\n  \"Statement\": []\n}", "line 3, character 3: invalid character '\"'"},
		"own date":            {`{"Version": "2026-11-22", "Statement": [{` + strings.Join([]string{effect, anybody, get, mine}, ",") + `}]}`, `Version is "2026-11-22", and there are two`},
		"unquoted version":    {`{"Version": 2012, "Statement": [{` + strings.Join([]string{effect, anybody, get, mine}, ",") + `}]}`, `Version is 2012, and there are two`},
		"no version":          {`{"Statement": [{` + strings.Join([]string{effect, anybody, get, mine}, ",") + `}]}`, `*Without "Version": "2012-10-17"`},
		"small version":       {`{"version": "2012-10-17", "Version": "2012-10-17", "Statement": [{` + strings.Join([]string{effect, anybody, get, mine}, ",") + `}]}`, `"version" is no element of a policy`},
		"no statement":        {`{"Version": "2012-10-17"}`, "It has no Statement"},
		"no statements":       {`{"Version": "2012-10-17", "Statement": []}`, "It has no Statement"},
		"null statement":      {`{"Version": "2012-10-17", "Statement": null}`, "It has no Statement"},
		"text for statement":  {`{"Version": "2012-10-17", "Statement": ["Allow"]}`, "Statement[0] is no object"},
		"null in statements":  {`{"Version": "2012-10-17", "Statement": [null]}`, "Statement[0] is no object"},
		"unknown element":     {of(effect, anybody, get, mine, `"Actions": "s3:GetObject"`), `Statement[0] has the element "Actions", which statements do not have`},
		"no effect":           {of(anybody, get, mine), `Statement[0] needs an Effect, which is "Allow" or "Deny"`},
		"small effect":        {of(`"Effect": "allow"`, anybody, get, mine), `needs an Effect`},
		"no principal":        {of(effect, get, mine), "needs exactly one of Principal and NotPrincipal"},
		"two principals":      {of(effect, anybody, `"NotPrincipal": "*"`, get, mine), "needs exactly one of Principal and NotPrincipal"},
		"no action":           {of(effect, anybody, mine), "needs exactly one of Action and NotAction"},
		"no actions":          {of(effect, anybody, `"Action": []`, mine), "has the Action [], which has to be a string or a list of strings"},
		"action of a number":  {of(effect, anybody, `"Action": 1`, mine), "has the Action 1, which has to be"},
		"no resource":         {of(effect, anybody, get), "needs exactly one of Resource and NotResource"},
		"other service":       {of(effect, anybody, `"Action": ["s3:GetObject", "sqs:SendMessage"]`, mine), `has the action "sqs:SendMessage"`},
		"action without s3":   {of(effect, anybody, `"Action": "GetObject"`, mine), `has the action "GetObject"`},
		"typing error":        {of(effect, anybody, `"Action": ["s3:GetObjct"]`, mine), `*has the action "s3:GetObjct", which is none that Spaces can know: s3:GetObject is one`},
		"name for ARN":        {of(effect, anybody, get, `"Resource": "mine/*"`), `has the Resource "mine/*", which is no ARN`},
		"other bucket":        {of(effect, anybody, get, `"Resource": "arn:aws:s3:::yours/*"`), `*there it says nothing about "yours"`},
		"other bucket, too":   {of(effect, anybody, get, `"Resource": ["arn:aws:s3:::mine/*", "arn:aws:s3:::mine2"]`), `*there it says nothing about "mine2"`},
		"deny everybody":      {of(`"Effect": "Deny"`, anybody, get, mine), `*denies s3:GetObject to everybody without a Condition`},
		"deny {AWS: *}":       {of(`"Effect": "Deny"`, `"Principal": {"AWS": ["*"]}`, get, mine), `*denies s3:GetObject to everybody`},
		"deny by NotAction":   {of(`"Effect": "Deny"`, anybody, `"NotAction": "s3:GetObject"`, mine), `*denies all but s3:GetObject to everybody`},
		"20 KiB":              {of(effect, anybody, get, mine, `"Sid": "`+strings.Repeat("x", 20480-len(of(effect, anybody, get, mine))-len(`, "Sid": ""`))+`"`), ""},
		"a byte over 20 KiB":  {of(effect, anybody, get, mine, `"Sid": "`+strings.Repeat("x", 20481-len(of(effect, anybody, get, mine))-len(`, "Sid": ""`))+`"`), "It has 20481 bytes, and a policy may have 20 KiB (20480 bytes)"},
		"the second is wrong": {`{"Version": "2012-10-17", "Statement": [{` + strings.Join([]string{effect, anybody, get, mine}, ",") + `}, {` + strings.Join([]string{effect, anybody, mine}, ",") + `}]}`, "Statement[1] needs exactly one of Action"},
	} {
		t.Run(name, func(t *testing.T) {
			var diags diag.Diagnostics
			policyCheck{at: path.Root("policy"), bucket: "mine", diags: &diags}.document(test.policy)
			var said []string
			for _, d := range diags {
				star := map[diag.Severity]string{diag.SeverityWarning: "*"}[d.Severity()]
				said = append(said, star+d.Detail())
			}
			want, warning := strings.CutPrefix(test.says, "*")
			switch {
			case test.says == "" && len(said) == 0:
			case test.says == "" || len(said) != 1 || !strings.Contains(said[0], want) || warning != strings.HasPrefix(said[0], "*"):
				t.Errorf("said is %s, and wanted is %q", strings.Join(said, "\n"), test.says)
			}
		})
	}
	var diags diag.Diagnostics
	policyCheck{diags: &diags}.document(of(effect, anybody, get, mine)) // the bucket is not known yet
	if len(diags) > 0 {
		t.Error(diags)
	}
}

func TestSamePolicy(t *testing.T) {
	statement := func(more string) string {
		return `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"` + more + `}`
	}
	policy := func(statements string) string {
		return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": %s}`, statements)
	}
	plain := policy("[" + statement("") + "]")
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"itself":               {plain, plain, true},
		"white space":          {plain, strings.ReplaceAll(plain, " ", "\n\t"), true},
		"order of keys":        {plain, `{"Statement": [{"Resource": "arn:aws:s3:::b/*", "Action": "s3:GetObject", "Principal": "*", "Effect": "Allow"}], "Version": "2012-10-17"}`, true},
		"one or a list of one": {plain, policy(statement("")), true},
		"lists of strings": {
			plain,
			policy(`[{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}]`), true,
		},
		"anybody":        {plain, strings.Replace(plain, `"*"`, `{"AWS": "*"}`, 1), true},
		"anybody listed": {plain, strings.Replace(plain, `"*"`, `["*"]`, 1), true},
		"order of actions": {
			strings.Replace(plain, `"s3:GetObject"`, `["s3:GetObject", "s3:PutObject"]`, 1),
			strings.Replace(plain, `"s3:GetObject"`, `["s3:PutObject", "s3:GetObject"]`, 1), true,
		},
		"order of statements": {
			policy("[" + statement(`, "Sid": "a"`) + "," + statement(`, "Sid": "b"`) + "]"),
			policy("[" + statement(`, "Sid": "b"`) + "," + statement(`, "Sid": "a"`) + "]"), true,
		},
		"other action":      {plain, strings.Replace(plain, "GetObject", "PutObject", 1), false},
		"other effect":      {plain, strings.Replace(plain, "Allow", "Deny", 1), false},
		"other resource":    {plain, strings.Replace(plain, "b/*", "b/a/*", 1), false},
		"other version":     {plain, strings.Replace(plain, "2012", "2008", 1), false},
		"somebody":          {plain, strings.Replace(plain, `"*"`, `{"AWS": "arn:aws:iam:::user/1"}`, 1), false},
		"a condition":       {plain, policy("[" + statement(`, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}`) + "]"), false},
		"one more":          {plain, policy("[" + statement("") + "," + statement(`, "Sid": "b"`) + "]"), false},
		"somebody as text":  {plain, strings.Replace(plain, `"*"`, `"arn:aws:iam:::user/1"`, 1), false},
		"nobody":            {plain, strings.Replace(plain, `"Principal": "*", `, ``, 1), false},
		"not a policy":      {plain, "", false},
		"NotPrincipal":      {plain, strings.Replace(plain, "Principal", "NotPrincipal", 1), false},
		"negated somebody":  {strings.Replace(plain, `"Principal": "*"`, `"NotPrincipal": {"AWS": "a"}`, 1), strings.Replace(plain, `"Principal": "*"`, `"NotPrincipal": {"AWS": "b"}`, 1), false},
		"negated everybody": {strings.Replace(plain, `"Principal": "*"`, `"NotPrincipal": "*"`, 1), strings.Replace(plain, `"Principal": "*"`, `"NotPrincipal": {"AWS": "*"}`, 1), true},
		"NotAction":         {plain, strings.Replace(plain, "Action", "NotAction", 1), false},
		"NotResource":       {strings.Replace(plain, "Resource", "NotResource", 1), strings.Replace(strings.Replace(plain, "Resource", "NotResource", 1), "b/*", "c/*", 1), false},
	} {
		if got := samePolicy(test.a, test.b); got != test.same {
			t.Errorf("%s: %t\n%s\n%s", name, got, test.a, test.b)
		}
		if got := samePolicy(test.b, test.a); got != test.same {
			t.Errorf("%s, the other way round: %t", name, got)
		}
	}
}
