variable "name" {
  description = "The bucket's name."
  type        = string
}

variable "keep_days" {
  description = "How many days what was overwritten or deleted can be had back."
  type        = number
  default     = 30

  validation {
    condition     = var.keep_days >= 7
    error_message = "A mistake is rarely noticed within a week: keep_days has to be 7 or more."
  }
}

variable "origins" {
  description = "Web sites whose pages may fetch the bucket's files."
  type        = set(string)
  default     = []
}
