resource "spaces_bucket" "example" {
  name = "example-assets"
}

# Anybody may list the bucket's files. Reading them is another matter: that is
# up to each object's acl, or a spaces_bucket_policy.
resource "spaces_bucket_acl" "example" {
  bucket = spaces_bucket.example.name
  acl    = "public-read"
}
