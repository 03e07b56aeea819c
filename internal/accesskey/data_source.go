package accesskey

import (
	"context"
	"fmt"
	"strings"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// DataSource tells of a key, all but its secret.
func DataSource() datasource.DataSource {
	all := told()
	all["access_key"] = schema.StringAttribute{
		MarkdownDescription: "The ID of the key. One of `access_key` and `name` is required.",
		Optional:            true, Computed: true,
		Validators: []validator.String{
			tfkit.NotEmpty(),
			stringvalidator.ExactlyOneOf(path.MatchRoot("access_key"), path.MatchRoot("name")),
		},
	}
	all["name"] = schema.StringAttribute{
		MarkdownDescription: "The key's name. To look it up by its name, no other key may have the same.",
		Optional:            true, Computed: true,
		Validators: []validator.String{tfkit.NotEmpty()},
	}
	return tfkit.NewDataSource(tfkit.DataSourceSpec[facts]{
		Name: "key",
		Schema: schema.Schema{
			MarkdownDescription: "Tells of an access key of Spaces, all but its secret, and fails if there is none. The provider needs a `token` with the scope `spaces_key:read`.",
			Attributes:          all,
		},
		Read: look,
	})
}

// facts are what the API tells of a key at any time.
type facts struct {
	Name      types.String `tfsdk:"name"`
	Grants    []grant      `tfsdk:"grants"`
	AccessKey types.String `tfsdk:"access_key"`
	CreatedAt types.String `tfsdk:"created_at"`
}

func factsOf(key *godo.SpacesKey) facts {
	return facts{types.StringValue(key.Name), fromAPI(key.Grants), types.StringValue(key.AccessKey), types.StringValue(key.CreatedAt)}
}

// told are the attributes of facts.
func told() map[string]schema.Attribute {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	return map[string]schema.Attribute{
		"name": computed("The key's name. Several keys can have the same."),
		"grants": schema.SetNestedAttribute{
			MarkdownDescription: "What the key may do: full access, or permissions on single buckets. Empty for a key that may do nothing.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"bucket":     computed("Name of the bucket. Null with `fullaccess`, which is for all buckets of the account."),
				"permission": computed(aboutPermission),
			}},
		},
		"access_key": computed("The ID of the key."),
		"created_at": computed("When the key was made, in RFC 3339."),
	}
}

func look(ctx context.Context, cl *spaces.Clients, f *facts) error {
	if !f.AccessKey.IsNull() {
		key, err := get(ctx, cl, f.AccessKey.ValueString())
		if err != nil {
			return fmt.Errorf("looking for the access key %s: %w", f.AccessKey.ValueString(), err)
		}
		*f = factsOf(key)
		return nil
	}
	api, err := cl.API()
	if err != nil {
		return err
	}
	keys, err := named(ctx, api, f.Name.ValueString())
	if err != nil {
		return err
	}
	switch len(keys) {
	case 0:
		return spaces.Fail(spaces.NotFound, "The account has no key named %q. Names are compared letter by letter, capitals included; the data source spaces_keys lists all keys.", f.Name.ValueString())
	case 1:
		*f = factsOf(keys[0])
		return nil
	}
	var all []string
	for _, key := range keys {
		all = append(all, key.AccessKey)
	}
	return spaces.Fail(spaces.Other, "The account has %d keys named %q: %s. Say which one is meant with access_key in place of name.", len(keys), f.Name.ValueString(), strings.Join(all, ", "))
}
