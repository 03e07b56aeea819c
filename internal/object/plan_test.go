package object

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	sumA, sumB = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	md5A       = "900150983cd24fb0d6963f7d28e17f72"
)

// applied is the state after an object was made of the content A.
func applied() model {
	m := wanted()
	m.ETag, m.ContentSHA256, m.Size = types.StringValue(md5A), types.StringValue(sumA), types.Int64Value(3)
	m.VersionID, m.LastModified = types.StringValue("v1"), types.StringValue("2030-01-01T00:00:00Z")
	m.ContentType = types.StringValue("text/plain; charset=utf-8")
	return m
}

// wanted is a plan as it comes to ModifyPlan.
func wanted() model {
	var m model
	m.Key, m.ACL = types.StringValue("a.txt"), types.StringValue("private")
	m.Metadata = types.MapNull(types.StringType)
	m.ContentType, m.ETag, m.ContentSHA256, m.VersionID, m.LastModified = types.StringUnknown(), types.StringUnknown(), types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Size = types.Int64Unknown()
	return m
}

func TestForecast(t *testing.T) {
	a := forecast{fingerprint: fingerprint{size: 3, sha256: sumA, head: []byte("abc")}}
	compared := a
	compared.etags = []string{md5A, md5A + "-2"}
	b := forecast{fingerprint: fingerprint{size: 5, sha256: sumB, head: []byte("abcde")}}
	secret, unknown := forecast{secret: true}, forecast{unknown: true}
	created := func(f forecast) forecast { f.created = true; return f }
	typed := func(f forecast) forecast { f.typeGiven = true; return f }
	nothing := func(_, _ *model) {}

	for name, test := range map[string]struct {
		forecast forecast
		change   func(plan, state *model)
		sends    bool
		sha      attr.Value
		size     attr.Value
		mime     attr.Value
	}{
		"nothing":         {a, nothing, false, types.StringValue(sumA), types.Int64Value(3), textType},
		"create":          {created(a), func(_, s *model) { *s = model{} }, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"create, unknown": {created(unknown), func(_, s *model) { *s = model{} }, true, types.StringUnknown(), types.Int64Unknown(), textType},
		"content":         {b, nothing, true, types.StringValue(sumB), types.Int64Value(5), textType},
		"unknown":         {unknown, nothing, true, types.StringUnknown(), types.Int64Unknown(), textType},
		"ACL alone":       {a, func(p, _ *model) { p.ACL = types.StringValue("public-read") }, false, types.StringValue(sumA), types.Int64Value(3), textType},
		"header":          {a, func(p, _ *model) { p.CacheControl = types.StringValue("x") }, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"header unknown":  {a, func(p, _ *model) { p.CacheControl = types.StringUnknown() }, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"type drifted":    {a, func(_, s *model) { s.ContentType = types.StringValue("x/y") }, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"type given":      {typed(a), func(p, _ *model) { p.ContentType = types.StringValue("x/y") }, true, types.StringValue(sumA), types.Int64Value(3), types.StringValue("x/y")},
		"expires respelled": {a, func(p, s *model) {
			p.Expires, s.Expires = types.StringValue("2030-01-01T01:00:00+01:00"), types.StringValue("2030-01-01T00:00:00Z")
		}, false, types.StringValue(sumA), types.Int64Value(3), textType},
		"expires": {a, func(p, s *model) {
			p.Expires, s.Expires = types.StringValue("2030-01-01T01:00:00Z"), types.StringValue("2030-01-01T00:00:00Z")
		}, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"changed elsewhere":  {a, func(_, s *model) { s.ContentSHA256, s.ETag = types.StringNull(), types.StringValue("other") }, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"imported, same":     {compared, func(_, s *model) { s.ContentSHA256 = types.StringNull() }, false, types.StringValue(sumA), types.Int64Value(3), textType},
		"imported, in parts": {compared, func(_, s *model) { s.ContentSHA256, s.ETag = types.StringNull(), types.StringValue(md5A+"-2") }, false, types.StringValue(sumA), types.Int64Value(3), textType},
		"imported, other":    {compared, func(_, s *model) { s.ContentSHA256, s.ETag = types.StringNull(), types.StringValue(md5A+"-1") }, true, types.StringValue(sumA), types.Int64Value(3), textType},
		"secret": {secret, func(p, s *model) {
			p.ContentWOVersion, s.ContentWOVersion, s.ContentSHA256 = types.Int64Value(1), types.Int64Value(1), types.StringNull()
		}, false, types.StringNull(), types.Int64Value(3), textType},
		"secret's version": {secret, func(p, s *model) { p.ContentWOVersion, s.ContentWOVersion = types.Int64Value(2), types.Int64Value(1) }, true, types.StringNull(), types.Int64Unknown(), textType},
		"secret, drifted":  {secret, func(p, _ *model) { p.ContentWOVersion = types.Int64Value(1) }, true, types.StringNull(), types.Int64Unknown(), textType},
		"secret without extension": {secret, func(p, s *model) {
			p.Key, s.Key, p.ContentWOVersion = types.StringValue("a"), types.StringValue("a"), types.Int64Value(1)
		}, true, types.StringNull(), types.Int64Unknown(), types.StringUnknown()},
		"nothing, type of the bytes": {a, func(p, s *model) { p.Key, s.Key = types.StringValue("a"), types.StringValue("a") }, false, types.StringValue(sumA), types.Int64Value(3), textType},
		"key unknown":                {created(a), func(p, s *model) { p.Key = types.StringUnknown(); *s = model{} }, true, types.StringValue(sumA), types.Int64Value(3), types.StringUnknown()},
	} {
		t.Run(name, func(t *testing.T) {
			plan, state := wanted(), applied()
			test.change(&plan, &state)
			test.forecast.fill(&plan, &state)
			for attribute, got := range map[string]attr.Value{"etag": plan.ETag, "version_id": plan.VersionID} {
				if got.IsUnknown() != test.sends {
					t.Errorf("%s is planned as %s, and an upload is wanted: %t", attribute, got, test.sends)
				}
			}
			if writes := test.sends || !plan.ACL.Equal(state.ACL); plan.LastModified.IsUnknown() != writes {
				t.Errorf("last_modified is planned as %s, and a change is wanted: %t", plan.LastModified, writes)
			}
			for attribute, pair := range map[string][2]attr.Value{
				"content_sha256": {plan.ContentSHA256, test.sha}, "size": {plan.Size, test.size}, "content_type": {plan.ContentType, test.mime},
			} {
				if !pair[0].Equal(pair[1]) {
					t.Errorf("%s is planned as %s, want %s", attribute, pair[0], pair[1])
				}
			}
		})
	}
}

var textType = types.StringValue("text/plain; charset=utf-8")
