package bucket_test

import "testing"

func TestAccLoggingMistakes(t *testing.T) {
	mistakes{
		"itself": {`target_bucket = "example"`, `"example" is also the bucket that is logged, and Spaces requires another one`},
		"empty":  {`target_bucket = ""`, `is an empty string`},
		"prefix": {"target_bucket = \"logs\"\ntarget_prefix = \"\"", `target_prefix is an empty string, which means nothing here`},
	}.refused(t, "spaces_bucket_logging", `bucket = "example"`)
}
