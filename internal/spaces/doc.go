// Package spaces is DigitalOcean Spaces without Terraform: its clients, the
// classes of its errors, its host names, and the waits it makes necessary.
//
// Spaces speaks S3, and is Ceph's object gateway behind DigitalOcean's own
// front end. Where it differs from S3 as the SDK expects it, this package
// makes up for it:
//
//   - Document PUTs need Content-MD5, which the SDK no longer sends, and no
//     request carries a checksum trailer (transport.go).
//   - A new bucket can be invisible to reads for minutes, to some of its
//     sub-resources longer than to HEAD (wait.go, Clients.Born).
//   - Documents of one bucket that are put in parallel get lost although every
//     PUT is answered with 200 (Clients.Lock).
//   - Lists may be truncated without a usable marker (list.go).
//   - A sub-resource that the server does not know can be ignored, and the
//     plain operation runs: DELETE ?ownershipControls deletes the bucket. So
//     nothing here or above sends one that Spaces does not document.
package spaces
