package cdn

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// answering is an API that answers all alike, and what it was sent.
func answering(t *testing.T, body string) (cl *spaces.Clients, sent func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in, _ := io.ReadAll(r.Body)
		mu.Lock()
		all = append(all, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v2/")+" "+strings.TrimSpace(string(in)))
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(web.Close)
	cl = spaces.New(spaces.Config{
		Token: "token", APIEndpoint: web.URL,
		Patience: spaces.Patience{Write: 100 * time.Millisecond, Poll: time.Millisecond},
	})
	return cl, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

const one = `{"endpoint":{"id":"e1","origin":"site.nyc3.digitaloceanspaces.com","endpoint":"site.nyc3.cdn.digitaloceanspaces.com","created_at":"2026-01-02T03:04:05Z","ttl":3600}}`

// endpointWith is a model as it is planned or kept.
func endpointWith(ttl int64, domain, name, id string) *model {
	return &model{
		ID: types.StringValue("e1"), Origin: types.StringValue("site.nyc3.digitaloceanspaces.com"), TTL: types.Int64Value(ttl),
		CustomDomain: tfkit.OrNull(domain), CertificateName: tfkit.OrNull(name), CertificateID: tfkit.OrNull(id),
	}
}

// What does not change is not sent: godo's request for a domain has no TTL, and
// its request for a TTL would set that to 0 if it had none.
func TestUpdateRequests(t *testing.T) {
	t.Parallel()
	const path = "PUT cdn/endpoints/e1 "
	for _, c := range []struct {
		name        string
		state, plan *model
		want        []string
	}{
		{"nothing", endpointWith(3600, "a.example.com", "n", "i"), endpointWith(3600, "a.example.com", "n", "i"), nil},
		{"TTL", endpointWith(3600, "a.example.com", "n", "i"), endpointWith(60, "a.example.com", "n", "i"), []string{path + `{"ttl":60}`}},
		{"domain", endpointWith(3600, "a.example.com", "n", "i"), endpointWith(3600, "b.example.com", "n", "i"), []string{path + `{"custom_domain":"b.example.com","certificate_id":"i"}`}},
		{"certificate", endpointWith(3600, "a.example.com", "n", "i"), endpointWith(3600, "a.example.com", "m", "j"), []string{path + `{"custom_domain":"a.example.com","certificate_id":"j"}`}},
		{"both go", endpointWith(60, "a.example.com", "n", "i"), endpointWith(60, "", "", ""), []string{path + `{"custom_domain":"","certificate_id":""}`}},
		{"all", endpointWith(60, "", "", ""), endpointWith(600, "a.example.com", "n", "i"), []string{path + `{"ttl":600}`, path + `{"custom_domain":"a.example.com","certificate_id":"i"}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl, sent := answering(t, one)
			if err := update(t.Context(), cl, c.plan, c.state); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(sent(), c.want) {
				t.Errorf("sent %q, want %q", sent(), c.want)
			}
		})
	}
}

// godo sends a TTL of 0 for none, which the API refuses: there always is one.
func TestCreateRequest(t *testing.T) {
	t.Parallel()
	cl, sent := answering(t, one)
	m := endpointWith(defaultTTL, "", "", "")
	m.ID = types.StringUnknown()
	if err := create(t.Context(), cl, m); err != nil {
		t.Fatal(err)
	}
	want := []string{`POST cdn/endpoints {"origin":"site.nyc3.digitaloceanspaces.com","ttl":3600}`}
	if !slices.Equal(sent(), want) || m.ID.ValueString() != "e1" {
		t.Errorf("sent %q, want %q; the ID is %s", sent(), want, m.ID)
	}
}

// Of an answer without what was asked for godo makes nil, and no error.
func TestAnswersOfAnotherShape(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*spaces.Clients) error{
		"create": func(cl *spaces.Clients) error {
			return create(t.Context(), cl, endpointWith(defaultTTL, "", "", ""))
		},
		"read": func(cl *spaces.Clients) error { return read(t.Context(), cl, endpointWith(defaultTTL, "", "", "")) },
		"name of a certificate": func(cl *spaces.Clients) error {
			api, err := cl.API()
			if err != nil {
				return err
			}
			return (&model{}).nameCertificate(t.Context(), api, "i")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl, _ := answering(t, `{}`)
			if err := do(cl); err == nil || !strings.Contains(spaces.Text(err), "not with what was asked for") || spaces.KindOf(err) == spaces.NotFound {
				t.Errorf("error: %v", err)
			}
		})
	}
	t.Run("list", func(t *testing.T) { // with neither links nor items
		t.Parallel()
		cl, _ := answering(t, `{}`)
		var m listModel
		if err := list(t.Context(), cl, &m); err != nil || m.CDNs == nil || len(m.CDNs) > 0 {
			t.Errorf("%v (%v)", m.CDNs, err)
		}
	})
}

// An ID goes into a path, and must not lead elsewhere.
func TestReadChecksTheID(t *testing.T) {
	t.Parallel()
	cl, sent := answering(t, one)
	m := endpointWith(defaultTTL, "", "", "")
	for _, id := range []string{"../certificates", "a/b", "a?b", ""} {
		m.ID = types.StringValue(id)
		if err := read(t.Context(), cl, m); err == nil {
			t.Errorf("%q was read", id)
		}
	}
	if len(sent()) > 0 {
		t.Errorf("sent %q", sent())
	}
}
