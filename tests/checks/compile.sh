#!/bin/sh
# What `mudctl compile` prints, judged by nft: it takes the script of every
# golden MUD file, with and without a world around it.  Run by `make check` in
# the build folder; as the tests with a kernel it needs root and nft.
set -u
mudctl=$PWD/mudctl/mudctl
golden=$(cd "${srcdir:-.}" && pwd)/tests/golden
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

result() { # NAME OK
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1:"
		sed 's/^/     /' "$work/said"
	fi
}

# nft's own network namespace: what runs here is neither seen nor touched.
nft_takes() { # OPTION...
	unshare -n nft "$@" >"$work/said" 2>&1
}

world() { # FILE
	"$mudctl" compile "$1" --mac 02:00:5e:00:53:01 \
		--address 192.168.77.11 --address fd77::11 \
		--gateway 192.168.77.1 --gateway fd77::1 \
		--local-network 192.168.77.0/24 --local-network fd77::/64 \
		--local-network 192.168.0.0/16 \
		--resolve cloud.example.com=203.0.113.2 \
		--resolve cloud.example.com=2001:db8::2 \
		--my-controller 192.168.77.2 \
		--controller urn:example:hub=192.168.77.3 \
		--thing 192.168.77.12=https://mud.example.com/lamp.json \
		--thing 192.168.77.13=https://parts.example.com/plug.json
}

for file in "$golden"/*.json; do
	name=$(basename "$file" .json)
	"$mudctl" compile "$file" >"$work/bare.nft" 2>"$work/said"
	result "$name" $?
	nft_takes -c -f "$work/bare.nft"
	result "nft and $name" $?
	world "$file" >"$work/full.nft" 2>"$work/said"
	result "$name in a world" $?
	nft_takes -f "$work/full.nft"
	result "nft and $name in a world" $?
done

# The same twice; by standard input; and what is refused.
world "$golden/family-both.json" >"$work/one" 2>"$work/said"
world - <"$golden/family-both.json" >"$work/two" 2>>"$work/said"
cmp "$work/one" "$work/two" >>"$work/said" 2>&1
result "the same twice" $?
for line in 'elements = { 203.0.113.2 }' 'elements = { 2001:db8::2 }' \
	'elements = { 02:00:5e:00:53:01 : jump pf_1 }' \
	'elements = { 192.168.77.11 : jump pt_1 }' \
	'# dns1: dnsname cloud.example.com'; do
	grep -qF -e "$line" "$work/one"
	result "'$line'" $?
done
echo '{' | "$mudctl" compile - >"$work/said" 2>&1
[ $? -eq 1 ]
result "refuses what is no MUD file" $?
"$mudctl" compile >"$work/said" 2>&1
[ $? -eq 2 ]
result "wants a file" $?
"$mudctl" compile "$golden/family-both.json" --mac x >"$work/said" 2>&1
[ $? -eq 2 ]
result "wants a MAC" $?
"$mudctl" -j compile "$golden/family-both.json" >"$work/said" 2>&1 &&
	grep -q '"nft": "#!/usr/sbin/nft -f' "$work/said"
result "JSON" $?

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
