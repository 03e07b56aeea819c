# photos.nyc3.digitaloceanspaces.com
output "host" {
  value = provider::spaces::bucket_host("nyc3", "photos")
}
