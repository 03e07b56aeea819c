import {
  to = spaces_cdn.example
  identity = {
    id = "19f06b6a-3ace-4315-b086-499a0e521b76"
  }
}
