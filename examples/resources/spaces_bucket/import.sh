terraform import spaces_bucket.example nyc3/example-assets
