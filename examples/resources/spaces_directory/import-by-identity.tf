import {
  to = spaces_directory.site
  identity = {
    region = "nyc3"
    bucket = "example-site"
    prefix = "www/"
  }
}
