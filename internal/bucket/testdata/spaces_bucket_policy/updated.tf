resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_policy" "test" {
  bucket = spaces_bucket.test.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Office"
        Effect    = "Allow"
        Principal = { AWS = ["*"] }
        Action    = ["s3:GetObject", "s3:ListBucket"]
        Resource  = [spaces_bucket.test.arn, "${spaces_bucket.test.arn}/*"]
        Condition = { IpAddress = { "aws:SourceIp" = ["192.0.2.0/24"] } }
      },
      {
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "s3:GetObject"
        Resource  = "${spaces_bucket.test.arn}/public/*"
      },
    ]
  })
}
