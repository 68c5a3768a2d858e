#!/bin/sh
# `mudctl check` over the golden files: options, worlds, flows, exit codes and
# JSON members.  Run by `make check` in the build folder.
set -u
mudctl=$PWD/mudctl/mudctl
golden=$(cd "${srcdir:-.}" && pwd)/tests/golden
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0

# check NAME STATUS WORD COMMAND...: how it ends, and what it says.
check() {
	name=$1 status=$2 word=$3
	shift 3
	"$@" >said 2>&1
	found=$?
	if [ "$found" -eq "$status" ] && grep -qF -e "$word" said; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL $name: status $found, not $status, or no \"$word\" in"
	sed 's/^/     /' said
}

asks() { # NAME STATUS WORD FILE WORD...
	name=$1 status=$2 word=$3 file=$4
	shift 4
	check "$name" "$status" "$word" \
		"$mudctl" check "$golden/$file.json" "$@"
}

cloud=--resolve=api.example.com=198.51.100.1
asks 'to a name' 0 'allow: ACE "cloud" of ACL "lamp-out"' lamp-cloud \
	to api.example.com tcp 443 "$cloud"
asks 'the clause' 0 'M-POL-2' lamp-cloud \
	to api.example.com tcp 443 "$cloud"
asks 'to its address' 0 'cloud' lamp-cloud to 198.51.100.1 tcp 443 "$cloud"
asks 'another port' 1 'deny: No ACE matches' lamp-cloud \
	to api.example.com tcp 444 "$cloud"
asks 'another address' 1 'deny: ' lamp-cloud to 198.51.100.2 tcp 443 "$cloud"
asks 'another protocol' 1 'deny: ' lamp-cloud to 198.51.100.1 udp 443 "$cloud"
asks 'a name with no address' 2 'give one with --resolve' lamp-cloud \
	to api.example.com tcp 443
asks 'any of two addresses is denied' 1 '"peer": "198.51.100.9"' lamp-cloud \
	to both.example.com tcp 443 "$cloud" -j \
	--resolve both.example.com=198.51.100.1 \
	--resolve both.example.com=198.51.100.9
asks 'from, opened by the Thing' 0 'lamp-in' lamp-cloud \
	from 198.51.100.1 tcp 50000 --src-port 443 --initiator thing "$cloud"
asks 'from, opened by the peer' 1 'deny' lamp-cloud \
	from 198.51.100.1 tcp 50000 --src-port 443 "$cloud"
asks 'JSON' 0 '"acl": "lamp-out"' lamp-cloud \
	to 198.51.100.1 tcp 443 "$cloud" -j
asks 'JSON, no ACE' 1 '"ace": null' lamp-cloud -j to 198.51.100.1 tcp 444
check 'JSON, by the option before' 0 '"source": "ace"' "$mudctl" -j check \
	"$golden/lamp-cloud.json" to 198.51.100.1 tcp 443 "$cloud"
asks 'DNS' 0 'by default' lamp-cloud to 192.0.2.1 udp 53 --gateway 192.0.2.1
asks 'DNS, who has it' 1 'deny' lamp-cloud to 192.0.2.1 udp 53 \
	--gateway 192.0.2.1 --controller urn:ietf:params:mud:dns=192.0.2.2
asks 'the gateway' 0 'gateway itself' lamp-cloud from 192.0.2.1 tcp 22 \
	--gateway 192.0.2.1
asks 'DHCP' 0 'live on its link' lamp-cloud to 255.255.255.255 udp 67 \
	--src-port 68
asks 'my-controller' 0 'ACE "own"' lock-controllers to 192.0.2.21 tcp 8883 \
	--my-controller 192.0.2.21
asks 'controller' 0 'ACE "hub"' lock-controllers from 192.0.2.20 tcp 4430 \
	--controller https://hub.example.com/controller=192.0.2.20
asks 'ping' 1 'deny' lamp-cloud to 198.51.100.1 icmp "$cloud"
asks 'not a type' 2 "is not TYPE[/CODE]" lamp-cloud \
	to 198.51.100.1 icmp --icmp 256
asks 'not a code' 2 "is not TYPE[/CODE]" lamp-cloud \
	to 198.51.100.1 icmp --icmp 3/
asks 'other direction' 2 'neither to nor from' lamp-cloud \
	of 198.51.100.1 tcp 443
asks 'other protocol' 2 'is not tcp, udp' lamp-cloud to 198.51.100.1 sctp
asks 'port of no port' 2 'only tcp and udp' lamp-cloud to 198.51.100.1 47 1
asks 'no port' 2 'is not 0 to 65535' lamp-cloud to 198.51.100.1 tcp 65536
asks 'no source port' 2 '--src-port: x' lamp-cloud to 198.51.100.1 tcp 1 \
	--src-port x
asks 'type of tcp' 2 'goes with icmp' lamp-cloud to 198.51.100.1 tcp 1 \
	--icmp 8
asks 'ICMP of the other family' 2 'whose ICMP is icmpv6' lamp-cloud \
	to 2001:db8::1 icmp
asks 'no initiator' 2 'neither thing nor peer' lamp-cloud \
	to 198.51.100.1 tcp 1 --initiator me
asks 'no own address' 2 '--own' lamp-cloud to 198.51.100.1 tcp 1 --own x
asks 'option that is none' 2 usage lamp-cloud to 198.51.100.1 tcp 1 --x
asks 'too little' 2 usage lamp-cloud to 198.51.100.1
asks 'too much' 2 usage lamp-cloud to 198.51.100.1 tcp 1 2
asks 'flows and a question' 2 usage lamp-cloud to 198.51.100.1 tcp \
	--flows -
asks 'flows and an option of a question' 2 usage lamp-cloud --flows - \
	--initiator thing
asks 'held' 1 'a gateway holds this file' plug-literals \
	to 198.51.100.77 tcp 1
check 'no file' 2 'No such file' "$mudctl" check none.json to 192.0.2.1 tcp 1
echo '{}' >none.json
check 'no MUD file' 2 'validate' "$mudctl" check none.json to 192.0.2.1 tcp 1
# shellcheck disable=SC2016 # the inner shell expands it
check 'quiet' 0 0 sh -c '"$0" check "$1" -q to 198.51.100.1 tcp 443 "$2" |
	wc -c' "$mudctl" "$golden/lamp-cloud.json" "$cloud"

# A world, and many flows.
cat >world.json <<'JSON'
{ "thing": { "addresses": ["192.0.2.10"] }, "gateway": ["192.0.2.1"],
  "names": { "api.example.com": ["198.51.100.1"] } }
JSON
asks 'world' 0 'cloud' lamp-cloud to api.example.com tcp 443 \
	--world world.json
echo '{ "names": { "a.example.com": ["x"] } }' >bad.json
asks 'bad world' 2 'bad.json: /names/a.example.com/0' lamp-cloud \
	to 192.0.2.1 tcp 1 --world bad.json
cat >flows <<'JSON'
{"direction":"from","peer":"198.51.100.1","protocol":"tcp","src_port":50000,"dst_port":443}
{"direction":"from","peer":"198.51.100.1","protocol":"tcp","dst_port":444}
{"direction":"to","peer":"198.51.100.1","protocol":"tcp","src_port":443,"dst_port":50000,"opener":"thing"}
{"direction":"from","peer":"192.0.2.1","protocol":17,"dst_port":53}
JSON
asks 'flows' 0 '"ace":"cloud"' lamp-cloud --world world.json --flows flows
mv said answers
check 'flows, in order' 0 'allow deny allow allow' sh -c '
	sed "s/.*verdict\":\"\([a-z]*\).*/\1/" answers | xargs'
{ head -n 1 flows; echo nonsense; echo; tail -n 1 flows; } >odd
asks 'a bad line' 2 '{"error":' lamp-cloud --world world.json --flows odd
mv said answers
check 'a line for each line' 0 'allow {error {error allow' sh -c '
	sed "s/.*verdict\":\"\([a-z]*\).*/\1/; s/\"//g; s/:.*//" answers | xargs'
{ head -c 9000 /dev/zero | tr '\0' ' '; head -n 1 flows; cat flows; } >long
asks 'a long line' 2 'a line of more than 8192' lamp-cloud \
	--world world.json --flows long
mv said answers
check 'and the next' 0 5 sh -c 'wc -l <answers'
asks 'flows that are not there' 2 'cannot be read' lamp-cloud --flows none
# shellcheck disable=SC2016 # the inner shell expands it
check 'from standard input' 0 '"source":"default"' sh -c \
	'"$0" check "$1" --world world.json --flows - <flows' \
	"$mudctl" "$golden/lamp-cloud.json"

# make check and ./dev check count by these lines.
echo "[  PASSED  ] $passed test(s)."
[ "$failed" -eq 0 ] || echo "[  FAILED  ] $failed test(s)."
[ "$failed" -eq 0 ]
