data "spaces_bucket_website_configuration" "example" {
  bucket = "example-assets"
}

output "site" {
  value = "https://${data.spaces_bucket_website_configuration.example.website_endpoint}"
}
