package apicheck

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func ours(t *testing.T) *Description {
	t.Helper()
	d, err := parse("api.yaml", localspaces.APIDescription(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// call makes one of "METHOD PATH BODY" and "STATUS BODY".
func call(request, answer string) localspaces.APICall {
	method, rest, _ := strings.Cut(request, " ")
	path, sent, _ := strings.Cut(rest, " ")
	c := localspaces.APICall{Request: httptest.NewRequest(method, path, nil), Sent: []byte(sent), Header: http.Header{}}
	c.Request.Header.Set("Authorization", "Bearer secret")
	if sent != "" {
		c.Request.Header.Set("Content-Type", "application/json")
	}
	status, body, _ := strings.Cut(answer, " ")
	_, _ = fmt.Sscan(status, &c.Status)
	if c.Answer = []byte(body); body != "" {
		c.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return c
}

const (
	id      = "892071a0-bb95-49bc-8021-3afd67a210bf"
	failure = ` {"id":"not_found","message":"m","request_id":"` + id + `"}`
	key     = `"name":"n","grants":[{"bucket":"","permission":"fullaccess"}],"access_key":"DO00","created_at":"2026-01-01T00:00:00Z"`
)

// TestCheck: what is wrong is found, and said without the value that is wrong.
func TestCheck(t *testing.T) {
	d := ours(t)
	grants := func(grants string) string { return `POST /v2/spaces/keys {"name":"n","grants":` + grants + `}` }
	for _, c := range []struct{ request, answer, wantRequest, wantAnswer string }{
		{"GET /v2/spaces/keys/DO00", `200 {"key":{` + key + `}}`, "", ""},
		{grants(`[{"bucket":"abc","permission":"read"}]`), `0`, "", ""},
		{"DELETE /v2/certificates/" + id, "204", "", ""},
		{"DELETE /v2/cdn/endpoints/" + id + `/cache {"files":["*","a/*","b"]}`, "404" + failure, "", ""},

		{"GET /v2/droplets", "404" + failure, "not described", ""},
		{"POST /v2/spaces/keys/DO00 {}", "405" + failure, "not described", ""},
		{"GET /v2/spaces/keys?page=0&per_page=500", "400" + failure, `"page"`, ""},
		{"GET /v2/spaces/keys?per_page=201", "400" + failure, `"per_page"`, ""},
		{"GET /v2/spaces/keys?colour=red", "400" + failure, `"colour" is not described`, ""},
		{"GET /v2/certificates/none", "404" + failure, "no uuid", ""},
		{"GET /v2/certificates/" + id + " {}", "404" + failure, "body not allowed", ""},
		{grants("null"), "400" + failure, "/grants", ""},
		{grants(`[{"bucket":"abc","permission":"hidden"}]`), "400" + failure, "/grants/0", ""},
		{grants(`[{"bucket":"abc","permission":"fullaccess"}]`), "400" + failure, "/grants/0", ""},
		{grants(`[{"permission":"read"}]`), "400" + failure, "/grants/0", ""},
		{`POST /v2/spaces/keys {"name":"n","grants":[],"hidden":1}`, "400" + failure, "unsupported", ""},
		{`POST /v2/cdn/endpoints {"origin":"abc.nyc3.digitaloceanspaces.com","ttl":0}`, "422" + failure, "/ttl", ""},
		{`POST /v2/cdn/endpoints {"origin":"hidden"}`, "422" + failure, "/origin", ""},
		{`POST /v2/cdn/endpoints {"origin":"a.b.nyc3.digitaloceanspaces.com"}`, "422" + failure, "/origin", ""},
		{`PUT /v2/cdn/endpoints/` + id + ` {"certificate_id":"hidden"}`, "422" + failure, "/certificate_id", ""},
		{`PUT /v2/cdn/endpoints/` + id + ` {"origin":"abc.nyc3.digitaloceanspaces.com"}`, "422" + failure, "unsupported", ""},
		{`POST /v2/certificates {"name":"n","type":"custom","private_key":"hidden","leaf_certificate":"-----BEGIN CERTIFICATE-----"}`, "422" + failure, "oneOf", ""},
		{`POST /v2/certificates {"name":"n","type":"lets_encrypt","dns_names":[]}`, "422" + failure, "oneOf", ""},
		{"DELETE /v2/cdn/endpoints/" + id + `/cache {"files":["*.css"]}`, "422" + failure, "/files/0", ""},
		{"DELETE /v2/cdn/endpoints/" + id + `/cache {"files":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, "429" + failure, "/files", ""},

		{"GET /v2/spaces/keys/DO00", `200 {"keys":[{` + key + `}]}`, "", "unsupported"},
		{"GET /v2/spaces/keys/DO00", `200 {"key":{` + key + `,"secret_key":"` + strings.Repeat("hidden", 8) + `"}}`, "", "/key"},
		{"GET /v2/spaces/keys/DO00", "201" + failure[:1] + "{}", "", "missing"},
		{"GET /v2/spaces/keys/DO00", `404 {"id":"not_found"}`, "", "message"},
		{"GET /v2/spaces/keys/DO00", `404`, "", "Content-Type"},
		{"DELETE /v2/certificates/" + id, "204 {}", "", "with a body"},
		{"GET /v2/cdn/endpoints", `200 {"endpoints":[],"links":{}}`, "", "meta"},
		{"GET /v2/cdn/endpoints", `200 {"endpoints":[{"id":"` + id + `"}],"links":{},"meta":{"total":1}}`, "", "/endpoints/0"},
	} {
		request, answer := d.Check(call(c.request, c.answer))
		for name, got := range map[string]struct {
			problems []error
			want     string
		}{"request": {request, c.wantRequest}, "answer": {answer, c.wantAnswer}} {
			said := fmt.Sprint(errors.Join(got.problems...))
			if (got.want == "") != (len(got.problems) == 0) || !strings.Contains(said, got.want) {
				t.Errorf("%s, answered %s: the %s has problems %q, want %q", c.request, c.answer, name, said, got.want)
			}
			if strings.Contains(said, "hidden") && !strings.Contains(said, `"hidden" is unsupported`) {
				t.Errorf("a value is in %q", said)
			}
		}
	}
	anonymous := call("GET /v2/spaces/keys/DO00", "401"+failure)
	anonymous.Request.Header.Del("Authorization")
	if request, answer := d.Check(anonymous); len(request) != 1 || !strings.Contains(request[0].Error(), "bearer") || len(answer) != 0 {
		t.Errorf("without a token the problems are %v and %v", request, answer)
	}
	limited := call("GET /v2/cdn/endpoints/"+id, "429"+failure)
	limited.Header.Set("ratelimit-reset", "soon")
	if _, answer := d.Check(limited); len(answer) != 1 || !strings.Contains(answer[0].Error(), "ratelimit-reset") {
		t.Errorf("a wrong header has the problems %v", answer)
	}
}

// TestSeveralFiles: a description can be in several files. Its rules hold.
func TestSeveralFiles(t *testing.T) {
	d, err := Load(filepath.Join("testdata", "theirs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]string{
		`POST /v2/spaces/keys {"name":"n","undeclared":1}`:                    "",
		`POST /v2/spaces/keys {"name":1}`:                                     "/name",
		`POST /v2/spaces/keys {"access_key":"a"}`:                             "read",
		`GET /v2/certificates`:                                                "",
		`PUT /v2/cdn/endpoints/none {}`:                                       "uuid",
		`PUT /v2/cdn/endpoints/` + id + ` {"certificate_id":"` + id + `"}`:    "",
		`PUT /v2/cdn/endpoints/` + id + ` {"certificate_id":"other"}`:         "/certificate_id",
		`PUT /v2/cdn/endpoints/` + id + ` {"custom_domain":"no domain"}`:      "/custom_domain",
		`POST /v2/cdn/endpoints {"origin":"abc.nyc3.digitaloceanspaces.com"}`: "",
		`POST /v2/cdn/endpoints {"origin":"abc.nyc3.example.com:80"}`:         "/origin",
	} {
		problems, answer := d.Check(call(request, "200 {}"))
		if said := fmt.Sprint(errors.Join(problems...)); (want == "") != (len(problems) == 0) || !strings.Contains(said, want) || len(answer) != 0 {
			t.Errorf("%s: the problems are %q and %v, want %q", request, said, answer, want)
		}
	}
}

// TestExceptions: each is needed, and each is enough.
func TestExceptions(t *testing.T) {
	f, err := readFile(filepath.Join("testdata", "theirs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	samples := []string{
		`{"certificate_id":"needs-cloudflare-cert"}`,
		`{"certificate_id":""}`,
		`{"custom_domain":""}`,
		`{"origin":"abc.nyc3.localhost:9000"}`,
	}
	if len(samples) != len(exceptions) {
		t.Fatalf("%d exceptions have %d samples", len(exceptions), len(samples))
	}
	for i, body := range samples {
		for _, all := range []bool{true, false} {
			except := append([]exception(nil), exceptions...)
			if !all {
				except = append(except[:i], except[i+1:]...)
			}
			d, err := load(f, except)
			if err != nil {
				t.Fatal(err)
			}
			problems, _ := d.Check(call("PUT /v2/cdn/endpoints/"+id+" "+body, "200 {}"))
			if (len(problems) == 0) != all {
				t.Errorf("%s: %v, with all exceptions: %t", body, problems, all)
			}
			if problems, _ = ours(t).Check(call("PUT /v2/cdn/endpoints/"+id+" "+body, "200 {}")); len(problems) != 0 && i < 3 {
				t.Errorf("ours needs an exception for %s: %v", body, problems)
			}
		}
		if exceptions[i].why == "" {
			t.Errorf("exception %d has no reason", i)
		}
	}
}

func TestLoad(t *testing.T) {
	for text, want := range map[string]string{
		"{":              "yaml",
		"openapi: 3.0.0": "no object paths",
		"paths: {}":      "0 of the 7 paths",
		"paths: {/v2/spaces/keys: {get: {$ref: missing.yml}}}":                               "missing.yml",
		"paths: {/v2/spaces/keys: {get: {$ref: 'https://example.com/a.yml'}}}":               "only local files",
		"paths: {/v2/spaces/keys: {get: {$ref: '#/nowhere'}}}":                               "no nowhere",
		"paths: {/v2/spaces/keys: {get: {$ref: '#/a'}}}\na: {$ref: '#/b'}\nb: {$ref: '#/a'}": "no end",
	} {
		if _, err := parse("x.yaml", []byte(text), nil); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.yaml") {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if _, err := Load("missing.yaml"); err == nil {
		t.Error("a missing file is loaded")
	}
}
