package localspaces

import (
	"regexp"
	"strings"
	"testing"
)

// rule makes a lifecycle rule of its inner elements, adding a Status and, when
// there is none, a Prefix.
func rule(inner string) string {
	if !strings.Contains(inner, "<Prefix") && !strings.Contains(inner, "<Filter") {
		inner = "<Prefix/>" + inner
	}
	if !strings.Contains(inner, "<Status>") {
		inner += "<Status>Enabled</Status>"
	}
	return "<Rule>" + inner + "</Rule>"
}

func lifecycleDocument(rules ...string) []byte {
	return []byte("<LifecycleConfiguration>" + strings.Join(rules, "") + "</LifecycleConfiguration>")
}

const (
	aDay     = "<Expiration><Days>1</Days></Expiration>"
	aTag     = "<Tag><Key>k</Key><Value>v</Value></Tag>"
	archived = "<Transition><Days>3</Days><StorageClass>ANY</StorageClass></Transition>"
)

func TestParseLifecycleRefuses(t *testing.T) {
	expire := func(inner string) string { return rule("<Expiration>" + inner + "</Expiration>") }
	tooMany := make([]string, 1001)
	for i := range tooMany {
		tooMany[i] = rule(aDay)
	}
	for name, tc := range map[string]struct {
		rules []string
		code  string
	}{
		"no rules":                  {nil, "MalformedXML"},
		"1001 rules":                {tooMany, "MalformedXML"},
		"no prefix and no filter":   {[]string{"<Rule><Status>Enabled</Status>" + aDay + "</Rule>"}, "MalformedXML"},
		"no status":                 {[]string{"<Rule><Prefix/>" + aDay + "</Rule>"}, "MalformedXML"},
		"bad status":                {[]string{rule("<Status>enabled</Status>" + aDay)}, "MalformedXML"},
		"no action":                 {[]string{rule("")}, "MalformedXML"},
		"empty expiration":          {[]string{expire("")}, "MalformedXML"},
		"days and date":             {[]string{expire("<Days>1</Days><Date>2030-01-01</Date>")}, "MalformedXML"},
		"days and marker":           {[]string{expire("<Days>1</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>")}, "MalformedXML"},
		"marker false":              {[]string{expire("<ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker>")}, "InvalidArgument"},
		"zero days":                 {[]string{expire("<Days>0</Days>")}, "InvalidArgument"},
		"negative days":             {[]string{expire("<Days>-3</Days>")}, "InvalidArgument"},
		"days in words":             {[]string{expire("<Days>one</Days>")}, "MalformedXML"},
		"one in the morning":        {[]string{expire("<Date>2030-01-01T01:00:00Z</Date>")}, "MalformedXML"},
		"midnight elsewhere":        {[]string{expire("<Date>2030-01-01T00:00:00+01:00</Date>")}, "MalformedXML"},
		"no date":                   {[]string{expire("<Date>tomorrow</Date>")}, "MalformedXML"},
		"no noncurrent days":        {[]string{rule("<NoncurrentVersionExpiration/>")}, "MalformedXML"},
		"zero noncurrent days":      {[]string{rule("<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>")}, "InvalidArgument"},
		"no abort days":             {[]string{rule("<AbortIncompleteMultipartUpload/>")}, "MalformedXML"},
		"zero abort days":           {[]string{rule("<AbortIncompleteMultipartUpload><DaysAfterInitiation>0</DaysAfterInitiation></AbortIncompleteMultipartUpload>")}, "InvalidArgument"},
		"abort by tag":              {[]string{rule("<Filter>" + aTag + "</Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>")}, "InvalidRequest"},
		"two equal IDs":             {[]string{rule("<ID>a</ID>" + aDay), rule("<ID>a</ID>" + aDay)}, "InvalidArgument"},
		"long ID":                   {[]string{rule("<ID>" + strings.Repeat("x", 256) + "</ID>" + aDay)}, "InvalidArgument"},
		"transition without class":  {[]string{rule("<Transition><Days>3</Days></Transition>")}, "MalformedXML"},
		"transition without days":   {[]string{rule("<Transition><StorageClass>ANY</StorageClass></Transition>")}, "MalformedXML"},
		"two transitions to one":    {[]string{rule(archived + archived)}, "MalformedXML"},
		"transition at a bad date":  {[]string{rule("<Transition><Date>never</Date><StorageClass>ANY</StorageClass></Transition>")}, "MalformedXML"},
		"transition before":         {[]string{rule("<Transition><Days>-1</Days><StorageClass>ANY</StorageClass></Transition>")}, "InvalidArgument"},
		"noncurrent without days":   {[]string{rule("<NoncurrentVersionTransition><StorageClass>ANY</StorageClass></NoncurrentVersionTransition>")}, "MalformedXML"},
		"noncurrent before":         {[]string{rule("<NoncurrentVersionTransition><NoncurrentDays>-1</NoncurrentDays><StorageClass>ANY</StorageClass></NoncurrentVersionTransition>")}, "InvalidArgument"},
		"unknown element":           {[]string{rule(aDay + "<Expire/>")}, "MalformedXML"},
		"unknown element in filter": {[]string{rule("<Filter><Suffix>.log</Suffix></Filter>" + aDay)}, "MalformedXML"},
		"unknown element in And":    {[]string{rule("<Filter><And><Suffix>.log</Suffix></And></Filter>" + aDay)}, "MalformedXML"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseLifecycle(lifecycleDocument(tc.rules...))
			wantRefusal(t, err, tc.code)
		})
	}
}

// What comes back of a rule, which is what went in unless want says otherwise.
func TestLifecycleAnswer(t *testing.T) {
	const status = "<Status>Enabled</Status>"
	for name, tc := range map[string]struct{ in, want string }{
		"prefix":           {in: "<ID>x</ID><Prefix>p</Prefix>" + status + aDay},
		"filter":           {in: "<ID>x</ID><Filter><Prefix>p</Prefix></Filter>" + status + aDay},
		"filter wins":      {"<ID>x</ID><Prefix>p</Prefix><Filter><Prefix>f</Prefix></Filter>" + status + aDay, "<ID>x</ID><Filter><Prefix>f</Prefix></Filter>" + status + aDay},
		"empty filter":     {"<ID>x</ID><Filter/>" + status + aDay, "<ID>x</ID><Prefix></Prefix>" + status + aDay},
		"empty prefix":     {"<ID>x</ID><Filter><Prefix/></Filter>" + status + aDay, "<ID>x</ID><Prefix></Prefix>" + status + aDay},
		"tag":              {in: "<ID>x</ID><Filter>" + aTag + "</Filter>" + status + aDay},
		"and":              {in: "<ID>x</ID><Filter><And><Prefix>p</Prefix>" + aTag + "<ObjectSizeGreaterThan>3</ObjectSizeGreaterThan></And></Filter>" + status + aDay},
		"size":             {in: "<ID>x</ID><Filter><ObjectSizeLessThan>3</ObjectSizeLessThan></Filter>" + status + aDay},
		"date as it came":  {in: "<ID>x</ID><Prefix></Prefix>" + status + "<Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration>"},
		"short date":       {in: "<ID>x</ID><Prefix></Prefix>" + status + "<Expiration><Date>2030-01-01</Date></Expiration>"},
		"marker":           {in: "<ID>x</ID><Prefix></Prefix>" + status + "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"},
		"disabled":         {in: "<ID>x</ID><Prefix></Prefix><Status>Disabled</Status>" + aDay},
		"newer noncurrent": {"<ID>x</ID><Prefix></Prefix>" + status + "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>", "<ID>x</ID><Prefix></Prefix>" + status + "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>"},
		"all the actions": {in: "<ID>x</ID><Prefix></Prefix>" + status + aDay +
			"<NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration>" +
			"<AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload>" +
			"<Transition><Days>0</Days><StorageClass>ANY</StorageClass></Transition>" +
			"<NoncurrentVersionTransition><NoncurrentDays>5</NoncurrentDays><StorageClass>ANY</StorageClass></NoncurrentVersionTransition>"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := parseLifecycle(lifecycleDocument("<Rule>" + tc.in + "</Rule>"))
			if err != nil {
				t.Fatal(err)
			}
			if tc.want == "" {
				tc.want = tc.in
			}
			if got, want := innerOf(t, l.answer()), string(lifecycleDocument("<Rule>"+tc.want+"</Rule>")); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestLifecycleRuleIDs(t *testing.T) {
	l, err := parseLifecycle(lifecycleDocument(rule("<ID>b</ID>"+aDay), rule(aDay), rule("<ID>B</ID>"+aDay), rule("<ID></ID>"+aDay)))
	if err != nil {
		t.Fatal(err)
	}
	var made int
	last := ""
	for _, r := range l.Rules {
		if r.ID <= last {
			t.Errorf("%q comes after %q", r.ID, last)
		}
		last = r.ID
		if regexp.MustCompile(`^[0-9a-z]{48}$`).MatchString(r.ID) {
			made++
		}
	}
	if made != 2 {
		t.Errorf("%d IDs were made, want 2: %s", made, l.answer())
	}
	again, err := parseLifecycle(l.answer())
	if err != nil || string(again.answer()) != string(l.answer()) {
		t.Errorf("the answer, put again, comes back different: %v", err)
	}
}
