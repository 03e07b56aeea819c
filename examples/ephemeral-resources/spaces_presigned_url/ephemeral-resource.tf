resource "spaces_bucket" "backups" {
  name          = "example-backup-links"
  force_destroy = true
}

# Whoever gets the link may upload one object within 15 minutes, without a key.
ephemeral "spaces_presigned_url" "upload" {
  bucket       = spaces_bucket.backups.name
  key          = "database.dump"
  method       = "PUT"
  content_type = "application/octet-stream"
  expires_in   = "15m"
}

# It goes where nothing is kept either: here, to a command's environment.
resource "terraform_data" "backup" {
  provisioner "local-exec" {
    command = "echo \"$LINK\" | cut -d '?' -f 1"
    environment = {
      LINK = ephemeral.spaces_presigned_url.upload.url
    }
  }
}
