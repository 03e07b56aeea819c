// Package object is what can be done with the objects of a bucket: uploading
// them, reading them, listing them.
//
// Reading order: resource.go, validate.go, plan.go (what is to be uploaded, and
// when), content.go (where its bytes come from), operations.go, upload.go and
// multipart.go (how they get there), described.go (all the rest of an object).
package object

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const summary = "An object: a file in a bucket.\n\n" +
	"What is in it comes from exactly one of `source`, `content`, `content_base64` and `content_wo`. It is compared by its SHA-256 while planning, so a changed file is a planned update without any hash in the configuration. " +
	"A file that changes between plan and apply ends the apply before anything is uploaded (Terraform calls that an inconsistent final plan); plan again. " +
	"What was changed outside Terraform, be it content, a header, metadata or the ACL, is put right by the next apply.\n\n" +
	"An object that is there already is overwritten. In a versioned bucket every upload makes a version, also one that only changes a header, and destroying the object hides it behind a delete marker unless `force_destroy` is set. " +
	"Up to 64 MiB are uploaded in one request, more in parts, several at a time; nothing is left of an upload that fails. An object has at most 5 TiB. " +
	"The same content that was uploaded in parts of another size is the same content, and no change.\n\n" +
	"Of an object with `customer_key_wo` a refresh sees whether it is there, and its ACL. What else was changed outside Terraform is not seen, because Spaces does not tell it without the key."

// Resource manages objects.
func Resource() resource.Resource {
	return &objects{tfkit.NewResource(tfkit.ResourceSpec[model]{
		Name:     "object",
		Schema:   schema.Schema{MarkdownDescription: summary, Attributes: attributes()},
		Identity: []string{"region", "bucket", "key"},
		Create:   create,
		Update:   update,
		Read:     read,
		Delete:   remove,
		Settle: func(cl *spaces.Clients, m *model) time.Duration {
			return max(cl.Patience.Write, cl.BirthWait(m.Location()))
		},
		Timeouts: func(m *model) timeouts.Value { return m.Timeouts },
	})}
}

// objects adds to the common lifecycle what is planned and what is validated
// of an object as a whole.
type objects struct{ *tfkit.Resource[model] }

// model has values of the framework only, so that it can be decoded while
// planning too, when anything may be unknown.
type model struct {
	described
	Source               types.String   `tfsdk:"source"`
	Content              types.String   `tfsdk:"content"`
	ContentBase64        types.String   `tfsdk:"content_base64"`
	ContentWO            types.String   `tfsdk:"content_wo"` // null but in a configuration
	ContentWOVersion     types.Int64    `tfsdk:"content_wo_version"`
	CustomerKeyWO        types.String   `tfsdk:"customer_key_wo"` // as content_wo
	CustomerKeyWOVersion types.Int64    `tfsdk:"customer_key_wo_version"`
	ForceDestroy         types.Bool     `tfsdk:"force_destroy"`
	Timeouts             timeouts.Value `tfsdk:"timeouts"`

	sent receipt // of this operation's upload
}

// receipt is how the server acknowledged an upload.
type receipt struct{ etag, version string }

func attributes() map[string]schema.Attribute {
	all := description()
	all["source"] = tfkit.OptionalString("Path of the file to upload, relative to the directory that Terraform runs in; `~` is the home directory. `${path.module}/…` names a file of the module.")
	all["content"] = schema.StringAttribute{
		MarkdownDescription: "Text to upload, as UTF-8. An empty string makes an empty object. It is kept in the state.",
		Optional:            true,
	}
	all["content_base64"] = schema.StringAttribute{
		MarkdownDescription: "Bytes to upload, in base64. They are kept in the state.",
		Optional:            true, Validators: []validator.String{base64Rule},
	}
	all["content_wo"] = schema.StringAttribute{
		MarkdownDescription: "Text to upload that is kept neither in the state nor in the plan, such as a secret. The state has only its `size` and its `etag`, which is its MD5. It needs Terraform 1.11 or newer, and `content_wo_version`.",
		Optional:            true, WriteOnly: true,
	}
	all["content_wo_version"] = schema.Int64Attribute{
		MarkdownDescription: "Any number; changing it uploads `content_wo` again. A change of `content_wo` alone cannot be seen.",
		Optional:            true,
	}
	all["customer_key_wo"] = schema.StringAttribute{
		MarkdownDescription: "Key that Spaces encrypts the object with, and does not keep (SSE-C): 32 bytes in base64. Whoever reads the object has to send the same key; without it the content is lost. " +
			"The key is kept neither in the state nor in the plan. It needs Terraform 1.11 or newer, and `customer_key_wo_version`.",
		Optional: true, WriteOnly: true, Validators: []validator.String{customerKeyRule},
	}
	all["customer_key_wo_version"] = schema.Int64Attribute{
		MarkdownDescription: "Any number; changing it uploads the object again, with the key that is given then. A change of `customer_key_wo` alone cannot be seen.",
		Optional:            true,
	}
	all["force_destroy"] = tfkit.Flag("Whether destroying the object deletes all its versions and delete markers too. They cannot be brought back. It has to be applied before it counts.", false)
	all["timeouts"] = tfkit.Timeouts("the upload", "a change", "deleting the object")
	return all
}
