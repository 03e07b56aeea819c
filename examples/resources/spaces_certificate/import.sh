# By its name. PEM is not imported: it is taken over from the configuration if it
# is that of the certificate that is there.
terraform import spaces_certificate.example example-static
