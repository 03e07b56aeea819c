#!/bin/sh
# s3cmd, with the file that s3cmd_config wrote.
. "$(dirname "$0")/steps.sh"

mine() { s3cmd --config="$LIMITED" --no-progress "$@"; }
at=s3://$FILES

list() { mine ls --recursive "$at" | has "$at/page.html" "$at/$ODD" "$at/large.bin"; }
get() {
	mine get "$at/page.html" page && cmp page "$FIXTURES/page.html" &&
		mine get "$at/$ODD" odd && cmp odd "$FIXTURES/odd.txt" &&
		mine get "$at/large.bin" large && cmp large "$FIXTURES/large.bin"
}
# It asks for the bucket's CORS rules too, which no limited key may.
info() { s3cmd --config="$FULL" info "$at/page.html" | has 'text/html; charset=utf-8' 'x-amz-meta-owner: press team'; }
put() {
	mine put --mime-type='text/html; charset=utf-8' --add-header='x-amz-meta-owner:press team' "$FIXTURES/page.html" "$at/$PREFIX/page.html" &&
		mine put "$FIXTURES/odd.txt" "$at/$PREFIX/$ODD" &&
		mine put --multipart-chunk-size-mb=5 "$FIXTURES/large.bin" "$at/$PREFIX/large.bin"
}
setacl() {
	url=$OBJECTS/$PREFIX/page.html
	mine setacl --acl-public "$at/$PREFIX/page.html" && curl -fsS "$url" | cmp - "$FIXTURES/page.html" &&
		mine setacl --acl-private "$at/$PREFIX/page.html" && refused curl -fsS "$url"
}
sync() {
	folder up && mine sync up/ "$at/$PREFIX/sync/" && mine sync "$at/$PREFIX/sync/" down/ && diff -r up down
}
del() { mine put "$FIXTURES/odd.txt" "$at/$PREFIX/gone" && mine del "$at/$PREFIX/gone" && ! mine info "$at/$PREFIX/gone"; }
signurl() { mine signurl "$at/$ODD" +600 >signed && curl -fsS "$(cat signed)" | cmp - "$FIXTURES/odd.txt"; }
limits() {
	mine get "s3://$READONLY/page.html" readonly && cmp readonly "$FIXTURES/page.html" &&
		refused mine put "$FIXTURES/odd.txt" "s3://$READONLY/no" && refused mine del "s3://$READONLY/page.html" &&
		refused mine ls "s3://$PRIVATE" && refused mine mb "s3://$FILES-no" && refused mine delpolicy "$at"
}
full() { s3cmd --config="$FULL" ls | has "s3://$FILES" "s3://$PRIVATE"; }

echo "version $(s3cmd --version | sed 's/.* //')"
step list list
step get get
step info info
step put put
step setacl setacl
step sync sync
step delete del
step signurl signurl
step limits limits
step 'full access' full
