terraform import spaces_bucket_logging.example nyc3/example-assets
