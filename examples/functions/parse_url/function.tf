# { region = "nyc3", bucket = "photos", key = "summer/cat 1.jpg", kind = "cdn" }
output "named" {
  value = provider::spaces::parse_url("https://photos.nyc3.cdn.digitaloceanspaces.com/summer/cat%201.jpg")
}
