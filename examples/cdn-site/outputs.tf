output "url" {
  description = "Address of the site."
  value       = "https://${var.domain}/index.html"
}

output "endpoint" {
  description = "Host name of the CDN, which a CNAME record of the domain points to."
  value       = spaces_cdn.site.endpoint
}
