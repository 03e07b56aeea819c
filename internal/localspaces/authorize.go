package localspaces

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// authorize decides whether c may be done. A bucket policy's Deny counts first,
// then its Allow, then what the key was granted, then the ACLs.
//
// Deviating from the order of S3's documentation, a missing bucket is said to
// be missing to anyone, and the account itself can always read, replace and
// delete a bucket's policy: else one wrong Deny would lock it out for good.
func (s *Server) authorize(c *call) error {
	if c.at.Bucket == "" || c.op.name == "CreateBucket" {
		if c.who.anonymous() || c.who.key.level(c.at.Bucket) < c.op.needs {
			return accessDenied("This key may not use %s.", c.op.name)
		}
		return nil
	}
	if c.op.name == "DeleteObjects" { // it asks for each key
		_, _, err := s.look(c, "")
		return err
	}
	return s.mayDo(c, c.op, c.at.Key, c.query.Get("versionId"))
}

// mayDo decides about op on a key of c's bucket, or on the bucket.
func (s *Server) mayDo(c *call, op operation, key, versionID string) error {
	b, o, err := s.look(c, key)
	if err != nil {
		return err
	}
	owner := !c.who.anonymous() && c.who.key.level("") == fullAccess
	if owner && strings.HasSuffix(op.name, "BucketPolicy") {
		return nil
	}
	if v := o.find(versionID); op.wantsObject() && (v == nil || v.Marker) {
		// Whoever may list the bucket learns that it is not there, and nobody else,
		// whatever he may do to objects: so it is in Ceph, and S3's documentation has it.
		if !owner {
			if err := s.mayDo(c, listOperation(), "", ""); err != nil {
				return err
			}
		}
		return missing(c, v, key, versionID)
	}
	opinion, err := s.askPolicy(c, b, op, key, versionID)
	switch {
	case err != nil:
		return err
	case opinion == deny:
		return accessDenied("The bucket's policy denies %s.", op.name)
	case opinion == allow:
		return nil
	case !c.who.anonymous():
		if c.who.key.level(b.Name) >= op.needs {
			return nil
		}
		return accessDenied("This key may not use %s on bucket %q.", op.name, b.Name)
	case aclAllows(b, o, op.name, versionID):
		return nil
	}
	return accessDenied("Anonymous access to this is not allowed.")
}

// askPolicy asks the bucket's policy, if it has one.
func (s *Server) askPolicy(c *call, b bucketView, op operation, key, versionID string) (decision, error) {
	if b.Documents["policy"] == nil {
		return noOpinion, nil
	}
	p, err := parsePolicy(b.Name, b.Documents["policy"])
	if err != nil {
		return noOpinion, err
	}
	resource := "arn:aws:s3:::" + b.Name
	if key != "" {
		resource += "/" + key
	}
	ip, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		ip = c.r.RemoteAddr
	}
	a := access{
		Principal: c.who.principal(), Action: policyAction(op, versionID), Resource: resource,
		SourceIP: ip, SecureTransport: c.r.TLS != nil, Referer: c.r.Referer(), UserAgent: c.r.UserAgent(),
	}
	if a.Action == "s3:ListBucket" || a.Action == "s3:ListBucketVersions" {
		a.Listing = c.query
	}
	return p.decide(a), nil
}

// policyAction is the action that a policy knows op by. Those that name a
// version have actions of their own.
func policyAction(op operation, versionID string) string {
	if versionID == "" {
		return op.action
	}
	switch op.action {
	case "s3:GetObject", "s3:DeleteObject", "s3:GetObjectAcl", "s3:PutObjectAcl",
		"s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging":
		for _, noun := range []string{"ObjectAcl", "ObjectTagging", "Object"} {
			if verb, ok := strings.CutSuffix(op.action, noun); ok {
				return verb + strings.Replace(noun, "Object", "ObjectVersion", 1)
			}
		}
	}
	return op.action
}

// aclAllows reports whether an anonymous asker may, going by the ACLs: a
// public bucket may be listed, a public object be read. Neither implies the
// other.
func aclAllows(b bucketView, o *object, operation, versionID string) bool {
	switch operation {
	case "HeadBucket", "ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads":
		return b.public()
	case "GetObject", "HeadObject":
		v := o.find(versionID)
		return v != nil && v.Public
	}
	return false
}

// refusedHeaders ask for what Spaces does not have. To leave them unheeded
// would be to do something else than was asked.
var refusedHeaders = []string{
	"x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-context",
	"x-amz-server-side-encryption-bucket-key-enabled", "x-amz-object-ownership", "x-amz-request-payer", "x-amz-mfa",
	"x-amz-bypass-governance-retention", "x-amz-write-offset-bytes", "x-amz-security-token",
	"x-amz-checksum-crc64nvme", "x-amz-checksum-sha512", "x-amz-checksum-md5", "x-amz-checksum-xxhash3",
	"x-amz-checksum-xxhash64", "x-amz-checksum-xxhash128", "x-amz-rename-source",
}

// unsupportedHeader finds a header that S3 knows and Spaces does not.
func unsupportedHeader(h http.Header) error {
	for name := range h {
		lower := strings.ToLower(name)
		switch {
		case lower == "x-amz-bucket-object-lock-enabled" && strings.EqualFold(h.Get(name), "false"):
		case slices.Contains(refusedHeaders, lower),
			strings.HasPrefix(lower, "x-amz-grant-"), strings.HasPrefix(lower, "x-amz-object-lock-"),
			lower == "x-amz-bucket-object-lock-enabled":
			return notImplemented("Spaces does not have the header %s.", lower)
		}
	}
	if class := h.Get("x-amz-storage-class"); class != "" && class != "STANDARD" {
		return invalidArgument("The storage class is %q; Spaces has only STANDARD.", class)
	}
	if owner := h.Get("x-amz-expected-bucket-owner"); owner != "" && owner != ownerID {
		return accessDenied("The bucket belongs to %s, not to %s.", ownerID, owner)
	}
	return nil
}

// checkKey refuses what cannot be a key.
func checkKey(key string) error {
	if len(key) > 1024 {
		return failure(http.StatusBadRequest, "KeyTooLongError", "The key has %d bytes; 1024 are allowed.", len(key))
	}
	if !utf8.ValidString(key) {
		return invalidArgument("The key is not UTF-8.")
	}
	return nil
}
