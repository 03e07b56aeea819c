# photos.nyc3-static.digitaloceanspaces.com
output "website_host" {
  value = provider::spaces::website_host("nyc3", "photos")
}
