variable "name" {
  type        = string
  description = "Name of the bucket: unique across all users and regions of Spaces, and without dots."
}

variable "domain" {
  type        = string
  description = "Domain of the site, such as static.example.com."
}

variable "region" {
  type        = string
  description = "Region of the bucket."
  default     = "nyc3"
}

variable "force_destroy" {
  type        = bool
  description = "Whether terraform destroy deletes the bucket with all that is in it."
  default     = false
}
