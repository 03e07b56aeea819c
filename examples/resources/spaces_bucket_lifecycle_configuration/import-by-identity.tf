import {
  to = spaces_bucket_lifecycle_configuration.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
