resource "spaces_bucket" "example" {
  name = "example-logs"
}

# terraform apply -invoke=action.spaces_bucket_empty.old_logs
action "spaces_bucket_empty" "old_logs" {
  config {
    bucket          = spaces_bucket.example.name
    prefix          = "logs/"
    older_than_days = 90
  }
}
