package spaces_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Names are what the user chose, and some have to be escaped in a query; godo
// does not. A server that heeds only half of the name must not have us take
// another certificate for it.
func TestCertificateNamed(t *testing.T) {
	t.Parallel()
	stored := []string{"plain", "a", "a&b", "a b", "a+b", "a=b", "a?b", "a#b", "100%", "ü/ß", "twice", "twice"}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		wanted, err := url.QueryUnescape(strings.TrimPrefix(slices.Collect(strings.SplitSeq(r.URL.RawQuery, "&"))[0], "name="))
		if err != nil || r.URL.Query().Get("name") == "" {
			t.Errorf("query %q (%v)", r.URL.RawQuery, err)
		}
		var all []string
		for i, name := range stored {
			if r.URL.Query().Get("name") == name || wanted == "a" { // and others with it
				all = append(all, fmt.Sprintf(`{"id":"id-%d","name":%q}`, i, name))
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"certificates":[`+strings.Join(all, ",")+`]}`) // with neither links nor meta
	})
	c := apiOf(t, s)
	for i, name := range stored[:len(stored)-2] {
		got, err := spaces.CertificateNamed(t.Context(), c, name)
		if err != nil || got.ID != fmt.Sprintf("id-%d", i) {
			t.Errorf("%q: %v (%v)", name, got, err)
		}
	}
	for _, name := range []string{"", "none", "plai"} {
		_, err := spaces.CertificateNamed(t.Context(), c, name)
		mustBe(t, err, spaces.NotFound)
	}
	if _, err := spaces.CertificateNamed(t.Context(), c, "twice"); err == nil || !strings.Contains(spaces.Text(err), "id-10, id-11") {
		t.Errorf("of two: %v", err)
	}
}

// A connection that is lost before an answer is not an answer that cannot be read.
func TestOneOfNoAnswer(t *testing.T) {
	t.Parallel()
	_, err := spaces.One(apiOf(t, api(t, 1000, cut), noRetries).Certificates.Get(t.Context(), "id"))
	mustBe(t, err, spaces.Unreachable)
	if strings.Contains(spaces.Text(err), "success") {
		t.Errorf("text: %s", spaces.Text(err))
	}
	if !spaces.Doubtful(err) {
		t.Error("it may have been carried out")
	}
}
