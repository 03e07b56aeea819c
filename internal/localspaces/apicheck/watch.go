package apicheck

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// Variable names, in the environment, a copy of DigitalOcean's own description.
const Variable = "DIGITALOCEAN_OPENAPI"

// descriptions are ours, and DigitalOcean's own if there is one.
var descriptions = sync.OnceValues(func() ([]*Description, error) {
	ours, err := parse("api.yaml", localspaces.APIDescription(), nil)
	if err != nil {
		return nil, err
	}
	all := []*Description{ours}
	if path := os.Getenv(Variable); path != "" {
		theirs, err := Load(path)
		if err != nil {
			return nil, err
		}
		all = append(all, theirs)
	}
	return all, nil
})

// Strict is for localspaces.Options.Watch: the test fails when anything that is
// sent or answered is not as it is described.
func Strict(t testing.TB) func(localspaces.APICall) {
	return watch(t, func(call localspaces.APICall, problem error) bool {
		// An ID that a user made up, at an import say, is sent as it is.
		var e *openapi3filter.RequestError
		return call.Status == http.StatusNotFound && errors.As(problem, &e) && e.Parameter != nil && e.Parameter.In == "path"
	})
}

// Refusing is as Strict, for tests that send what is wrong: that has to be
// refused.
func Refusing(t testing.TB) func(localspaces.APICall) {
	return watch(t, func(call localspaces.APICall, problem error) bool {
		for _, known := range taken {
			if call.Request.Method == known.method && strings.Contains(problem.Error(), known.problem) {
				return true
			}
		}
		return call.Status/100 == 4 || call.Status == 0
	})
}

// watch fails t for all but requests that may be wrong.
func watch(t testing.TB, may func(call localspaces.APICall, problem error) bool) func(localspaces.APICall) {
	t.Helper()
	all, err := descriptions()
	if err != nil {
		t.Fatal(err)
	}
	return func(call localspaces.APICall) {
		for _, d := range all {
			request, answer := d.Check(call)
			for _, problem := range request {
				if !may(call, problem) {
					t.Errorf("%s: the request %s %s, answered %d, is not as described: %v", d.name, call.Request.Method, call.Request.URL, call.Status, problem)
				}
			}
			for _, problem := range answer {
				t.Errorf("%s: the answer %d to %s %s is not as described: %v", d.name, call.Status, call.Request.Method, call.Request.URL, problem)
			}
		}
	}
}
