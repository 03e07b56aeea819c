#!/bin/sh
# The AWS command line, with the file that aws_config wrote. AWS is the command;
# one from before July 2023 has to be told the endpoint, in ENDPOINT_OPTION.
. "$(dirname "$0")/steps.sh"

mine() { AWS_CONFIG_FILE=$LIMITED $AWS ${ENDPOINT_OPTION-} "$@"; }
at=s3://$FILES

list() { mine s3 ls --recursive "$at" | has page.html "$ODD" large.bin; }
get() {
	mine s3 cp "$at/page.html" page && cmp page "$FIXTURES/page.html" &&
		mine s3 cp "$at/$ODD" odd && cmp odd "$FIXTURES/odd.txt" &&
		mine s3 cp "$at/large.bin" large && cmp large "$FIXTURES/large.bin"
}
head() {
	mine s3api head-object --bucket "$FILES" --key page.html --output json | tr '[:upper:]' '[:lower:]' |
		has '"contenttype": "text/html; charset=utf-8"' '"owner": "press team"' '"cachecontrol": "max-age=60"'
}
put() {
	mine s3 cp --content-type 'text/html; charset=utf-8' --metadata 'owner=press team' "$FIXTURES/page.html" "$at/$PREFIX/page.html" &&
		mine s3 cp "$FIXTURES/odd.txt" "$at/$PREFIX/$ODD" &&
		mine s3 cp "$FIXTURES/large.bin" "$at/$PREFIX/large.bin"
}
sync() {
	folder up && mine s3 sync up "$at/$PREFIX/sync" && mine s3 sync "$at/$PREFIX/sync" down && diff -r up down
}
del() {
	mine s3 cp "$FIXTURES/odd.txt" "$at/$PREFIX/gone" && mine s3 rm "$at/$PREFIX/gone" && ! mine s3api head-object --bucket "$FILES" --key "$PREFIX/gone"
}
presign() { mine s3 presign --expires-in 600 "$at/$ODD" >signed && curl -fsS "$(cat signed)" | cmp - "$FIXTURES/odd.txt"; }
# denied is refused, but for the words: it has none for errors without a message,
# which are all of Ceph's.
denied() { said=$(refused "$@") || case $said in *"'NoneType' is not iterable"*) ;; *) echo "$said" && return 1 ;; esac; }
all() { AWS_CONFIG_FILE=$FULL $AWS ${ENDPOINT_OPTION-} "$@"; }
limits() {
	mine s3 cp "s3://$READONLY/page.html" readonly && cmp readonly "$FIXTURES/page.html" &&
		denied mine s3 cp "$FIXTURES/odd.txt" "s3://$READONLY/no" && denied mine s3 rm "s3://$READONLY/page.html" &&
		denied mine s3 cp "s3://$PRIVATE/page.html" no && denied mine s3 mb "s3://$FILES-no" &&
		denied mine s3api get-bucket-cors --bucket "$FILES" && test ! -e no &&
		all s3 ls "s3://$READONLY" >readonly.ls && test "$(sed 's/.* //' readonly.ls)" = page.html && ! all s3 ls | grep -e "-no$"
}
full() {
	all s3 ls | has "$FILES" "$PRIVATE" &&
		all s3api get-bucket-cors --bucket "$FILES" --output json | has https://shop.example
}

echo "version $($AWS --version | sed 's,aws-cli/\([^ ]*\).*,\1,')"
step list list
step get get
step head head
step put put
step sync sync
step delete del
step presign presign
step limits limits
step 'full access' full
