resource "spaces_bucket" "example" {
  name = "example-assets"
}

resource "spaces_cdn" "example" {
  origin = spaces_bucket.example.domain_name
  ttl    = 86400
}

# With a domain and a certificate of one's own.
resource "spaces_bucket" "static" {
  name = "example-static"
}

resource "spaces_certificate" "static" {
  name      = "example-static"
  type      = "lets_encrypt"
  dns_names = ["*.example.com"]
}

resource "spaces_cdn" "static" {
  origin           = spaces_bucket.static.domain_name
  custom_domain    = "static.example.com"
  certificate_name = spaces_certificate.static.name
}
