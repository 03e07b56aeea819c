package localspaces

import "testing"

func TestCannedACL(t *testing.T) {
	for _, name := range []string{"private", "public-read"} {
		a, err := cannedACL(name)
		if err != nil || a.name() != name || a.publicRead() != (name == "public-read") {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	for _, name := range []string{"", "public-read-write", "authenticated-read", "Private", "foo"} {
		_, err := cannedACL(name)
		wantRefusal(t, err, "InvalidArgument")
	}
}

func TestParseACL(t *testing.T) {
	const (
		owner  = `<Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner>`
		full   = `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>`
		public = `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>`
	)
	grant := func(grantee, permission string) string {
		return "<Grant><Grantee>" + grantee + "</Grantee><Permission>" + permission + "</Permission></Grant>"
	}
	list := func(grants string) string { return "<AccessControlList>" + grants + "</AccessControlList>" }

	for name, tc := range map[string]struct{ inner, acl, code string }{
		"private":             {inner: owner + list(full), acl: "private"},
		"public-read":         {inner: owner + list(full+public), acl: "public-read"},
		"other order":         {inner: owner + list(public+full), acl: "public-read"},
		"twice the same":      {inner: owner + list(full+full), acl: "private"},
		"no owner":            {inner: list(full), code: "MalformedXML"},
		"no list":             {inner: owner, code: "MalformedXML"},
		"no grantee":          {inner: owner + list(grant("", "READ")), code: "MalformedXML"},
		"unknown element":     {inner: owner + list(full) + "<Foo/>", code: "MalformedXML"},
		"no such permission":  {inner: owner + list(grant("<ID>6174283</ID>", "FULL")), code: "InvalidArgument"},
		"no such group":       {inner: owner + list(full+grant("<URI>http://acs.amazonaws.com/groups/global/Nobody</URI>", "READ")), code: "InvalidArgument"},
		"no grants":           {inner: owner + list(""), code: "NotImplemented"},
		"owner left out":      {inner: owner + list(public), code: "NotImplemented"},
		"everybody may write": {inner: owner + list(full+grant("<URI>"+allUsers+"</URI>", "WRITE")), code: "NotImplemented"},
		"another user":        {inner: owner + list(full+grant("<ID>1</ID>", "READ")), code: "NotImplemented"},
		"authenticated users": {inner: owner + list(full+grant("<URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI>", "READ")), code: "NotImplemented"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := parseACL([]byte("<AccessControlPolicy>" + tc.inner + "</AccessControlPolicy>"))
			if tc.code != "" {
				wantRefusal(t, err, tc.code)
			} else if err != nil || a.name() != tc.acl {
				t.Errorf("got %s, %v", a.name(), err)
			}
		})
	}
}

func TestACLAnswer(t *testing.T) {
	for _, a := range []acl{{}, {public: true}} {
		answer := a.answer("6174283")
		if again, err := parseACL(answer); err != nil || again != a {
			t.Errorf("%s: came back as %v, %v", a.name(), again, err)
		}
	}
	const want = `<AccessControlPolicy><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><AccessControlList>` +
		`<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>` +
		`<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>6174283</ID><DisplayName>6174283</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant>` +
		`</AccessControlList></AccessControlPolicy>`
	if got := innerOf(t, acl{public: true}.answer("6174283")); got != want {
		t.Errorf("got %s", got)
	}
}
