package acctest

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// An applied step is followed by two plans that have to be empty: without a
// refresh, and with one. terraform-plugin-testing sees to that, so no test says
// of a step that nothing is planned after it.

// Expect is a step that applies a configuration, which does to one resource
// what the action says, and leaves nothing to do.
func Expect(addr, hcl string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: hcl, ConfigStateChecks: checks,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(addr, action)}},
	}
}

// Unchanged is a step that applies a configuration in which nothing is planned.
func Unchanged(hcl string, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: hcl, ConfigStateChecks: checks,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
	}
}

// After is a step before which something is done.
func After(do func(), step resource.TestStep) resource.TestStep {
	step.PreConfig = do
	return step
}

// InState checks attributes of a resource that are strings: "" is null, and "*"
// is anything but null.
func InState(addr string, attributes map[string]string) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for name, value := range attributes {
		check := knownvalue.Check(knownvalue.StringExact(value))
		switch value {
		case "":
			check = knownvalue.Null()
		case "*":
			check = knownvalue.NotNull()
		}
		checks = append(checks, statecheck.ExpectKnownValue(addr, tfjsonpath.New(name), check))
	}
	return checks
}

// Says matches parts in their order, in any case and wherever Terraform breaks
// lines.
func Says(parts ...string) *regexp.Regexp {
	var patterns []string
	for _, p := range parts {
		patterns = append(patterns, strings.Join(strings.Fields(regexp.QuoteMeta(p)), `\s+`))
	}
	return regexp.MustCompile(`(?si)` + strings.Join(patterns, ".*"))
}
