resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_website_configuration" "test" {
  bucket         = spaces_bucket.test.name
  index_document = "index.html"
}
