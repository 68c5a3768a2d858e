#!/bin/sh
# `mudctl validate` as makers run it: five broken files and what mends them,
# its formats, and draft-era files in today's form; and the local policies.
# Run by `make check` in the build folder.
set -u
mudctl=$PWD/mudctl/mudctl
top=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp "$top"/tests/checks/data/*.json "$top"/policies/*.json "$work" || exit 1
cd "$work" || exit 1
passed=0 failed=0

# check NAME STATUS WORD COMMAND...: how it ends, and what it says.
check() {
	what=$1 status=$2 word=$3
	shift 3
	"$@" >said 2>&1
	found=$?
	if [ "$found" -eq "$status" ] &&
	    { [ -z "$word" ] || grep -qF -e "$word" said; }; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL $what: status $found, not $status, or no \"$word\" in"
	sed 's/^/     /' said
}
validates() { # NAME STATUS WORD ARGUMENT...
	what=$1 status=$2 word=$3
	shift 3
	check "$what" "$status" "$word" "$mudctl" validate "$@"
}

# What is wrong, where, and what to write.
validates 'a type' 1 'Write "is-supported": true.' lamp.json
validates 'line and column' 1 'lamp.json:8:5: error: ' lamp.json
validates 'a pointer and a clause' 1 \
	'  /ietf-mud:mud/is-supported (RFC 7951 s6.3 (J-8))' lamp.json
validates 'a module' 1 'Write "ietf-acldns:dst-dnsname".' sensor.json
validates 'a dangling name' 1 'camera-from' camera.json
validates 'https' 1 'https' hub.json
validates 'a draft' 1 'a name of a draft before the RFC' plug.json
for name in lamp sensor camera plug hub; do
	validates "$name, in the end" 1 "$name.json: not valid: " "$name.json"
	# In the order of the file, each once.
	sed -n 's/^[a-z]*\.json:\([0-9]*\):[0-9]*: .*/\1/p' said >lines
	cp said text
	check "$name, sorted" 0 '' sort -nc lines
	check "$name, in plain text" 1 '' grep -q "$(printf '\033')" text
	[ "$name" = plug ] ||
		validates "$name, mended" 0 "$name-mended.json: valid" \
			"$name-mended.json"
done
validates 'several' 1 'hub-mended.json: valid' lamp.json hub-mended.json
validates 'standard input' 0 '-: valid' - <sensor-mended.json
echo 'no JSON' >none
validates 'no JSON' 1 'not valid: 1 error' none
validates 'no file' 2 'No such file' nothing.json
validates 'no name' 2 'usage: mudctl validate'

# For programs.
validates 'JSON' 1 '"schema_valid": false' -j lamp.json
validates 'JSON by its name' 0 '"valid": true' --format json lamp-mended.json
validates 'the code' 1 '"code": "malformed"' --format=json lamp.json
validates 'SARIF' 1 '"version": "2.1.0"' --format sarif lamp.json
validates 'SARIF, the place' 1 '"startLine": 8' --format sarif lamp.json
validates 'SARIF of a good file' 0 '"results": []' --format sarif \
	sensor-mended.json
validates 'no such format' 2 'usage:' --format xml lamp.json
"$mudctl" -q validate lamp.json >quiet 2>&1
check 'quiet' 1 '' test -s quiet

# In today's form.
validates 'modernize' 0 'new.json: valid' --modernize -o new.json plug.json
validates 'what was changed' 0 \
	'acl/0/type: "ipv4-acl" is now "ipv4-acl-type"' \
	--modernize -o new.json plug.json
validates 'it stays valid' 0 'new.json: valid' new.json
validates 'and has no change left' 0 '"changes": []' -j --modernize \
	-o again.json new.json
check 'nor another byte' 0 '' cmp new.json again.json
check 'two spaces' 0 '  "ietf-mud:mud": {' grep '^  "ietf-mud:mud": {$' new.json
validates 'what is not plain stays' 1 '"="' --modernize -o odd.json sensor.json
check 'and is written' 0 '' test -s odd.json
validates 'not JSON' 1 'not valid' --modernize -o none.json none
check 'and is not written' 1 '' test -e none.json
validates 'no -o' 2 'usage:' --modernize plug.json
validates 'no --modernize' 2 'usage:' -o x.json plug.json
validates 'two at once' 2 'usage:' --modernize -o x.json plug.json lamp.json
validates 'nowhere to write' 2 'No such file' --modernize \
	-o nowhere/x.json plug.json

# The local policies (policies/README.md says why their warnings stay).
for name in pending quarantine unknown; do
	validates "policies/$name.json" 0 "$name.json: valid" "$name.json"
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
