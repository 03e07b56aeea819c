resource "spaces_bucket" "example" {
  name = "example-news"
}

resource "spaces_object" "page" {
  bucket       = spaces_bucket.example.name
  key          = "index.html"
  content      = "<h1>News</h1>\n"
  content_type = "text/html"
  acl          = "public-read"
}

resource "spaces_cdn" "example" {
  origin = spaces_bucket.example.domain_name
}

# Purges the page after each upload of another one. Without files it purges all
# that is cached. A trigger of a whole directory is spaces_directory's content_hash.
resource "spaces_cdn_flush" "example" {
  cdn_id = spaces_cdn.example.id
  files  = [spaces_object.page.key]

  triggers = {
    page = spaces_object.page.content_sha256
  }
}
