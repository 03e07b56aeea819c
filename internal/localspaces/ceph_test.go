package localspaces_test

import (
	"crypto/rand"
	"fmt"
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
// one. It needs CEPH_ENDPOINT (http://127.0.0.1:7480), CEPH_ACCESS_KEY and
// CEPH_SECRET_KEY, and was run against Ceph 16.2.15 and 18.2.7 with a region nyc3.
func TestLikeCeph(t *testing.T) {
	endpoint := os.Getenv("CEPH_ENDPOINT")
	if endpoint == "" || os.Getenv("CEPH_ACCESS_KEY") == "" || os.Getenv("CEPH_SECRET_KEY") == "" {
		t.Skip("CEPH_ENDPOINT, CEPH_ACCESS_KEY and CEPH_SECRET_KEY are not set")
	}
	local, err := localspaces.New(localspaces.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(local)
	t.Cleanup(server.Close)
	accessKey, secretKey := local.Credentials()
	ours := newSide(server.URL, accessKey, secretKey)
	ceph := newSide(endpoint, os.Getenv("CEPH_ACCESS_KEY"), os.Getenv("CEPH_SECRET_KEY"))

	run := strings.ToLower(rand.Text()[:8])
	n := 0
	for _, group := range behaviours {
		for name, behave := range group {
			n++
			bucket := fmt.Sprintf("probe-%s-%d", run, n)
			t.Run(name, func(t *testing.T) {
				compare(t, name, ours.probe(t, bucket, behave), ceph.probe(t, bucket, behave))
			})
		}
	}
	for name := range differences {
		behaviour, _, _ := strings.Cut(name, ": ")
		if !hasBehaviour(behaviour) {
			t.Errorf("a difference is expected of %q, which is no behaviour", behaviour)
		}
	}
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
func compare(t *testing.T, behaviour string, ours, ceph []line) {
	for name := range differences {
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
		expected, differs := differences[behaviour+": "+l.what]
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
