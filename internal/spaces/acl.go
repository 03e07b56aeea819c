package spaces

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// The canned ACLs that Spaces has (S3 Compatibility page).
const (
	ACLPrivate    = "private"
	ACLPublicRead = "public-read"
	// ACLOther stands for grants that neither of them makes, so that a plan
	// shows them as a difference.
	ACLOther = "other"
)

const allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"

// CannedACL names the canned ACL that an answer's grants are those of: answers
// never say its name.
func CannedACL(grants []types.Grant, owner *types.Owner) string {
	acl := ACLPrivate
	for _, g := range grants {
		switch {
		case g.Grantee == nil:
			return ACLOther
		case g.Grantee.URI != nil:
			if aws.ToString(g.Grantee.URI) != allUsers || g.Permission != types.PermissionRead {
				return ACLOther
			}
			acl = ACLPublicRead
		case owner != nil && aws.ToString(g.Grantee.ID) != aws.ToString(owner.ID):
			return ACLOther
		}
	}
	return acl
}
