import {
  to = spaces_bucket_acl.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
