variable "name" {
  type        = string
  description = "Name of the bucket: unique across all users and regions of Spaces."
}

variable "region" {
  type        = string
  description = "Region of the bucket."
  default     = "nyc3"
}
