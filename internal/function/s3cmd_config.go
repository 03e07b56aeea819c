package function

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// S3cmdConfig is the configuration file of s3cmd.
func S3cmdConfig() function.Function {
	return clientFunction{
		"s3cmd_config", "Configuration file of s3cmd",
		"Returns the text of a configuration file for [s3cmd](https://s3tools.org/s3cmd) 2, `~/.s3cfg` or what `s3cmd --config` names." + secretStays,
		clientNeeds, clientTakes, s3cmdText,
	}.made()
}

func s3cmdText(c client) (string, error) {
	every := spaces.Location{Region: c.region, Bucket: "%(bucket)s"}
	bucketHost := c.endpoint.BucketHost(every)
	if c.pathStyle() {
		bucketHost = c.endpoint.Host(c.region)
	}
	https := "True"
	if strings.HasPrefix(c.url(), "http://") {
		https = "False"
	}
	var keys [2]string
	for i, key := range []string{c.accessKey, c.secretKey} {
		// s3cmd has no way to write one that begins with a dollar sign.
		if strings.HasPrefix(key, "$") {
			return "", errors.New("a key begins with $, and s3cmd takes such a value for the name of an environment variable: make another key")
		}
		if keys[i] = key; strings.HasPrefix(key, `"`) && strings.HasSuffix(key, `"`) {
			keys[i] = `"` + key + `"` // it takes one pair of quotes away
		}
	}
	return fmt.Sprintf(`[default]
access_key = %[1]s
secret_key = %[2]s
host_base = %[3]s
host_bucket = %[4]s
website_endpoint = https://%[5]s/
use_https = %[6]s
signurl_use_https = %[6]s
signature_v2 = False
bucket_location = %[7]s
`, keys[0], keys[1], c.endpoint.Host(c.region), bucketHost, c.endpoint.WebsiteHost(every), https, signingRegion), nil
}
