#!/bin/sh
# rclone, with the file that rclone_config wrote.
. "$(dirname "$0")/steps.sh"
unset AWS_CA_BUNDLE # rclone's SDK refuses to start with it

mine() { rclone --config "$LIMITED" --retries 1 --low-level-retries 2 "$@"; }
at=spaces:$FILES

list() { mine lsf --recursive "$at" | has page.html "$ODD" large.bin; }
get() {
	mine copyto "$at/page.html" page && cmp page "$FIXTURES/page.html" &&
		mine copyto "$at/$ODD" odd && cmp odd "$FIXTURES/odd.txt" &&
		mine copyto "$at/large.bin" large && cmp large "$FIXTURES/large.bin"
}
info() { mine lsjson --stat --metadata "$at/page.html" | has '"text/html; charset=utf-8"' '"owner": "press team"'; }
put() {
	mine copyto --metadata --metadata-set 'content-type=text/html; charset=utf-8' --metadata-set 'owner=press team' "$FIXTURES/page.html" "$at/$PREFIX/page.html" &&
		mine copyto "$FIXTURES/odd.txt" "$at/$PREFIX/$ODD" &&
		mine copyto --s3-upload-cutoff 5M --s3-chunk-size 5M "$FIXTURES/large.bin" "$at/$PREFIX/large.bin"
}
sync() { folder up && mine sync up "$at/$PREFIX/sync" && mine sync "$at/$PREFIX/sync" down && diff -r up down; }
check() { mine check up "$at/$PREFIX/sync" && echo more >>up/page.html && ! mine check up "$at/$PREFIX/sync"; }
del() { mine copyto "$FIXTURES/odd.txt" "$at/$PREFIX/gone" && mine deletefile "$at/$PREFIX/gone" && ! mine lsf "$at/$PREFIX/" | grep -x gone; }
link() { mine link --expire 10m "$at/$ODD" >signed && curl -fsS "$(cat signed)" | cmp - "$FIXTURES/odd.txt"; }
limits() {
	mine copyto "spaces:$READONLY/page.html" readonly && cmp readonly "$FIXTURES/page.html" &&
		refused mine copyto "$FIXTURES/odd.txt" "spaces:$READONLY/no" && refused mine deletefile "spaces:$READONLY/page.html" &&
		refused mine copyto "spaces:$PRIVATE/page.html" no && refused mine mkdir --s3-no-check-bucket=false "spaces:$FILES-no"
}
full() { rclone --config "$FULL" lsd spaces: | has "$FILES" "$PRIVATE"; }

echo "version $(rclone version | sed -n 's/^rclone v\([0-9.]*\).*/\1/p')"
step list list
step get get
step info info
step put put
step sync sync
step check check
step delete del
step link link
step limits limits
step 'full access' full
