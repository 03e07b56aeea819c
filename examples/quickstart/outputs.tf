output "website" {
  description = "Where the site is."
  value       = spaces_bucket_website_configuration.site.website_endpoint
}

output "pages" {
  description = "What was uploaded, and as what."
  value       = { for key, page in spaces_object.page : key => page.content_type }
}

output "logs_bucket" {
  description = "Where to read who visited."
  value       = spaces_bucket.logs.name
}
