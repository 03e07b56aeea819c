package localspaces

import (
	"net/http"
	"strings"

	"github.com/rclone/gofakes3/signature"
)

// identity is who makes a request. A nil key is anonymous.
type identity struct {
	key *key
	signed
}

// signed is what a signature says of itself.
type signed struct {
	scope     string // DATE/REGION/s3/aws4_request
	signature string
	header    bool // in the Authorization header, not presigned in the query
}

func (id identity) anonymous() bool { return id.key == nil }

func (id identity) accessKey() string {
	if id.key == nil {
		return ""
	}
	return id.key.accessKey
}

// principal is the asker's name in a bucket policy: the account's for its own
// keys, since a full-access key stands for the account; a limited key's own.
func (id identity) principal() string {
	switch {
	case id.key == nil:
		return ""
	case id.key.level("") == fullAccess:
		return ownerID
	}
	return id.key.accessKey
}

// authenticate verifies a request's signature. Requests without one are
// anonymous; whether those may do anything is for authorize.
func (s *Server) authenticate(c *call) (identity, error) {
	authorization := c.r.Header.Get("Authorization")
	if authorization == "" && !c.query.Has("X-Amz-Signature") {
		if c.query.Has("Signature") && c.query.Has("AWSAccessKeyId") {
			return identity{}, notImplemented("Signature version 2, which Spaces accepts as legacy, is not done here.")
		}
		return identity{}, nil
	}
	if strings.HasPrefix(authorization, "AWS ") {
		return identity{}, notImplemented("Signature version 2, which Spaces accepts as legacy, is not done here.")
	}

	var who identity
	var early bool
	code := signature.V4SignVerifyWithLookup(c.r, func(accessKey string) (string, bool) {
		if who.key == nil { // it can be asked more than once
			who.key = s.keys.find(accessKey)
			early = who.key != nil && who.key.early()
		}
		if who.key == nil || early {
			return "", false
		}
		return who.key.secretKey, true
	})
	if code != signature.ErrNone {
		e := signature.GetAPIError(code)
		return identity{}, failure(e.HTTPStatusCode, e.Code, "%s", e.Description)
	}
	who.signed = signedBy(c.r)
	if region := who.region(); region != c.at.Region && region != "us-east-1" {
		return identity{}, failure(http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The signature is for region %q; %q or us-east-1 is expected.", region, c.at.Region)
	}
	if who.header && c.r.Header.Get("X-Amz-Content-Sha256") == "" {
		return identity{}, invalidRequest("Missing required header for this request: x-amz-content-sha256")
	}
	return who, nil
}

func (sg signed) region() string {
	if parts := strings.Split(sg.scope, "/"); len(parts) == 4 {
		return parts[1]
	}
	return ""
}

// signedBy reads the signature of r without verifying it.
func signedBy(r *http.Request) signed {
	credential, sig := r.URL.Query().Get("X-Amz-Credential"), r.URL.Query().Get("X-Amz-Signature")
	authorization := r.Header.Get("Authorization")
	if authorization != "" {
		_, fields, _ := strings.Cut(authorization, " ")
		for field := range strings.SplitSeq(fields, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
			switch name {
			case "Credential":
				credential = value
			case "Signature":
				sig = value
			}
		}
	}
	_, scope, _ := strings.Cut(credential, "/")
	return signed{scope: scope, signature: sig, header: authorization != ""}
}

// scopeRegion is the region that r was signed for, verified or not.
func scopeRegion(r *http.Request) string { return signedBy(r).region() }
