# For the scripts of clients that are command lines; each sources this file.
#
# The driver says in the environment where everything is, and reads "version X",
# "ok STEP" and "no STEP" from standard output.
set -u

# step NAME FUNCTION runs a function, and says what came of it.
step() {
	if said=$("$2" 2>&1); then
		echo "ok $1"
	else
		echo "no $1"
		printf '%s: %s\n' "$1" "$said" >&2
	fi
}

# refused COMMAND... wants a command to be refused for want of rights.
refused() {
	if said=$("$@" 2>&1); then
		echo "$* was allowed: $said"
		return 1
	fi
	case $said in
	*403* | *AccessDenied* | *'Access Denied'* | *Forbidden*) ;;
	*)
		echo "$* failed, but not for want of rights: $said"
		return 1
		;;
	esac
}

# has TEXT... wants each text in what comes in.
has() {
	text=$(cat)
	for wanted; do
		case $text in
		*"$wanted"*) ;;
		*)
			printf 'there is no %s in: %s\n' "$wanted" "$text"
			return 1
			;;
		esac
	done
}

# folder makes one to be synchronized.
folder() {
	mkdir -p "$1/sub" && cp "$FIXTURES/page.html" "$1/page.html" && cp "$FIXTURES/odd.txt" "$1/sub/a b+c.txt"
}
