terraform import spaces_bucket_acl.example nyc3/example-assets
