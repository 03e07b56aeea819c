package localspaces

import "testing"

func TestParseVersioning(t *testing.T) {
	for _, tc := range []struct{ inner, status, code string }{
		{inner: "<Status>Enabled</Status>", status: "Enabled"},
		{inner: "<Status>Suspended</Status>", status: "Suspended"},
		{inner: "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>", status: "Enabled"},
		{inner: "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", code: "NotImplemented"},
		{inner: "<Status>Enabled</Status><MfaDelete>On</MfaDelete>", code: "MalformedXML"},
		{inner: "", code: "IllegalVersioningConfigurationException"},
		{inner: "<Status>enabled</Status>", code: "MalformedXML"},
		{inner: "<Status>Enabled</Status><Foo/>", code: "MalformedXML"},
	} {
		t.Run(tc.inner, func(t *testing.T) {
			status, err := parseVersioning([]byte("<VersioningConfiguration>" + tc.inner + "</VersioningConfiguration>"))
			if tc.code != "" {
				wantRefusal(t, err, tc.code)
			} else if err != nil || status != tc.status {
				t.Errorf("got %q, %v", status, err)
			}
		})
	}
}

func TestVersioningAnswer(t *testing.T) {
	for status, want := range map[string]string{
		"":          "<VersioningConfiguration></VersioningConfiguration>",
		"Suspended": "<VersioningConfiguration><Status>Suspended</Status><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>",
	} {
		if got := innerOf(t, versioningAnswer(status)); got != want {
			t.Errorf("%q: got %s", status, got)
		}
	}
}
