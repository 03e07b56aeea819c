import {
  to = spaces_key.deploy
  identity = {
    access_key = "DO00ABCDEFGHIJKLMNOP"
  }
}
