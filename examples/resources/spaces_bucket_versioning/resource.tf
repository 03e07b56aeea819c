resource "spaces_bucket" "example" {
  name = "example-assets"
}

resource "spaces_bucket_versioning" "example" {
  bucket = spaces_bucket.example.name
  status = "Enabled"
}

# Without this every earlier version is kept, and paid for, for ever.
resource "spaces_bucket_lifecycle_configuration" "example" {
  bucket = spaces_bucket.example.name

  rules = [{
    id                            = "earlier-versions"
    noncurrent_version_expiration = { noncurrent_days = 30 }
  }]
}
