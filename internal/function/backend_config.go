package function

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// BackendConfig is the configuration of Terraform's s3 backend.
func BackendConfig() function.Function {
	return clientFunction{
		"backend_config", "Configuration of Terraform's s3 backend for a bucket",
		"Returns the text of a file for `terraform init -backend-config=FILE`, with which a configuration that has an empty `backend \"s3\" {}` keeps its state in a bucket of Spaces. " +
			"Without `access_key` and `secret_key`, which is better, the backend takes them from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. " +
			"State is locked by a file beside it, for which Terraform has to be 1.10 or newer; `use_lockfile = false` does without. " +
			"In a bucket with versioning such a lock may exclude nobody, and some servers refuse what Terraform uploads unless `AWS_REQUEST_CHECKSUM_CALCULATION` is `when_required` in the environment: see the guide about [keeping state in Spaces](../guides/state-backend.md)." + secretStays,
		[]string{"region", "bucket", "key"},
		[]string{"access_key", "secret_key", "use_lockfile", "endpoint"},
		backendText,
	}.made()
}

func backendText(c client) (string, error) {
	if strings.HasPrefix(c.key, "/") || strings.HasSuffix(c.key, "/") {
		return "", fmt.Errorf("the attribute \"key\" is %q, and the s3 backend refuses keys that begin or end with a slash: write %q", c.key, strings.Trim(c.key, "/"))
	}
	var file strings.Builder
	set := func(name, value string) { fmt.Fprintf(&file, "%-27s = %s\n", name, value) }
	set("bucket", inHCL(c.bucket))
	set("key", inHCL(c.key))
	set("region", inHCL(signingRegion))
	set("endpoints", "{ s3 = "+inHCL(c.url())+" }")
	if c.accessKey != "" {
		set("access_key", inHCL(c.accessKey))
		set("secret_key", inHCL(c.secretKey))
	}
	if c.pathStyle() {
		set("use_path_style", "true")
	}
	if c.lock {
		set("use_lockfile", "true")
	}
	for _, check := range []string{
		"skip_credentials_validation", "skip_metadata_api_check", "skip_region_validation", "skip_requesting_account_id", "skip_s3_checksum",
	} {
		set(check, "true")
	}
	return file.String(), nil
}

// inHCL is a string as Terraform's language writes it.
func inHCL(text string) string {
	return `"` + strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{",
	).Replace(text) + `"`
}
