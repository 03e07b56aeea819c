terraform import spaces_bucket_policy.example nyc3/example-assets
