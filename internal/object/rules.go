package object

import (
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const maxKey = 1024

var keyRule = tfkit.Rule{
	Title: "Not a key", Wants: "must have 1 to 1,024 bytes, none of them a control character",
	Wrong: func(key string) string {
		switch {
		case key == "":
			return "The key is empty, and an object needs a name of 1 to 1,024 bytes."
		case len(key) > maxKey:
			return fmt.Sprintf("The key has %d bytes in UTF-8, and 1,024 is the most there can be. It begins with %q.", len(key), key[:runeBoundary(key, 40)])
		case strings.ContainsFunc(key, unicode.IsControl):
			return fmt.Sprintf("The key %q has a control character, such as a tab or a line break, which lists of a bucket cannot show. If it was read from a file or a command, cut it off with trimspace or chomp.", key)
		}
		return ""
	},
}

// runeBoundary is where a string can be cut, near a number of bytes.
func runeBoundary(s string, at int) int {
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return at
}

// headerRule is for what is sent as the value of an HTTP header.
var headerRule = tfkit.Rule{
	Title: "Not a header's value", Wants: "must have no control characters, and no blanks at its ends",
	Wrong: wrongHeader,
}

func wrongHeader(value string) string {
	switch {
	case strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Sprintf("%q has a control character, such as a line break, which a header cannot hold.", value)
	case strings.TrimSpace(value) != value:
		return fmt.Sprintf("%q begins or ends with a blank, which HTTP drops: it would come back without. Use trimspace.", value)
	}
	return ""
}

var timeRule = tfkit.Rule{
	Title: "Not a time", Wants: "must be a time in RFC 3339, such as 2030-01-31T00:00:00Z",
	Wrong: func(value string) string {
		at, err := time.Parse(time.RFC3339, value)
		switch {
		case err != nil:
			return fmt.Sprintf("%q is no time in RFC 3339, such as 2030-01-31T00:00:00Z or 2030-01-31T00:00:00+01:00.", value)
		case at.Nanosecond() != 0:
			return fmt.Sprintf("%q has a fraction of a second, which a header cannot hold.", value)
		}
		return ""
	},
}

var redirectRule = tfkit.Rule{
	Title: "Not a redirect", Wants: "must begin with /, http:// or https://",
	Wrong: func(value string) string {
		for _, start := range []string{"/", "http://", "https://"} {
			if strings.HasPrefix(value, start) {
				return ""
			}
		}
		return fmt.Sprintf("%q has to be a path of the same website, which begins with /, or a URL, which begins with http:// or https://.", value)
	},
}

var base64Rule = tfkit.Rule{
	Title: "Not base64", Wants: "must be base64, as base64encode and filebase64 make it",
	Wrong: func(value string) string {
		_, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return fmt.Sprintf("It cannot be decoded: %v. Give it base64 with padding, as base64encode and filebase64 make it; text belongs into content.", err)
		}
		return ""
	},
}

// metadataRule is for keys and values of an object's metadata.
type metadataRule struct{}

// Description says what the rule wants.
func (metadataRule) Description(context.Context) string {
	return "keys must be header names in lower case, and values must not be empty, have control characters, or blanks at their ends"
}

// MarkdownDescription says what the rule wants.
func (r metadataRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// metadataKey is HTTP's token without capitals.
var metadataKey = regexp.MustCompile("^[a-z0-9!#$%&'*+.^_`|~-]+$")

// ValidateMap complains about keys and values that would not come back as they are.
func (metadataRule) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	for key, element := range req.ConfigValue.Elements() {
		at := req.Path.AtMapKey(key)
		switch {
		case key != strings.ToLower(key):
			resp.Diagnostics.AddAttributeError(at, "A key in capitals", fmt.Sprintf("The metadata key %q has to be in lower case, %q: Spaces returns all of them so.", key, strings.ToLower(key)))
		case strings.HasPrefix(key, "x-amz-meta-"):
			resp.Diagnostics.AddAttributeError(at, "A header's whole name", fmt.Sprintf("The metadata key %q is to be written without x-amz-meta-, which is put before all of them.", key))
		case !metadataKey.MatchString(key):
			resp.Diagnostics.AddAttributeError(at, "Not a metadata key", fmt.Sprintf("The metadata key %q is to be part of a header's name: letters in lower case, digits, dashes, and no blanks, slashes, colons or accents.", key))
		}
		value, ok := element.(types.String)
		if !ok || value.IsUnknown() {
			continue
		}
		switch wrong := wrongHeader(value.ValueString()); {
		case value.IsNull() || value.ValueString() == "":
			resp.Diagnostics.AddAttributeError(at, "Empty metadata", fmt.Sprintf("The metadata key %q has no value. Give it one, or leave out the key.", key))
		case wrong != "":
			resp.Diagnostics.AddAttributeError(at, "Not a metadata value", wrong)
		}
	}
}
