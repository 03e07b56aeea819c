resource "spaces_bucket" "example" {
  name          = "example-site"
  force_destroy = true # all that is in it can be uploaded again
}

resource "spaces_directory" "site" {
  bucket = spaces_bucket.example.name
  source = "${path.module}/site"
  prefix = "www/"
  acl    = "public-read"

  exclude = ["**/.DS_Store", "**/*.map"]

  # Of several rules that match, the last one decides.
  rules = [
    { pattern = "**", cache_control = "public, max-age=300" },
    { pattern = "assets", cache_control = "public, max-age=31536000, immutable" },
    { pattern = "**/*.pdf", content_disposition = "attachment", metadata = { made-by = "terraform" } },
  ]
}

# content_hash changes whenever anything of the site does.
resource "terraform_data" "deployed" {
  triggers_replace = spaces_directory.site.content_hash
}
