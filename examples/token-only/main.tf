# A bucket and an object, with nothing but a DigitalOcean token
#
#   export DIGITALOCEAN_TOKEN=...
#   terraform init
#   terraform apply -var name=a-name-nobody-has
#
# Buckets and objects take an access key of Spaces. One is made for each run and
# deleted at its end; it is in no state, no saved plan and no log. The token needs
# the scopes spaces_key:create_credentials, spaces_key:read and spaces_key:delete.

# This block has the token, from the environment. Access keys, CDN endpoints and
# certificates belong to it.
provider "spaces" {
  region = var.region
}

ephemeral "spaces_key" "run" {
  grants = [{ permission = "fullaccess" }]
}

# This one has the key. Buckets and all that is in them belong to it.
provider "spaces" {
  alias      = "keyed"
  region     = var.region
  access_key = ephemeral.spaces_key.run.access_key
  secret_key = ephemeral.spaces_key.run.secret_key
}

resource "spaces_bucket" "notes" {
  provider = spaces.keyed

  name = var.name
}

resource "spaces_object" "hello" {
  provider = spaces.keyed

  bucket  = spaces_bucket.notes.name
  key     = "hello.txt"
  content = "Made with a token alone.\n"
}

output "url" {
  value = spaces_object.hello.url
}
