package accesskey

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// ephemeralPrefix begins the names of keys that nobody has named. By it the
// leftovers of runs that were killed are found.
const ephemeralPrefix = "terraform-ephemeral-"

const ephemeralSummary = "An access key of Spaces that lasts as long as a run of Terraform and is in no state, no plan and no log. It is made when it is first needed, in a plan as in an apply, and deleted at the end, also when the run has failed.\n\n" +
	"As the credentials of another `provider \"spaces\"` block it makes a DigitalOcean `token` enough for everything; the token needs the scopes `spaces_key:create_credentials`, `spaces_key:read` and `spaces_key:delete`. " +
	"The key is waited for until Spaces accepts it, in the provider's `region`. Needs Terraform 1.10 or OpenTofu 1.11.\n\n" +
	"A run that was killed (`kill -9`, a machine that went down), or that could not reach the API at its end, leaves its key behind. It is known by its name: `" + ephemeralPrefix + "`, when it was made in UTC, and random characters. The data source `spaces_keys` finds those that are older than any run takes:\n\n" +
	"```terraform\n" +
	"data \"spaces_keys\" \"all\" {}\n\n" +
	"output \"left_over\" {\n" +
	"  value = [for k in data.spaces_keys.all.keys : k.access_key\n" +
	"    if startswith(k.name, \"" + ephemeralPrefix + "\") && timecmp(timeadd(k.created_at, \"24h\"), plantimestamp()) < 0]\n" +
	"}\n" +
	"```\n\n" +
	"and `doctl spaces keys delete ACCESS_KEY`, the control panel, or a DELETE request to `https://api.digitalocean.com/v2/spaces/keys/ACCESS_KEY` deletes one."

// Ephemeral makes a key for the length of a run.
func Ephemeral() ephemeral.EphemeralResource {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	secret := computed("The secret that goes with `access_key`.")
	secret.Sensitive = true
	return tfkit.NewEphemeral(tfkit.EphemeralSpec[ephemeralModel]{
		Name: "key",
		Schema: schema.Schema{
			MarkdownDescription: ephemeralSummary,
			Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{
					MarkdownDescription: "A name to know the key by while it lasts. The default is `" + ephemeralPrefix + "`, the time in UTC and random characters, such as `" + ephemeralPrefix + "20270131120000-abcdefgh`.",
					Optional:            true, Computed: true, Validators: []validator.String{tfkit.NotEmpty()},
				},
				"grants": schema.SetNestedAttribute{
					MarkdownDescription: aboutGrants, Required: true, Validators: []validator.Set{grantRules{}},
					NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
						"bucket": schema.StringAttribute{
							MarkdownDescription: aboutBucket, Optional: true, Validators: bucketAttribute().Validators,
						},
						"permission": schema.StringAttribute{
							MarkdownDescription: tfkit.RequiredString(aboutPermission, permissions...).MarkdownDescription,
							Required:            true, Validators: tfkit.RequiredString("", permissions...).Validators,
						},
					}},
				},
				"access_key": computed("The ID of the key."),
				"secret_key": secret,
				"created_at": computed("When the key was made, in RFC 3339."),
			},
		},
		Open:  open,
		Close: shut,
	})
}

type ephemeralModel struct {
	Name      types.String `tfsdk:"name"`
	Grants    []grant      `tfsdk:"grants"`
	AccessKey types.String `tfsdk:"access_key"`
	SecretKey types.String `tfsdk:"secret_key"`
	CreatedAt types.String `tfsdk:"created_at"`
}

// open makes a key and waits until Spaces accepts it.
func open(ctx context.Context, cl *spaces.Clients, m *ephemeralModel) (opened string, err error) {
	if m.Name.IsNull() {
		m.Name = types.StringValue(ephemeralPrefix + time.Now().UTC().Format("20060102150405") + "-" + strings.ToLower(rand.Text()[:8]))
	}
	key, err := issue(ctx, cl, m.Name.ValueString(), m.Grants)
	if err != nil {
		return "", err
	}
	m.AccessKey, m.SecretKey, m.CreatedAt = types.StringValue(key.AccessKey), types.StringValue(key.SecretKey), types.StringValue(key.CreatedAt)
	return key.AccessKey, awaitUse(ctx, cl, key)
}

// shut deletes the key.
func shut(ctx context.Context, cl *spaces.Clients, accessKey string) error {
	err := revoke(ctx, cl, accessKey)
	if err != nil && spaces.KindOf(err) != spaces.NotFound {
		return fmt.Errorf("the access key %s was made for this run only, and is still valid. Delete it, in the control panel or with \"doctl spaces keys delete %s\": %w", accessKey, accessKey, err)
	}
	return err
}
