// Package bucket has the buckets and the documents that configure them.
//
// versioning.go is the smallest document, and document.go what makes a resource
// and a data source of it. resource.go is the bucket itself.
package bucket
