resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_bucket" "logs" {
  name = "${var.name}-logs"
}

resource "spaces_bucket_logging" "test" {
  bucket        = spaces_bucket.test.name
  target_bucket = spaces_bucket.logs.name
  target_prefix = "site/"
}
