package bucket

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/objectvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

var websiteAttributes = websiteSchema()

func websiteSchema() map[string]schema.Attribute {
	index := tfkit.OptionalString("Key of the page that stands for a folder, such as `index.html`. Needed unless `redirect_all_requests_to` is set.")
	index.Validators = append(index.Validators,
		stringvalidator.ExactlyOneOf(path.MatchRoot("index_document"), path.MatchRoot("redirect_all_requests_to")),
		stringvalidator.RegexMatches(regexp.MustCompile(`^[^/]*$`), "must not contain a slash: it is looked for in every folder"))
	errorDocument := tfkit.OptionalString("Key of the page that is shown instead of an error, such as `404.html`.")
	errorDocument.Validators = append(errorDocument.Validators, stringvalidator.ConflictsWith(path.MatchRoot("redirect_all_requests_to")))
	host := tfkit.RequiredString("Host that is redirected to, such as `www.example.com`.")
	host.Validators = append(host.Validators, hostRule)
	redirectHost := tfkit.OptionalString("Host that is redirected to. The default is the one that was asked.")
	redirectHost.Validators = append(redirectHost.Validators, hostRule)
	key := tfkit.OptionalString("Key that is redirected to.")
	key.Validators = append(key.Validators, stringvalidator.ConflictsWith(path.MatchRelative().AtParent().AtName("replace_key_prefix_with")))
	redirectCode := tfkit.OptionalString("Status of the redirect, 301 to 308. The default is 301.")
	redirectCode.Validators = append(redirectCode.Validators, stringvalidator.RegexMatches(regexp.MustCompile(`^30[1-8]$`), `must be a status from "301" to "308"`))
	errorCode := tfkit.OptionalString("The rule is for requests that would end with this status, such as `404`.")
	errorCode.Validators = append(errorCode.Validators, stringvalidator.RegexMatches(regexp.MustCompile(`^[45][0-9][0-9]$`), `must be a status from "400" to "599"`))

	all := tfkit.OptionalObject("Redirects every request to another host.", map[string]schema.Attribute{
		"host_name": host,
		"protocol":  tfkit.OptionalString("The default is the protocol that was asked with.", "http", "https"),
	})
	all.Validators = append(all.Validators, objectvalidator.ConflictsWith(path.MatchRoot("routing_rules")))
	redirect := tfkit.OptionalObject("Where to redirect to.", map[string]schema.Attribute{
		"host_name":               redirectHost,
		"protocol":                tfkit.OptionalString("The default is the protocol that was asked with.", "http", "https"),
		"http_redirect_code":      redirectCode,
		"replace_key_prefix_with": tfkit.OptionalString("What takes the place of `key_prefix_equals` at the beginning of the key."),
		"replace_key_with":        key,
	})
	redirect.Optional, redirect.Required = false, true
	redirect.Validators = append(redirect.Validators, notBare{})
	condition := tfkit.OptionalObject("Which requests the rule is for: both, where both are given. The default is every request.", map[string]schema.Attribute{
		"key_prefix_equals":               tfkit.OptionalString("The rule is for keys that begin with this."),
		"http_error_code_returned_equals": errorCode,
	})
	condition.Validators = append(condition.Validators, notBare{})
	return map[string]schema.Attribute{
		"index_document":           index,
		"error_document":           errorDocument,
		"redirect_all_requests_to": all,
		"routing_rules": tfkit.OptionalList("Redirects of some requests. The first rule that fits a request decides.", map[string]schema.Attribute{
			"condition": condition,
			"redirect":  redirect,
		}),
		"website_endpoint": tfkit.ComputedString("Host name that serves the site, such as `example.nyc3-static.digitaloceanspaces.com`."),
	}
}

// notBare refuses an object that is there with nothing in it. (AtLeastOneOf
// counts the object itself, so it refuses an absent one instead.)
type notBare struct{}

func (notBare) Description(context.Context) string { return "must not be empty" }

func (v notBare) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (notBare) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	attributes := req.ConfigValue.Attributes()
	for _, v := range attributes {
		if !v.IsNull() {
			return
		}
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Nothing in it",
		fmt.Sprintf("%s says nothing: give it at least one of %s.", req.Path, strings.Join(slices.Sorted(maps.Keys(attributes)), ", ")))
}

// hostRule catches URLs where a host belongs.
var hostRule = tfkit.Rule{
	Title: "Not a host name", Wants: "must be a host name",
	Wrong: func(name string) string {
		if !strings.ContainsAny(name, "/ ") {
			return ""
		}
		return fmt.Sprintf("%q has a slash or a blank, and a host name has neither: leave scheme and path out, as in www.example.com. The scheme goes into protocol.", name)
	},
}
