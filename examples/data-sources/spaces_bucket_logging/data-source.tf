data "spaces_bucket_logging" "example" {
  bucket = "example-assets"
}

output "logs" {
  value = "${data.spaces_bucket_logging.example.target_bucket}/${data.spaces_bucket_logging.example.target_prefix}"
}
