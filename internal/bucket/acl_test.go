package bucket_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// Grants that are neither of the two ACLs are a difference, and are taken back.
func TestAccACLOther(t *testing.T) {
	e := acctest.New(t)
	e.Need("grants")
	hcl := e.Config(`
resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_acl" "test" {
  bucket = spaces_bucket.test.name
  acl    = "private"
}
`)
	everybodyWrites := func() {
		c := e.S3(e.Region())
		now, err := c.GetBucketAcl(t.Context(), &s3.GetBucketAclInput{Bucket: &e.Name})
		must(t, err)
		_, err = c.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: &e.Name, AccessControlPolicy: &s3types.AccessControlPolicy{
			Owner: now.Owner,
			Grants: append(now.Grants, s3types.Grant{
				Permission: s3types.PermissionWrite,
				Grantee:    &s3types.Grantee{Type: s3types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/global/AllUsers")},
			}),
		}})
		must(t, err)
	}
	e.Steps(
		resource.TestStep{Config: hcl},
		anew(hcl, everybodyWrites),
		planned(hcl, "spaces_bucket_acl.test", plancheck.ResourceActionUpdate),
	)
}
