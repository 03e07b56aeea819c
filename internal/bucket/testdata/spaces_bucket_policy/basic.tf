resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_policy" "test" {
  bucket = spaces_bucket.test.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${spaces_bucket.test.arn}/*"
    }]
  })
}
