package bucket

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

func TestNameValidator(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, test := range []struct {
		name   string
		prefix bool
		says   string // "" is fine, and a star before it a warning
	}{
		{name: "abc"},
		{name: "1-2-3"},
		{name: "ends-with-dash-", says: "ends with a dash"},
		{name: "xn--caf-dma"},
		{name: long},
		{name: "ab", says: `"ab" has 2 characters`},
		{name: "", says: `"" has 0 characters`},
		{name: long + "a", says: "has 64 characters. A bucket's name has 3 to 63 characters"},
		{name: "My-Bucket", says: `capital letters; "my-bucket" would do`},
		{name: "my_bucket", says: `underscore; "my-bucket" would do`},
		{name: "My_Bucket", says: `underscore; "my-bucket" would do`},
		{name: "my bucket", says: `has the character " "`},
		{name: "bücket", says: `has the character "ü"`},
		{name: "a/b", says: `has the character "/"`},
		{name: "-abc", says: `begins with "-"`},
		{name: ".abc", says: `begins with "."`},
		{name: "a..b", says: "has a dot without a letter or digit beside it"},
		{name: "a.-b", says: "has a dot without a letter or digit beside it"},
		{name: "abc.", says: "has a dot without a letter or digit beside it"},
		{name: "192.0.2.1", says: "has the form of an IP address"},
		{name: "www.example.com", says: "*TLS certificates of Spaces do not cover www.example.com"},
		{name: "a", prefix: true},
		{name: "logs-", prefix: true},
		{name: long[:37], prefix: true},
		{name: long[:38], prefix: true, says: "has 38 characters. A bucket's name prefix has 1 to 37 characters"},
		{name: "-a", prefix: true, says: `begins with "-"`},
	} {
		var resp validator.StringResponse
		nameValidator{prefix: test.prefix}.ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(test.name)}, &resp)
		said := ""
		for _, d := range resp.Diagnostics {
			said += d.Detail()
		}
		if resp.Diagnostics.WarningsCount() > 0 {
			said = "*" + said
		}
		if resp.Diagnostics.ErrorsCount() > 1 || (test.says == "") != (said == "") || !strings.Contains(said, test.says) {
			t.Errorf("%q: %q, and wanted is %q", test.name, said, test.says)
		}
	}
	for _, unknown := range []types.String{types.StringNull(), types.StringUnknown()} {
		var resp validator.StringResponse
		if (nameValidator{}).ValidateString(t.Context(), validator.StringRequest{ConfigValue: unknown}, &resp); len(resp.Diagnostics) > 0 {
			t.Errorf("%s: %v", unknown, resp.Diagnostics)
		}
	}
}

func TestMadeUpName(t *testing.T) {
	prefix := strings.Repeat("p", maxPrefix)
	a, b := tfkit.MadeUpName(prefix), tfkit.MadeUpName(prefix)
	if a == b {
		t.Errorf("twice %s", a)
	}
	var resp validator.StringResponse
	nameValidator{}.ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(a)}, &resp)
	if len(a) != 63 || len(resp.Diagnostics) > 0 {
		t.Errorf("%s has %d characters: %v", a, len(a), resp.Diagnostics)
	}
}
