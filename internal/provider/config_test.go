package provider

import (
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// clean unsets every variable that is read, and sets some.
func clean(t *testing.T, set map[string]string) {
	t.Helper()
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "SPACES_") || strings.HasPrefix(name, "DIGITALOCEAN_") {
			t.Setenv(name, "") // empty is as good as unset; a test sees to that
		}
	}
	for name, value := range set {
		t.Setenv(name, value)
	}
}

func parsed(t *testing.T, address string) spaces.Endpoint {
	t.Helper()
	e, err := spaces.ParseEndpoint(address)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var (
	everyVariable = map[string]string{
		"DIGITALOCEAN_TOKEN": "env token", "SPACES_ACCESS_KEY_ID": "env access", "SPACES_SECRET_ACCESS_KEY": "env secret",
		"SPACES_REGION": "AMS3", "SPACES_ENDPOINT_URL": "http://{region}.env.example", "DIGITALOCEAN_API_URL": "http://api.env.example",
		"SPACES_USE_PATH_STYLE": "true", "SPACES_MAX_RETRIES": "7", "SPACES_REQUESTS_PER_SECOND": "2.5",
	}
	everyArgument = blockModel{
		Token: types.StringValue("token"), AccessKey: types.StringValue("access"), SecretKey: types.StringValue("secret"),
		Region: types.StringValue("NYC3"), Endpoint: types.StringValue("http://{region}.block.example"), APIEndpoint: types.StringValue("http://api.block.example"),
		UsePathStyle: types.BoolValue(false), MaxRetries: types.Int64Value(0), RequestsPerSecond: types.Float64Value(9),
	}
)

func TestResolveTakesArgumentThenEnvironmentThenDefault(t *testing.T) {
	defaults := spaces.Config{
		Endpoint: parsed(t, spaces.DefaultEndpoint), APIEndpoint: "https://api.digitalocean.com", MaxRetries: 4,
	}
	ofEnvironment := spaces.Config{
		Token: "env token", AccessKey: "env access", SecretKey: "env secret", Region: "ams3",
		Endpoint: parsed(t, "http://{region}.env.example"), APIEndpoint: "http://api.env.example",
		PathStyle: true, MaxRetries: 7, RequestsPerSecond: 2.5,
	}
	ofBlock := spaces.Config{
		Token: "token", AccessKey: "access", SecretKey: "secret", Region: "nyc3",
		Endpoint: parsed(t, "http://{region}.block.example"), APIEndpoint: "http://api.block.example",
		PathStyle: false, MaxRetries: 0, RequestsPerSecond: 9,
	}
	empty := map[string]string{}
	for name := range everyVariable {
		empty[name] = ""
	}
	mixed := ofEnvironment
	mixed.AccessKey, mixed.SecretKey = "access", "secret"
	other := maps.Clone(everyVariable)
	other["DIGITALOCEAN_TOKEN"], other["DIGITALOCEAN_ACCESS_TOKEN"] = "", "other token"
	otherToken := ofEnvironment
	otherToken.Token = "other token"
	both := maps.Clone(everyVariable)
	both["DIGITALOCEAN_ACCESS_TOKEN"] = "other token"
	for _, c := range []struct {
		name        string
		block       blockModel
		environment map[string]string
		want        spaces.Config
	}{
		{"nothing", blockModel{}, nil, defaults},
		{"an empty environment", blockModel{}, empty, defaults},
		{"environment", blockModel{}, everyVariable, ofEnvironment},
		{"block", everyArgument, nil, ofBlock},
		{"block over environment", everyArgument, everyVariable, ofBlock},
		{"each argument by itself", blockModel{AccessKey: types.StringValue("access"), SecretKey: types.StringValue("secret")}, everyVariable, mixed},
		{"the other name of the token", blockModel{}, other, otherToken},
		{"both names of the token", blockModel{}, both, ofEnvironment},
	} {
		t.Run(c.name, func(t *testing.T) {
			clean(t, c.environment)
			var diags diag.Diagnostics
			if got := c.block.resolve(&diags); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v\nwant %+v", got, c.want)
			}
			if len(diags) > 0 {
				t.Errorf("it says: %v", diags)
			}
		})
	}
}

// What is unknown is not taken from the environment: that could be another
// account's.
func TestResolveNotesWhatIsUnknown(t *testing.T) {
	clean(t, everyVariable)
	block := blockModel{
		Token: types.StringUnknown(), AccessKey: types.StringUnknown(), SecretKey: types.StringUnknown(),
		Region: types.StringUnknown(), Endpoint: types.StringUnknown(), APIEndpoint: types.StringUnknown(),
		UsePathStyle: types.BoolUnknown(), MaxRetries: types.Int64Unknown(), RequestsPerSecond: types.Float64Unknown(),
	}
	var diags diag.Diagnostics
	got := block.resolve(&diags)
	if len(diags) > 0 {
		t.Errorf("it says: %v", diags)
	}
	slices.Sort(got.Unknown)
	if want := []string{"access_key", "api_endpoint", "endpoint", "region", "secret_key", "token"}; !slices.Equal(got.Unknown, want) {
		t.Errorf("unknown are %q, want %q", got.Unknown, want)
	}
	if got.Token+got.AccessKey+got.SecretKey+got.Region != "" {
		t.Errorf("taken from the environment: %+v", got)
	}
	if cl := spaces.New(got); spaces.KindOf(second(cl.S3("nyc3"))) != spaces.Unknown || spaces.KindOf(second(cl.API())) != spaces.Unknown {
		t.Error("requests are made with what is unknown")
	}

	one := everyArgument
	one.SecretKey = types.StringUnknown()
	if got := one.resolve(&diags); !slices.Equal(got.Unknown, []string{"secret_key"}) || got.AccessKey != "access" {
		t.Errorf("unknown are %q, access key %q", got.Unknown, got.AccessKey)
	}
}

func second[T any](_ T, err error) error { return err }

func TestResolveNamesWhatIsWrongInTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		variable, value, argument string
		says                      []string
	}{
		{"SPACES_REGION", "us-east-1", "region", []string{"such as nyc3"}},
		{"SPACES_ENDPOINT_URL", "nyc3.digitaloceanspaces.com", "endpoint", []string{"has to start with https://"}},
		{"SPACES_ENDPOINT_URL", "https://{zone}.example.com", "endpoint", []string{"{region}"}},
		{"DIGITALOCEAN_API_URL", "api.digitalocean.com", "api_endpoint", []string{"https://api.digitalocean.com"}},
		{"DIGITALOCEAN_API_URL", "http://bad host", "api_endpoint", []string{"https://api.digitalocean.com"}},
		{"SPACES_USE_PATH_STYLE", "perhaps", "use_path_style", []string{"true or false"}},
		{"SPACES_MAX_RETRIES", "many", "max_retries", []string{"whole number"}},
		{"SPACES_MAX_RETRIES", "-1", "max_retries", []string{"from 0 to 100"}},
		{"SPACES_MAX_RETRIES", "101", "max_retries", []string{"from 0 to 100"}},
		{"SPACES_REQUESTS_PER_SECOND", "NaN", "requests_per_second", []string{"a number of at least"}},
		{"SPACES_MAX_RETRIES", "1.5", "max_retries", []string{"whole number"}},
		{"SPACES_REQUESTS_PER_SECOND", "fast", "requests_per_second", []string{"a number of at least"}},
		{"SPACES_REQUESTS_PER_SECOND", "-2", "requests_per_second", []string{"a number of at least"}},
	} {
		t.Run(c.variable+" "+c.value, func(t *testing.T) {
			clean(t, map[string]string{c.variable: c.value})
			var diags diag.Diagnostics
			blockModel{}.resolve(&diags)
			if len(diags) != 1 || !diags.HasError() {
				t.Fatalf("%v", diags)
			}
			d, ok := diags[0].(diag.DiagnosticWithPath)
			if !ok || d.Path().String() != c.argument {
				t.Errorf("it is not about %s: %v", c.argument, diags[0])
			}
			for _, want := range append(c.says, c.variable, c.value) {
				if !strings.Contains(diags[0].Detail(), want) {
					t.Errorf("no %q in: %s", want, diags[0].Detail())
				}
			}

			// An argument makes what the environment says irrelevant.
			diags = nil
			everyArgument.resolve(&diags)
			if len(diags) > 0 {
				t.Errorf("with the argument: %v", diags)
			}
		})
	}
}

func TestResolveNamesWhatIsWrongInTheBlock(t *testing.T) {
	clean(t, nil)
	block := everyArgument
	block.Endpoint, block.APIEndpoint = types.StringValue("nyc3"), types.StringValue("nyc3")
	var diags diag.Diagnostics
	block.resolve(&diags)
	if diags.ErrorsCount() != 2 {
		t.Errorf("%d errors, want one for each address: %v", diags.ErrorsCount(), diags)
	}
}
