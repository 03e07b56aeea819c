package accesskey

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/digitalocean/godo"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

var wholeAccount = []grant{{Permission: fullAccess}}

// local is a local Spaces, and clients for it. Something may stand before it,
// and answer in its place when it returns true.
func local(t *testing.T, o localspaces.Options, before func(w http.ResponseWriter, r *http.Request) bool) (*localspaces.Server, *spaces.Clients) {
	t.Helper()
	server, err := localspaces.New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			server.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(web.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(web.URL, "http://"), ":")
	endpoint, err := spaces.ParseEndpoint("http://{region}.localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	return server, spaces.New(spaces.Config{
		Token: server.Token(), APIEndpoint: web.URL, Endpoint: endpoint, Region: "nyc3", Version: "test",
		Patience: spaces.Patience{Write: 300 * time.Millisecond, Birth: 300 * time.Millisecond, Gone: 20 * time.Millisecond, Poll: 10 * time.Millisecond},
	})
}

// made are the keys that the API lists, but for the server's own.
func made(t *testing.T, cl *spaces.Clients) []*godo.SpacesKey {
	t.Helper()
	api, err := cl.API()
	if err != nil {
		t.Fatal(err)
	}
	var keys []*godo.SpacesKey
	for key, err := range spaces.Pages(t.Context(), api.SpacesKeys.List) {
		if err != nil {
			t.Fatal(err)
		}
		if key.Name != key.AccessKey {
			keys = append(keys, key)
		}
	}
	return keys
}

// fault is for short tables.
type fault = localspaces.Fault

var (
	lost     = fault{Operation: "CreateSpacesKey", CutAfter: true}
	lostOnce = fault{Operation: "CreateSpacesKey", CutAfter: true, Times: 1}
)

func TestIssueCleansUpBeforeItGivesUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []fault
		says   string
		left   int
	}{
		"no answer ever":      {[]fault{lost}, "after waiting for", 0},
		"failures":            {[]fault{{Operation: "CreateSpacesKey", Status: 500}}, "500 Internal Server Error", 0},
		"refused":             {[]fault{{Operation: "CreateSpacesKey", Status: 422}}, "422 Unprocessable", 0},
		"listing fails":       {[]fault{lost, {Operation: "ListSpacesKeys", Status: 503}}, "503 Service Unavailable", 0},
		"listing fails later": {[]fault{lost, {Operation: "ListSpacesKeys", Status: 503, Skip: 1}}, "may have been made all the same", 1},
		"deleting fails":      {[]fault{lost, {Operation: "DeleteSpacesKey", Status: 403}}, "was made without anybody knowing its secret, and deleting it failed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cl := local(t, localspaces.Options{}, nil)
			var repair []func()
			for _, f := range c.faults {
				repair = append(repair, server.Fail(f))
			}
			_, err := issue(t.Context(), cl, "ci", wholeAccount)
			if err == nil || !strings.Contains(spaces.Text(err), c.says) {
				t.Errorf("the error is %v, want one that says %q", err, c.says)
			}
			for _, undo := range repair {
				undo()
			}
			if left := made(t, cl); len(left) != c.left {
				t.Errorf("%d keys are left, want %d", len(left), c.left)
			}
		})
	}
}

// Ctrl-C while the answer is awaited leaves no key behind.
func TestIssueCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server, cl := local(t, localspaces.Options{Watch: func(c localspaces.APICall) {
		if c.Request.Method == http.MethodPost {
			cancel()
		}
	}}, nil)
	server.Fail(lostOnce)
	if _, err := issue(ctx, cl, "ci", wholeAccount); err == nil {
		t.Error("no error")
	}
	if left := made(t, cl); len(left) > 0 {
		t.Errorf("%d keys are left", len(left))
	}
}

// Keys of the same name may be anybody's. Only one that has appeared since, has
// the same grants, and that there is a lost answer for, is an orphan.
func TestIssueLeavesOthersKeys(t *testing.T) {
	t.Parallel()
	var cl *spaces.Clients
	other := func(name string, grants ...grant) {
		api, err := cl.API()
		if err == nil {
			_, _, err = api.SpacesKeys.Create(context.Background(), &godo.SpacesKeyCreateRequest{Name: name, Grants: toAPI(grants)})
		}
		if err != nil {
			t.Error(err)
		}
	}
	bucket := "assets"
	for name, c := range map[string]struct {
		before, during func()
		says           string
		left           int
	}{
		"there before":      {before: func() { other("ci", wholeAccount...) }, left: 2},
		"with other grants": {during: func() { other("ci", grant{&bucket, "read"}) }, left: 2},
		"of another name":   {during: func() { other("cd", wholeAccount...) }, left: 2},
		"just the same":     {during: func() { other("ci", wholeAccount...) }, says: "One may be somebody else's, so none was deleted", left: 2},
	} {
		t.Run(name, func(t *testing.T) {
			var server *localspaces.Server
			var seen atomic.Bool
			server, cl = local(t, localspaces.Options{}, func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && c.during != nil && seen.CompareAndSwap(false, true) {
					c.during()
					server.Fail(lostOnce)
				}
				return false
			})
			if c.before != nil {
				c.before()
				server.Fail(lostOnce)
			}
			key, err := issue(t.Context(), cl, "ci", wholeAccount)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(spaces.Text(err), c.says)) {
				t.Fatalf("the error is %v, want %q", err, c.says)
			}
			left := made(t, cl)
			if len(left) != c.left {
				t.Errorf("%d keys are left, want %d", len(left), c.left)
			}
			if key != nil && !slices.ContainsFunc(left, func(k *godo.SpacesKey) bool { return k.AccessKey == key.AccessKey }) {
				t.Errorf("the key %s is gone", key.AccessKey)
			}
		})
	}
}

// Many keys of one name, made side by side with answers lost in between: each
// has its own secret, and there are no more keys than were asked for.
func TestIssueSideBySide(t *testing.T) {
	t.Parallel()
	server, cl := local(t, localspaces.Options{}, nil)
	cl.Patience.Write = 10 * time.Second
	server.Fail(fault{Operation: "CreateSpacesKey", CutAfter: true, Skip: 1, Times: 2})
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			if key, err := issue(t.Context(), cl, "ci", wholeAccount); err != nil || awaitUse(t.Context(), cl, key) != nil {
				t.Error(key, err)
			}
		})
	}
	group.Wait()
	if left := made(t, cl); len(left) != 5 {
		t.Errorf("there are %d keys, want 5", len(left))
	}
}

// An answer without key or secret is of no use, and neither is the key.
func TestIssueWithoutSecret(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"no secret": `{"key":{"name":"ci","access_key":"DO00X","grants":[]}}`,
		"no key":    `{}`,
		"no JSON":   `<html>`,
		"cut off":   `{"key":{"name":"ci",`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var server *localspaces.Server
			server, cl := local(t, localspaces.Options{}, func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost {
					return false
				}
				server.ServeHTTP(httptest.NewRecorder(), r) // it is made
				w.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(w, answer)
				return true
			})
			if _, err := issue(t.Context(), cl, "ci", wholeAccount); err == nil {
				t.Error("no error")
			}
			if left := made(t, cl); len(left) > 0 {
				t.Errorf("%d keys are left", len(left))
			}
		})
	}
}

// godo sends nil grants as null, and the API may take null for anything.
func TestGrantsAreNeverNull(t *testing.T) {
	t.Parallel()
	var (
		mu     sync.Mutex
		bodies []string
	)
	_, cl := local(t, localspaces.Options{Watch: func(c localspaces.APICall) {
		mu.Lock()
		defer mu.Unlock()
		if len(c.Sent) > 0 {
			bodies = append(bodies, string(c.Sent))
		}
	}}, nil)
	key, err := issue(t.Context(), cl, "ci", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &model{Name: types.StringValue("cd"), AccessKey: types.StringValue(key.AccessKey)}
	if err := update(t.Context(), cl, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := read(t.Context(), cl, m); err != nil || m.Grants == nil || len(m.Grants) > 0 || m.Name.ValueString() != "cd" {
		t.Errorf("read %+v, %v", m, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(bodies) != 2 {
		t.Fatalf("%d bodies", len(bodies))
	}
	for _, body := range bodies {
		var sent map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &sent); err != nil || string(sent["grants"]) != "[]" || len(sent["name"]) == 0 {
			t.Errorf("sent %s", body)
		}
	}
}

// DigitalOcean's description of its API has a list in the place of the one key,
// for which godo returns nil without an error.
func TestGetReadsBothShapes(t *testing.T) {
	t.Parallel()
	_, cl := local(t, localspaces.Options{}, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/v2/spaces/keys/") {
			return false
		}
		_, _ = io.WriteString(w, `{"keys":[]}`)
		return true
	})
	key, err := issue(t.Context(), cl, "ci", wholeAccount)
	if err != nil {
		t.Fatal(err)
	}
	got, err := get(t.Context(), cl, key.AccessKey)
	if err != nil || got.Name != "ci" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := get(t.Context(), cl, "DO00OTHER"); err == nil || spaces.KindOf(err) == spaces.NotFound {
		t.Errorf("got %+v, %v; want an error that is no word of the key's being gone", got, err)
	}
}

// A key is used nowhere before Spaces accepts it, and where Spaces cannot be
// asked that is no reason to lose the key.
func TestAwaitUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lag    int
		change func(cl *spaces.Clients)
		fault  fault
		fails  bool
	}{
		"at once":            {},
		"after a while":      {lag: 3},
		"never":              {lag: 1 << 20, fails: true},
		"may not list":       {fault: fault{Operation: "ListBuckets", Status: 403}},
		"busy for a moment":  {change: func(cl *spaces.Clients) { cl.Patience.Birth = time.Minute }, fault: fault{Operation: "ListBuckets", Status: 503, Times: 1}},
		"busy":               {fault: fault{Operation: "ListBuckets", Status: 503}, fails: true},
		"not to be reached":  {fault: fault{Operation: "ListBuckets", Cut: true}},
		"no region":          {change: func(cl *spaces.Clients) { cl.Region = "" }},
		"endpoint not known": {change: func(cl *spaces.Clients) { cl.Unknown = []string{"endpoint", "access_key"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, cl := local(t, localspaces.Options{KeyLag: c.lag}, nil)
			key, err := issue(t.Context(), cl, "ci", wholeAccount)
			if err != nil {
				t.Fatal(err)
			}
			if c.change != nil {
				c.change(cl)
			}
			if c.fault.Operation != "" {
				server.Fail(c.fault)
			}
			if err := awaitUse(t.Context(), cl, key); (err != nil) != c.fails {
				t.Errorf("error %v", err)
			}
		})
	}
}
