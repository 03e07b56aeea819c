resource "spaces_bucket" "assets" {
  name = "example-assets"
}

resource "spaces_bucket" "reports" {
  name = "example-reports"
}

# Writes into one bucket and reads another.
resource "spaces_key" "deploy" {
  name = "example-deploy"

  grants = [
    { bucket = spaces_bucket.assets.name, permission = "readwrite" },
    { bucket = spaces_bucket.reports.name, permission = "read" },
  ]
}

# Full access. A change of the quarter makes a new key, and the old one is
# deleted when everything that uses it has the new one.
resource "spaces_key" "backup" {
  name   = "example-backup"
  grants = [{ permission = "fullaccess" }]

  keepers = {
    quarter = "2027-1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

output "deploy_access_key" {
  value = spaces_key.deploy.access_key
}

output "deploy_secret_key" {
  value     = spaces_key.deploy.secret_key
  sensitive = true
}
