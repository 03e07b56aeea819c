package bucket

import (
	"regexp"
	"slices"
	"strings"
)

// policyActions are the actions of policies that Spaces can know: those of S3's
// (Service Authorization Reference) that stand for an operation which Spaces'
// API page lists. Ceph refuses a policy with an action that it does not know.
var policyActions = []string{
	"AbortMultipartUpload", "CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "DeleteBucketWebsite",
	"DeleteObject", "DeleteObjectTagging", "DeleteObjectVersion", "DeleteObjectVersionTagging",
	"GetBucketAcl", "GetBucketCORS", "GetBucketLocation", "GetBucketLogging", "GetBucketPolicy", "GetBucketVersioning", "GetBucketWebsite",
	"GetLifecycleConfiguration", "GetObject", "GetObjectAcl", "GetObjectTagging",
	"GetObjectVersion", "GetObjectVersionAcl", "GetObjectVersionTagging",
	"ListAllMyBuckets", "ListBucket", "ListBucketMultipartUploads", "ListBucketVersions", "ListMultipartUploadParts",
	"PutBucketAcl", "PutBucketCORS", "PutBucketLogging", "PutBucketPolicy", "PutBucketVersioning", "PutBucketWebsite",
	"PutLifecycleConfiguration", "PutObject", "PutObjectAcl", "PutObjectTagging", "PutObjectVersionAcl", "PutObjectVersionTagging",
}

// operations are S3's operations that are often taken for the actions that they need.
var operations = map[string]string{
	"headobject": "GetObject", "headbucket": "ListBucket", "listobjects": "ListBucket", "listobjectsv2": "ListBucket", "listbuckets": "ListAllMyBuckets",
	"deleteobjects": "DeleteObject", "copyobject": "PutObject", "listobjectversions": "ListBucketVersions",
	"createmultipartupload": "PutObject", "uploadpart": "PutObject", "completemultipartupload": "PutObject",
	"deletebucketcors": "PutBucketCORS", "getbucketlifecycle": "GetLifecycleConfiguration", "putbucketlifecycle": "PutLifecycleConfiguration",
	"getbucketlifecycleconfiguration": "GetLifecycleConfiguration", "putbucketlifecycleconfiguration": "PutLifecycleConfiguration",
	"deletebucketlifecycle": "PutLifecycleConfiguration",
}

// unknownAction says what is wrong with an action of S3's, after its "s3:", or "".
// It may have wildcards, * and ?, and no case.
func unknownAction(action string) string {
	form := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(action))
	fits := regexp.MustCompile("(?i)^" + form + "$").MatchString
	if slices.ContainsFunc(policyActions, fits) {
		return ""
	}
	if strings.ContainsAny(action, "*?") {
		return "fits no action that Spaces can know"
	}
	meant := operations[strings.ToLower(action)]
	if meant == "" {
		closest := len(action)/4 + 1 // so many letters may be wrong
		for _, known := range policyActions {
			if d := distance(strings.ToLower(action), strings.ToLower(known)); d < closest {
				closest, meant = d, known
			}
		}
	}
	if meant == "" {
		return "is none that Spaces can know"
	}
	return "is none that Spaces can know: s3:" + meant + " is one"
}

// distance is how many letters have to be changed, added or left out to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
