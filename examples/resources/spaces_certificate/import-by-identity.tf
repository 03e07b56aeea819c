import {
  to = spaces_certificate.example
  identity = {
    name = "example-static"
  }
}
