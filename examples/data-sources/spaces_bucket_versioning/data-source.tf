data "spaces_bucket_versioning" "example" {
  bucket = "example-assets"
}

output "versioned" {
  value = data.spaces_bucket_versioning.example.status == "Enabled"
}
