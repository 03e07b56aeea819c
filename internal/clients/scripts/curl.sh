#!/bin/sh
# A visitor without a key: the website, public and private objects, and what a
# browser asks before a page of another origin may upload.
. "$(dirname "$0")/steps.sh"

website() {
	curl -fsS "$WEBSITE/" | cmp - "$FIXTURES/page.html" &&
		curl -sS "$WEBSITE/nothing/here" | has 'this is 404.html' &&
		curl -sSI "$WEBSITE/" | has 'text/html; charset=utf-8'
}
public() { curl -fsS "$SITE/public/cat.txt" | has 'this is public/cat.txt' && refused curl -fsS "$SITE/secret/cat.txt"; }
preflight() {
	ask() { curl -sS -o answer -D - -X OPTIONS -H "Origin: $1" -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type' "$OBJECTS/$PREFIX/upload"; }
	ask https://shop.example | tr -d '\r' | tr '[:upper:]' '[:lower:]' |
		has 'access-control-allow-origin: https://shop.example' 'access-control-allow-methods: put' 'access-control-max-age: 300' &&
		ask https://elsewhere.example | has 403
}

echo "version $(curl --version | sed -n 's/^curl \([0-9.]*\).*/\1/p')"
step website website
step 'public and private objects' public
step 'CORS preflight' preflight
