package object

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const directorySummary = "A directory of this machine, as objects of a bucket: a web site, or the assets of a release.\n\n" +
	"The plan shows which keys are added, changed and removed, and only these are uploaded or deleted: one changed file is one PUT. Files are compared by their SHA-256, whatever their times. The state holds hashes, and nothing of what is in the files. " +
	"Files that are no web pages are uploaded first, then the pages (`text/html`), and only then is deleted what is no longer there, so that a site never refers to what it does not have yet. " +
	"When some files cannot be uploaded, the others are, the error names them, and the next apply uploads the rest. After a first apply that failed so, `terraform untaint` spares what is there from being deleted and uploaded anew.\n\n" +
	"A refresh lists the keys below `prefix`, a thousand a request, and compares sizes and ETags: an object that was changed or deleted outside Terraform is uploaded again. A list does not tell headers and ACLs, so changes of these are not seen. " +
	"Objects that Terraform has not uploaded are left alone unless `delete_extraneous` is set, except that one with the key of a file is overwritten. So several directories and objects can share a prefix, as long as no key belongs to two of them; with `delete_extraneous` a directory needs a prefix to itself, or has to name what belongs to others in `exclude`.\n\n" +
	"Symbolic links are followed where they lead to something inside the directory, and refused where they lead out of it, in a circle, or to nothing. Names that begin with a dot are files like others; empty directories are nothing, as a bucket has none. " +
	"What cannot be uploaded (a name that is not UTF-8 or makes a key of more than 1,024 bytes, a file that may not be read, a socket) fails the plan, with all such names. " +
	"When there is nothing to upload any more, because `source` is missing or empty, that is a warning of the plan and an error of the apply, and nothing is deleted; the resource can be destroyed then as ever."

// DirectoryResource manages directories.
func DirectoryResource() resource.Resource {
	return &directories{tfkit.NewResource(tfkit.ResourceSpec[directory]{
		Name:     "directory",
		Schema:   schema.Schema{MarkdownDescription: directorySummary, Attributes: directoryAttributes()},
		Identity: []string{"region", "bucket", "prefix"},
		Create:   createDirectory,
		Update:   updateDirectory,
		Read:     readDirectory,
		Delete:   deleteDirectory,
		Timeouts: func(m *directory) timeouts.Value { return m.Timeouts },
	})}
}

// directories adds ModifyPlan to the common lifecycle.
type directories struct{ *tfkit.Resource[directory] }

// directory is the model. What is known of each key is its manifest, beside it.
type directory struct {
	tfkit.InBucket
	Prefix           types.String   `tfsdk:"prefix"`
	Source           types.String   `tfsdk:"source"`
	Include          types.List     `tfsdk:"include"`
	Exclude          types.List     `tfsdk:"exclude"`
	ACL              types.String   `tfsdk:"acl"`
	Rules            types.List     `tfsdk:"rules"`
	DeleteExtraneous types.Bool     `tfsdk:"delete_extraneous"`
	TrackFiles       types.Bool     `tfsdk:"track_files"`
	Files            types.Map      `tfsdk:"files"`
	FileCount        types.Int64    `tfsdk:"file_count"`
	ContentHash      types.String   `tfsdk:"content_hash"`
	TotalSize        types.Int64    `tfsdk:"total_size"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`

	written manifest // by this operation
}

func directoryAttributes() map[string]schema.Attribute {
	const aclWords = "`private`: only keys may read the objects; `public-read`: anybody may."
	acl := tfkit.OptionalString(aclWords+" The default is `private`. Changing it sends one request for each object, and no content.", spaces.ACLPrivate, spaces.ACLPublicRead)
	acl.Computed, acl.Default = true, stringdefault.StaticString(spaces.ACLPrivate)
	header := func(description string) schema.StringAttribute {
		a := tfkit.OptionalString(description)
		a.Validators = append(a.Validators, headerRule)
		return a
	}
	pattern := tfkit.RequiredString("Which files the rule is for, as in `include`.")
	pattern.Validators = []validator.String{globRule}
	metadata := tfkit.OptionalMap("Metadata, sent as `x-amz-meta-*` headers. Keys are in lower case. The metadata of an earlier rule is replaced as a whole.")
	metadata.Validators = append(metadata.Validators, metadataRule{})
	return tfkit.WithBucket(map[string]schema.Attribute{
		"source": tfkit.RequiredString("Path of the directory, relative to the directory that Terraform runs in; `~` is the home directory. `${path.module}/…` names a directory of the module."),
		"prefix": schema.StringAttribute{
			MarkdownDescription: "Folder of the bucket that the files get into, such as `site/`: it is put before their paths. A slash at its end may be left out. The default is the top of the bucket. Changing it makes a new resource.",
			Optional:            true, Computed: true, Default: stringdefault.StaticString(""),
			Validators:    []validator.String{prefixRule},
			PlanModifiers: []planmodifier.String{sameFolder{}},
		},
		"include": globList("Patterns of the files to upload. The default is all. `*` is anything within one name, `?` one character, `**` any number of directories, `{a,b}` either: `**/*.html` matches at every depth, `*.html` at the top only. Paths are those below `source`, with slashes on every system. A pattern whose last name has no such character also takes all that is in a directory of that name."),
		"exclude": globList("Patterns of files to leave out, in the same form, such as `.git`, `**/.DS_Store` and `**/*.map`. They win over `include`. What they match below `prefix` in the bucket is not touched either, unless Terraform has uploaded it."),
		"acl":     acl,
		"rules": tfkit.OptionalList("Headers and ACLs for some of the files. When several rules match a file, the last one that has an argument decides on it.", map[string]schema.Attribute{
			"pattern":             pattern,
			"cache_control":       header("How browsers and the CDN may keep it, such as `public, max-age=31536000, immutable`."),
			"content_type":        header("Media type, such as `text/html; charset=utf-8`. The default follows from the extension, by a table of the provider's own, else from the first bytes."),
			"content_encoding":    header("How the content is encoded already, such as `gzip`. Nothing is encoded by this."),
			"content_disposition": header("How browsers present it, such as `attachment`."),
			"metadata":            metadata,
			"acl":                 tfkit.OptionalString(aclWords, spaces.ACLPrivate, spaces.ACLPublicRead),
		}),
		"delete_extraneous": tfkit.Flag("Whether objects below `prefix` that no file stands for are deleted, also those that Terraform has not uploaded. Never touched are those outside `prefix`, those that `include` and `exclude` leave out, and keys that end with a slash. They are in `files` until they are deleted; when they were not looked for before, as in a first apply, a warning of the plan names them.", false),
		"track_files":       tfkit.Flag("Whether `files` is kept. Without it plan and apply stay fast with 100,000 files, which Terraform is not with a map of that size; the plan then shows only the other computed attributes, and a warning names what was changed outside Terraform.", true),
		"files": schema.MapAttribute{
			MarkdownDescription: "Keys, and for each the SHA-256 of its content, in hexadecimal. Where rules give something, it is the SHA-256 of that and of what they give. Of an object that Terraform has not uploaded it is a text with the ETag. Null when `track_files` is `false`.",
			ElementType:         types.StringType, Computed: true,
		},
		"file_count":   schema.Int64Attribute{MarkdownDescription: "How many files there are.", Computed: true},
		"content_hash": schema.StringAttribute{MarkdownDescription: "One hash over all keys, contents, and what rules give, which changes with any of them: for `triggers`, and for purging a CDN.", Computed: true},
		"total_size":   schema.Int64Attribute{MarkdownDescription: "Size of all files, in bytes.", Computed: true},
		"timeouts":     tfkit.Timeouts("the first upload", "a change", "deleting the objects"),
	})
}

func globList(description string) schema.ListAttribute {
	return schema.ListAttribute{
		MarkdownDescription: description, ElementType: types.StringType, Optional: true,
		Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(globRule)},
	}
}

// prefixRule is for the folder of a directory.
var prefixRule = tfkit.Rule{
	Title: "Not a folder", Wants: "must be a folder of the bucket, such as site/",
	Wrong: func(prefix string) string {
		if strings.HasPrefix(prefix, "/") {
			return fmt.Sprintf("%q begins with a slash, so all keys would, and all URLs would have two of them. Write it without; for the top of the bucket leave prefix out.", prefix)
		}
		if prefix == "" {
			return ""
		}
		return keyRule.Wrong(prefix)
	},
}

// sameFolder replaces the directory when its prefix changes, unless it only
// gains or loses its last slash.
type sameFolder struct{}

// Description says what it does.
func (sameFolder) Description(context.Context) string { return "Another folder makes a new resource." }

// MarkdownDescription says what it does.
func (m sameFolder) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString keeps the spelling of the state.
func (sameFolder) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	switch {
	case req.State.Raw.IsNull() || req.Plan.Raw.IsNull():
	case !req.PlanValue.IsUnknown() && folder(req.PlanValue.ValueString()) == folder(req.StateValue.ValueString()):
		resp.PlanValue = req.StateValue
	default:
		resp.RequiresReplace = true
	}
}

// folder is a prefix with the slash that ends it.
func folder(prefix string) string {
	if prefix == "" || strings.HasSuffix(prefix, "/") {
		return prefix
	}
	return prefix + "/"
}

func (m *directory) folder() string { return folder(m.Prefix.ValueString()) }

func (m *directory) filter() filter { return newFilter(m.Include, m.Exclude) }

// extraneous says whether a key that is no file's and was not uploaded by
// Terraform is one that delete_extraneous is about.
func (m *directory) extraneous(key string, take filter) bool {
	path, below := strings.CutPrefix(key, m.folder())
	return below && m.DeleteExtraneous.ValueBool() && !strings.HasSuffix(key, "/") && take.takes(path)
}

// show fills in the computed attributes. What somebody else has put there is
// shown where it is to be deleted.
func (m *directory) show(all manifest) {
	files, sum, size := map[string]attr.Value{}, sha256.New(), int64(0)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		e := all[key]
		if e.foreign && !m.DeleteExtraneous.ValueBool() {
			continue
		}
		hash := e.hash()
		files[key] = types.StringValue(hash)
		fmt.Fprintf(sum, "%q %s\n", key, hash)
		size += e.size
	}
	m.FileCount, m.TotalSize = types.Int64Value(int64(len(files))), types.Int64Value(size)
	m.ContentHash = types.StringValue(hex.EncodeToString(sum.Sum(nil)))
	m.Files = types.MapNull(types.StringType)
	if m.TrackFiles.ValueBool() {
		m.Files = types.MapValueMust(types.StringType, files)
	}
}

// hide leaves the computed attributes to the apply.
func (m *directory) hide() {
	m.FileCount, m.TotalSize = types.Int64Unknown(), types.Int64Unknown()
	m.ContentHash, m.Files = types.StringUnknown(), types.MapUnknown(types.StringType)
}
