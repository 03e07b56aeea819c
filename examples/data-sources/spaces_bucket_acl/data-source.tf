data "spaces_bucket_acl" "example" {
  bucket = "example-assets"
}

output "listed_by_anybody" {
  value = data.spaces_bucket_acl.example.acl == "public-read"
}
