package accesskey

import (
	"context"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const summary = "An access key of Spaces: what S3 clients sign their requests with.\n\n" +
	"Keys are made through DigitalOcean's API, so the provider needs a `token`, with the scopes `spaces_key:create_credentials`, `spaces_key:read`, `spaces_key:update` and `spaces_key:delete`. An account has at most 200 keys. " +
	"A new key is waited for until Spaces accepts it, in the provider's `region`.\n\n" +
	"The secret is told once, when the key is made, and is kept in the state. Who can read the state can use the key: for a key that Terraform itself uses, take the ephemeral resource `spaces_key`, which is in no state."

// Resource manages keys.
func Resource() resource.Resource {
	return keyResource{tfkit.NewResource(tfkit.ResourceSpec[model]{
		Name:     "key",
		Schema:   schema.Schema{MarkdownDescription: summary, Attributes: attributes()},
		Identity: []string{"access_key"},
		Create:   create,
		Update:   update,
		Read:     read,
		Delete:   remove,
	})}
}

func attributes() map[string]schema.Attribute {
	secret := tfkit.ComputedString("The secret that goes with `access_key`. Null for a key that was imported: the API does not tell it again.")
	secret.Sensitive = true
	keepers := tfkit.OptionalMap("Arbitrary values that make a new key whenever they change, to rotate it. With `create_before_destroy` the old key works until all that uses it has the new one. Setting them for the first time on an imported key makes no new one.")
	keepers.PlanModifiers = []planmodifier.Map{mapplanmodifier.RequiresReplaceIf(unlessImported, replacesKeepers, replacesKeepers)}
	return map[string]schema.Attribute{
		"name": tfkit.RequiredString("A name to know the key by. It need not be unique."),
		"grants": schema.SetNestedAttribute{
			MarkdownDescription: aboutGrants + " Full access cannot be changed into limited access, nor the other way round: that makes a new key. All other changes are made in place, to the same key.",
			Required:            true,
			Validators:          []validator.Set{grantRules{}},
			PlanModifiers:       []planmodifier.Set{setplanmodifier.RequiresReplaceIf(changesFullness, replacesFullness, replacesFullness)},
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"bucket":     bucketAttribute(),
				"permission": tfkit.RequiredString(aboutPermission, permissions...),
			}},
		},
		"keepers":    keepers,
		"access_key": tfkit.ComputedString("The ID of the key, for example `DO00ABCDEFGHIJKLMNOP`."),
		"secret_key": secret,
		"created_at": tfkit.ComputedString("When the key was made, in RFC 3339."),
	}
}

func bucketAttribute() schema.StringAttribute {
	a := tfkit.OptionalString(aboutBucket)
	a.Validators = []validator.String{tfkit.NotEmpty(), tfkit.BucketRule}
	return a
}

const (
	replacesKeepers  = "A change makes a new key."
	replacesFullness = "A change from full access to limited access, or back, makes a new key."
)

// unlessImported spares an imported key, whose keepers nobody could tell: it
// is known by its lack of a secret.
func unlessImported(ctx context.Context, req planmodifier.MapRequest, resp *mapplanmodifier.RequiresReplaceIfFuncResponse) {
	var secret types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("secret_key"), &secret)...)
	resp.RequiresReplace = !req.StateValue.IsNull() || !secret.IsNull()
}

// changesFullness is what the API refuses to do in place.
func changesFullness(_ context.Context, req planmodifier.SetRequest, resp *setplanmodifier.RequiresReplaceIfFuncResponse) {
	planned := full(req.PlanValue)
	resp.RequiresReplace = !planned.IsUnknown() && !planned.Equal(full(req.StateValue))
}

type keyResource struct{ *tfkit.Resource[model] }

// ImportState says what an import cannot do.
func (r keyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.Resource.ImportState(ctx, req, resp)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddWarning("An access key is imported without its secret",
			"DigitalOcean tells a key's secret only once, when the key is made. So secret_key stays null, and nothing is planned because of it. To have a secret here, make a new key: terraform apply -replace=ADDRESS.")
	}
}

type model struct {
	Name      types.String `tfsdk:"name"`
	Grants    []grant      `tfsdk:"grants"`
	Keepers   types.Map    `tfsdk:"keepers"`
	AccessKey types.String `tfsdk:"access_key"`
	SecretKey types.String `tfsdk:"secret_key"`
	CreatedAt types.String `tfsdk:"created_at"`
}

func create(ctx context.Context, cl *spaces.Clients, m *model) error {
	key, err := issue(ctx, cl, m.Name.ValueString(), m.Grants)
	if err != nil {
		return err
	}
	m.AccessKey, m.SecretKey = types.StringValue(key.AccessKey), types.StringValue(key.SecretKey)
	if err := awaitUse(ctx, cl, key); err != nil {
		return tfkit.Partial(err)
	}
	return nil
}

// update sends name and grants together: the API takes what is left out of a
// PUT for empty. Whether it took the grants is seen when they are read back.
func update(ctx context.Context, cl *spaces.Clients, plan, _ *model) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	_, err = spaces.One(api.SpacesKeys.Update(ctx, plan.AccessKey.ValueString(),
		&godo.SpacesKeyUpdateRequest{Name: plan.Name.ValueString(), Grants: toAPI(plan.Grants)}))
	if spaces.OtherShape(err) {
		return nil
	}
	return err
}

func read(ctx context.Context, cl *spaces.Clients, m *model) error {
	key, err := get(ctx, cl, m.AccessKey.ValueString())
	if err != nil {
		return err
	}
	m.Name, m.Grants, m.CreatedAt = types.StringValue(key.Name), fromAPI(key.Grants), types.StringValue(key.CreatedAt)
	return nil
}

func remove(ctx context.Context, cl *spaces.Clients, m *model) error {
	return revoke(ctx, cl, m.AccessKey.ValueString())
}

func revoke(ctx context.Context, cl *spaces.Clients, accessKey string) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	_, err = api.SpacesKeys.Delete(ctx, accessKey)
	return err
}
