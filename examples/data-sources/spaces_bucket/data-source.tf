data "spaces_bucket" "example" {
  name = "example-assets"
}

output "assets_host" {
  value = data.spaces_bucket.example.domain_name
}
