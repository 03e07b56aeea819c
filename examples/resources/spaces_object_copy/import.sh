# REGION/BUCKET/KEY of the copy. What it is a copy of is in the configuration.
terraform import spaces_object_copy.latest nyc3/example-releases/latest/app.js
