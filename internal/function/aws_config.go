package function

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// AWSConfig is the configuration file of the AWS command line and SDKs.
func AWSConfig() function.Function {
	return clientFunction{
		"aws_config", "Configuration file of the AWS command line and SDKs",
		"Returns the text of a configuration file for the AWS command line and the AWS SDKs, with the credentials in it: `~/.aws/config`, or what the environment variable `AWS_CONFIG_FILE` names. " +
			"Versions from July 2023 on read the endpoint from it; to older ones it has to be given, as in `aws --endpoint-url`. " +
			"The upload manager of the AWS SDK for Go does not read there that checksums are to be sent only when they are required: set its `RequestChecksumCalculation` too." + secretStays,
		clientNeeds, clientTakes, awsText,
	}.made()
}

func awsText(c client) (string, error) {
	style := "virtual"
	if c.pathStyle() {
		style = "path"
	}
	// Nothing in a value without white space means anything in this format.
	return fmt.Sprintf(`[default]
aws_access_key_id = %s
aws_secret_access_key = %s
region = %s
endpoint_url = %s
request_checksum_calculation = when_required
response_checksum_validation = when_required
s3 =
  addressing_style = %s
  signature_version = s3v4
`, c.accessKey, c.secretKey, signingRegion, c.url(), style), nil
}
