package localspaces

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Options configure a Server. The zero value is a good one.
type Options struct {
	Regions          []string         // slugs served; default nyc3
	AccessKey        string           // a full-access key; made up when empty
	SecretKey        string           // the secret that goes with it
	Dir              string           // keeps data there across runs; "" keeps it in memory and large bodies in unlinked temporary files
	RTT              time.Duration    // added to every answer
	DeleteDelay      time.Duration    // added to DeleteObjects of many keys, for the sake of the Go SDK; see deleteobjects.go
	Strict           bool             // where sources disagree, the one that is harder on clients: see README.md
	Now              func() time.Time // clock for objects, lifecycle, logs and the CDN; signatures always go by the real one
	Token            string           // for all calls of DigitalOcean's API; made up when empty
	RateLimits       bool             // the API limits calls of the CDN
	KeyLag           int              // so many requests with a key that the API made are refused, as with an unknown one, before it works
	CertificateDelay time.Duration    // until a certificate of Let's Encrypt is verified
	Watch            func(APICall)    // is told of every call of DigitalOcean's API when it has been answered
	PurgeTime        time.Duration    // what a purge of the CDN's cache takes; an identical one is refused meanwhile
	Domain           string           // REGION.DOMAIN and BUCKET.REGION.DOMAIN are served; default localhost. digitaloceanspaces.com is, always
}

// Server is a local Spaces. All its regions are one http.Handler.
type Server struct {
	opt      Options
	keys     keyring
	store    *store
	faults   faults
	requests recorder
	logs     accessLogs
	api      api
	edge     edge
}

// New makes a Server, with the data it finds in Options.Dir.
func New(opt Options) (*Server, error) {
	if len(opt.Regions) == 0 {
		opt.Regions = []string{"nyc3"}
	}
	if opt.Domain == "" {
		opt.Domain = "localhost"
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if (opt.AccessKey == "") != (opt.SecretKey == "") {
		return nil, errors.New("an access key and its secret key go together")
	}
	st, err := openStore(opt.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: opt, store: st}
	if err := s.loadAPI(); err != nil {
		return nil, err
	}
	if opt.AccessKey == "" {
		if s.opt.AccessKey, s.opt.SecretKey, err = st.credentials(); err != nil {
			return nil, err
		}
	}
	if len(s.opt.AccessKey) < 3 {
		return nil, errors.New("an access key has at least three characters")
	}
	s.AddKey(s.opt.AccessKey, s.opt.SecretKey, Grant{Permission: "fullaccess"})
	return s, nil
}

// Close delivers pending access logs. All else has been kept already.
func (s *Server) Close() error { return s.DeliverLogs(context.Background()) }

// Credentials is the full-access key that the server was made with.
func (s *Server) Credentials() (accessKey, secretKey string) {
	return s.opt.AccessKey, s.opt.SecretKey
}

// call is one request on its way through the server.
type call struct {
	w     *answer
	r     *http.Request
	start time.Time
	at    address
	op    operation
	query url.Values
	who   identity
	stale bool   // answer as before the last write; see Fault
	cache string // HIT or MISS, where the CDN's cache was asked
}

// answer remembers what was answered, for logs and for Requests.
type answer struct {
	http.ResponseWriter
	status int
	sent   int64
	code   string // of an error
	size   int64  // of the object that it was about
	muted  bool   // nothing is to reach the client: Fault.CutAfter

	// For Options.Watch, what would have been answered without Fault.CutAfter.
	copied       *bytes.Buffer
	copiedStatus int
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status, a.copiedStatus = status, status
	}
	if !a.muted {
		a.ResponseWriter.WriteHeader(status)
	}
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.sent += int64(len(p))
	if a.copied != nil {
		a.copied.Write(p)
	}
	if a.muted {
		return len(p), nil
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// fail answers err.
func (c *call) fail(err error) {
	e := asAPIError(err)
	c.w.code = e.Code
	if c.at.API {
		c.failJSON(e)
		return
	}
	writeError(c.w, c.r, e)
}

// ServeHTTP serves S3 at every region's hosts, websites at the -static ones,
// the CDN at the .cdn ones and at custom domains, and DigitalOcean's API under
// /v2/ at any other.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{w: &answer{ResponseWriter: w}, r: r, start: s.opt.Now(), query: r.URL.Query()}
	id := "tx" + rand.Text()
	w.Header().Set("x-amz-request-id", id)
	if s.opt.RTT > 0 && !pause(r.Context(), s.opt.RTT) {
		return
	}
	defer s.record(c)

	var err error
	if c.at, err = s.locate(r); err != nil {
		c.fail(err)
		return
	}
	if c.at.API {
		s.serveAPI(c)
		return
	}
	w.Header().Set("x-amz-request-id", id+"-"+c.at.Region) // Ceph's end so, too
	if c.at.Website {
		c.op = operation{name: "GetWebsite"}
		s.faults.apply(c, s.serveWebsite)
		return
	}
	if c.at.CDN {
		c.op = operation{name: "GetCDN"}
		s.faults.apply(c, s.serveCDN)
		return
	}
	var unsupported error
	c.op, unsupported = operationOf(r, c.at, c.query)
	s.faults.apply(c, func(c *call) {
		if err := s.serveS3(c, unsupported); err != nil {
			c.fail(err)
		}
	})
}

// serveS3 answers c, with unsupported if that is set and the signature is
// good.
func (s *Server) serveS3(c *call, unsupported error) error {
	s.addCORS(c)
	if c.r.Method == http.MethodOptions {
		return s.preflight(c)
	}
	var err error
	if c.who, err = s.authenticate(c); err != nil {
		return err
	}
	if unsupported != nil {
		return unsupported
	}
	if err := unsupportedHeader(c.r.Header); err != nil {
		return err
	}
	if err := checkKey(c.at.Key); err != nil {
		return err
	}
	if err := s.authorize(c); err != nil {
		return err
	}
	return c.op.serve(s, c)
}

// record remembers c for Requests and for the bucket's access log. It runs
// also when a fault cuts the connection by panicking.
func (s *Server) record(c *call) {
	if c.w.status == 0 && !c.w.muted {
		c.w.status = http.StatusOK
	}
	s.requests.add(Request{
		Operation: c.op.name, Region: c.at.Region, Bucket: c.at.Bucket, Key: c.at.Key,
		Status: c.w.status, AccessKey: c.who.accessKey(), Cache: c.cache,
	})
	if !c.at.CDN {
		s.logs.add(s, c)
	}
}

// pause waits, and reports whether it could wait to the end.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
