resource "spaces_bucket" "vault" {
  name          = "example-vault"
  force_destroy = true
}

resource "spaces_object" "password" {
  bucket             = spaces_bucket.vault.name
  key                = "database/password"
  content_wo         = "correct horse battery staple" # better: an ephemeral variable
  content_wo_version = 1
}

# Neither the state nor a plan has what is in the object.
ephemeral "spaces_object" "password" {
  bucket     = spaces_object.password.bucket
  key        = spaces_object.password.key
  version_id = spaces_object.password.version_id # not known before the object is there, so this waits for it
}

# A write-only argument takes it, of this provider or of any other.
resource "spaces_object" "copy" {
  bucket             = spaces_bucket.vault.name
  key                = "database/password-for-the-app"
  content_wo         = ephemeral.spaces_object.password.body
  content_wo_version = 1
}
