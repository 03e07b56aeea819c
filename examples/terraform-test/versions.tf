terraform {
  required_version = ">= 1.8"

  required_providers {
    spaces = {
      source  = "do-spaces/spaces"
      version = ">= 0.1"
    }
  }
}
