data "spaces_bucket_cors_configuration" "example" {
  bucket = "example-assets"
}

output "allowed_origins" {
  value = distinct(flatten(data.spaces_bucket_cors_configuration.example.rules[*].allowed_origins))
}
