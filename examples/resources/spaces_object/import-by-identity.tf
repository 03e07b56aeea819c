import {
  to = spaces_object.settings
  identity = {
    region = "nyc3"
    bucket = "example-assets"
    key    = "config/settings.json"
  }
}
