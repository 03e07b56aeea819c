resource "spaces_bucket" "downloads" {
  name = "example-downloads"
}

# Everybody may read what is below public/; from outside the office nobody may
# delete anything.
data "spaces_policy_document" "downloads" {
  bucket = spaces_bucket.downloads.name

  statements = [
    {
      sid        = "PublicRead"
      principals = ["*"]
      actions    = ["s3:GetObject"]
      resources  = [provider::spaces::bucket_arn(spaces_bucket.downloads.name, "public/*")]
    },
    {
      sid        = "DeleteFromOffice"
      effect     = "Deny"
      principals = ["*"]
      actions    = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
      resources  = [provider::spaces::bucket_arn(spaces_bucket.downloads.name, "*")]
      conditions = [
        { test = "NotIpAddress", variable = "aws:SourceIp", values = ["203.0.113.0/24", "127.0.0.1/32"] },
      ]
    },
  ]
}

resource "spaces_bucket_policy" "downloads" {
  bucket = spaces_bucket.downloads.name
  policy = data.spaces_policy_document.downloads.json
}
