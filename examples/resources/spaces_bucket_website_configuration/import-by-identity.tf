import {
  to = spaces_bucket_website_configuration.example
  identity = {
    region = "nyc3"
    bucket = "example-assets"
  }
}
