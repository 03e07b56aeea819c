import {
  to = spaces_object_copy.latest
  identity = {
    region = "nyc3"
    bucket = "example-releases"
    key    = "latest/app.js"
  }
}
