# Ceph has no API for keys: the limited one is made beforehand.

variable "limited" {
  type      = object({ access_key = string, secret_key = string })
  sensitive = true
}

provider "spaces" {
  region     = var.region
  endpoint   = var.endpoint
  access_key = var.full.access_key
  secret_key = var.full.secret_key
}

locals {
  limited = var.limited
}
