package localspaces

import (
	"net/url"
	"testing"
)

// ask gives the word of a policy of these statements.
func ask(t *testing.T, a access, statements ...map[string]any) decision {
	t.Helper()
	p, err := parsePolicy("mine", aPolicy(t, statements...))
	if err != nil {
		t.Fatal(err)
	}
	return p.decide(a)
}

var anonymousRead = access{Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/dir/a.txt"}

func TestPolicyDecide(t *testing.T) {
	type m = map[string]any
	as := func(id string) access {
		a := anonymousRead
		a.Principal = id
		return a
	}
	for name, tc := range map[string]struct {
		access access
		change m
		want   decision
	}{
		"everybody":               {anonymousRead, nil, allow},
		"everybody, a user too":   {as("1"), nil, allow},
		"everybody, other form":   {anonymousRead, m{"Principal": m{"AWS": []string{"*"}}}, allow},
		"denied":                  {as("1"), m{"Effect": "Deny"}, deny},
		"the user by ARN":         {as("1"), m{"Principal": m{"AWS": "arn:aws:iam:::user/1"}}, allow},
		"the user by ID":          {as("1"), m{"Principal": m{"AWS": []string{"2", "1"}}}, allow},
		"the user of an account":  {as("1"), m{"Principal": m{"AWS": "arn:aws:iam::123456789012:user/1"}}, allow},
		"the account's root":      {as("123456789012"), m{"Principal": m{"AWS": "arn:aws:iam::123456789012:root"}}, allow},
		"the canonical user":      {as("1"), m{"Principal": m{"CanonicalUser": "1"}}, allow},
		"another user":            {as("1"), m{"Principal": m{"AWS": "arn:aws:iam:::user/2"}}, noOpinion},
		"a user, asked by nobody": {anonymousRead, m{"Principal": m{"AWS": []string{"1", ""}}}, noOpinion},
		"a service":               {as("1"), m{"Principal": m{"Service": "1"}}, noOpinion},
		"all but a user":          {anonymousRead, m{"Principal": nil, "NotPrincipal": m{"AWS": "1"}}, allow},
		"all but the user":        {as("1"), m{"Principal": nil, "NotPrincipal": m{"AWS": "1"}}, noOpinion},
		"action in another case":  {anonymousRead, m{"Action": "S3:GETOBJECT"}, allow},
		"action by pattern":       {anonymousRead, m{"Action": "s3:Get*"}, allow},
		"another action":          {anonymousRead, m{"Action": []string{"s3:PutObject", "s3:GetObjectAcl"}}, noOpinion},
		"all but another action":  {anonymousRead, m{"Action": nil, "NotAction": "s3:PutObject"}, allow},
		"all but the action":      {anonymousRead, m{"Action": nil, "NotAction": "s3:Get*"}, noOpinion},
		"the bucket itself":       {anonymousRead, m{"Resource": "arn:aws:s3:::mine"}, noOpinion},
		"the folder":              {anonymousRead, m{"Resource": "arn:aws:s3:::mine/dir/*"}, allow},
		"a question mark":         {anonymousRead, m{"Resource": "arn:aws:s3:::mine/dir/?.txt"}, allow},
		"resources have a case":   {anonymousRead, m{"Resource": "arn:aws:s3:::mine/Dir/*"}, noOpinion},
		"all but another object":  {anonymousRead, m{"Resource": nil, "NotResource": "arn:aws:s3:::mine/b"}, allow},
		"all but the folder":      {anonymousRead, m{"Resource": nil, "NotResource": "arn:aws:s3:::mine/dir/*"}, noOpinion},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ask(t, tc.access, aStatement(tc.change)); got != tc.want {
				t.Errorf("decided %d, want %d", got, tc.want)
			}
		})
	}
}

func TestPolicyDenyWins(t *testing.T) {
	denied := aStatement(map[string]any{"Effect": "Deny", "Resource": "arn:aws:s3:::mine/dir/*"})
	allowed := aStatement(nil)
	if got := ask(t, anonymousRead, denied, allowed); got != deny {
		t.Errorf("deny first: %d", got)
	}
	if got := ask(t, anonymousRead, allowed, denied); got != deny {
		t.Errorf("deny last: %d", got)
	}
	if got := ask(t, access{Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/b"}, denied, allowed); got != allow {
		t.Errorf("elsewhere: %d", got)
	}
}

func TestPolicyConditions(t *testing.T) {
	type m = map[string]any
	read := access{
		Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/a", SourceIP: "10.1.2.3", SecureTransport: true,
		Referer: "https://example.com/page", UserAgent: "Client/1.0",
	}
	bare := access{Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/a"}
	list := access{Action: "s3:ListBucket", Resource: "arn:aws:s3:::mine", Listing: url.Values{"prefix": {"home/"}, "delimiter": {"/"}, "max-keys": {"20"}}}
	listAll := access{Action: "s3:ListBucket", Resource: "arn:aws:s3:::mine", Listing: url.Values{}}
	listEmpty := access{Action: "s3:ListBucket", Resource: "arn:aws:s3:::mine", Listing: url.Values{"prefix": {""}}}
	for name, tc := range map[string]struct {
		access    access
		condition m
		want      bool
	}{
		"equal":                      {read, m{"StringEquals": m{"aws:UserAgent": "Client/1.0"}}, true},
		"equal, one of a list":       {read, m{"StringEquals": m{"aws:UserAgent": []string{"x", "Client/1.0"}}}, true},
		"equal, another case":        {read, m{"StringEquals": m{"aws:UserAgent": "client/1.0"}}, false},
		"equal but for case":         {read, m{"StringEqualsIgnoreCase": m{"aws:UserAgent": "client/1.0"}}, true},
		"not equal but for case":     {read, m{"StringNotEqualsIgnoreCase": m{"aws:UserAgent": "client/1.0"}}, false},
		"key in another case":        {read, m{"StringEquals": m{"AWS:useragent": "Client/1.0"}}, true},
		"not equal":                  {read, m{"StringNotEquals": m{"aws:UserAgent": "x"}}, true},
		"not equal to any":           {read, m{"StringNotEquals": m{"aws:UserAgent": []string{"x", "Client/1.0"}}}, false},
		"like":                       {read, m{"StringLike": m{"aws:Referer": "https://example.com/*"}}, true},
		"not like":                   {read, m{"StringNotLike": m{"aws:Referer": "https://example.com/*"}}, false},
		"equal knows no pattern":     {read, m{"StringEquals": m{"aws:Referer": "https://example.com/*"}}, false},
		"in range":                   {read, m{"IpAddress": m{"aws:SourceIp": "10.0.0.0/8"}}, true},
		"in one of the ranges":       {read, m{"IpAddress": m{"aws:SourceIp": []string{"192.0.2.0/24", "10.1.2.3"}}}, true},
		"out of range":               {read, m{"IpAddress": m{"aws:SourceIp": []string{"192.0.2.0/24", "nonsense"}}}, false},
		"not in range":               {read, m{"NotIpAddress": m{"aws:SourceIp": "10.0.0.0/8"}}, false},
		"not out of range":           {read, m{"NotIpAddress": m{"aws:SourceIp": "192.0.2.0/24"}}, true},
		"IPv4 in IPv6":               {access{Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/a", SourceIP: "::ffff:10.1.2.3"}, m{"IpAddress": m{"aws:SourceIp": "10.0.0.0/8"}}, true},
		"IPv6":                       {access{Action: "s3:GetObject", Resource: "arn:aws:s3:::mine/a", SourceIP: "2001:db8::1"}, m{"IpAddress": m{"aws:SourceIp": "2001:db8::/32"}}, true},
		"TLS":                        {read, m{"Bool": m{"aws:SecureTransport": "true"}}, true},
		"TLS, bare value":            {read, m{"Bool": m{"aws:SecureTransport": true}}, true},
		"no TLS":                     {bare, m{"Bool": m{"aws:SecureTransport": "false"}}, true},
		"TLS, though":                {read, m{"Bool": m{"aws:SecureTransport": "false"}}, false},
		"number":                     {list, m{"NumericEquals": m{"s3:max-keys": "20.0"}}, true},
		"not the number":             {list, m{"NumericNotEquals": m{"s3:max-keys": 20}}, false},
		"less":                       {list, m{"NumericLessThan": m{"s3:max-keys": 20}}, false},
		"at most":                    {list, m{"NumericLessThanEquals": m{"s3:max-keys": 20}}, true},
		"more":                       {list, m{"NumericGreaterThan": m{"s3:max-keys": 19}}, true},
		"at least":                   {list, m{"NumericGreaterThanEquals": m{"s3:max-keys": 21}}, false},
		"no number":                  {list, m{"NumericLessThan": m{"s3:max-keys": "many"}}, false},
		"max-keys absent":            {listAll, m{"NumericLessThan": m{"s3:max-keys": 20}}, false},
		"prefix":                     {list, m{"StringEquals": m{"s3:prefix": []string{"", "home/"}}}, true},
		"empty prefix":               {listEmpty, m{"StringEquals": m{"s3:prefix": []string{"", "home/"}}}, true},
		"empty prefix, not null":     {listEmpty, m{"Null": m{"s3:prefix": "false"}}, true},
		"no prefix":                  {listAll, m{"StringEquals": m{"s3:prefix": []string{"", "home/"}}}, false},
		"no prefix, negative":        {listAll, m{"StringNotLike": m{"s3:prefix": "*"}}, true},
		"no prefix, null":            {listAll, m{"Null": m{"s3:prefix": "true"}}, true},
		"another prefix":             {listAll, m{"StringLike": m{"s3:prefix": "home/*"}}, false},
		"delimiter":                  {list, m{"StringEquals": m{"s3:delimiter": "/"}}, true},
		"prefix, not a listing":      {read, m{"StringEquals": m{"s3:prefix": ""}}, false},
		"absent":                     {bare, m{"StringLike": m{"aws:Referer": "*"}}, false},
		"absent, negative":           {bare, m{"StringNotLike": m{"aws:Referer": "*"}}, true},
		"absent, if it exists":       {bare, m{"StringLikeIfExists": m{"aws:Referer": "x"}}, true},
		"there, if it exists":        {read, m{"StringLikeIfExists": m{"aws:Referer": "x"}}, false},
		"absent, for all values":     {bare, m{"ForAllValues:StringEquals": m{"aws:Referer": "x"}}, true},
		"there, for all values":      {read, m{"ForAllValues:StringEquals": m{"aws:Referer": "x"}}, false},
		"absent, for any value":      {bare, m{"ForAnyValue:StringNotEquals": m{"aws:Referer": "x"}}, false},
		"there, for any value":       {read, m{"ForAnyValue:StringNotEquals": m{"aws:Referer": "x"}}, true},
		"null, absent":               {bare, m{"Null": m{"aws:Referer": "true"}}, true},
		"null, there":                {read, m{"Null": m{"aws:Referer": "true"}}, false},
		"not null, there":            {read, m{"Null": m{"aws:Referer": "false"}}, true},
		"unknown key":                {read, m{"StringEquals": m{"aws:PrincipalOrgID": "x"}}, false},
		"unknown key, negative":      {read, m{"StringNotEquals": m{"aws:PrincipalOrgID": "x"}}, false},
		"unknown key, if it exists":  {read, m{"StringEqualsIfExists": m{"aws:PrincipalOrgID": "x"}}, false},
		"unknown key, null":          {read, m{"Null": m{"aws:PrincipalOrgID": "true"}}, false},
		"operator not evaluated":     {read, m{"ArnNotLike": m{"aws:UserAgent": "x"}}, false},
		"two keys, both":             {read, m{"StringEquals": m{"aws:UserAgent": "Client/1.0", "aws:Referer": "https://example.com/page"}}, true},
		"two keys, one":              {read, m{"StringEquals": m{"aws:UserAgent": "Client/1.0", "aws:Referer": "x"}}, false},
		"two operators, one of them": {read, m{"StringEquals": m{"aws:UserAgent": "Client/1.0"}, "Bool": m{"aws:SecureTransport": "false"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := aStatement(m{"Action": "s3:*", "Resource": []string{"arn:aws:s3:::mine", "arn:aws:s3:::mine/*"}, "Condition": tc.condition})
			want := noOpinion
			if tc.want {
				want = allow
			}
			if got := ask(t, tc.access, s); got != want {
				t.Errorf("decided %d, want %d", got, want)
			}
		})
	}
}
