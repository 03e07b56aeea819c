resource "spaces_bucket" "example" {
  name = "example-backups"
}

resource "spaces_object" "example" {
  for_each = toset(["db/2030-01-01.txt", "db/2030-01-02.txt", "files/2030-01-01.txt"])

  bucket  = spaces_bucket.example.name
  key     = each.value
  content = "backup"
}

# All below one prefix.
data "spaces_objects" "db" {
  bucket     = spaces_bucket.example.name
  prefix     = "db/"
  depends_on = [spaces_object.example]
}

# One level, as if there were folders.
data "spaces_objects" "top" {
  bucket     = spaces_bucket.example.name
  delimiter  = "/"
  depends_on = [spaces_object.example]
}

output "total_size" {
  value = sum(data.spaces_objects.db.objects[*].size)
}

output "folders" {
  value = data.spaces_objects.top.common_prefixes
}
