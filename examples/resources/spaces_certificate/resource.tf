# DigitalOcean gets it from Let's Encrypt, and renews it. The DNS of the domains
# has to be DigitalOcean's.
resource "spaces_certificate" "example" {
  name      = "example-static"
  type      = "lets_encrypt"
  dns_names = ["example.com", "*.example.com"]

  timeouts = {
    create = "30m"
  }
}

# One of your own, whose private key is kept nowhere. With name_prefix it can be
# replaced while a CDN endpoint uses it.
variable "certificate" {
  type = object({ leaf = string, chain = string })
  # In PEM, for example { leaf = file("leaf.pem"), chain = file("chain.pem") }.
  default = null
}

variable "certificate_private_key" {
  type      = string
  ephemeral = true
  default   = null
}

resource "spaces_certificate" "own" {
  count = var.certificate == null ? 0 : 1

  name_prefix            = "example-own-"
  type                   = "custom"
  leaf_certificate       = var.certificate.leaf
  certificate_chain      = var.certificate.chain
  private_key_wo         = var.certificate_private_key
  private_key_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}
