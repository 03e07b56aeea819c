# A module with tests, which need no account: see tests/ and the guide "Test
# your modules without an account".
#
# It makes a bucket from which nothing is lost at once: what is overwritten or
# deleted can be had back for some days.

resource "spaces_bucket" "this" {
  name = var.name
}

resource "spaces_bucket_versioning" "this" {
  bucket = spaces_bucket.this.name
  status = "Enabled"
}

resource "spaces_bucket_lifecycle_configuration" "this" {
  bucket = spaces_bucket.this.name

  rules = [{
    id                            = "earlier-versions"
    noncurrent_version_expiration = { noncurrent_days = var.keep_days }
  }]
}

resource "spaces_bucket_cors_configuration" "this" {
  count = length(var.origins) > 0 ? 1 : 0

  bucket = spaces_bucket.this.name

  rules = [{
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = var.origins
  }]
}
