resource "spaces_bucket" "example" {
  name          = "example-presigned-url"
  force_destroy = true
}

resource "spaces_object" "report" {
  bucket  = spaces_bucket.example.name
  key     = "reports/2026.csv"
  content = "month,sales\njanuary,12\n"
}

# The link stays the same until this is replaced.
resource "terraform_data" "signed" {
  input = plantimestamp()

  lifecycle {
    ignore_changes = [input]
  }
}

data "spaces_presigned_url" "report" {
  bucket                       = spaces_object.report.bucket
  key                          = spaces_object.report.key
  expires_in                   = "168h" # seven days, the most there can be
  signed_at                    = terraform_data.signed.output
  response_content_disposition = "attachment; filename=\"sales.csv\""
}

output "report" {
  value     = data.spaces_presigned_url.report.url
  sensitive = true
}
