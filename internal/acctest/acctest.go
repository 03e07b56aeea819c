// Package acctest runs Terraform against a Spaces: the local one by default,
// a Ceph gateway or the real Spaces on request. A test does not know which; it
// asks its Env for addresses, keys and abilities, and for nothing else.
//
// The environment variables are set by the make targets:
//
//	SPACES_TEST_SERVER      local (default), ceph, live
//	SPACES_TEST_ENDPOINT    address with {region}; not for local
//	SPACES_TEST_ACCESS_KEY, SPACES_TEST_SECRET_KEY; not for local
//	SPACES_TEST_REGIONS     two or more, the first is the default; not for local
//	SPACES_TEST_PATH_STYLE  true puts the bucket into the path
//	SPACES_TEST_LACKS       what the server does not have: "logging,…"
//	DIGITALOCEAN_TOKEN      for live only: tests of DigitalOcean's API are skipped without it
//	DIGITALOCEAN_OPENAPI    a copy of DigitalOcean's description of its API, to hold all calls against
package acctest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces/apicheck"
	"github.com/do-spaces/terraform-provider-spaces/internal/provider"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Env is the server that a test runs on.
type Env struct {
	T *testing.T

	Name      string // of the test's buckets: unique, with the prefix that sweepers know
	Endpoint  string // with {region}
	Regions   []string
	AccessKey string
	SecretKey string
	PathStyle bool

	// Token and APIEndpoint are DigitalOcean's API. Where there is none, as on
	// Ceph, they are empty, and Need("api") skips a test.
	Token       string
	APIEndpoint string

	Patience spaces.Patience

	// Local is the local Spaces, for tests of faults; nil on other servers.
	Local *localspaces.Server

	clients *spaces.Clients
	lacks   []string
	ahead   *atomic.Int64 // how far the local Spaces' clock is, in nanoseconds
}

// Prefix begins every bucket that a test makes.
const Prefix = "tps-acc-"

// Options are for the local Spaces.
type Options = localspaces.Options

// New is the server chosen by the environment. Tests run side by side; each
// has a local Spaces of its own. Their names begin with TestAcc, which is what
// is run on other servers.
func New(t *testing.T) *Env {
	t.Helper()
	named(t, "TestAcc")
	t.Parallel()
	return start(t, Options{})
}

// NewLocal is a local Spaces, for tests that need its faults or its clock. Calls
// of DigitalOcean's API that are not as they are described fail the test, be it
// the provider that makes them or the test (see localspaces/apicheck).
// Their names begin with TestLocal: on other servers there is no use for them.
func NewLocal(t *testing.T, o Options) *Env {
	t.Helper()
	named(t, "TestLocal")
	t.Parallel()
	if server() != "local" {
		t.Skip("needs the local Spaces")
	}
	return start(t, o)
}

func named(t *testing.T, prefix string) {
	t.Helper()
	if !strings.HasPrefix(t.Name(), prefix) {
		t.Fatalf("the name of this test has to begin with %s", prefix)
	}
}

func server() string {
	if s := os.Getenv("SPACES_TEST_SERVER"); s != "" {
		return s
	}
	return "local"
}

func start(t *testing.T, o Options) *Env {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set; make test sets it")
	}
	e := &Env{
		T: t, ahead: &atomic.Int64{}, Name: fmt.Sprintf("%s%08x", Prefix, rand.Uint32()),
		PathStyle: os.Getenv("SPACES_TEST_PATH_STYLE") == "true",
		Patience:  spaces.Patience{Write: 30 * time.Second, Birth: time.Minute, Gone: 50 * time.Millisecond, Poll: 50 * time.Millisecond},
	}
	switch server() {
	case "local":
		e.serve(o)
	case "ceph", "live":
		if err := e.fromEnvironment(); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("SPACES_TEST_SERVER is %q", server())
	}
	if err := e.connect(); err != nil {
		t.Fatal(err)
	}
	return e
}

// spacesLacks is what Ceph has and Spaces has not: ACLs with grants of one's own.
var spacesLacks = map[string]string{"local": "grants", "live": "grants"}

// fromEnvironment takes the server's address and keys from the environment.
func (e *Env) fromEnvironment() error {
	value := func(byDefault string, names ...string) string {
		for _, name := range names {
			if v := os.Getenv(name); v != "" {
				return v
			}
		}
		return byDefault
	}
	if server() == "live" {
		e.Patience = spaces.DefaultPatience
		e.Endpoint = value(spaces.DefaultEndpoint, "SPACES_TEST_ENDPOINT")
	} else {
		e.Endpoint = value("", "SPACES_TEST_ENDPOINT")
	}
	e.AccessKey = value("", "SPACES_TEST_ACCESS_KEY", "SPACES_ACCESS_KEY_ID")
	e.SecretKey = value("", "SPACES_TEST_SECRET_KEY", "SPACES_SECRET_ACCESS_KEY")
	e.Regions = strings.Split(value("nyc3,ams3", "SPACES_TEST_REGIONS"), ",")
	e.lacks = strings.Split(value(spacesLacks[server()], "SPACES_TEST_LACKS"), ",")
	if e.Token = value("", "DIGITALOCEAN_TOKEN"); server() != "live" || e.Token == "" {
		e.Token, e.lacks = "", append(e.lacks, "api")
	} else {
		e.APIEndpoint = value("https://api.digitalocean.com", "DIGITALOCEAN_API_URL")
	}
	if e.Endpoint == "" || e.AccessKey == "" || e.SecretKey == "" {
		return fmt.Errorf("SPACES_TEST_SERVER is %s, but its endpoint or its keys are not in the environment", server())
	}
	return nil
}

// connect makes the clients that look at the server.
func (e *Env) connect() error {
	endpoint, err := spaces.ParseEndpoint(e.Endpoint)
	if err != nil {
		return err
	}
	e.clients = spaces.New(spaces.Config{
		Token: e.Token, APIEndpoint: e.APIEndpoint,
		AccessKey: e.AccessKey, SecretKey: e.SecretKey, Endpoint: endpoint, PathStyle: e.PathStyle,
		MaxRetries: 4, Version: "acctest", Patience: e.Patience,
	})
	return nil
}

// serve starts a local Spaces in this process.
func (e *Env) serve(o Options) {
	if len(o.Regions) == 0 {
		o.Regions = []string{"nyc3", "ams3"}
	}
	o.Strict = true
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(e.ahead.Load())) }
	}
	if o.Watch == nil {
		o.Watch = apicheck.Strict(e.T)
	}
	local, err := localspaces.New(o)
	if err != nil {
		e.T.Fatal(err)
	}
	listener := httptest.NewServer(local)
	e.T.Cleanup(func() {
		listener.Close()
		if err := local.Close(); err != nil {
			e.T.Error(err)
		}
	})
	_, port, err := net.SplitHostPort(listener.Listener.Addr().String())
	if err != nil {
		e.T.Fatal(err)
	}
	e.Local, e.Regions, e.lacks = local, o.Regions, []string{spacesLacks["local"]}
	e.Endpoint = "http://{region}.localhost:" + port
	e.AccessKey, e.SecretKey = local.Credentials()
	e.Token, e.APIEndpoint = local.Token(), "http://127.0.0.1:"+port
}

// Region is the one that tests use where nothing else is said.
func (e *Env) Region() string { return e.Regions[0] }

// Need skips a test, by name, that the server cannot do.
func (e *Env) Need(ability string) {
	e.T.Helper()
	if slices.Contains(e.lacks, ability) {
		e.T.Skipf("%s has no %s", server(), ability)
	}
}

// DaysPass waits until lifecycle rules have seen so many days go by: at once
// on the local Spaces, whose clock is ours, and in seconds on a Ceph that has
// been told how short a day is.
func (e *Env) DaysPass(days int) {
	e.T.Helper()
	if e.Local != nil {
		e.ahead.Add(int64(days) * int64(24*time.Hour))
		if err := e.Local.ApplyLifecycle(e.T.Context()); err != nil {
			e.T.Fatal(err)
		}
		return
	}
	day, err := time.ParseDuration(os.Getenv("SPACES_TEST_LIFECYCLE_DAY"))
	if err != nil {
		e.T.Skipf("days are too long on %s", server())
	}
	if err := spaces.Pause(e.T.Context(), time.Duration(days)*day); err != nil {
		e.T.Fatal(err)
	}
}

// BucketURL is where visitors find a bucket's objects.
func (e *Env) BucketURL(bucket string) string {
	scheme, _, _ := strings.Cut(e.Endpoint, "://")
	return scheme + "://" + e.clients.Endpoint.BucketHost(spaces.Location{Region: e.Region(), Bucket: bucket})
}

// S3 is a client for looking at the server, and for changing things there
// behind Terraform's back.
func (e *Env) S3(region string) *s3.Client {
	e.T.Helper()
	c, err := e.clients.S3(region)
	if err != nil {
		e.T.Fatal(err)
	}
	return c
}

// API is a client for looking at DigitalOcean's API, and for changing things
// there behind Terraform's back.
func (e *Env) API() *godo.Client {
	e.T.Helper()
	c, err := e.clients.API()
	if err != nil {
		e.T.Fatal(err)
	}
	return c
}

// Pass lets time go by on the clock of the local Spaces.
func (e *Env) Pass(d time.Duration) { e.ahead.Add(int64(d)) }

// HTTP is a client for visitors: it has no key, and follows no redirect.
func (e *Env) HTTP() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // the standard library's own
	transport.DialContext = spaces.DialLocalhost
	return &http.Client{
		Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Factories are the provider, in this process.
func (e *Env) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"spaces": providerserver.NewProtocol6WithError(provider.New("test", e.Patience)),
		"echo":   echoprovider.NewProviderServer(),
	}
}

// Provider is a provider block for the server, with more arguments if given. A
// token among them takes the place of the server's own.
func (e *Env) Provider(arguments ...string) string {
	token := slices.ContainsFunc(arguments, func(a string) bool { return strings.HasPrefix(a, "token") })
	if e.APIEndpoint != "" {
		arguments = append(slices.Clone(arguments), fmt.Sprintf("api_endpoint = %q", e.APIEndpoint))
	}
	if e.Token != "" && !token {
		arguments = append(arguments, fmt.Sprintf("token = %q", e.Token))
	}
	return fmt.Sprintf(`
provider "spaces" {
  endpoint       = %q
  region         = %q
  access_key     = %q
  secret_key     = %q
  use_path_style = %t
  %s
}
`, e.Endpoint, e.Region(), e.AccessKey, e.SecretKey, e.PathStyle, strings.Join(arguments, "\n  "))
}

// Environment says what Provider says, in the variables that users set.
func (e *Env) Environment() []string {
	return []string{
		"SPACES_ENDPOINT_URL=" + e.Endpoint, "SPACES_REGION=" + e.Region(), fmt.Sprintf("SPACES_USE_PATH_STYLE=%t", e.PathStyle),
		"SPACES_ACCESS_KEY_ID=" + e.AccessKey, "SPACES_SECRET_ACCESS_KEY=" + e.SecretKey,
		"DIGITALOCEAN_TOKEN=" + e.Token, "DIGITALOCEAN_API_URL=" + e.APIEndpoint,
	}
}

// Config is a configuration with the provider block before it and the variable
// name, which is that of the test's buckets.
func (e *Env) Config(hcl string) string {
	return e.Provider() + "\nvariable \"name\" {\n  default = \"" + e.Name + "\"\n}\n\n" + hcl
}

// Fixture is the configuration in testdata/TYPE/STEP.tf of the test's package.
func (e *Env) Fixture(typeName, step string) string {
	e.T.Helper()
	hcl, err := os.ReadFile(filepath.Join("testdata", typeName, step+".tf"))
	if err != nil {
		e.T.Fatal(err)
	}
	return e.Config(string(hcl))
}

// Run runs the steps of a test, and sees to it that no bucket and no key of it
// is left.
func (e *Env) Run(c resource.TestCase) {
	e.T.Helper()
	c.ProtoV6ProviderFactories = e.Factories()
	destroyed := c.CheckDestroy
	c.CheckDestroy = func(s *terraform.State) error {
		if destroyed != nil {
			if err := destroyed(s); err != nil {
				return err
			}
		}
		return e.nothingLeft()
	}
	resource.Test(e.T, c)
}

// Steps runs steps and nothing else.
func (e *Env) Steps(steps ...resource.TestStep) {
	e.T.Helper()
	e.Run(resource.TestCase{Steps: steps})
}

func (e *Env) nothingLeft() error {
	for _, region := range e.Regions {
		out, err := e.S3(region).ListBuckets(e.T.Context(), &s3.ListBucketsInput{})
		if err != nil {
			return err
		}
		for _, b := range out.Buckets {
			if strings.HasPrefix(*b.Name, e.Name) {
				return fmt.Errorf("bucket %s/%s is left", region, *b.Name)
			}
		}
	}
	if e.Token == "" {
		return nil
	}
	for key, err := range spaces.Pages(e.T.Context(), e.API().SpacesKeys.List) {
		if err != nil {
			return err
		}
		if strings.HasPrefix(key.Name, e.Name) {
			return fmt.Errorf("the key %s, %s, is left", key.AccessKey, key.Name)
		}
	}
	return nil
}

// Behind does something on the server behind Terraform's back, before a step.
func (e *Env) Behind(do func(ctx context.Context, c *s3.Client) error) func() {
	return func() {
		e.T.Helper()
		if err := do(e.T.Context(), e.S3(e.Region())); err != nil {
			e.T.Fatal(err)
		}
	}
}

// RemoveBucket deletes a bucket with all that is in it, behind Terraform's back.
func (e *Env) RemoveBucket(bucket string) func() {
	return e.Behind(func(ctx context.Context, c *s3.Client) error {
		if err := spaces.Empty(ctx, c, bucket); err != nil {
			return err
		}
		_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
		return err
	})
}
