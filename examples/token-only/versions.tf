terraform {
  # Ephemeral resources need Terraform 1.10 or OpenTofu 1.11.
  required_version = ">= 1.10"

  required_providers {
    spaces = {
      source  = "do-spaces/spaces"
      version = ">= 0.1"
    }
  }
}
