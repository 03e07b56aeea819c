// Package localspaces is a local Spaces: an in-process http.Handler that
// speaks S3 as DigitalOcean Spaces is documented to, with faults on request.
// It is written from the documentation and imports nothing of this project, so
// that it cannot share the project's mistakes.
//
// Signature checks and most XML messages are those of
// github.com/rclone/gofakes3. Its router and its stores are not used: README.md
// says why, and how this server differs from Spaces and from Ceph.
//
// A request passes through these files, in this order:
//
//	server.go     the life of a request
//	address.go    host and path      → region, bucket, key
//	operation.go  method and query   → operation
//	fault.go      failures asked for by a test
//	auth.go       signature          → who asks
//	authorize.go  policy, grants, ACL: may they?
//	bucket.go, documents.go, list.go, object.go, copy.go, multipart.go, …
//	              the operations
//	store.go      buckets, objects, versions; blob.go their bytes; persist.go their files
//
// DigitalOcean's API, for access keys, certificates and CDN endpoints, turns off
// after address.go: api.go, with api_keys.go, api_certificates.go, api_cdn.go,
// api_limits.go and api_watch.go; api.yaml describes it. So does the CDN: edge.go
// with edge_cache.go, from where what is not in the cache comes back to the way
// above.
//
// policy.go, cors.go, lifecycle.go, website.go, acl.go and logging.go know
// their documents and nothing of HTTP or the store.
package localspaces
