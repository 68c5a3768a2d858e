#!/bin/sh
# Checks over the built programs. Usage: binary.sh STAGE
#
#   - a program that parses hostile bytes and one that holds CAP_NET_ADMIN
#     never share a library: mudd links no libcurl, libcrypto or jansson, and
#     so on, a line a program (docs/architecture.md)
#   - S-92 in the binaries, not only in the flags: PIE, RELRO, BIND_NOW, NX,
#     no executable and writable segment, stack canary, fortified calls
#   - the test build's deliberate hole (configure --enable-sandbox-hook) is in
#     none of them
#   - the service file's exposure is 2.3 or less
# One line a check; the last line counts them.
set -u
stage=${1:?usage: binary.sh STAGE}
passed=0 failed=0

result() { # NAME FINDINGS
	if [ -z "$2" ]; then
		echo "ok   $1"
		passed=$((passed + 1))
	else
		echo "FAIL $1"
		printf '%s\n' "$2" | head -n 20 | sed 's/^/     /'
		failed=$((failed + 1))
	fi
}

# Program, and libraries it must not link.
libraries() {
	cat <<-'TXT'
	usr/sbin/mudd curl crypto ssl jansson confuse sqlite3 cares nl-3
	usr/libexec/mudd/mudd-engine curl ssl cares nftnl mnl nl-3
	usr/libexec/mudd/mudd-watcher curl crypto ssl jansson confuse sqlite3 cares nftnl mnl
	usr/libexec/mudd/mudd-fetcher jansson confuse sqlite3 nftnl mnl nl-3
	usr/libexec/mudd/mudd-reader curl confuse sqlite3 cares nftnl mnl nl-3 event_core
	usr/bin/mudctl curl sqlite3 cares nftnl mnl nl-3 seccomp
	TXT
}

hardening() { # PROGRAM
	header=$(readelf -W -h -l -d "$1")
	printf '%s\n' "$header" | grep -q 'Type:.*DYN' || echo 'not a PIE'
	printf '%s\n' "$header" | grep -q GNU_RELRO || echo 'no RELRO'
	printf '%s\n' "$header" | grep -Eq 'BIND_NOW|FLAGS.*NOW' ||
		echo 'not bound at start'
	printf '%s\n' "$header" | grep -E 'GNU_STACK.*RWE' &&
		echo 'executable stack'
	printf '%s\n' "$header" | grep -E 'LOAD.*RWE' &&
		echo 'a segment both writable and executable'
	printf '%s\n' "$header" | grep -Eq 'RPATH|RUNPATH' && echo 'an rpath'
	symbols=$(readelf -W --dyn-syms "$1")
	printf '%s\n' "$symbols" | grep -q __stack_chk_fail ||
		echo 'no stack canary'
	printf '%s\n' "$symbols" | grep -q '_chk@' || echo 'no fortified call'
}

list=$(mktemp) || exit 1
trap 'rm -f "$list"' EXIT
libraries >"$list"
while read -r program banned; do
	path=$stage/$program
	if [ ! -x "$path" ]; then
		result "$program" 'is not there'
		continue
	fi
	needed=$(readelf -W -d "$path" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p')
	found=$(for library in $banned; do
		printf '%s\n' "$needed" | grep "^lib${library}[-.]"
	done)
	result "$program: links none of $banned" "$found"
	result "$program: hardened" "$(hardening "$path")"
	found=$(grep -aoE -m 1 'hook-arbitrary-code|hook: ' "$path")
	result "$program: no sandbox hook" "$found"
	found=$(find "$path" -perm /6022)
	result "$program: no set-id bit, nobody else may write" "$found"
done <"$list"

unit=$(find "$stage" -name mudd.service | head -n 1)
if [ -z "$unit" ]; then
	result 'service file' 'is not there'
else
	score=$(systemd-analyze security --offline=true --no-pager "$unit" |
		sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
	found=$(awk -v score="$score" 'BEGIN {
		if (score == "" || score > 2.3) print "exposure " score }')
	result "service file: exposure $score, at most 2.3" "$found"
fi

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
