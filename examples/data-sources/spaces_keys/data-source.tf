data "spaces_keys" "all" {}

# Keys with access to everything.
output "with_full_access" {
  value = [
    for k in data.spaces_keys.all.keys : k.name
    if anytrue([for g in k.grants : g.permission == "fullaccess"])
  ]
}
