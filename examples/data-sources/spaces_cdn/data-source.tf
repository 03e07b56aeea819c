data "spaces_bucket" "example" {
  name = "example-assets"
}

# By its origin; the id or the custom_domain would do as well.
data "spaces_cdn" "example" {
  origin = data.spaces_bucket.example.domain_name
}

output "assets_url" {
  value = "https://${data.spaces_cdn.example.endpoint}/"
}
