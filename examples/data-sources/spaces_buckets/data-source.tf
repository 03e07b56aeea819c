# All buckets of the account, in every region.
data "spaces_buckets" "all" {
}

# Those of two regions, with a name that begins alike.
data "spaces_buckets" "examples" {
  regions    = ["nyc3", "ams3"]
  name_regex = "^example-"
}

output "examples" {
  value = { for b in data.spaces_buckets.examples.buckets : b.name => b.domain_name }
}
