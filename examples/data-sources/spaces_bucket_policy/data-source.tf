data "spaces_bucket_policy" "example" {
  bucket = "example-assets"
}

output "statements" {
  value = jsondecode(data.spaces_bucket_policy.example.policy).Statement[*].Sid
}
