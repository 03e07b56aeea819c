package localspaces

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// operation is one thing that can be asked of S3.
type operation struct {
	name   string // S3's name for it, such as "PutBucketCors"
	action string // a bucket policy's name for it, such as "s3:PutBucketCORS"
	needs  level  // what a key must be granted to use it
	md5    bool   // the Spaces API page requires Content-MD5
	serve  func(*Server, *call) error
}

// level is how much a Spaces key may do; each includes those before it.
type level int

const (
	nobody level = iota
	read
	readWrite
	fullAccess
)

// target is what kind of thing an operation is about.
type target int

const (
	service target = iota
	bucketTarget
	objectTarget
)

// route finds an operation: by target, method, and the query word that names a
// sub-resource.
type route struct {
	on     target
	method string
	word   string
}

// routes are the operations that the Spaces API page lists, and
// GetBucketLogging, which it does not list and clients use.
var routes map[route]operation

func init() { // an initializer would be a cycle: operations come back to their names
	routes = map[route]operation{
		{service, "GET", ""}: {"ListBuckets", "s3:ListAllMyBuckets", fullAccess, false, (*Server).listBuckets},

		{bucketTarget, "PUT", ""}:             {"CreateBucket", "s3:CreateBucket", fullAccess, false, (*Server).createBucket},
		{bucketTarget, "DELETE", ""}:          {"DeleteBucket", "s3:DeleteBucket", fullAccess, false, (*Server).deleteBucket},
		{bucketTarget, "HEAD", ""}:            {"HeadBucket", "s3:ListBucket", read, false, (*Server).headBucket},
		{bucketTarget, "GET", ""}:             {"ListObjects", "s3:ListBucket", read, false, (*Server).listObjects},
		{bucketTarget, "GET", "list-type"}:    {"ListObjectsV2", "s3:ListBucket", read, false, (*Server).listObjectsV2},
		{bucketTarget, "GET", "location"}:     {"GetBucketLocation", "s3:GetBucketLocation", read, false, (*Server).getBucketLocation},
		{bucketTarget, "GET", "versions"}:     {"ListObjectVersions", "s3:ListBucketVersions", read, false, (*Server).listObjectVersions},
		{bucketTarget, "GET", "uploads"}:      {"ListMultipartUploads", "s3:ListBucketMultipartUploads", read, false, (*Server).listMultipartUploads},
		{bucketTarget, "POST", "delete"}:      {"DeleteObjects", "s3:DeleteObject", readWrite, false, (*Server).deleteObjects},
		{bucketTarget, "PUT", "acl"}:          {"PutBucketAcl", "s3:PutBucketAcl", fullAccess, true, (*Server).putDocument},
		{bucketTarget, "GET", "acl"}:          {"GetBucketAcl", "s3:GetBucketAcl", fullAccess, false, (*Server).getDocument},
		{bucketTarget, "PUT", "cors"}:         {"PutBucketCors", "s3:PutBucketCORS", fullAccess, true, (*Server).putDocument},
		{bucketTarget, "GET", "cors"}:         {"GetBucketCors", "s3:GetBucketCORS", fullAccess, false, (*Server).getDocument},
		{bucketTarget, "DELETE", "cors"}:      {"DeleteBucketCors", "s3:PutBucketCORS", fullAccess, false, (*Server).deleteDocument},
		{bucketTarget, "PUT", "lifecycle"}:    {"PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration", fullAccess, false, (*Server).putDocument},
		{bucketTarget, "GET", "lifecycle"}:    {"GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", fullAccess, false, (*Server).getDocument},
		{bucketTarget, "DELETE", "lifecycle"}: {"DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", fullAccess, false, (*Server).deleteDocument},
		{bucketTarget, "PUT", "policy"}:       {"PutBucketPolicy", "s3:PutBucketPolicy", fullAccess, false, (*Server).putDocument},
		{bucketTarget, "GET", "policy"}:       {"GetBucketPolicy", "s3:GetBucketPolicy", fullAccess, false, (*Server).getDocument},
		{bucketTarget, "DELETE", "policy"}:    {"DeleteBucketPolicy", "s3:DeleteBucketPolicy", fullAccess, false, (*Server).deleteDocument},
		{bucketTarget, "PUT", "website"}:      {"PutBucketWebsite", "s3:PutBucketWebsite", fullAccess, true, (*Server).putDocument},
		{bucketTarget, "GET", "website"}:      {"GetBucketWebsite", "s3:GetBucketWebsite", fullAccess, false, (*Server).getDocument},
		{bucketTarget, "DELETE", "website"}:   {"DeleteBucketWebsite", "s3:DeleteBucketWebsite", fullAccess, false, (*Server).deleteDocument},
		{bucketTarget, "PUT", "versioning"}:   {"PutBucketVersioning", "s3:PutBucketVersioning", fullAccess, false, (*Server).putDocument},
		{bucketTarget, "GET", "versioning"}:   {"GetBucketVersioning", "s3:GetBucketVersioning", read, false, (*Server).getDocument},
		{bucketTarget, "PUT", "logging"}:      {"PutBucketLogging", "s3:PutBucketLogging", fullAccess, true, (*Server).putDocument},
		{bucketTarget, "GET", "logging"}:      {"GetBucketLogging", "s3:GetBucketLogging", fullAccess, false, (*Server).getDocument},

		{objectTarget, "GET", ""}:                       {"GetObject", "s3:GetObject", read, false, (*Server).getObject},
		{objectTarget, "HEAD", ""}:                      {"HeadObject", "s3:GetObject", read, false, (*Server).getObject},
		{objectTarget, "PUT", ""}:                       {"PutObject", "s3:PutObject", readWrite, false, (*Server).putObject},
		{objectTarget, "PUT", copySource}:               {"CopyObject", "s3:PutObject", readWrite, false, (*Server).copyObject},
		{objectTarget, "DELETE", ""}:                    {"DeleteObject", "s3:DeleteObject", readWrite, false, (*Server).deleteObject},
		{objectTarget, "GET", "acl"}:                    {"GetObjectAcl", "s3:GetObjectAcl", read, false, (*Server).getObjectACL},
		{objectTarget, "PUT", "acl"}:                    {"PutObjectAcl", "s3:PutObjectAcl", readWrite, true, (*Server).putObjectACL},
		{objectTarget, "GET", "tagging"}:                {"GetObjectTagging", "s3:GetObjectTagging", read, false, (*Server).getObjectTagging},
		{objectTarget, "PUT", "tagging"}:                {"PutObjectTagging", "s3:PutObjectTagging", readWrite, true, (*Server).putObjectTagging},
		{objectTarget, "DELETE", "tagging"}:             {"DeleteObjectTagging", "s3:DeleteObjectTagging", readWrite, false, (*Server).deleteObjectTagging},
		{objectTarget, "POST", "uploads"}:               {"CreateMultipartUpload", "s3:PutObject", readWrite, false, (*Server).createMultipartUpload},
		{objectTarget, "PUT", "uploadId"}:               {"UploadPart", "s3:PutObject", readWrite, false, (*Server).uploadPart},
		{objectTarget, "PUT", "uploadId+" + copySource}: {"UploadPartCopy", "s3:PutObject", readWrite, false, (*Server).uploadPartCopy},
		{objectTarget, "POST", "uploadId"}:              {"CompleteMultipartUpload", "s3:PutObject", readWrite, false, (*Server).completeMultipartUpload},
		{objectTarget, "DELETE", "uploadId"}:            {"AbortMultipartUpload", "s3:AbortMultipartUpload", readWrite, false, (*Server).abortMultipartUpload},
		{objectTarget, "GET", "uploadId"}:               {"ListParts", "s3:ListMultipartUploadParts", read, false, (*Server).listParts},
	}
}

// listOperation is what it takes to know which keys a bucket has.
func listOperation() operation { return routes[route{bucketTarget, http.MethodGet, ""}] }

// readOperation is what it takes to have an object.
func readOperation() operation { return routes[route{objectTarget, http.MethodGet, ""}] }

// wantsObject reports whether op is about an object that has to be there.
func (op operation) wantsObject() bool {
	switch op.action {
	case "s3:GetObject", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging":
		return true
	}
	return false
}

// copySource stands in a route's word for the header that makes a PUT a copy.
const copySource = "x-amz-copy-source"

// parameters are query words that leave the operation what it is.
var parameters = []string{
	"prefix", "delimiter", "marker", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner",
	"key-marker", "version-id-marker", "upload-id-marker", "max-uploads", "part-number-marker", "max-parts",
	"max-buckets", "bucket-region", "versionId", "partNumber", "x-id",
}

// unknown are sub-resources of S3 that Spaces lacks. Only for reads do they
// have to be listed: a write with any unknown query word is refused, as it
// would otherwise do something quite different from what was asked. (Ceph
// deletes the bucket on DELETE ?ownershipControls.)
var unknown = []string{
	"accelerate", "analytics", "attributes", "encryption", "intelligent-tiering", "inventory", "legal-hold",
	"metadataConfiguration", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls",
	"policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention", "select", "tagging", "torrent",
}

// operationOf derives the operation from what r is about, its method and its
// query. An operation that Spaces does not have comes back with a name as near
// as can be and with the error to answer.
func operationOf(r *http.Request, at address, query url.Values) (operation, error) {
	on := objectTarget
	switch {
	case at.Bucket == "":
		on = service
	case at.Key == "":
		on = bucketTarget
	}
	if r.Method == http.MethodOptions {
		return operation{name: "PreflightObject"}, nil
	}

	word, err := subResource(on, r.Method, query)
	if err != nil {
		return operation{name: r.Method + " ?" + word}, err
	}
	if r.Method == http.MethodPut && on == objectTarget && r.Header.Get(copySource) != "" && (word == "" || word == "uploadId") {
		word = strings.TrimPrefix(word+"+"+copySource, "+")
	}
	if op, ok := routes[route{on, r.Method, word}]; ok {
		return op, nil
	}
	name := strings.TrimSuffix(r.Method+" ?"+word, " ?")
	if word != "" || on == bucketTarget && r.Method == http.MethodPost { // a browser's form: listed by Spaces, not done here
		return operation{name: name}, notImplemented("Spaces has no %s here.", name)
	}
	return operation{name: name}, failure(http.StatusMethodNotAllowed, "MethodNotAllowed",
		"The method %s is not allowed against this resource.", r.Method)
}

// subResource is the query word that, with the method, names the operation.
func subResource(on target, method string, query url.Values) (string, error) {
	reads := method == http.MethodGet || method == http.MethodHead
	word := ""
	for _, q := range sortedKeys(query) {
		lower := strings.ToLower(q)
		switch {
		case slices.Contains(parameters, q), strings.HasPrefix(lower, "x-amz-"), strings.HasPrefix(lower, "response-"):
			continue
		case isRoute(on, q):
			if word != "" && word != q {
				return q, invalidArgument("The query words %q and %q exclude each other.", word, q)
			}
			word = q
		case slices.Contains(unknown, q) || !reads:
			return q, notImplemented("Spaces has no sub-resource %q here.", q)
		}
	}
	return word, nil
}

// isRoute reports whether word names a sub-resource of on, by any method.
func isRoute(on target, word string) bool {
	for known := range routes {
		if known.on == on && known.word == word && word != "" {
			return true
		}
	}
	return false
}
