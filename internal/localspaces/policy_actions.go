package localspaces

import (
	"slices"
	"strings"
)

// knownAction reports whether S3 has the action, or one that the pattern fits,
// without regard to case.
func knownAction(pattern string) bool {
	pattern = strings.ToLower(pattern)
	return slices.ContainsFunc(policyActions, func(name string) bool {
		return wildcard(pattern, "s3:"+strings.ToLower(name))
	})
}

// policyActions are S3's actions on buckets and objects (Service Authorization
// Reference, Amazon S3). Ceph knows fewer: 16.2.15 refuses those of analytics,
// inventory, metrics, intelligent tiering, encryption, ownership controls and
// object attributes.
var policyActions = []string{
	"AbortMultipartUpload", "BypassGovernanceRetention", "CreateBucket",
	"DeleteBucket", "DeleteBucketPolicy", "DeleteBucketWebsite",
	"DeleteObject", "DeleteObjectTagging", "DeleteObjectVersion", "DeleteObjectVersionTagging",
	"GetAccelerateConfiguration", "GetAnalyticsConfiguration", "GetBucketAcl", "GetBucketCORS", "GetBucketLocation",
	"GetBucketLogging", "GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls",
	"GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketPublicAccessBlock", "GetBucketRequestPayment",
	"GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "GetEncryptionConfiguration",
	"GetIntelligentTieringConfiguration", "GetInventoryConfiguration", "GetLifecycleConfiguration",
	"GetMetricsConfiguration", "GetObject", "GetObjectAcl", "GetObjectAttributes", "GetObjectLegalHold",
	"GetObjectRetention", "GetObjectTagging", "GetObjectTorrent", "GetObjectVersion", "GetObjectVersionAcl",
	"GetObjectVersionAttributes", "GetObjectVersionForReplication", "GetObjectVersionTagging",
	"GetObjectVersionTorrent", "GetReplicationConfiguration", "InitiateReplication",
	"ListAllMyBuckets", "ListBucket", "ListBucketMultipartUploads", "ListBucketVersions", "ListMultipartUploadParts",
	"ObjectOwnerOverrideToBucketOwner",
	"PutAccelerateConfiguration", "PutAnalyticsConfiguration", "PutBucketAcl", "PutBucketCORS", "PutBucketLogging",
	"PutBucketNotification", "PutBucketObjectLockConfiguration", "PutBucketOwnershipControls", "PutBucketPolicy",
	"PutBucketPublicAccessBlock", "PutBucketRequestPayment", "PutBucketTagging", "PutBucketVersioning",
	"PutBucketWebsite", "PutEncryptionConfiguration", "PutIntelligentTieringConfiguration",
	"PutInventoryConfiguration", "PutLifecycleConfiguration", "PutMetricsConfiguration",
	"PutObject", "PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging",
	"PutObjectVersionAcl", "PutObjectVersionTagging", "PutReplicationConfiguration",
	"ReplicateDelete", "ReplicateObject", "ReplicateTags", "RestoreObject",
}
