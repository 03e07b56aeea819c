variable "access_key" {
  type    = string
  default = "DO00EXAMPLE"
}

variable "secret_key" {
  type      = string
  default   = "not-a-secret"
  sensitive = true
}

# The text of .s3cfg, shown by: terraform output -raw s3cmd_config
output "s3cmd_config" {
  value = provider::spaces::s3cmd_config({
    region     = "nyc3"
    bucket     = "photos"
    access_key = var.access_key
    secret_key = var.secret_key
  })
  sensitive = true
}
