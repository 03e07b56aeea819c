# REGION/BUCKET/KEY. All that follows the second slash is the key, exactly as it is.
terraform import spaces_object.settings nyc3/example-assets/config/settings.json
