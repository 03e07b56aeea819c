resource "spaces_bucket" "example" {
  name = "example-assets"
}

resource "spaces_bucket_website_configuration" "example" {
  bucket         = spaces_bucket.example.name
  index_document = "index.html"
  error_document = "404.html"

  routing_rules = [
    {
      condition = { key_prefix_equals = "blog/" }
      redirect  = { replace_key_prefix_with = "articles/" }
    },
    {
      condition = { http_error_code_returned_equals = "404", key_prefix_equals = "2019/" }
      redirect  = { host_name = "archive.example.com", protocol = "https", http_redirect_code = "302" }
    },
  ]
}

# Visitors see what anybody may read.
resource "spaces_bucket_policy" "example" {
  bucket = spaces_bucket.example.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${spaces_bucket.example.arn}/*"
    }]
  })
}

# This bucket sends all its visitors elsewhere.
resource "spaces_bucket" "moved" {
  name = "example-moved"
}

resource "spaces_bucket_website_configuration" "moved" {
  bucket = spaces_bucket.moved.name

  redirect_all_requests_to = {
    host_name = "www.example.com"
    protocol  = "https"
  }
}

output "website" {
  value = "https://${spaces_bucket_website_configuration.example.website_endpoint}"
}
