resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket_lifecycle_configuration" "test" {
  bucket = spaces_bucket.test.name
  rules = [
    {
      id         = "a-logs"
      prefix     = "logs/"
      expiration = { days = 7 }
    },
    {
      id                                = "b-uploads"
      abort_incomplete_multipart_upload = { days_after_initiation = 2 }
      noncurrent_version_expiration     = { noncurrent_days = 90 }
    },
    {
      id         = "c-offer"
      enabled    = false
      prefix     = "offer/"
      expiration = { date = "2031-01-31" }
    },
    {
      id         = "d-markers"
      expiration = { expired_object_delete_marker = true }
    },
  ]
}
