package provider

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const (
	defaultAPIEndpoint = "https://api.digitalocean.com"
	defaultMaxRetries  = 4

	maxMaxRetries        = 100
	minRequestsPerSecond = 0.1
)

// blockModel is the provider block.
type blockModel struct {
	Token             types.String  `tfsdk:"token"`
	AccessKey         types.String  `tfsdk:"access_key"`
	SecretKey         types.String  `tfsdk:"secret_key"`
	Region            types.String  `tfsdk:"region"`
	Endpoint          types.String  `tfsdk:"endpoint"`
	APIEndpoint       types.String  `tfsdk:"api_endpoint"`
	UsePathStyle      types.Bool    `tfsdk:"use_path_style"`
	MaxRetries        types.Int64   `tfsdk:"max_retries"`
	RequestsPerSecond types.Float64 `tfsdk:"requests_per_second"`
}

// resolve takes each value from the block, else from the environment, else its
// default. Values that are not known yet are noted, not complained about.
func (b blockModel) resolve(diags *diag.Diagnostics) spaces.Config {
	r := resolver{diags: diags}
	config := spaces.Config{
		Token:       r.text("token", b.Token, "", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"),
		AccessKey:   r.text("access_key", b.AccessKey, "", "SPACES_ACCESS_KEY_ID"),
		SecretKey:   r.text("secret_key", b.SecretKey, "", "SPACES_SECRET_ACCESS_KEY"),
		Region:      strings.ToLower(r.text("region", b.Region, "", "SPACES_REGION")),
		APIEndpoint: r.text("api_endpoint", b.APIEndpoint, defaultAPIEndpoint, "DIGITALOCEAN_API_URL"),
		PathStyle:   b.UsePathStyle.ValueBool(),
		MaxRetries:  defaultMaxRetries,
	}
	if config.Region != "" && !spaces.RegionShape.MatchString(config.Region) { // from the environment: the block is validated
		r.wrong("region", "SPACES_REGION", config.Region, "it has not the shape of a region such as nyc3")
	}
	endpoint := r.text("endpoint", b.Endpoint, spaces.DefaultEndpoint, "SPACES_ENDPOINT_URL")
	var err error
	if config.Endpoint, err = spaces.ParseEndpoint(endpoint); err != nil {
		diags.AddAttributeError(path.Root("endpoint"), "Not an endpoint", fmt.Sprintf("The endpoint (from the provider block, or SPACES_ENDPOINT_URL) %s.", err))
	}
	if u, err := url.Parse(config.APIEndpoint); err != nil || u.Host == "" {
		diags.AddAttributeError(path.Root("api_endpoint"), "Not an API endpoint", fmt.Sprintf("%q (from the provider block, or DIGITALOCEAN_API_URL) is no URL such as %s.", config.APIEndpoint, defaultAPIEndpoint))
	}
	if name, value := first("SPACES_USE_PATH_STYLE"); b.UsePathStyle.IsNull() && value != "" {
		if config.PathStyle, err = strconv.ParseBool(value); err != nil {
			r.wrong("use_path_style", name, value, "it has to be true or false")
		}
	}
	if !b.MaxRetries.IsNull() && !b.MaxRetries.IsUnknown() {
		config.MaxRetries = int(b.MaxRetries.ValueInt64())
	} else if name, value := first("SPACES_MAX_RETRIES"); value != "" {
		if config.MaxRetries, err = strconv.Atoi(value); err != nil || config.MaxRetries < 0 || config.MaxRetries > maxMaxRetries {
			r.wrong("max_retries", name, value, fmt.Sprintf("it has to be a whole number from 0 to %d", maxMaxRetries))
		}
	}
	config.RequestsPerSecond = b.RequestsPerSecond.ValueFloat64()
	if name, value := first("SPACES_REQUESTS_PER_SECOND"); b.RequestsPerSecond.IsNull() && value != "" {
		if config.RequestsPerSecond, err = strconv.ParseFloat(value, 64); err != nil || !(config.RequestsPerSecond >= minRequestsPerSecond) { // so that NaN is wrong too
			r.wrong("requests_per_second", name, value, fmt.Sprintf("it has to be a number of at least %g", minRequestsPerSecond))
		}
	}
	config.Unknown = r.unknown
	return config
}

// resolver finds values, and notes what is unknown or wrong.
type resolver struct {
	diags   *diag.Diagnostics
	unknown []string
}

func (r *resolver) text(argument string, given types.String, byDefault string, environment ...string) string {
	switch {
	case given.IsUnknown():
		r.unknown = append(r.unknown, argument)
		return byDefault
	case !given.IsNull():
		return given.ValueString()
	}
	if _, value := first(environment...); value != "" {
		return value
	}
	return byDefault
}

func (r *resolver) wrong(argument, variable, value, rule string) {
	r.diags.AddAttributeError(path.Root(argument), "Wrong value in the environment",
		fmt.Sprintf("The environment variable %s is %q, which cannot be %s: %s. Correct or unset it, or set %s in the provider block.", variable, value, argument, rule, argument))
}

// first is the first variable of the environment that is set and not empty.
func first(names ...string) (name, value string) {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return name, value
		}
	}
	return "", ""
}
