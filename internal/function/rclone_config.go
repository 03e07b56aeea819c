package function

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// RcloneConfig is the configuration file of rclone.
func RcloneConfig() function.Function {
	return clientFunction{
		"rclone_config", "Configuration file of rclone",
		"Returns the text of a configuration file for [rclone](https://rclone.org/s3/#digitalocean-spaces), `~/.config/rclone/rclone.conf` or what `rclone --config` names. It has one remote, `spaces`: `rclone ls spaces:BUCKET`. " +
			"With a `bucket`, rclone does not try to make buckets that it does not find, which a key limited to one bucket may not." + secretStays,
		clientNeeds, clientTakes, rcloneText,
	}.made()
}

// rcloneVariable is what rclone replaces in a value, and has no escape for.
var rcloneVariable = regexp.MustCompile(`%\([a-zA-Z0-9_.-]+\)s`)

func rcloneText(c client) (string, error) {
	var keys [2]string
	for i, key := range []string{c.accessKey, c.secretKey} {
		if rcloneVariable.MatchString(key) {
			return "", errors.New("a key has %(…)s in it, which rclone takes for a variable: make another key")
		}
		if keys[i] = key; strings.HasPrefix(key, "`") || strings.HasPrefix(key, `"""`) {
			keys[i] = "`" + key + "`" // up to the last one of the line
		}
	}
	text := fmt.Sprintf(`[spaces]
type = s3
provider = DigitalOcean
env_auth = false
access_key_id = %s
secret_access_key = %s
endpoint = %s
acl = private
force_path_style = %t
`, keys[0], keys[1], c.url(), c.pathStyle())
	if c.bucket != "" {
		text += "no_check_bucket = true\n"
	}
	return text, nil
}
