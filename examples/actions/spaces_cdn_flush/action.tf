resource "spaces_bucket" "example" {
  name = "example-news"
}

resource "spaces_cdn" "example" {
  origin = spaces_bucket.example.domain_name
}

# Run after each upload of another page, or by hand:
# terraform apply -invoke=action.spaces_cdn_flush.page
action "spaces_cdn_flush" "page" {
  config {
    cdn_id = spaces_cdn.example.id
    files  = ["index.html", "feeds/*"]
  }
}

resource "spaces_object" "page" {
  bucket       = spaces_bucket.example.name
  key          = "index.html"
  content      = "<h1>News</h1>\n"
  content_type = "text/html"
  acl          = "public-read"

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.spaces_cdn_flush.page]
    }
  }
}
