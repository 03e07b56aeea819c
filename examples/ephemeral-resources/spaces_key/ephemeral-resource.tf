# A key that lasts as long as this run ...
ephemeral "spaces_key" "run" {
  grants = [{ permission = "fullaccess" }]
}

# ... for another provider block, and so for all that belongs to it.
provider "spaces" {
  alias      = "keyed"
  access_key = ephemeral.spaces_key.run.access_key
  secret_key = ephemeral.spaces_key.run.secret_key
}

resource "spaces_bucket" "example" {
  provider = spaces.keyed
  name     = "example-uploads"
}
