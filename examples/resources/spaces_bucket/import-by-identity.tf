import {
  to = spaces_bucket.example
  identity = {
    region = "nyc3"
    name   = "example-assets"
  }
}
