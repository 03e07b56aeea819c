# A file that Cyberduck opens, written by:
# terraform output -raw cyberduck_bookmark > photos.duck
output "cyberduck_bookmark" {
  value = provider::spaces::cyberduck_bookmark({
    region     = "nyc3"
    bucket     = "photos"
    access_key = "DO00EXAMPLE"
  })
}
