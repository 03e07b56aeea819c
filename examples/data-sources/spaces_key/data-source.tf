# By its name, or by its access_key.
data "spaces_key" "deploy" {
  name = "example-deploy"
}

output "writable" {
  value = [for g in data.spaces_key.deploy.grants : g.bucket if g.permission == "readwrite"]
}
