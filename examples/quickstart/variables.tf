variable "name" {
  description = "Name of the site's bucket; the bucket of its logs is called NAME-logs. No other bucket on Spaces may have these names."
  type        = string

  validation {
    condition     = length(var.name) <= 58
    error_message = "With \"-logs\" after it, the name may have 63 characters."
  }
}

variable "region" {
  description = "Where the buckets are."
  type        = string
  default     = "fra1"
}

variable "origins" {
  description = "Other sites whose pages may fetch this one's files."
  type        = set(string)
  default     = ["https://www.example.com"]
}

variable "keep_logs_days" {
  description = "How many days access logs are kept."
  type        = number
  default     = 90
}

variable "force_destroy" {
  description = "Whether a destroy also removes earlier versions of the pages, and the logs."
  type        = bool
  default     = false
}
