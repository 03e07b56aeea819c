package localspaces

import "net/http"

type versioningDocument struct {
	Status    string          `xml:",omitempty"`
	MFADelete string          `xml:"MfaDelete,omitempty"`
	Unknown   *unknownElement `xml:",any"`
}

// parseVersioning reads the body of PutBucketVersioning: "Enabled" or
// "Suspended". There is no way back to a bucket that never had a status (S3 API
// reference, PutBucketVersioning).
func parseVersioning(document []byte) (status string, err error) {
	var d versioningDocument
	if err := decodeDocument("VersioningConfiguration", document, &d); err != nil {
		return "", err
	}
	switch d.MFADelete {
	case "", "Disabled":
	case "Enabled":
		// The older Spaces S3 compatibility table lists multi-factor
		// authentication as not supported.
		return "", notImplemented("MfaDelete is not supported.")
	default:
		return "", malformedXML("MfaDelete is %q, neither Enabled nor Disabled.", d.MFADelete)
	}
	switch d.Status {
	case "Enabled", "Suspended":
		return d.Status, nil
	case "":
		return "", failure(http.StatusBadRequest, "IllegalVersioningConfigurationException", "The Status element must be given.")
	default:
		return "", malformedXML("Status is %q, neither Enabled nor Suspended.", d.Status)
	}
}

// versioningAnswer is the body of GetBucketVersioning: empty while the status
// was never set. With a status, Spaces says that MFA delete is disabled ("How to
// Enable Spaces Versioning"), and so does Ceph.
func versioningAnswer(status string) []byte {
	var d versioningDocument
	if status != "" {
		d = versioningDocument{Status: status, MFADelete: "Disabled"}
	}
	return encodeDocument("VersioningConfiguration", d)
}
