package bucket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// present is nil for an empty list, which is how an absent one is read.
func present(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// text is nil for an empty string, which is how an absent one is read.
func text(s *string) *string {
	if s == nil || *s == "" {
		return nil
	}
	return s
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// originValidator catches origins that no browser sends.
type originValidator struct{}

func (originValidator) Description(context.Context) string {
	return "must be origins, such as https://www.example.com"
}

func (v originValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (originValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, e := range req.ConfigValue.Elements() {
		s, ok := e.(types.String)
		if !ok || s.IsUnknown() || s.IsNull() {
			continue
		}
		origin := s.ValueString()
		at := req.Path.AtSetValue(e)
		_, host, schemed := strings.Cut(origin, "://")
		switch {
		case strings.Count(origin, "*") > 1:
			resp.Diagnostics.AddAttributeError(at, "Not an origin", fmt.Sprintf("%q has more than one *, and an origin may have one at most.", origin))
		case origin == "*" || origin == "" || strings.HasPrefix(origin, "*"):
		case !schemed:
			resp.Diagnostics.AddAttributeError(at, "Not an origin", fmt.Sprintf("%q has no scheme, and browsers send one: write https://%s (or http://…, or * for every origin).", origin, origin))
		case strings.Contains(host, "/"):
			resp.Diagnostics.AddAttributeError(at, "Not an origin", fmt.Sprintf("%q goes on after the host, and an origin is scheme, host and port only: write %s.", origin, strings.TrimSuffix(origin[:len(origin)-len(host)]+host[:strings.Index(host, "/")], "/")))
		}
	}
}
