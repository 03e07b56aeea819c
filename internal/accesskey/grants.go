package accesskey

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// grant is what a key may do with a bucket, or with all of them.
type grant struct {
	Bucket     *string `tfsdk:"bucket"` // nil for fullaccess
	Permission string  `tfsdk:"permission"`
}

// permissions are DigitalOcean's names of what a key may do.
var permissions = []string{string(godo.SpacesKeyRead), string(godo.SpacesKeyReadWrite), fullAccess}

const fullAccess = string(godo.SpacesKeyFullAccess)

const (
	aboutGrants = "What the key may do: either full access, `[{ permission = \"fullaccess\" }]`, or permissions on single buckets, one a bucket. Their order means nothing. An empty set makes a key that may do nothing. " +
		"A limited key can neither list, create nor delete buckets nor touch their configuration, and Spaces does not let a bucket have a policy while a limited key has a grant on it."
	aboutBucket     = "Name of the bucket, without a region: names are unique across all of them. Required for `read` and `readwrite`; not allowed with `fullaccess`, which is for all buckets of the account."
	aboutPermission = "`read` (get and list objects), `readwrite` (also write and delete them) or `fullaccess` (everything, in all buckets)."
)

// toAPI is what the API is sent: never nil, which godo sends as null.
func toAPI(grants []grant) []*godo.Grant {
	sent := []*godo.Grant{}
	for _, g := range grants {
		one := &godo.Grant{Permission: godo.SpacesKeyPermission(g.Permission)}
		if g.Bucket != nil {
			one.Bucket = *g.Bucket
		}
		sent = append(sent, one)
	}
	slices.SortFunc(sent, compare)
	return sent
}

// fromAPI is what the API tells: never nil, because a key without grants has
// an empty set of them. Terraform refuses sets with an element twice.
func fromAPI(all []*godo.Grant) []grant {
	told := slices.DeleteFunc(slices.Clone(all), func(g *godo.Grant) bool { return g == nil })
	slices.SortFunc(told, compare)
	told = slices.CompactFunc(told, func(a, b *godo.Grant) bool { return *a == *b })
	grants := []grant{}
	for _, g := range told {
		one := grant{Permission: string(g.Permission)}
		if g.Bucket != "" {
			one.Bucket = &g.Bucket
		}
		grants = append(grants, one)
	}
	return grants
}

func compare(a, b *godo.Grant) int {
	return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Permission, b.Permission))
}

// sameGrants says whether a key has just these.
func sameGrants(key *godo.SpacesKey, grants []grant) bool {
	equal := func(a, b *godo.Grant) bool { return *a == *b }
	return slices.EqualFunc(toAPI(fromAPI(key.Grants)), toAPI(grants), equal)
}

// configured is a grant of a configuration, where anything may be unknown.
type configured struct{ bucket, permission types.String }

func configuredGrants(set types.Set) []configured {
	var all []configured
	for _, e := range set.Elements() {
		one := configured{types.StringUnknown(), types.StringUnknown()}
		if o, ok := e.(types.Object); ok && !o.IsUnknown() {
			one = configured{text(o.Attributes()["bucket"]), text(o.Attributes()["permission"])}
		}
		all = append(all, one)
	}
	return all
}

func text(v attr.Value) types.String {
	s, ok := v.(types.String)
	if !ok {
		return types.StringUnknown()
	}
	return s
}

// full says whether grants are full access, as far as that is known.
func full(set types.Set) types.Bool {
	if set.IsUnknown() {
		return types.BoolUnknown()
	}
	answer := types.BoolValue(false)
	for _, g := range configuredGrants(set) {
		if g.permission.ValueString() == fullAccess {
			return types.BoolValue(true)
		}
		if g.permission.IsUnknown() {
			answer = types.BoolUnknown()
		}
	}
	return answer
}

// grantRules checks grants against one another, by what the API documents.
// Each permission by itself is checked by its own attribute.
type grantRules struct{}

func (grantRules) Description(context.Context) string {
	return "fullaccess alone and without a bucket, or one permission a bucket"
}

func (v grantRules) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (grantRules) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	wrong := func(title, format string, args ...any) {
		resp.Diagnostics.AddAttributeError(req.Path, title, fmt.Sprintf(format, args...))
	}
	all := configuredGrants(req.ConfigValue)
	seen, limited, full := map[string]bool{}, 0, false
	for _, g := range all {
		if !slices.Contains(permissions, g.permission.ValueString()) { // unknown, or refused by its own attribute
			continue
		}
		permission, bucket := g.permission.ValueString(), g.bucket.ValueString()
		switch {
		case permission == fullAccess:
			full = true
			if bucket != "" {
				wrong("Full access to one bucket", "The grant with the bucket %q has the permission fullaccess, which is for all buckets of the account and takes no bucket. Remove the bucket, or grant readwrite.", bucket)
			}
			continue
		case g.bucket.IsNull():
			wrong("A grant without a bucket", "A grant with the permission %q names no bucket, and only fullaccess is for all of them. Add the bucket's name.", permission)
		case bucket != "" && seen[bucket]:
			wrong("Two grants on one bucket", "The bucket %q has more than one grant, and a key has one permission on a bucket. Keep one; readwrite includes read.", bucket)
		}
		seen[bucket] = true
		limited++
	}
	if full && limited > 0 {
		wrong("Full access beside other grants", "One grant has the permission fullaccess, which stands alone: it includes all others, and the API does not take them together. Remove the others, or fullaccess.")
	}
}
