package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

var withFunctions = []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)}

// Real Terraform calls each function: with its types, and with what is only
// known after apply. (What they return and refuse is tested in their package.)
func TestAccFunctions(t *testing.T) {
	const client = `{ region = "nyc3", bucket = "photos", access_key = "DO00KEY", secret_key = terraform_data.late.output }`
	for call, want := range map[string]string{
		`provider::spaces::bucket_arn("photos", "a", terraform_data.late.output)`:                                 "arn:aws:s3:::photos/a/s=1",
		`provider::spaces::bucket_urn("photos")`:                                                                  "do:space:photos",
		`provider::spaces::bucket_host("NYC3", "photos")`:                                                         "photos.nyc3.digitaloceanspaces.com",
		`provider::spaces::cdn_host("nyc3", "photos")`:                                                            "photos.nyc3.cdn.digitaloceanspaces.com",
		`provider::spaces::website_host("nyc3", "photos")`:                                                        "photos.nyc3-static.digitaloceanspaces.com",
		`provider::spaces::content_type("index.html")`:                                                            "text/html; charset=utf-8",
		`coalesce(provider::spaces::content_type("README"), "null")`:                                              "null",
		`jsonencode(provider::spaces::parse_url("s3://photos/a b"))`:                                              `{"bucket":"photos","key":"a b","kind":"s3","region":null}`,
		`regex("secret_key = .*", provider::spaces::s3cmd_config(` + client + `))`:                                "secret_key = s=1",
		`regex("secret_access_key = .*", provider::spaces::aws_config(` + client + `))`:                           "secret_access_key = s=1",
		`regex("secret_access_key = .*", provider::spaces::rclone_config(` + client + `))`:                        "secret_access_key = s=1",
		`regex("Secret: .*", provider::spaces::transmit_settings(` + client + `))`:                                "Secret: s=1",
		`regex("<string>/photos</string>", provider::spaces::cyberduck_bookmark(` + client + `))`:                 "<string>/photos</string>",
		`regex("bucket .*", provider::spaces::backend_config({ region = "nyc3", bucket = "states", key = "a" }))`: `bucket                      = "states"`,
	} {
		t.Run(call, func(t *testing.T) {
			e := acctest.New(t)
			e.Run(resource.TestCase{
				TerraformVersionChecks: withFunctions,
				Steps: []resource.TestStep{{
					Config: e.Config("resource \"terraform_data\" \"late\" {\n  input = \"s=1\"\n}\n\noutput \"got\" {\n  value = " + call + "\n}\n"),
					Check:  resource.TestCheckOutput("got", want),
				}},
			})
		})
	}
}

// Secrets stay marked, and what is wrong is said of the argument.
func TestAccFunctionsOfSecretsAndMistakes(t *testing.T) {
	e := acctest.New(t)
	e.Run(resource.TestCase{
		TerraformVersionChecks: withFunctions,
		Steps: []resource.TestStep{
			{
				Config:      e.Config(`output "got" { value = provider::spaces::s3cmd_config({ region = "nyc3", access_key = "DO00KEY", secret_key = sensitive("secret") }) }`),
				ExpectError: regexp.MustCompile(`Output refers to sensitive values`),
			},
			{
				Config:      e.Config(`output "got" { value = provider::spaces::bucket_host("nyc", "photos") }`),
				ExpectError: regexp.MustCompile(`(?s)Invalid value for "region" parameter.*"nyc" has not the\s+shape`),
			},
		},
	})
}

// What a client's configuration is made of marks all of it: sensitive stays
// sensitive, and ephemeral gets nowhere that it would be kept.
func TestAccFunctionsKeepMarks(t *testing.T) {
	calls := []string{`provider::spaces::backend_config({ region = "nyc3", bucket = "states", key = "a", access_key = "DO00KEY", secret_key = var.secret })`}
	for _, name := range []string{"s3cmd_config", "aws_config", "rclone_config", "cyberduck_bookmark", "transmit_settings"} {
		calls = append(calls, "provider::spaces::"+name+`({ region = "nyc3", access_key = "DO00KEY", secret_key = var.secret })`)
	}
	t.Run("sensitive", func(t *testing.T) {
		e := acctest.New(t)
		var all []string
		for _, call := range calls {
			all = append(all, "issensitive("+call+")")
		}
		e.Run(resource.TestCase{
			TerraformVersionChecks: withFunctions,
			Steps: []resource.TestStep{{
				Config: e.Provider() + "variable \"secret\" {\n  default   = \"s\"\n  sensitive = true\n}\n\noutput \"all\" {\n  value = alltrue([\n" + strings.Join(all, ",\n") + "])\n}\n",
				Check:  resource.TestCheckOutput("all", "true"),
			}},
		})
	})
	t.Run("ephemeral", func(t *testing.T) {
		e := acctest.New(t)
		var steps []resource.TestStep
		for _, call := range calls {
			steps = append(steps, resource.TestStep{
				Config:      e.Provider() + "variable \"secret\" {\n  default   = \"s\"\n  ephemeral = true\n}\n\noutput \"got\" {\n  value = " + call + "\n}\n",
				ExpectError: regexp.MustCompile(`(?i)ephemeral (value|output) not allowed|not marked as ephemeral|not allow.* ephemeral`),
			})
		}
		e.Run(resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
			Steps:                  steps,
		})
	})
}

// The examples are what they say.
func TestAccFunctionExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/functions/*/function.tf")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	for _, name := range examples {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			e := acctest.New(t)
			hcl, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			e.Run(resource.TestCase{
				TerraformVersionChecks: withFunctions,
				Steps:                  []resource.TestStep{{Config: e.Provider() + strings.TrimSpace(string(hcl)) + "\n"}},
			})
		})
	}
}
