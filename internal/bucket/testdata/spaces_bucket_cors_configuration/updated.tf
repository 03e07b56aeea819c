resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_cors_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [
    {
      id              = "app"
      allowed_methods = ["POST", "HEAD", "DELETE", "PUT", "GET"]
      allowed_origins = ["https://www.example.com", "https://*.example.org", "http://localhost:3000"]
      allowed_headers = ["x-custom", "Content-Type", "Authorization"]
      expose_headers  = ["ETag", "Content-Length"]
      max_age_seconds = 600
    },
    {
      allowed_methods = ["GET", "HEAD"]
      allowed_origins = ["*"]
      max_age_seconds = 0
    },
  ]
}
