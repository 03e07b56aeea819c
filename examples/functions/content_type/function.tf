# text/html; charset=utf-8
output "type" {
  value = provider::spaces::content_type("site/index.html")
}
