resource "spaces_bucket" "example" {
  name = "example-assets"
}

resource "spaces_bucket_lifecycle_configuration" "example" {
  bucket = spaces_bucket.example.name

  rules = [
    {
      id         = "drafts"
      prefix     = "drafts/"
      expiration = { days = 90 }
    },
    {
      id                                = "leftovers"
      noncurrent_version_expiration     = { noncurrent_days = 30 }
      abort_incomplete_multipart_upload = { days_after_initiation = 2 }
    },
    # On this day all that is in it expires.
    {
      id         = "campaign"
      prefix     = "campaign/"
      expiration = { date = "2031-01-31" }
    },
  ]
}
