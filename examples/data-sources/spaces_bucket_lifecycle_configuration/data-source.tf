data "spaces_bucket_lifecycle_configuration" "example" {
  bucket = "example-assets"
}

output "expiring_prefixes" {
  value = [for r in data.spaces_bucket_lifecycle_configuration.example.rules : r.prefix if r.enabled && r.expiration != null]
}
