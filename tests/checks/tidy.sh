#!/bin/sh
# clang-tidy over some files. Usage: tidy.sh FLAGS-FILE FILE...
# FLAGS-FILE has the compiler's flags, one a line. Prints findings only.
set -u
flags=$1
shift
args=
while IFS= read -r flag; do
	args="$args '$flag'"
done <"$flags"
eval "set -- \"\$@\" -- $args"
out=$(clang-tidy --quiet "$@" 2>/dev/null)
status=$?
[ -z "$out" ] || printf '%s\n' "$out"
exit "$status"
