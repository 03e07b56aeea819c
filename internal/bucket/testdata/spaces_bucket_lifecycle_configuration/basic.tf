resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_lifecycle_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [{
    expiration = { days = 30 }
  }]
}
