# photos.nyc3.cdn.digitaloceanspaces.com
output "cdn_host" {
  value = provider::spaces::cdn_host("nyc3", "photos")
}
