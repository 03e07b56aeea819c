import {
  to = spaces_bucket_versioning.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
