resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_acl" "test" {
  bucket = spaces_bucket.test.name
  acl    = "private"
}
