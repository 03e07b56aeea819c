# do:space:photos
output "urn" {
  value = provider::spaces::bucket_urn("photos")
}
