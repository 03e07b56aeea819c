variable "access_key" {
  type    = string
  default = "DO00EXAMPLE"
}

variable "secret_key" {
  type      = string
  default   = "not-a-secret"
  sensitive = true
}

# The text of ~/.aws/config, shown by: terraform output -raw aws_config
output "aws_config" {
  value = provider::spaces::aws_config({
    region     = "nyc3"
    bucket     = "photos"
    access_key = var.access_key
    secret_key = var.secret_key
  })
  sensitive = true
}
