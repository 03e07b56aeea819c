output "domain_name" {
  description = "Where the bucket's objects are."
  value       = spaces_bucket.this.domain_name
}
