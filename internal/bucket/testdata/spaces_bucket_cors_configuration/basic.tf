resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_cors_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [{
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }]
}
