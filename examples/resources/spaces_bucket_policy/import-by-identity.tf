import {
  to = spaces_bucket_policy.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
