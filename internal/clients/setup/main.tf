# What the clients are tried on: buckets, their settings, objects, and the
# configuration of each client as the provider's functions write it.

terraform {
  required_providers {
    spaces = {
      source = "do-spaces/spaces"
    }
  }
}

variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "endpoint" {
  type = string
}

variable "full" {
  description = "A key with full access."
  type        = object({ access_key = string, secret_key = string })
  sensitive   = true
}

variable "fixtures" {
  description = "Folder of the files that are uploaded."
  type        = string
}

variable "odd" {
  description = "A key with all that clients can get wrong."
  type        = string
}

variable "uploaded" {
  description = "Keys that clients have uploaded."
  type        = list(string)
  default     = []
}

resource "spaces_bucket" "files" {
  name          = "${var.name}-files"
  force_destroy = true
}

resource "spaces_bucket" "readonly" {
  name          = "${var.name}-readonly"
  force_destroy = true
}

resource "spaces_bucket" "private" {
  name          = "${var.name}-private"
  force_destroy = true
}

resource "spaces_bucket" "site" {
  name          = "${var.name}-site"
  force_destroy = true
}

resource "spaces_bucket_cors_configuration" "files" {
  bucket = spaces_bucket.files.name
  rules = [{
    allowed_origins = ["https://shop.example"]
    allowed_methods = ["GET", "PUT"]
    allowed_headers = ["content-type"]
    expose_headers  = ["ETag"]
    max_age_seconds = 300
  }]
}

resource "spaces_bucket_website_configuration" "site" {
  bucket         = spaces_bucket.site.name
  index_document = "index.html"
  error_document = "404.html"
}

data "spaces_policy_document" "site" {
  bucket = spaces_bucket.site.name
  statements = [{
    sid        = "Visitors"
    principals = ["*"]
    actions    = ["s3:GetObject"]
    resources = [
      provider::spaces::bucket_arn(spaces_bucket.site.name, "*.html"),
      provider::spaces::bucket_arn(spaces_bucket.site.name, "public/*"),
    ]
  }]
}

resource "spaces_bucket_policy" "site" {
  bucket = spaces_bucket.site.name
  policy = data.spaces_policy_document.site.json
}

resource "spaces_object" "page" {
  for_each = {
    files    = spaces_bucket.files.name
    readonly = spaces_bucket.readonly.name
    private  = spaces_bucket.private.name
    site     = spaces_bucket.site.name
  }
  bucket        = each.value
  key           = each.key == "site" ? "index.html" : "page.html"
  source        = "${var.fixtures}/page.html"
  content_type  = "text/html; charset=utf-8"
  cache_control = "max-age=60"
  metadata      = { owner = "press team" }
}

resource "spaces_object" "odd" {
  bucket = spaces_bucket.files.name
  key    = var.odd
  source = "${var.fixtures}/odd.txt"
}

resource "spaces_object" "large" {
  bucket = spaces_bucket.files.name
  key    = "large.bin"
  source = "${var.fixtures}/large.bin"
}

resource "spaces_object" "site" {
  for_each = toset(["404.html", "public/cat.txt", "secret/cat.txt"])
  bucket   = spaces_bucket.site.name
  key      = each.value
  content  = "this is ${each.value}\n"
}

locals {
  keys = { full = var.full, limited = local.limited }
  clients = {
    for name, key in local.keys : name => {
      region     = var.region
      endpoint   = var.endpoint
      bucket     = spaces_bucket.files.name
      access_key = key.access_key
      secret_key = key.secret_key
    }
  }
}

output "configurations" {
  value = {
    s3cmd  = { for name, client in local.clients : name => provider::spaces::s3cmd_config(client) }
    aws    = { for name, client in local.clients : name => provider::spaces::aws_config(client) }
    rclone = { for name, client in local.clients : name => provider::spaces::rclone_config(client) }
  }
  sensitive = true
}

output "hosts" {
  value = {
    site    = spaces_bucket.site.website_domain_name
    objects = spaces_bucket.site.domain_name
    files   = spaces_bucket.files.domain_name
  }
}

# What the provider sees of the clients' uploads.

data "spaces_objects" "files" {
  count  = length(var.uploaded) > 0 ? 1 : 0
  bucket = spaces_bucket.files.name
}

data "spaces_object" "uploaded" {
  for_each      = toset(var.uploaded)
  bucket        = spaces_bucket.files.name
  key           = each.value
  max_body_size = 1024
}

output "uploaded" {
  value = {
    for key, object in data.spaces_object.uploaded : key => {
      type     = object.content_type
      metadata = object.metadata
      body     = object.body
    }
  }
}

output "sizes" {
  value = { for o in flatten(data.spaces_objects.files[*].objects) : o.key => o.size }
}
