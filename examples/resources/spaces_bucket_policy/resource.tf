resource "spaces_bucket" "example" {
  name = "example-assets"
}

# Anybody may read what is below public/, and from the office all of it.
resource "spaces_bucket_policy" "example" {
  bucket = spaces_bucket.example.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Public"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "${spaces_bucket.example.arn}/public/*"
      },
      {
        Sid       = "Office"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:GetObject", "s3:ListBucket"]
        Resource  = [spaces_bucket.example.arn, "${spaces_bucket.example.arn}/*"]
        Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } }
      },
    ]
  })
}
