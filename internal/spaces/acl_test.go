package spaces_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestCannedACL(t *testing.T) {
	t.Parallel()
	owner := &types.Owner{ID: new("1234")}
	own := types.Grant{Grantee: &types.Grantee{ID: new("1234")}, Permission: types.PermissionFullControl}
	group := func(name string, p types.Permission) types.Grant {
		return types.Grant{Grantee: &types.Grantee{URI: new("http://acs.amazonaws.com/groups/global/" + name)}, Permission: p}
	}
	for _, c := range []struct {
		name   string
		grants []types.Grant
		owner  *types.Owner
		want   string
	}{
		{"owner only", []types.Grant{own}, owner, spaces.ACLPrivate},
		{"nobody named", nil, owner, spaces.ACLPrivate},
		{"no owner in the answer", []types.Grant{own}, nil, spaces.ACLPrivate},
		{"everybody reads", []types.Grant{own, group("AllUsers", types.PermissionRead)}, owner, spaces.ACLPublicRead},
		{"everybody reads, first", []types.Grant{group("AllUsers", types.PermissionRead), own}, owner, spaces.ACLPublicRead},
		{"everybody writes", []types.Grant{own, group("AllUsers", types.PermissionRead), group("AllUsers", types.PermissionWrite)}, owner, spaces.ACLOther},
		{"every user of any account", []types.Grant{own, group("AuthenticatedUsers", types.PermissionRead)}, owner, spaces.ACLOther},
		{"another account", []types.Grant{own, {Grantee: &types.Grantee{ID: new("999")}, Permission: types.PermissionRead}}, owner, spaces.ACLOther},
		{"a grant to nobody", []types.Grant{{Permission: types.PermissionRead}}, owner, spaces.ACLOther},
	} {
		if got := spaces.CannedACL(c.grants, c.owner); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
