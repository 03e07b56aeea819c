import {
  to = spaces_bucket_logging.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
