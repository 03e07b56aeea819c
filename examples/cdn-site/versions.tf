terraform {
  required_version = ">= 1.8"

  required_providers {
    spaces = {
      source  = "do-spaces/spaces"
      version = ">= 0.1"
    }
  }
}

# The token and the access key are in the environment: DIGITALOCEAN_TOKEN,
# SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY.
provider "spaces" {
  region = var.region
}
