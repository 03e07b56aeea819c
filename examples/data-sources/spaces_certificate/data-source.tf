data "spaces_certificate" "example" {
  name = "example-static"
}

output "expires" {
  value = data.spaces_certificate.example.not_after
}
