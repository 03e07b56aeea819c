# REGION/BUCKET/PREFIX, or REGION/BUCKET for all of a bucket. Objects become the
# directory's with the next apply, which does not upload again what has the
# content of its file already.
terraform import spaces_directory.site nyc3/example-site/www/
