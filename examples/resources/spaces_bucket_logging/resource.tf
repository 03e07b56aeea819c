resource "spaces_bucket" "example" {
  name = "example-assets"
}

# In the same region.
resource "spaces_bucket" "logs" {
  name = "example-logs"
}

resource "spaces_bucket_logging" "example" {
  bucket        = spaces_bucket.example.name
  target_bucket = spaces_bucket.logs.name
  target_prefix = "assets/"
}
