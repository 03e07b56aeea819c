package certificate

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const aboutPrefix = "A prefix that the name does not begin with makes a new certificate."

// otherPrefix lets an imported certificate keep its name when that begins with
// the prefix.
func otherPrefix(ctx context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	var name types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("name"), &name)...)
	resp.RequiresReplace = !req.PlanValue.IsNull() && (req.PlanValue.IsUnknown() || !strings.HasPrefix(name.ValueString(), req.PlanValue.ValueString()))
}

var nameRule = tfkit.Rule{
	Title: "Not the name of a certificate", Wants: "must have no control characters and no blanks at its ends",
	Wrong: func(name string) string {
		if strings.ContainsFunc(name, unicode.IsControl) || strings.TrimSpace(name) != name {
			return fmt.Sprintf("%q has a control character, such as a line break, or a blank at an end. If it was read from a file or a command, use trimspace.", name)
		}
		return ""
	},
}

var domainRule = tfkit.Rule{
	Title: "Not a domain", Wants: "must be a domain such as example.com or *.example.com",
	Wrong: func(name string) string {
		switch bare := strings.TrimPrefix(name, "*."); {
		case strings.Contains(name, "/"), strings.Contains(name, ":"):
			return fmt.Sprintf("%q is not a domain alone: leave out the scheme, the port and the path.", name)
		case strings.Contains(bare, "*"):
			return fmt.Sprintf("%q has a wildcard elsewhere than in *. at its beginning, and Let's Encrypt issues no other.", name)
		case !domainShape.MatchString(strings.TrimSuffix(bare, ".")):
			return fmt.Sprintf("%q is not a domain such as example.com or *.example.com: labels of letters, digits and dashes, two or more, with dots between them. Names in other scripts are written in their xn-- form.", name)
		}
		return ""
	},
}

var domainShape = regexp.MustCompile(`(?i)^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// meaning is what domains mean as a set: in lower case, without the dot at the
// end, and without those that a wildcard among them covers.
func meaning(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.TrimSuffix(strings.ToLower(name), "."))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		first, rest, _ := strings.Cut(name, ".")
		return first != "*" && slices.Contains(all, "*."+rest)
	})
}

func sameNames(a, b []string) bool { return slices.Equal(meaning(a), meaning(b)) }

// coveredBy says whether a certificate's names are those that were asked for,
// or also a domain whose subdomains were asked for with a wildcard: the API
// may add it.
func coveredBy(asked, got []string) bool {
	if len(asked) == 0 {
		return false
	}
	want := meaning(asked)
	extra := func(name string) bool { return !slices.Contains(want, name) && slices.Contains(want, "*."+name) }
	return slices.Equal(want, slices.DeleteFunc(meaning(got), extra))
}
