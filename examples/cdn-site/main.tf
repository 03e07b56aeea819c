# A web site behind the CDN of DigitalOcean Spaces, with a domain of its own
#
#   export DIGITALOCEAN_TOKEN=...
#   export SPACES_ACCESS_KEY_ID=... SPACES_SECRET_ACCESS_KEY=...
#   terraform init
#   terraform apply -var name=a-name-nobody-has -var domain=static.example.com
#
# The DNS of the domain has to be DigitalOcean's: its certificate comes from Let's
# Encrypt then, and the CNAME record for it is made too. Whatever changes in site/
# is uploaded by the next apply, and visitors see it at once.
#
# The token needs the scopes cdn:create, cdn:read, cdn:update, cdn:delete,
# certificate:create, certificate:read and certificate:delete.

resource "spaces_bucket" "site" {
  name          = var.name
  force_destroy = var.force_destroy
}

# What the CDN serves has to be public.
resource "spaces_directory" "site" {
  bucket            = spaces_bucket.site.name
  source            = "${path.module}/site"
  acl               = "public-read"
  delete_extraneous = true

  rules = [
    # Visitors' browsers ask again soon. The CDN keeps a page no longer than this
    # either, if nothing purges it.
    { pattern = "**/*.html", cache_control = "public, max-age=60, s-maxage=86400" },
    { pattern = "assets", cache_control = "public, max-age=86400" },
  ]
}

# One certificate for the domain. A new domain gets a new certificate, which the
# CDN takes over before the old one is deleted.
resource "spaces_certificate" "site" {
  name_prefix = "${var.name}-"
  type        = "lets_encrypt"
  dns_names   = [var.domain]

  lifecycle {
    create_before_destroy = true
  }
}

resource "spaces_cdn" "site" {
  origin           = spaces_bucket.site.domain_name
  ttl              = 86400
  custom_domain    = var.domain
  certificate_name = spaces_certificate.site.name
}

# Everything that is cached is purged after any file has changed.
resource "spaces_cdn_flush" "site" {
  cdn_id = spaces_cdn.site.id

  triggers = {
    site = spaces_directory.site.content_hash
  }
}
