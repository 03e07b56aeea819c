resource "spaces_bucket" "example" {
  name = "example-releases"
}

resource "spaces_object" "latest" {
  bucket  = spaces_bucket.example.name
  key     = "latest.json"
  content = jsonencode({ version = "1.4.0" })
}

# Without max_body_size only the headers are read.
data "spaces_object" "latest" {
  bucket        = spaces_object.latest.bucket
  key           = spaces_object.latest.key
  max_body_size = 4096
}

output "version" {
  value = jsondecode(data.spaces_object.latest.body).version
}

output "published" {
  value = data.spaces_object.latest.last_modified
}
