# A static web site on DigitalOcean Spaces
#
# One bucket serves the pages in site/, another keeps the log of who visited.
#
#   export SPACES_ACCESS_KEY_ID=... SPACES_SECRET_ACCESS_KEY=...
#   terraform init
#   terraform apply -var name=a-name-nobody-has
#
# The key needs full access, because it creates buckets. To try all of it on
# your own machine, without an account, run "make demo" in the provider's
# repository.

# The site's bucket

resource "spaces_bucket" "site" {
  name          = var.name
  force_destroy = var.force_destroy
}

# Everybody may read the pages ...
resource "spaces_bucket_policy" "site" {
  bucket = spaces_bucket.site.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EverybodyReads"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${spaces_bucket.site.arn}/*"
    }]
  })
}

# ... and list them. Who may not do that is never told that a page is missing
# (404), only that there is nothing to see (403).
resource "spaces_bucket_acl" "site" {
  bucket = spaces_bucket.site.name
  acl    = "public-read"
}

resource "spaces_bucket_website_configuration" "site" {
  bucket         = spaces_bucket.site.name
  index_document = "index.html"
  error_document = "404.html"
}

resource "spaces_bucket_cors_configuration" "site" {
  bucket = spaces_bucket.site.name

  rules = [{
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = var.origins
    max_age_seconds = 3600
  }]
}

# A page that was overwritten by mistake can be had back for thirty days.
resource "spaces_bucket_versioning" "site" {
  bucket = spaces_bucket.site.name
  status = "Enabled"
}

resource "spaces_bucket_lifecycle_configuration" "site" {
  bucket = spaces_bucket.site.name

  rules = [
    {
      id                            = "earlier-versions"
      noncurrent_version_expiration = { noncurrent_days = 30 }
    },
    {
      id                                = "unfinished-uploads"
      abort_incomplete_multipart_upload = { days_after_initiation = 1 }
    },
  ]
}

# Its pages

resource "spaces_object" "page" {
  for_each = fileset("${path.module}/site", "**")

  bucket = spaces_bucket.site.name
  key    = each.value
  source = "${path.module}/site/${each.value}"

  # A new text should be seen soon. What a page is made of changes rarely.
  cache_control = endswith(each.value, ".html") ? "public, max-age=60" : "public, max-age=86400"

  # So that the first upload is a version already.
  depends_on = [spaces_bucket_versioning.site]
}

# Its logs

resource "spaces_bucket" "logs" {
  name          = "${var.name}-logs"
  force_destroy = var.force_destroy
}

resource "spaces_bucket_lifecycle_configuration" "logs" {
  bucket = spaces_bucket.logs.name

  rules = [{
    id         = "old-logs"
    prefix     = "site/"
    expiration = { days = var.keep_logs_days }
  }]
}

resource "spaces_bucket_logging" "site" {
  bucket        = spaces_bucket.site.name
  target_bucket = spaces_bucket.logs.name
  target_prefix = "site/"
}
