#!/bin/sh
# The table "By clause id" of docs/rfc8520.md against the tests.
# Usage: clauses.sh [TOP]
#
#   - each clause has a test of its name: a function in the named file of
#     tests/unit, which its main runs and a makefile builds; or a scenario,
#     which the distribution holds
#   - each test that is named after a clause stands in the table, once
#   - each module and function that the table names is there
#   - where ../shared lies beside the checkout: each clause of sections 1, 4 to
#     7 and 9 of its digest of RFC 8520, and of the one of RFC 8519, is in the
#     table, or among those that have no test
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

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# "ID|TESTS", a row a line; those without a test have none.
sed -n '/^## By clause id$/,$p' docs/rfc8520.md |
	sed -n '/^### Clauses without a test$/q; s/^| \([MAJ]-[-A-Z0-9]*\) |.*| \([^|]*\) |$/\1|\2/p' >"$work/rows"
sed -n '/^### Clauses without a test$/,$p' docs/rfc8520.md |
	sed -n 's/^| \([MAJ]-[-A-Z0-9]*\) |.*/\1/p' >"$work/without"
cut -d '|' -f 1 "$work/rows" >"$work/with"
result "the table has rows: $(wc -l <"$work/with")" \
	"$([ -s "$work/with" ] || echo 'none')"
result 'each clause stands there once' \
	"$(sort "$work/with" "$work/without" | uniq -d)"

# One test of one clause, as the table writes it: what is wrong with it?
judge() { # ID TEST
	id=$1 test=$2
	name=$(printf '%s\n' "$id" | tr - _)
	case $test in
	"$id.scn")
		[ -f "tests/scenario/$test" ] ||
			echo "$id: no tests/scenario/$test"
		grep -q "tests/scenario/$test" tests/engine.mk ||
			echo "$id: $test is not distributed"
		;;
	test_*": $name")
		unit=${test%%:*}
		grep -q "^$name(void" "tests/unit/$unit.c" 2>/dev/null ||
			echo "$id: no $name in tests/unit/$unit.c"
		grep -q "cmocka_unit_test[a-z_]*(${name}[,)]" \
			"tests/unit/$unit.c" 2>/dev/null ||
			echo "$id: the main of $unit.c does not run $name"
		grep -q "^tests_unit_${unit}_SOURCES" ./*/*.mk ./mudd/*/*.mk ||
			echo "$id: nothing builds $unit"
		;;
	*)
		echo "$id: \"$test\" is no test of that name"
		;;
	esac
}

found=$(while IFS='|' read -r id tests; do
	[ -n "$tests" ] || echo "$id: no test"
	printf '%s\n' "$tests" | tr ',' '\n' | sed 's/^ *//; s/`//g' |
		while read -r test; do
			judge "$id" "$test"
		done
done <"$work/rows")
result 'each clause has the tests that it names' "$found"

found=$({
	sed -n 's/^\([MAJ]_[A-Z0-9_]*\)(void.*/\1/p' tests/unit/test_*.c |
		tr _ -
	find tests/scenario -name '[MAJ]-*.scn' |
		sed 's,.*/,,; s,\.scn$,,'
} | sort -u | while read -r id; do
	grep -qxF -e "$id" "$work/with" || echo "$id: has a test and no row"
done)
result 'each test that is named after a clause has a row' "$found"

# "ID|FILE: FUNCTION", the function perhaps missing; libmud's without that folder.
sed -n '/^## By clause id$/,$p' docs/rfc8520.md |
	sed -n 's/^| \([MAJ]-[-A-Z0-9]*\) |[^|]*|[^|]*| \([^|]*\) |[^|]*|$/\1|\2/p' |
	while IFS='|' read -r id modules; do
		printf '%s\n' "$modules" | tr ',' '\n' |
			sed "s/^ *//; s/\`//g; s/^/$id|/"
	done >"$work/modules"
found=$(while IFS='|' read -r id module; do
	file=${module%%:*} function=${module#*: }
	case $file in
	mudd/* | mudctl/* | tests/*) ;;
	*) file=libmud/$file ;;
	esac
	if [ ! -f "$file" ]; then
		echo "$id: no $file"
	elif [ "$function" != "$module" ] &&
	    ! grep -q "^$function(" "$file"; then
		echo "$id: no $function in $file"
	fi
done <"$work/modules")
result "each module and function that it names: $(wc -l <"$work/modules")" \
	"$found"

# A clause belongs to the section that begins a line with it; what other
# sections only speak of does not count for them.
digest=../shared/spec/mud-rfc8520.md
acl=../shared/spec/acl-rfc8519.md
if [ -f "$digest" ] && [ -f "$acl" ]; then
	awk '/^## / { section = $2 + 0 }
		section && section !~ /^(1|4|5|6|7|9)$/' "$digest" |
		sed -n 's/^[|-] *\(M-[A-Z0-9]*-[0-9]*\).*/\1/p' |
		sort -u >"$work/others"
	{
		awk '/^## / { section = $2 + 0 }
			section ~ /^(1|4|5|6|7|9)$/' "$digest" |
			grep -oE 'M-[A-Z0-9]+-[0-9]+' | sort -u |
			grep -vxF -f "$work/others"
		grep -oE '\b(A-[A-Z]+-[0-9]+|J-[0-9]+)\b' "$acl" | sort -u
	} >"$work/asked"
	found=$(sort "$work/with" "$work/without" >"$work/all"
		grep -vxF -f "$work/all" "$work/asked")
	result "all $(wc -l <"$work/asked") clauses of the digests are there" \
		"$found"
	result 'the table has no clause that the digests have not' \
		"$(grep -vxF -f "$work/asked" "$work/all")"
else
	echo '     ../shared is absent: not held against the digests'
fi

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
