import {
  to = spaces_bucket_cors_configuration.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
