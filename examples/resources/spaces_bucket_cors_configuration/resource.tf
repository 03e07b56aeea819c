resource "spaces_bucket" "example" {
  name = "example-assets"
}

resource "spaces_bucket_cors_configuration" "example" {
  bucket = spaces_bucket.example.name

  rules = [
    # The app uploads with presigned URLs.
    {
      id              = "app"
      allowed_methods = ["GET", "PUT"]
      allowed_origins = ["https://app.example.com", "http://localhost:3000"]
      allowed_headers = ["*"]
      expose_headers  = ["ETag"]
      max_age_seconds = 3600
    },
    # Any page may show the files, fonts included.
    {
      id              = "everybody"
      allowed_methods = ["GET", "HEAD"]
      allowed_origins = ["*"]
    },
  ]
}
