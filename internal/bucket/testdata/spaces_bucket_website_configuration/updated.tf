resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_website_configuration" "test" {
  bucket         = spaces_bucket.test.name
  index_document = "index.html"
  error_document = "404.html"
  routing_rules = [
    {
      condition = { key_prefix_equals = "old/" }
      redirect  = { replace_key_prefix_with = "new/", http_redirect_code = "301" }
    },
    {
      condition = { http_error_code_returned_equals = "404" }
      redirect  = { host_name = "www.example.com", protocol = "https", replace_key_with = "missing.html", http_redirect_code = "302" }
    },
  ]
}
