package object

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	framework "github.com/hashicorp/terraform-plugin-framework/path"
)

// manyFiles is where a map of files begins to be slow: Terraform's own work on
// one grows with the square of its length.
const manyFiles = 10_000

// warn says what the plan itself does not show.
func (m *directory) warn(diags *diag.Diagnostics, items []item, before manifest, extraneous []string) {
	about := func(argument, summary, detail string) {
		diags.AddAttributeWarning(framework.Root(argument), summary, detail)
	}
	if len(extraneous) > 0 {
		about("delete_extraneous", counted(len(extraneous), "object", "objects")+" to be deleted",
			"Terraform has not uploaded them, and no file stands for them:\n"+firstOf(quoted(extraneous)))
	}
	if len(items) == 0 {
		about("source", "Nothing to upload", fmt.Sprintf("There is no file in %s, or include and exclude leave none.", m.Source.ValueString()))
	}
	if len(items) > manyFiles && m.TrackFiles.ValueBool() {
		about("track_files", "Many files", fmt.Sprintf("The directory has %s. Terraform takes long over a map of so many: with track_files = false it does not get one, and the plan shows counts and content_hash only.", counted(len(items), "file", "files")))
	}
	var secret, adopted, replaced []string
	for _, i := range items {
		if looksSecret(i.path) {
			secret = append(secret, i.path)
		}
		if there := before[i.key]; there.foreign {
			if i.todo(there) == toUpload {
				replaced = append(replaced, i.key)
			} else {
				adopted = append(adopted, i.key)
			}
		}
	}
	if len(secret) > 0 {
		about("source", "Should this be uploaded?", "These are seldom meant for a bucket:\n"+firstOf(quoted(secret))+"\n\nTo leave them out, write exclude = [\"**/.git\", \"**/.terraform\", \"**/*.tfstate*\", \"**/.env\"].")
	}
	if len(adopted)+len(replaced) > 0 {
		text := fmt.Sprintf("%s with the content of its file already. It gets its ACL, and is not uploaded again.", counted(len(adopted), "object is there", "objects are there, each"))
		if len(replaced) > 0 {
			text += fmt.Sprintf(" %s overwritten:\n%s", counted(len(replaced), "other is", "others are"), firstOf(quoted(replaced)))
		}
		about("prefix", "Objects that are there already", text)
	}
}

func quoted(all []string) []string {
	some := make([]string, len(all))
	for i, s := range all {
		some[i] = fmt.Sprintf("%q", s)
	}
	return some
}

// looksSecret is for what gets into a directory without being meant for others.
func looksSecret(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == ".git" || part == ".terraform" {
			return true
		}
	}
	base := path.Base(name)
	return base == ".env" || strings.HasSuffix(base, ".tfstate") || strings.Contains(base, ".tfstate.")
}
