package localspaces

import "testing"

func TestWildcard(t *testing.T) {
	for _, tc := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"abc", "abc", true},
		{"abc", "abcd", false},
		{"*", "", true},
		{"*", "a/b", true},
		{"a*", "a", true},
		{"a*c", "abbc", true},
		{"a*c", "abcb", false},
		{"*b*", "abc", true},
		{"a*b*c", "a-b-b-c", true},
		{"a**c", "ac", true},
		{"*ab", "aab", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"?*", "", false},
		{"?*", "x", true},
		{"*?", "xyz", true},
		{"https://*.example.com", "https://a.b.example.com", true},
		{"https://*.example.com", "https://example.com", false},
	} {
		if got := wildcard(tc.pattern, tc.s); got != tc.want {
			t.Errorf("wildcard(%q, %q) = %v", tc.pattern, tc.s, got)
		}
	}
}
