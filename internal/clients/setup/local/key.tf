# Where DigitalOcean's API is, the limited key is the provider's.

variable "token" {
  type      = string
  sensitive = true
}

variable "api_endpoint" {
  type = string
}

provider "spaces" {
  region       = var.region
  endpoint     = var.endpoint
  access_key   = var.full.access_key
  secret_key   = var.full.secret_key
  token        = var.token
  api_endpoint = var.api_endpoint
}

resource "spaces_key" "limited" {
  name = "${var.name}-limited"
  grants = [
    { bucket = spaces_bucket.files.name, permission = "readwrite" },
    { bucket = spaces_bucket.readonly.name, permission = "read" },
  ]
}

locals {
  limited = spaces_key.limited
}
