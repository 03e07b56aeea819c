// Package apicheck holds calls of DigitalOcean's API, as a client makes them and
// the local Spaces answers them, against descriptions of that API in OpenAPI:
// ours, internal/localspaces/api.yaml, always; and DigitalOcean's own, which is
// not part of this project, where DIGITALOCEAN_OPENAPI names a copy of it.
// exceptions.go has all deviations that are let pass, and why.
//
// It is for tests, and keeps the OpenAPI library out of the provider.
package apicheck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// Check says what in a call is not as it is described: in the request, and in
// its answer.
func (d *Description) Check(call localspaces.APICall) (request, answer []error) {
	r := call.Request.Clone(context.Background())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(call.Sent)), int64(len(call.Sent))
	route, parameters, err := d.router.FindRoute(r)
	if err != nil {
		return []error{fmt.Errorf("it is not described: %w", err)}, nil
	}
	opt := d.options()
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, QueryParams: r.URL.Query(), Route: route, Options: opt,
	}
	request = append(flat(openapi3filter.ValidateRequest(r.Context(), in)), undeclared(r, route)...)
	if call.Status == 0 {
		return request, nil
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: call.Status, Header: call.Header, Options: opt}
	out.SetBodyBytes(call.Answer)
	answer = flat(openapi3filter.ValidateResponse(r.Context(), out))
	if call.Status == http.StatusNoContent && len(call.Answer) > 0 {
		answer = append(answer, errors.New("204 comes with a body"))
	}
	return request, answer
}

func (d *Description) options() *openapi3filter.Options {
	opt := &openapi3filter.Options{
		MultiError: true, IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true,
		AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
			scheme, token, _ := strings.Cut(in.RequestValidationInput.Request.Header.Get("Authorization"), " ")
			if !strings.EqualFold(scheme, "bearer") || token == "" {
				return errors.New("there is no bearer token")
			}
			return nil
		},
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.EnableFormatValidation()},
	}
	for format := range formats {
		validator := openapi3.NewCallbackValidator(checkFormat(format, d.exceptions))
		opt.SchemaValidationOptions = append(opt.SchemaValidationOptions, openapi3.WithStringFormatValidator(format, validator))
	}
	// Where and why, and no value: it could be a secret.
	opt.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("/%s: %s", strings.Join(err.JSONPointer(), "/"), err.Reason)
	})
	return opt
}

// undeclared are the words of r's query that are not described.
func undeclared(r *http.Request, route *routers.Route) (problems []error) {
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil && route.PathItem.Parameters.GetByInAndName("query", name) == nil {
			problems = append(problems, fmt.Errorf("the parameter %q is not described", name))
		}
	}
	return problems
}

// flat are the errors in a tree of several.
func flat(err error) []error {
	var several openapi3.MultiError
	if err == nil {
		return nil
	}
	if m, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // only this level: what wraps several says where they are
		for _, e := range m {
			several = append(several, flat(e)...)
		}
		return several
	}
	return []error{err}
}
