package function_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/do-spaces/terraform-provider-spaces/internal/provider"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// call calls a function as Terraform does. The error is "" if there is none,
// and begins with the argument's position otherwise.
func call(t *testing.T, name string, result tftypes.Type, arguments ...tftypes.Value) (tftypes.Value, string) {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("test", spaces.DefaultPatience))()
	if err != nil {
		t.Fatal(err)
	}
	all, err := server.GetFunctions(t.Context(), &tfprotov6.GetFunctionsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var given []*tfprotov6.DynamicValue
	for i, a := range arguments {
		as := a.Type()
		if i < len(all.Functions[name].Parameters) {
			as = all.Functions[name].Parameters[i].Type
		}
		v, err := tfprotov6.NewDynamicValue(as, a)
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, &v)
	}
	resp, err := server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: name, Arguments: given})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Error != nil {
		position := "?"
		if resp.Error.FunctionArgument != nil {
			position = string(rune('0' + *resp.Error.FunctionArgument))
		}
		return tftypes.Value{}, position + ": " + resp.Error.Text
	}
	value, err := resp.Result.Unmarshal(result)
	if err != nil {
		t.Fatal(err)
	}
	return value, ""
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// read is what a value is in Go: null is "<null>".
func read(t *testing.T, v tftypes.Value) string {
	t.Helper()
	var s *string
	if err := v.As(&s); err != nil {
		t.Fatal(err)
	}
	if s == nil {
		return "<null>"
	}
	return *s
}
