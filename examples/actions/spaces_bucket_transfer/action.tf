resource "spaces_bucket" "old" {
  name   = "example-uploads"
  region = "fra1"
}

resource "spaces_bucket" "new" {
  name   = "example-uploads-ams"
  region = "ams3"
}

# Between two regions: terraform apply -invoke=action.spaces_bucket_transfer.move
action "spaces_bucket_transfer" "move" {
  config {
    source_region = spaces_bucket.old.region
    source_bucket = spaces_bucket.old.name
    region        = spaces_bucket.new.region
    bucket        = spaces_bucket.new.name
  }
}

variable "aws_access_key" {
  type    = string
  default = null
}

variable "aws_secret_key" {
  type      = string
  sensitive = true
  default   = null
}

# From another service. A run that was ended early is continued by the next one.
action "spaces_bucket_transfer" "leave_aws" {
  config {
    source_endpoint   = "https://s3.eu-central-1.amazonaws.com"
    source_region     = "eu-central-1"
    source_bucket     = "example-legacy"
    source_access_key = var.aws_access_key
    source_secret_key = var.aws_secret_key
    region            = spaces_bucket.new.region
    bucket            = spaces_bucket.new.name
    prefix            = "uploads/"
  }
}
