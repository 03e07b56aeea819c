resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_versioning" "test" {
  bucket = spaces_bucket.test.name
  status = "Enabled"
}
