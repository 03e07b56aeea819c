terraform {
  required_version = ">= 1.10"

  required_providers {
    spaces = {
      source = "do-spaces/spaces"
    }
  }
}

variable "region" {
  type    = string
  default = "nyc3"
}

variable "bucket" {
  description = "Name of the bucket for states, and for nothing else."
  type        = string
  default     = "our-terraform-states"
}

variable "endpoint" {
  description = "Address of another Spaces, such as a local one."
  type        = string
  default     = null
}

provider "spaces" {
  region = var.region
}

# Without spaces_bucket_versioning, so that two applies cannot both get the lock.
resource "spaces_bucket" "states" {
  name = var.bucket
}

# A file for each configuration, such as: terraform output -json backend_configs |
# jq -r .network > ../network/spaces.s3.tfbackend
output "backend_configs" {
  value = {
    for name in ["network", "website"] : name => provider::spaces::backend_config({
      region   = var.region
      bucket   = spaces_bucket.states.name
      key      = "${name}/terraform.tfstate"
      endpoint = var.endpoint
    })
  }
}
