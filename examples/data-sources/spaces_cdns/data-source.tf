data "spaces_cdns" "all" {}

# The bucket that each custom domain serves.
output "custom_domains" {
  value = { for c in data.spaces_cdns.all.cdns : c.custom_domain => c.origin if c.custom_domain != null }
}
