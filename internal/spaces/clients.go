package spaces

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"
)

// Config is what a provider block and the environment say, resolved.
type Config struct {
	Token     string // DigitalOcean's API
	AccessKey string // S3
	SecretKey string

	// Unknown names the arguments of the provider block whose values are not
	// known yet, as can be while planning.
	Unknown []string

	Region      string // the default for resources that name none; may be empty
	Endpoint    Endpoint
	APIEndpoint string
	PathStyle   bool

	MaxRetries        int
	RequestsPerSecond float64 // 0 is no limit
	Version           string  // of the provider
	Patience          Patience
}

// Clients reaches DigitalOcean. Each client is made when it is first asked
// for: a configuration with only objects needs no API token, and one with only
// access keys needs no Spaces key.
type Clients struct {
	Config

	http *http.Client // shared: connections, log, limit of requests

	mu  sync.Mutex
	s3  map[string]*s3.Client
	api *godo.Client

	locks locks

	history sync.Map // Location → event, of this run
}

type event struct {
	when time.Time
	born bool
}

// New makes clients without calling the network.
func New(c Config) *Clients {
	return over(&http.Client{Transport: newTransport(c), CheckRedirect: stay}, c)
}

func over(connections *http.Client, c Config) *Clients {
	return &Clients{
		Config: c,
		http:   connections,
		s3:     map[string]*s3.Client{},
		locks:  locks{held: map[Location]*sync.Mutex{}},
	}
}

// As is the same Spaces for the holder of another key, over the same
// connections.
func (cl *Clients) As(accessKey, secretKey string) *Clients {
	c := cl.Config
	c.AccessKey, c.SecretKey = accessKey, secretKey
	c.Unknown = slices.DeleteFunc(slices.Clone(c.Unknown), func(argument string) bool { return argument == "access_key" || argument == "secret_key" })
	return over(cl.http, c)
}

// S3 is the client of one region. It fails, without a call, for want of a key.
func (cl *Clients) S3(region string) (*s3.Client, error) {
	if err := cl.need("An S3 request",
		need{"access_key", cl.AccessKey, []string{"SPACES_ACCESS_KEY_ID"}},
		need{"secret_key", cl.SecretKey, []string{"SPACES_SECRET_ACCESS_KEY"}},
		need{"endpoint", cl.Endpoint.template, []string{"SPACES_ENDPOINT_URL"}},
	); err != nil {
		return nil, err
	}
	if err := cl.Endpoint.Check(region); err != nil {
		return nil, err
	}
	cl.mu.Lock()
	defer cl.mu.Unlock()
	c, made := cl.s3[region]
	if !made {
		c = s3.New(s3.Options{
			Region:       region,
			BaseEndpoint: aws.String(cl.Endpoint.URL(region)),
			UsePathStyle: cl.PathStyle,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: cl.AccessKey, SecretAccessKey: cl.SecretKey}, nil
			}),
			EndpointResolverV2: &endpoints{rules: s3.NewDefaultEndpointResolverV2()},
			HTTPClient:         cl.http,
			Retryer:            newRetryer(cl.MaxRetries),
			// Ceph refuses checksum trailers over TLS, and Spaces has refused them.
			RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
			ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
			APIOptions:                 apiOptions,
		})
		cl.s3[region] = c
	}
	return c, nil
}

// API is the client of DigitalOcean's API. It fails, without a call, for want
// of a token.
func (cl *Clients) API() (*godo.Client, error) {
	if err := cl.need("A request to DigitalOcean's API",
		need{"token", cl.Token, []string{"DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"}},
		need{"api_endpoint", cl.APIEndpoint, []string{"DIGITALOCEAN_API_URL"}},
	); err != nil {
		return nil, err
	}
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.api == nil {
		api, err := godo.New(newAPIClient(cl.Config, cl.http.Transport), godo.SetBaseURL(strings.TrimSuffix(cl.APIEndpoint, "/")+"/"))
		if err != nil {
			return nil, err
		}
		cl.api = api
	}
	return cl.api, nil
}

// need is one credential or address: its argument, its value, and where else
// it is looked for.
type need struct {
	argument, value string
	environment     []string
}

// need fails for the first one that is missing, or not known yet. An address
// that is not known is no reason to ask Spaces itself: it would say of what is
// elsewhere that it is not there.
func (cl *Clients) need(what string, credentials ...need) error {
	for _, c := range credentials {
		if slices.Contains(cl.Unknown, c.argument) {
			return Fail(Unknown, "%s needs the provider's %s, which is not known before apply.", what, c.argument)
		}
	}
	for _, c := range credentials {
		if c.value == "" {
			return Fail(BadKey, "%s needs the provider's %s, and there is none: set the argument %s in the provider block, or the environment variable %s.\nLooked at: %s in the provider block (not set), %s (not set).",
				what, c.argument, c.argument, strings.Join(c.environment, " or "),
				c.argument, strings.Join(c.environment, ", "))
		}
	}
	return nil
}

// Lock keeps writes to one bucket's documents apart: Ceph loses documents that
// are put in parallel, although it answers 200 to every PUT.
func (cl *Clients) Lock(at Location) (unlock func()) {
	return cl.locks.lock(at)
}

type locks struct {
	mu   sync.Mutex
	held map[Location]*sync.Mutex
}

func (l *locks) lock(at Location) func() {
	l.mu.Lock()
	m, made := l.held[at]
	if !made {
		m = &sync.Mutex{}
		l.held[at] = m
	}
	l.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// Born notes that a bucket was made in this run, so that others know to wait
// for it to appear.
func (cl *Clients) Born(at Location) { cl.history.Store(at, event{time.Now(), true}) }

// Died notes that a bucket was deleted in this run: its name can stay taken
// for a while.
func (cl *Clients) Died(at Location) { cl.history.Store(at, event{time.Now(), false}) }

// BirthWait is how long "no such bucket" may still mean "not visible yet".
// A bucket that another run made may be as young, but a typo should not cost
// minutes: for those it is short.
func (cl *Clients) BirthWait(at Location) time.Duration {
	if e, known := cl.history.Load(at); known && e.(event).born { //nolint:forcetypeassert // history holds nothing else
		return cl.Patience.Birth
	}
	return min(cl.Patience.Write/6, cl.Patience.Birth)
}

// JustFreed says whether a bucket of this name was deleted in this run, in
// whatever region: names are unique across them.
func (cl *Clients) JustFreed(name string) bool {
	freed := false
	cl.history.Range(func(at, e any) bool {
		freed = at.(Location).Bucket == name && !e.(event).born //nolint:forcetypeassert // as above
		return !freed
	})
	return freed
}
