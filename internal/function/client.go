package function

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// client is what a client has to know of a Spaces.
type client struct {
	region, bucket, key  string
	accessKey, secretKey string
	endpoint             spaces.Endpoint
	lock                 bool
}

// url is the address of the client's region.
func (c client) url() string { return c.endpoint.URL(c.region) }

// pathStyle says whether the bucket has to be in the path: where the endpoint
// has no host names for buckets, or TLS none for this one.
func (c client) pathStyle() bool { return !c.endpoint.Regional() || strings.Contains(c.bucket, ".") }

// clientFunction returns the text of a client's configuration.
type clientFunction struct {
	name, summary, description string
	required, optional         []string // attributes of its argument
	text                       func(client) (string, error)
}

const configParameter = "config"

func (f clientFunction) made() function.Function {
	attributes := "Object with " + enumerate(f.required) + ", and optionally " + enumerate(f.optional) + "."
	if slices.Contains(f.optional, "endpoint") {
		attributes += " `endpoint` is the address of another Spaces, with `{region}` where the region belongs; the default is `" + spaces.DefaultEndpoint + "`."
	}
	return pure{
		f.name,
		function.Definition{
			Summary: f.summary, MarkdownDescription: f.description,
			Parameters: []function.Parameter{function.DynamicParameter{Name: configParameter, MarkdownDescription: attributes}},
			Return:     function.StringReturn{},
		},
		func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
			var config types.Dynamic
			if err := arguments.Get(ctx, &config); err != nil {
				return nil, err
			}
			value, err := config.ToTerraformValue(ctx)
			if err == nil && !value.IsFullyKnown() {
				return types.StringUnknown(), nil
			}
			var c client
			if err == nil {
				c, err = f.read(value)
			}
			var text string
			if err == nil {
				text, err = f.text(c)
			}
			if err != nil {
				return nil, function.NewArgumentFuncError(0, fmt.Sprint(err))
			}
			return text, nil
		},
	}
}

// read takes the argument apart, and refuses what it is not to have.
func (f clientFunction) read(value tftypes.Value) (client, error) {
	var given map[string]tftypes.Value
	if err := value.As(&given); err != nil {
		return client{}, fmt.Errorf("%s takes an object, { %s = … }, and not a %s", f.name, strings.Join(f.required, " = …, "), kindOf(value))
	}
	c := client{endpoint: endpoint, lock: true}
	into := map[string]any{
		"region": &c.region, "bucket": &c.bucket, "key": &c.key,
		"access_key": &c.accessKey, "secret_key": &c.secretKey, "use_lockfile": &c.lock,
	}
	var address string
	into["endpoint"] = &address

	known := slices.Concat(f.required, f.optional)
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return client{}, fmt.Errorf("%s has no use for the attribute %q: its object has %s, and may have %s", f.name, name, enumerate(f.required), enumerate(f.optional))
		}
		if given[name].IsNull() {
			continue
		}
		if err := given[name].As(into[name]); err != nil {
			wanted := "string"
			if name == "use_lockfile" {
				wanted = "bool"
			}
			return client{}, fmt.Errorf("the attribute %q has to be a %s, and it is a %s", name, wanted, kindOf(given[name]))
		}
		if text, is := into[name].(*string); is && *text == "" {
			return client{}, fmt.Errorf("the attribute %q is an empty string, which means nothing here; to leave it out, remove it or set it to null", name)
		}
	}
	for _, name := range f.required {
		if v, is := given[name]; !is || v.IsNull() {
			return client{}, fmt.Errorf("%s needs the attribute %q, which is missing or null: its object has %s", f.name, name, enumerate(f.required))
		}
	}
	if address != "" {
		var err error
		if c.endpoint, err = spaces.ParseEndpoint(address); err != nil {
			return client{}, fmt.Errorf("the attribute \"endpoint\": %w", err)
		}
	}
	if optional := slices.Contains(f.optional, "access_key"); optional && (c.accessKey == "") != (c.secretKey == "") {
		return client{}, fmt.Errorf("of %q and %q one is given without the other: they belong together", "access_key", "secret_key")
	}
	return c.checked()
}

// checked refuses values that cannot be right. It shows no secret.
func (c client) checked() (client, error) {
	for _, rule := range []struct {
		name, value string
		tfkit.Rule
	}{{"region", c.region, tfkit.RegionRule}, {"bucket", c.bucket, tfkit.BucketRule}} {
		if rule.value == "" {
			continue
		}
		if wrong := rule.Wrong(rule.value); wrong != "" {
			return client{}, fmt.Errorf("the attribute %q: %s", rule.name, wrong)
		}
	}
	c.region = strings.ToLower(c.region)
	if err := c.endpoint.Check(c.region); err != nil {
		return client{}, fmt.Errorf("the attribute \"endpoint\": %w", err)
	}
	for name, value := range map[string]string{"access_key": c.accessKey, "secret_key": c.secretKey} {
		if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			return client{}, fmt.Errorf("the attribute %q has white space or a control character, and no key of Spaces has; trimspace() removes a line break at its end", name)
		}
	}
	return c, nil
}

// kindOf is the kind of a value, in a word.
func kindOf(v tftypes.Value) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(v.Type().String(), "tftypes."), "[")
	return strings.ToLower(name)
}

// enumerate is `a`, `b` and `c`.
func enumerate(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "`" + name + "`"
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " and " + quoted[last]
}

var (
	clientNeeds = []string{"region", "access_key", "secret_key"}
	clientTakes = []string{"bucket", "endpoint"}
)

const secretStays = " Keep it where only its user can read it. Terraform shows it no more than the key it was made of: give it sensitive or ephemeral keys and it is sensitive or ephemeral itself."

// signingRegion is the one that DigitalOcean's pages have clients sign with
// that know the regions of AWS only. Which region it is tells the endpoint.
const signingRegion = "us-east-1"
