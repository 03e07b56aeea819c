# By the ID of the endpoint, which "doctl compute cdn list" shows.
terraform import spaces_cdn.example 19f06b6a-3ace-4315-b086-499a0e521b76
