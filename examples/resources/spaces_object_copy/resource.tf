resource "spaces_bucket" "example" {
  name = "example-releases"
}

resource "spaces_object" "release" {
  bucket        = spaces_bucket.example.name
  key           = "releases/1.4.2/app.js"
  content       = "console.log('1.4.2')"
  cache_control = "public, max-age=31536000, immutable"
}

# What "latest" is, without another upload. Headers that are not given are those
# of the release. The metadata names what changes with a release, so that a new
# one is copied in the same apply.
resource "spaces_object_copy" "latest" {
  bucket        = spaces_bucket.example.name
  key           = "latest/app.js"
  source_bucket = spaces_bucket.example.name
  source_key    = spaces_object.release.key
  acl           = "public-read"
  cache_control = "public, max-age=60"
  metadata      = { release = spaces_object.release.content_sha256 }
}

resource "spaces_bucket" "backup" {
  name   = "example-releases-backup"
  region = "ams3"
}

# In another region: the content passes through this machine.
resource "spaces_object_copy" "backup" {
  region        = spaces_bucket.backup.region
  bucket        = spaces_bucket.backup.name
  key           = spaces_object.release.key
  source_region = spaces_bucket.example.region
  source_bucket = spaces_bucket.example.name
  source_key    = spaces_object.release.key
}
