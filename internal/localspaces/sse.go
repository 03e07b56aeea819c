package localspaces

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
)

// SSE-C, the one kind of encryption that Spaces has, is done as far as a
// client can tell: keys are checked, bodies are stored as they come. Unlike
// Spaces, which is not to be had without TLS, this server takes keys over plain
// HTTP.
const (
	sseHeader     = "x-amz-server-side-encryption-customer-"
	copySSEHeader = "x-amz-copy-source-server-side-encryption-customer-"
)

// customerKey checks the key in the headers that begin with prefix, and is its
// MD5 in base64, or "" without a key.
func customerKey(h http.Header, prefix string) (string, error) {
	algorithm, encoded, sum := h.Get(prefix+"algorithm"), h.Get(prefix+"key"), h.Get(prefix+"key-MD5")
	if algorithm == "" && encoded == "" && sum == "" {
		return "", nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	actual := md5.Sum(key)
	switch {
	case algorithm != "AES256":
		return "", failure(http.StatusBadRequest, "InvalidEncryptionAlgorithmError", "SSE-C is with AES256, not with %q.", algorithm)
	case err != nil || len(key) != 32:
		return "", invalidArgument("The SSE-C key is not 32 bytes in base64.")
	case sum != base64.StdEncoding.EncodeToString(actual[:]):
		return "", invalidArgument("The MD5 of the SSE-C key does not match the key.")
	}
	return sum, nil
}

// openedBy checks that the headers have the key that v was encrypted with.
func (v *version) openedBy(h http.Header, prefix string) error {
	given, err := customerKey(h, prefix)
	switch {
	case err != nil:
		return err
	case given == v.SSEKeyMD5:
		return nil
	case given == "":
		return invalidRequest("The object is encrypted with a key of the customer's, which reading it takes.")
	case v.SSEKeyMD5 == "":
		return invalidRequest("The object is not encrypted, so it is not to be read with a key.")
	}
	return accessDenied("The key is not the one that the object was encrypted with.")
}

// writeSSE says how v is encrypted.
func writeSSE(c *call, v *version) {
	if v.SSEKeyMD5 != "" {
		c.w.Header().Set(sseHeader+"algorithm", "AES256")
		c.w.Header().Set(sseHeader+"key-MD5", v.SSEKeyMD5)
	}
}
