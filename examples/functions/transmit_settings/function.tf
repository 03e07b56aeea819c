variable "access_key" {
  type    = string
  default = "DO00EXAMPLE"
}

variable "secret_key" {
  type      = string
  default   = "not-a-secret"
  sensitive = true
}

# What to type into Transmit, shown by: terraform output -raw transmit_settings
output "transmit_settings" {
  value = provider::spaces::transmit_settings({
    region     = "nyc3"
    bucket     = "photos"
    access_key = var.access_key
    secret_key = var.secret_key
  })
  sensitive = true
}
