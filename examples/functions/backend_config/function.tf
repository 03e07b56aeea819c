# Written to a file: terraform output -raw backend_config > spaces.s3.tfbackend
# and used by the configuration whose state it is about, which has an empty
# backend "s3" {}: terraform init -backend-config=spaces.s3.tfbackend
output "backend_config" {
  value = provider::spaces::backend_config({
    region = "nyc3"
    bucket = "our-terraform-states"
    key    = "network/terraform.tfstate"
  })
}
