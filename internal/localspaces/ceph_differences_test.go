package localspaces_test

// difference is an answer of the local Spaces that is not Ceph's, and why.
type difference struct{ local, why string }

const (
	notListed    = "the Spaces API page does not list it, and Spaces answers NotImplemented to what it lacks (S3 compatibility page)"
	twoACLs      = "Spaces has private and public-read only (S3 compatibility page)"
	schema       = "S3 checks documents against a schema (S3 API reference); Ceph ignores what it does not know"
	s3Code       = "S3's error code; Ceph has one of its own"
	s3Refuses    = "S3 refuses it (S3 API reference), so that a client should not send it; Ceph takes it"
	s3Policy     = "S3 refuses such a policy, and one that it refuses is most likely a mistake; Ceph stores it"
	ignoredByRGW = "S3 heeds it (S3 API reference); Ceph 16 does not"
	rfc9110      = "a Range that makes no sense counts as none (RFC 9110, S3)"
	copiedTags   = "the tagging directive, which the Spaces API page lists, says what becomes of tags; Ceph 16 does not know it"
	accessLogs   = "Spaces has access logs (How to Configure Spaces Access Logs); Ceph 16 has not"
	absentKey    = "a negative operator holds for a key that is absent (IAM user guide); not in Ceph"
	fixedIn18    = "Ceph 18 does the same as here, Ceph 16 does not"
)

// differences are those that are meant, by behaviour and what was asked.
var differences = map[string]difference{
	"create bucket: again":             {"409 BucketAlreadyExists", "seen of Spaces (spaces-facts, section 5)"},
	"create bucket: public-read-write": {"400 InvalidArgument", twoACLs},
	"create bucket: with a lock":       {"501 NotImplemented", notListed},
	"missing bucket: put policy":       {"404 NoSuchKey", "seen of Spaces by terraform-provider-digitalocean"},
	"missing bucket: put cors":         {"404 NoSuchKey", "seen of Spaces by terraform-provider-digitalocean"},

	"sub-resources that Spaces lacks: get encryption":           {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get ownershipControls":    {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get publicAccessBlock":    {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get tagging":              {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get requestPayment":       {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get notification":         {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get replication":          {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get accelerate":           {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get metrics":              {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get analytics":            {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get inventory":            {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get policyStatus":         {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: get object-lock":          {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: delete tagging":           {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: delete publicAccessBlock": {"501 NotImplemented", notListed},
	"sub-resources that Spaces lacks: delete ownershipControls": {"501 NotImplemented", "Ceph deletes the bucket, which is not a thing to imitate"},
	"sub-resources that Spaces lacks: delete nonsense":          {"501 NotImplemented", "Ceph deletes the bucket, which is not a thing to imitate"},

	"documents there are not: put nothing as acl":         {"400 MissingSecurityHeader", s3Code},
	"documents there are not: put nonsense as acl":        {"400 MalformedXML", s3Code},
	"documents there are not: put nonsense as lifecycle":  {"400 MalformedXML", schema},
	"documents there are not: delete policy":              {"204", fixedIn18},
	"documents there are not: put nothing as versioning":  {"400 MalformedXML", s3Code},
	"documents there are not: put nonsense as versioning": {"400 MalformedXML", s3Code},
	"documents there are not: put nothing as website":     {"400 MalformedXML", s3Code},
	"documents there are not: put nonsense as website":    {"400 MalformedXML", s3Code},
	"documents there are not: put nothing as logging":     {"200", accessLogs},
	"documents there are not: put nonsense as logging":    {"400 MalformedXML", accessLogs},
	"logging: put off":        {"ok", accessLogs},
	"versioning: put enabled": {"400 MalformedXML", s3Code},

	"ACL: put public-read-write":                   {"400 InvalidArgument", twoACLs},
	"ACL: put authenticated-read":                  {"400 InvalidArgument", twoACLs},
	"ACL: put everybody may write":                 {"501 NotImplemented", twoACLs},
	"ACL: put no grants":                           {"400 MalformedXML", s3Code},
	"object ACL: put as public-read-write":         {"400 InvalidArgument", twoACLs},
	"object ACL: put as bucket-owner-full-control": {"400 InvalidArgument", twoACLs},

	"CORS: preflight, Allow-Credentials":            {"true", "S3 allows credentials unless a rule is for everybody"},
	"CORS: preflight, subdomain, Allow-Credentials": {"true", "S3 allows credentials unless a rule is for everybody"},
	"CORS: request, Allow-Credentials":              {"true", "S3 allows credentials unless a rule is for everybody"},
	"CORS: preflight, everybody, Allow-Origin":      {"*", "S3 answers with the rule's *, and so does Ceph to the request itself"},
	"CORS: request, everybody, Vary":                {"true", "S3 says it always; it is of use to caches when there are other rules"},
	"CORS: preflight, method not allowed":           {"403 AccessForbidden", s3Code},
	"CORS: preflight, header not allowed":           {"403 AccessForbidden", s3Code},
	"CORS: preflight, origin not allowed":           {"403 AccessForbidden", s3Code},
	"CORS: preflight without origin":                {"400 BadRequest", s3Code},
	"CORS refused: no method":                       {"400 MalformedXML", s3Refuses},
	"CORS refused: lower case":                      {"400 MalformedXML", s3Refuses},
	"CORS refused: negative age":                    {"400 MalformedXML", s3Refuses},
	"CORS refused: unknown element":                 {"400 MalformedXML", schema},

	"policy conditions: referer not like, missing": {"200", absentKey},
	"policy conditions: key in another case":       {"200", "condition keys have no case (IAM user guide); they have in Ceph 16"},
	"policy conditions: empty prefix":              {"200", "an empty prefix is there (S3 user guide, policies for folders); to Ceph it is absent"},
	"policy conditions: prefix unlike, absent":     {"200", absentKey},
	"policy conditions: delimiter unlike, absent":  {"200", absentKey},
	"policy conditions: keys, without a number":    {"403 AccessDenied", "the key is what the request says (IAM user guide); Ceph fills in 1000"},
	"policy refused: no statements":                {"400 MalformedPolicy", s3Policy},
	"policy refused: no effect":                    {"400 MalformedPolicy", s3Policy},
	"policy refused: no principal":                 {"400 MalformedPolicy", s3Policy},
	"policy refused: no action":                    {"400 MalformedPolicy", s3Policy},
	"policy refused: no resource":                  {"400 MalformedPolicy", s3Policy},
	"policy refused: another bucket":               {"400 MalformedPolicy", s3Policy},
	"policy refused: every resource":               {"400 MalformedPolicy", s3Policy},
	"policy refused: over 20 KiB":                  {"400 MalformedPolicy", s3Policy},
	"policy refused: boolean without quotes":       {"204", "S3 takes it; Ceph 16 takes numbers without quotes, but not booleans"},

	"website: suffix with a slash": {"400 InvalidArgument", s3Refuses},
	"website: redirect and index":  {"400 MalformedXML", s3Refuses},
	"website: empty redirect":      {"400 InvalidArgument", s3Refuses},
	"website: unknown protocol":    {"400 InvalidArgument", s3Refuses},

	"lifecycle: and":                     {`[{"Expiration":{"Days":1},"Filter":{"And":{"Prefix":"p","Tags":[{"Key":"k","Value":"v"},{"Key":"l","Value":"w"}]}},"ID":"made up","Status":"Enabled"}]`, fixedIn18},
	"lifecycle: size":                    {`[{"Expiration":{"Days":1},"Filter":{"ObjectSizeGreaterThan":3},"ID":"made up","Status":"Enabled"}]`, "kept for tests; Ceph drops it in silence, so that the rule is for everything"},
	"lifecycle refused: days in words":   {"400 MalformedXML", s3Code},
	"lifecycle refused: unknown element": {"400 MalformedXML", schema},

	"object: metadata with an underscore": {`{"a_b":"c"}`, fixedIn18},
	"odd keys: put a longer one":          {"400 KeyTooLongError", s3Code},
	"object attributes: get":              {"501 NotImplemented", notListed},
	"object tags: put with 11 tags":       {"400 InvalidTag", s3Code},
	"object tags: put with a long name":   {"400 InvalidTag", s3Code},
	"object tags: put with a long value":  {"400 InvalidTag", s3Code},
	"object tags: replace by one twice":   {"400 InvalidTag", s3Refuses},
	"encryption: SSE-S3":                  {"501 NotImplemented", "Spaces has SSE-C only (S3 compatibility page); Ceph 16 ignores the header"},
	"encryption: SSE-KMS":                 {"501 NotImplemented", "Spaces has SSE-C only (S3 compatibility page)"},
	"encryption: get without the key":     {"400 InvalidRequest", s3Code},
	"ranges: bytes=5-2 of k":              {"0123456789 ", rfc9110},
	"ranges: bytes=5-2 of none":           {" ", rfc9110},
	"ranges: bytes=x of k":                {"0123456789 ", rfc9110},
	"ranges: bytes=x of none":             {" ", rfc9110},
	"ranges: lines=1-2 of k":              {"0123456789 ", rfc9110},
	"ranges: lines=1-2 of none":           {" ", rfc9110},

	"digests: wrong CRC32":                     {"400 BadDigest", "the Spaces API page lists the checksum headers; Ceph 16 does not check them"},
	"copy: replace metadata, result":           {`9dd4e461268c8034f5c8564e155c67a6 text/html map[c:d] 1 "9dd4e461268c8034f5c8564e155c67a6"`, copiedTags},
	"copy: replace tags, result":               {`9dd4e461268c8034f5c8564e155c67a6 text/plain map[a:b] 2 "9dd4e461268c8034f5c8564e155c67a6"`, copiedTags},
	"copy: onto itself, replace, result":       {`9dd4e461268c8034f5c8564e155c67a6 binary/octet-stream map[c:d] 1 "9dd4e461268c8034f5c8564e155c67a6"`, copiedTags},
	"copy: with an ACL, result":                {`9dd4e461268c8034f5c8564e155c67a6 binary/octet-stream map[c:d] 1 "9dd4e461268c8034f5c8564e155c67a6"`, copiedTags},
	"copy: leading slash, result":              {`9dd4e461268c8034f5c8564e155c67a6 binary/octet-stream map[c:d] 1 "9dd4e461268c8034f5c8564e155c67a6"`, copiedTags},
	"copy: if match another":                   {"412 PreconditionFailed", fixedIn18},
	"copy: if none match":                      {"412 PreconditionFailed", "the Spaces API page lists the conditional copy headers; Ceph does not heed this one"},
	"copy: if unmodified since":                {"412 PreconditionFailed", fixedIn18},
	"delete objects: 1001":                     {"400 MalformedXML", s3Code},
	"conditional put: if match, nothing there": {"404 NoSuchKey", s3Code},
	"conditional put: if none match an ETag":   {"501 NotImplemented", "S3 says so; Ceph writes as if nothing had been asked"},
	"conditional put: if match":                {"ok", "Ceph 16 and 18 never match an ETag in quotes, which is how S3 has it"},
	"conditional put: delete if match another": {"501 NotImplemented", "the Spaces API page does not list it; Ceph deletes as if nothing had been asked"},
	"conditional put of a version: second":     {"412 PreconditionFailed", "S3 heeds the condition here too; Ceph 16 and 18 do not, so neither may Spaces: a lock needs a bucket without versioning"},

	"list objects: start after, delimiter, result":      {"[d e f ä] [b/] 4 false token false", "S3 lists what follows the key, rolled up; Ceph skips the whole of the prefix that it lies in"},
	"list objects: negative":                            {"400 InvalidArgument", s3Refuses},
	"list objects: encoded, echo":                       {`[true,"e%20f","%C3%A4%20b",1000,null,"url"]`, "S3 encodes prefix and delimiter too; Ceph 16 the keys only"},
	"list objects: foreign token":                       {"400 InvalidArgument", "a token is opaque; that of Ceph is a key in clear"},
	`list objects, first version: page 1 by "", marker`: {" then  true", "without a delimiter S3 sends no NextMarker: the last key is it; Ceph always sends one"},
	`list objects, first version: page 2 by "", marker`: {"b/1 then  true", "without a delimiter S3 sends no NextMarker: the last key is it; Ceph always sends one"},
	"list objects, first version: no encoding":          {"400 InvalidArgument", s3Refuses},

	"multipart: complete all, result":                           {"k de1bb67d1c3e44d96967baf8b13cefb8-3", fixedIn18},
	"multipart: part 3":                                         {"10 of 3 parts", ignoredByRGW},
	"multipart: list parts afterwards":                          {"404 NoSuchUpload", s3Code},
	"multipart, some parts: complete without the first":         {"ok", "S3 leaves out parts that are not listed; Ceph 16 wants all of them"},
	"multipart, some parts: complete in the wrong order":        {"400 InvalidPartOrder", s3Refuses},
	"multipart, some parts: part 0":                             {"400 InvalidArgument", s3Refuses},
	"multipart, some parts: part 10001":                         {"400 InvalidArgument", s3Refuses},
	"multipart, some parts: complete a lone empty part, result": {"k 59adb24ef3cdbe0297f05b395827453f-1", fixedIn18},
	"uploads: delimiter":                                        {"[a b] [dir/] false ", ignoredByRGW},
	"uploads: after a":                                          {"[b dir/a] [] false ", "without an upload's ID the key itself is not listed again (S3 API reference); Ceph 16 lists it"},

	"missing keys: get and list, get /k?versionId=" + noVersion:       {"404 NoSuchVersion", s3Code},
	"missing keys: list, get /k?versionId=" + noVersion:               {"404 NoSuchVersion", s3Code},
	"missing keys: list, get denied, get /k?versionId=" + noVersion:   {"404 NoSuchVersion", s3Code},
	"missing keys: public, get denied, get /k?versionId=" + noVersion: {"404 NoSuchVersion", s3Code},
	"missing keys: public, get /k?versionId=" + noVersion:             {"404 NoSuchVersion", s3Code},

	"null versions: deleted, headers":    {"true null", "S3 says that a marker is the reason"},
	"null versions: the marker, headers": {"true null", "S3 says that a marker is the reason"},

	"versions: get one that never was":     {"404 NoSuchVersion", s3Code},
	"versions: deleted one that never was": {"made up marker false", "S3 repeats the version that was asked for"},
	"versions: deleted the deleted key":    {"id5 marker true", "S3 puts one marker over another; Ceph does not"},
	"versions: deleted twice":              {"k id5 marker true, k id4 marker false", "S3 puts one marker over another; Ceph does not"},
}

// differencesInClear are those that there are without TLS only.
var differencesInClear = map[string]difference{
	"policy conditions: no TLS": {"200", "without TLS the key is false (IAM user guide); Ceph 16 and 18 lack it then"},
	"encryption: SSE-C":         {"ok", "S3 and Ceph take a customer's key over TLS only; tests have to do without it"},
	"encryption: content":       {"x, AES256", "S3 and Ceph take a customer's key over TLS only; tests have to do without it"},
}
