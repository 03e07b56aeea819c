# The provider takes everything else from the environment, which a running
# localspaces prints. The last run's resources are destroyed at the end.

provider "spaces" {
  region = "nyc3"
}

variables {
  name = "kept-files"
}

run "refuses_to_forget_soon" {
  command = plan

  variables {
    keep_days = 1
  }

  expect_failures = [var.keep_days]
}

run "keeps_earlier_versions" {
  assert {
    condition     = spaces_bucket_versioning.this.status == "Enabled"
    error_message = "The bucket keeps no earlier versions."
  }

  assert {
    condition     = one(spaces_bucket_lifecycle_configuration.this.rules).noncurrent_version_expiration.noncurrent_days == 30
    error_message = "Earlier versions are not kept for 30 days."
  }

  assert {
    condition     = length(spaces_bucket_cors_configuration.this) == 0
    error_message = "There are CORS rules though no other site was named."
  }

  assert {
    condition     = startswith(output.domain_name, "kept-files.nyc3.")
    error_message = "The bucket is not where it was wanted: ${output.domain_name}."
  }
}

run "lets_a_site_in" {
  variables {
    origins = ["https://www.example.com"]
  }

  assert {
    condition     = spaces_bucket_cors_configuration.this[0].rules[0].allowed_origins == toset(["https://www.example.com"])
    error_message = "The site's pages may not fetch the files."
  }
}
