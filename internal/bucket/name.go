package bucket

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// nameValidator checks a new bucket's name by the rules of the page How to
// Create a Spaces Bucket, and by those of Ceph where it is silent.
type nameValidator struct{ prefix bool }

func (nameValidator) Description(context.Context) string {
	return "must be 3 to 63 lower-case letters, digits and dashes"
}

func (v nameValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

const maxPrefix = 63 - 26

var nameCharacters = regexp.MustCompile(`[^a-z0-9.-]`)

func (v nameValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	name := req.ConfigValue.ValueString()
	what, least, most, ends := "name", 3, 63, "and begins and ends"
	if v.prefix {
		what, least, most, ends = "name prefix", 1, maxPrefix, "and begins"
	}
	wrong := func(format string, args ...any) {
		resp.Diagnostics.AddAttributeError(req.Path, "Not a bucket "+what,
			fmt.Sprintf(format, args...)+fmt.Sprintf(" A bucket's %s has %d to %d characters, which are lower-case letters, digits and dashes, %s with a letter or a digit.", what, least, most, ends))
	}
	alike := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	switch bad := nameCharacters.FindString(name); {
	case len(name) < least || len(name) > most:
		wrong("%q has %d characters.", name, len(name))
	case bad != "" && !nameCharacters.MatchString(alike) && strings.Contains(name, "_"):
		wrong("%q has an underscore; %q would do.", name, alike)
	case bad != "" && !nameCharacters.MatchString(alike):
		wrong("%q has capital letters; %q would do.", name, alike)
	case bad != "":
		wrong("%q has the character %q.", name, bad)
	case strings.HasPrefix(name, "-"), strings.HasPrefix(name, "."):
		wrong("%q begins with %q.", name, name[:1])
	case !v.prefix && strings.HasSuffix(name, "-"): // Ceph refuses it; Spaces' page has no rule for the last character
		wrong("%q ends with a dash.", name)
	case strings.Contains(name, ".."), strings.Contains(name, ".-"), strings.Contains(name, "-."), !v.prefix && strings.HasSuffix(name, "."):
		wrong("%q has a dot without a letter or digit beside it.", name)
	case ipAddress.MatchString(name):
		wrong("%q has the form of an IP address.", name)
	case strings.Contains(name, "."):
		resp.Diagnostics.AddAttributeWarning(req.Path, "A bucket name with a dot",
			fmt.Sprintf("TLS certificates of Spaces do not cover %s as a host, so browsers will refuse the bucket's address, and a CDN endpoint cannot be made for it. Dashes do not have this problem.", name))
	}
}

var ipAddress = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+$`)
