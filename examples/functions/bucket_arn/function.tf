# arn:aws:s3:::photos and arn:aws:s3:::photos/public/*
output "arns" {
  value = [
    provider::spaces::bucket_arn("photos"),
    provider::spaces::bucket_arn("photos", "public", "*"),
  ]
}
