package localspaces_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// lifecycleRule makes a rule; the elements that a rule must have are added when
// inner lacks them.
func lifecycleRule(inner string) string {
	if !strings.Contains(inner, "<Prefix") && !strings.Contains(inner, "<Filter") {
		inner = "<Prefix></Prefix>" + inner
	}
	if !strings.Contains(inner, "<Status>") {
		inner += "<Status>Enabled</Status>"
	}
	return "<Rule>" + inner + "</Rule>"
}

const (
	oneDay = "<Expiration><Days>1</Days></Expiration>"
	oneTag = "<Tag><Key>k</Key><Value>v</Value></Tag>"
)

var lifecycleBehaviours = map[string]func(*probe){
	"lifecycle": func(p *probe) {
		try := func(what string, rules ...string) {
			p.put("put "+what, "lifecycle", "<LifecycleConfiguration>"+strings.Join(rules, "")+"</LifecycleConfiguration>")
			out, err := p.s3.GetBucketLifecycleConfiguration(p.ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: p.bucket})
			p.must(out, err)
			for i := range out.Rules {
				if id := aws.ToString(out.Rules[i].ID); len(id) == 48 {
					out.Rules[i].ID = aws.String("made up")
				}
			}
			p.say(what, "%s", asJSON(out.Rules))
		}
		try("three rules", lifecycleRule("<ID>b</ID>"+oneDay), lifecycleRule("<ID>a</ID><Filter><Prefix>p</Prefix></Filter>"+oneDay), lifecycleRule("<ID>B</ID>"+oneDay))
		try("no ID", lifecycleRule(oneDay))
		try("empty ID", lifecycleRule("<ID></ID>"+oneDay))
		try("old prefix", lifecycleRule("<Prefix>p</Prefix>"+oneDay))
		try("filter", lifecycleRule("<Filter><Prefix>p</Prefix></Filter>"+oneDay))
		try("empty filter", lifecycleRule("<Filter/>"+oneDay))
		try("empty prefix", lifecycleRule("<Filter><Prefix></Prefix></Filter>"+oneDay))
		try("prefix and filter", lifecycleRule("<Prefix>p</Prefix><Filter><Prefix>f</Prefix></Filter>"+oneDay))
		try("tag", lifecycleRule("<Filter>"+oneTag+"</Filter>"+oneDay))
		try("and", lifecycleRule("<Filter><And><Prefix>p</Prefix>"+oneTag+"<Tag><Key>l</Key><Value>w</Value></Tag></And></Filter>"+oneDay))
		try("size", lifecycleRule("<Filter><ObjectSizeGreaterThan>3</ObjectSizeGreaterThan></Filter>"+oneDay))
		try("disabled", lifecycleRule("<Status>Disabled</Status>"+oneDay))
		try("date", lifecycleRule("<Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration>"))
		try("marker", lifecycleRule("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"))
		try("noncurrent", lifecycleRule("<NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration>"))
		try("abort", lifecycleRule("<AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload>"))
		try("everything", lifecycleRule(oneDay+"<NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration>"+
			"<AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload>"))
		try("transitions", lifecycleRule("<Transition><Days>0</Days><StorageClass>ANY</StorageClass></Transition>"+
			"<NoncurrentVersionTransition><NoncurrentDays>3</NoncurrentDays><StorageClass>ANY</StorageClass></NoncurrentVersionTransition>"))
	},
	"lifecycle refused": func(p *probe) {
		put := func(what string, rules ...string) {
			p.put(what, "lifecycle", "<LifecycleConfiguration>"+strings.Join(rules, "")+"</LifecycleConfiguration>")
		}
		expire := func(inner string) string { return lifecycleRule("<Expiration>" + inner + "</Expiration>") }
		put("no rules")
		put("neither prefix nor filter", "<Rule><Status>Enabled</Status>"+oneDay+"</Rule>")
		put("no status", "<Rule><Prefix></Prefix>"+oneDay+"</Rule>")
		put("bad status", lifecycleRule("<Status>enabled</Status>"+oneDay))
		put("no action", lifecycleRule(""))
		put("empty expiration", expire(""))
		put("days and date", expire("<Days>1</Days><Date>2030-01-01T00:00:00Z</Date>"))
		put("days and marker", expire("<Days>1</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"))
		put("marker false", expire("<ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker>"))
		put("zero days", expire("<Days>0</Days>"))
		put("negative days", expire("<Days>-1</Days>"))
		put("days in words", expire("<Days>one</Days>"))
		put("no midnight", expire("<Date>2030-01-01T01:00:00Z</Date>"))
		put("midnight elsewhere", expire("<Date>2030-01-01T01:00:00+01:00</Date>"))
		put("no date", expire("<Date>tomorrow</Date>"))
		put("no noncurrent days", lifecycleRule("<NoncurrentVersionExpiration></NoncurrentVersionExpiration>"))
		put("zero noncurrent days", lifecycleRule("<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>"))
		put("no abort days", lifecycleRule("<AbortIncompleteMultipartUpload></AbortIncompleteMultipartUpload>"))
		put("zero abort days", lifecycleRule("<AbortIncompleteMultipartUpload><DaysAfterInitiation>0</DaysAfterInitiation></AbortIncompleteMultipartUpload>"))
		put("abort by tag", lifecycleRule("<Filter>"+oneTag+"</Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"))
		put("equal IDs", lifecycleRule("<ID>x</ID>"+oneDay), lifecycleRule("<ID>x</ID>"+oneDay))
		put("long ID", lifecycleRule("<ID>"+strings.Repeat("x", 256)+"</ID>"+oneDay))
		put("transition without class", lifecycleRule("<Transition><Days>3</Days></Transition>"))
		put("transition without days", lifecycleRule("<Transition><StorageClass>ANY</StorageClass></Transition>"))
		put("unknown element", lifecycleRule(oneDay+"<Nonsense/>"))
		put("1001 rules", strings.Repeat(lifecycleRule(oneDay), 1001))
	},
}
