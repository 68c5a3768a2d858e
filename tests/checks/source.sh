#!/bin/sh
# Checks over the source text. Usage: source.sh [TOP]
#
#   - none of the calls that S-11 forbids, no exec but the one re-exec
#   - every header compiles alone, with gcc and with clang
#   - no file of much more than 500 lines: that would be two ideas
#   - libmud and the parsers do not log
#   - scripts parse
# One line a check; the last line counts them.
set -u
top=${1:-$(dirname "$0")/../..}
cd "$top" || exit 1
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

sources=$(find libmud mudd mudctl tests -name '*.[ch]' | LC_ALL=C sort)
ours=$(printf '%s\n' "$sources" | grep -v '^tests/')

# Comments and texts are blanked, so that words in them do not count.
code() {
	sed -e 's,/\*[^*]*\*/,,g' -e '/\/\*/,/\*\//d' \
	    -e 's/"\([^"\\]\|\\.\)*"/""/g' "$1" |
	    grep -nE "$2" | sed "s,^,$1:,"
}
search() { # PATTERN FILE...
	pattern=$1
	shift
	for file; do
		code "$file" "$pattern"
	done
}

# shellcheck disable=SC2086 # lists of names without spaces
{
	found=$(search '\b(system|popen|strcpy|stpcpy|strcat|sprintf|vsprintf|gets|alloca|strdupa|mktemp|tmpnam)[[:space:]]*\(' $sources)
	result 'S-11: no forbidden call' "$found"

	found=$(search '\b(exec[lv]p?e?|execvpe|fexecve|posix_spawnp?)[[:space:]]*\(' $ours |
		grep -vE '^mudd/(enforce/parent/spawn|enforce/main|core/probe)\.c:')
	result 'S-11: programs are started in one place' "$found"

	found=$(search '\b(atoi|atol|atof|strtok|rand)[[:space:]]*\(' $ours)
	result 'S-10: no unchecked conversion of text' "$found"

	found=$(for file in $ours; do
		wc -l "$file"
	done | awk '$1 > 550 { print $2 ": " $1 " lines" }')
	result 'no file of much more than 500 lines' "$found"

	found=$(search '\blog_(error|warning|info|debug|fatal)[[:space:]]*\(' \
		libmud/*.c libmud/*.h libmud/*/*.c libmud/*/*.h)
	result 'libmud never logs' "$found"

	found=$(grep -nE '\b(TODO|FIXME|XXX)\b' $sources)
	result 'nothing marked as unfinished' "$found"
}

config=$(mktemp -d) || exit 1
trap 'rm -rf "$config"' EXIT
: >"$config/config.h"
headers=$(printf '%s\n' "$ours" | grep '\.h$')
flags="-std=gnu11 -D_GNU_SOURCE -I. -Imudd -I$config -fsyntax-only -Wall
	-Wextra -Wno-unused -Werror -x c"
for cc in gcc clang; do
	found=$(for header in $headers; do
		# shellcheck disable=SC2086 # flags are several words
		$cc $flags "$header" 2>&1 | grep -v 'pragma once' | head -n 3
	done)
	result "every header compiles alone ($cc)" "$found"
done

found=$(for script in dev .ci/run; do
	[ -x "$script" ] || [ "$script" = .ci/run ] || echo "$script: not executable"
	bash -n "$script" 2>&1
done)
result 'shell scripts parse' "$found"

found=$(python3 -B -c '
import ast, glob
for name in sorted(glob.glob("tests/*/*.py")):
    with open(name) as text:
        source = text.read()
    try:
        ast.parse(source)
    except SyntaxError as error:
        print(name, error)
    for number, line in enumerate(source.splitlines(), 1):
        if len(line) > 80:
            print("%s:%d: more than 80 columns" % (name, number))
' 2>&1)
result 'Python files parse' "$found"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
