terraform {
  required_providers {
    spaces = {
      source  = "do-spaces/spaces"
      version = "~> 0.1"
    }
  }
}

# The access key comes from the environment, SPACES_ACCESS_KEY_ID and
# SPACES_SECRET_ACCESS_KEY, so that it is not in the configuration.
provider "spaces" {
  region = "nyc3"
}

resource "spaces_bucket" "example" {
  name = "example-assets"
}
