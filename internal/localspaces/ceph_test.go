package localspaces_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// behaviours are what the two sides are compared in, by name.
var behaviours = []map[string]func(*probe){
	bucketBehaviours, documentBehaviours, policyBehaviours, lifecycleBehaviours, objectBehaviours,
	writeBehaviours, listBehaviours, multipartBehaviours, versionBehaviours,
}

// TestLikeCeph asks the local Spaces and a Ceph object gateway the same things and
// compares what they answer. Spaces runs on Ceph, so a difference that
// ceph_differences_test.go does not explain is most likely a mistake of the local
// one. It runs where the acceptance tests run on Ceph (make test-ceph), by the same
// environment, and was run on Ceph 16.2.15 and 18.2.7.
func TestLikeCeph(t *testing.T) {
	if os.Getenv("SPACES_TEST_SERVER") != "ceph" {
		t.Skip("SPACES_TEST_SERVER is not ceph; make test-ceph sets it")
	}
	inClear := maps.Clone(differences)
	maps.Copy(inClear, differencesInClear)
	for name := range inClear {
		behaviour, _, _ := strings.Cut(name, ": ")
		if !hasBehaviour(behaviour) {
			t.Errorf("a difference is expected of %q, which is no behaviour", behaviour)
		}
	}
	t.Run("HTTP", func(t *testing.T) { likeCeph(t, os.Getenv("SPACES_TEST_HTTP_ENDPOINT"), inClear) })
	t.Run("TLS", func(t *testing.T) { likeCeph(t, os.Getenv("SPACES_TEST_ENDPOINT"), differences) })
}

// likeCeph compares the Ceph at an endpoint with a local Spaces on the same scheme.
func likeCeph(t *testing.T, endpoint string, expected map[string]difference) {
	t.Helper()
	region, _, _ := strings.Cut(os.Getenv("SPACES_TEST_REGIONS"), ",")
	local, err := localspaces.New(localspaces.Options{Regions: []string{region}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(local)
	if strings.HasPrefix(endpoint, "https:") {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	accessKey, secretKey := local.Credentials()
	ours := newSide(server.Client(), server.URL, region, accessKey, secretKey)
	ceph := newSide(localhostClient(), strings.ReplaceAll(endpoint, "{region}", region), region,
		os.Getenv("SPACES_TEST_ACCESS_KEY"), os.Getenv("SPACES_TEST_SECRET_KEY"))

	run := strings.ToLower(rand.Text()[:8])
	n := 0
	for _, group := range behaviours {
		for name, behave := range group {
			n++
			bucket := fmt.Sprintf("probe-%s-%d", run, n)
			t.Run(name, func(t *testing.T) {
				compare(t, name, expected, ours.probe(t, bucket, behave), ceph.probe(t, bucket, behave))
			})
		}
	}
}

// localhostClient finds hosts below localhost on this machine, as Go's resolver does
// not.
func localhostClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return &http.Client{Transport: transport}
}

func hasBehaviour(name string) bool {
	for _, group := range behaviours {
		if group[name] != nil {
			return true
		}
	}
	return false
}

// compare compares line by line: a behaviour says the same things of both sides,
// except where one of them fails and the other does not.
func compare(t *testing.T, behaviour string, meant map[string]difference, ours, ceph []line) {
	t.Helper()
	for name := range meant {
		if of, what, _ := strings.Cut(name, ": "); of == behaviour && !slices.ContainsFunc(ours, func(l line) bool { return l.what == what }) {
			t.Errorf("a difference is expected of %q, which is not observed", what)
		}
	}
	theirs := map[string]string{}
	for _, l := range ceph {
		if _, twice := theirs[l.what]; twice {
			t.Errorf("%q is said twice", l.what)
		}
		theirs[l.what] = l.outcome
	}
	for _, l := range ours {
		expected, differs := meant[behaviour+": "+l.what]
		outcome, both := theirs[l.what]
		switch {
		case !both && !differs:
			// the call before failed on Ceph only, which is a difference of its own
		case l.outcome == outcome:
			if differs && expected.why != fixedIn18 {
				t.Errorf("%s: no difference any more; expected %q because: %s", l.what, expected.local, expected.why)
			}
		case !differs:
			t.Errorf("%s:\nlocal %s\nCeph  %s", l.what, l.outcome, outcome)
		case l.outcome != expected.local:
			t.Errorf("%s:\nlocal    %s\nexpected %s\nCeph     %s", l.what, l.outcome, expected.local, outcome)
		}
	}
}
