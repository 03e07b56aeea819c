resource "spaces_bucket" "example" {
  name = "example-assets"
}

# All files of a folder. A file that changes is uploaded by the next apply.
resource "spaces_object" "site" {
  for_each = fileset("${path.module}/site", "**")

  bucket        = spaces_bucket.example.name
  key           = each.value
  source        = "${path.module}/site/${each.value}"
  acl           = "public-read"
  cache_control = "public, max-age=300"
}

# What Terraform knows, for others to read.
resource "spaces_object" "settings" {
  bucket   = spaces_bucket.example.name
  key      = "config/settings.json"
  content  = jsonencode({ bucket = spaces_bucket.example.name, region = spaces_bucket.example.region })
  metadata = { made-by = "terraform" }
}

# A short link: the bucket's website redirects to it.
resource "spaces_object" "link" {
  bucket           = spaces_bucket.example.name
  key              = "go/docs"
  content          = ""
  acl              = "public-read"
  website_redirect = "https://docs.example.com/"
}

# Encrypted by Spaces with a key that Spaces does not keep, nor Terraform.
# Without the key the object is lost.
resource "spaces_object" "encrypted" {
  bucket                  = spaces_bucket.example.name
  key                     = "backup/customers.csv"
  content                 = "name,city\n"
  customer_key_wo         = base64encode("a key of exactly 32 characters!!") # better: an ephemeral variable
  customer_key_wo_version = 1
}
