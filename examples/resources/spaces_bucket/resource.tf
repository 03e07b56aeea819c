resource "spaces_bucket" "example" {
  name = "example-assets"
}

# In another region than the provider's, with a made-up name such as
# example-builds-20270131120000abcdefghijkl, and deleted with all that is in it.
resource "spaces_bucket" "builds" {
  region        = "ams3"
  name_prefix   = "example-builds-"
  force_destroy = true

  timeouts = {
    delete = "2h"
  }
}
