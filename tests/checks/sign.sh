#!/bin/sh
# `mudctl sign` and `mudctl verify` beside openssl(1): what one signs the other
# accepts, and what a gateway would refuse is not signed.  Run by `make check`
# in the build folder, over what make-signatures.sh made there.
set -u
mudctl=$PWD/mudctl/mudctl
made=$PWD/tests/unit/signatures
file=$(cd "${srcdir:-.}" && pwd)/tests/unit/data/thermostat.json
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
cp "$file" lamp.json
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

signs() { # NAME STATUS WORD CERT [OPTION]...
	name=$1 status=$2 word=$3 cert=$4
	shift 4
	check "$name" "$status" "$word" "$mudctl" sign lamp.json \
		--cert "$made/$cert.pem" --key "$made/$cert.key" "$@"
}

openssl_verifies() { # NAME
	check "$1, by openssl" 0 successful openssl cms -verify -binary \
		-inform DER -in lamp.p7s -content lamp.json \
		-CAfile "$made/ca.pem" -purpose any -out /dev/null
}

verifies() { # NAME STATUS WORD [OPTION]...
	name=$1 status=$2 word=$3
	shift 3
	check "$name" "$status" "$word" "$mudctl" verify lamp.json lamp.p7s \
		--trust "$made/ca.pem" "$@"
}

# What we sign, both accept.
for cert in rsa psskey p256 p384 p521; do
	rm -f lamp.p7s
	signs "$cert" 0 "signed by CN=$cert,O=Vendor, in lamp.p7s" "$cert"
	openssl_verifies "$cert"
	verifies "$cert, by us" 0 "signed by CN=$cert,O=Vendor"
done
signs 'with intermediates' 0 'signed by CN=below' below \
	--intermediate "$made/inter.pem"
openssl_verifies 'with intermediates'
verifies 'with intermediates, by us' 0 'signed by CN=below'
signs 'with its root' 0 '"chain_verified": true' below -j \
	--intermediate "$made/inter.pem" --intermediate "$made/ca.pem"
check 'three attributes' 0 3 sh -c 'openssl cms -cmsout -print -inform DER \
	-in lamp.p7s | grep -cE "object: (contentType|messageDigest|signingTime) "'
check 'no other attribute' 1 0 sh -c 'openssl cms -cmsout -print -inform DER \
	-in lamp.p7s | grep -c "S/MIME Capabilities"'
check 'readable by all' 0 644 stat -c %a lamp.p7s
check 'nothing left aside' 0 lamp.p7s sh -c 'echo lamp.p7s*'

# What openssl signs, we accept.
for cert in rsa p256 p384; do
	openssl cms -sign -binary -md sha256 -signer "$made/$cert.pem" \
		-inkey "$made/$cert.key" -in lamp.json -outform DER \
		-out lamp.p7s
	verifies "openssl's, $cert" 0 "signed by CN=$cert"
done
openssl cms -sign -binary -md sha256 -signer "$made/rsa.pem" \
	-inkey "$made/rsa.key" -keyopt rsa_padding_mode:pss -in lamp.json \
	-outform DER -out lamp.p7s
verifies "openssl's, PSS" 0 'signed by CN=rsa'

# Questions besides.
signs 'for more questions' 0 'signed by' p256
verifies 'the mudsigner' 0 'signed by' --mudsigner "$made/thing_names.pem"
verifies 'names no mudsigner' 2 'names no mudsigner' \
	--mudsigner "$made/p256.pem"
verifies 'later' 1 'it was valid at the signingTime' \
	--at 2099-01-01T00:00:00Z
verifies 'earlier' 1 'is not valid before' --at 2020-01-01T00:00:00Z
verifies 'no time' 2 'no time like' --at yesterday
verifies 'JSON' 0 '"valid": true' -j
verifies 'the fault, as a word' 1 '"fault": "signer-expired"' -j \
	--at 2099-01-01T00:00:00Z
signs 'another signer' 0 'signed by' p384
verifies 'not the mudsigner' 1 'M-SIG-4' --mudsigner "$made/thing_names.pem"
echo >>lamp.json
verifies 'changed since' 1 'Sign the file as it is published'
cp "$file" lamp.json

# What a gateway would refuse is not signed, and an old signature stays.
echo old >lamp.p7s
signs 'short key' 1 'RSA key of 1024' rsa1024
signs 'curve' 1 'secp256k1' k1
signs 'no keyUsage' 1 'no keyUsage' no_usage
signs 'other keyUsage' 1 'lacks digitalSignature' other_usage
signs 'a CA' 1 "is a CA's" signing_ca
signs 'TLS only' 1 'extendedKeyUsage' tls
signs 'expired' 1 'expired at 2020' old
signs 'EdDSA' 1 'ED25519' seven_ed25519
signs 'DSA' 1 'neither RSA nor ECDSA' seven_dsa
signs 'broken extension' 1 'an extension of the signer' broken_leaf
signs 'curve spelt out' 1 'spelt out' explicit
signs 'critical extension' 1 'critical extension' critical
signs 'expired intermediate' 1 'CN=old_inter expired' below_old \
	--intermediate "$made/old_inter.pem"
signs 'other intermediate' 1 'none of the intermediates is CN=inter' below \
	--intermediate "$made/short_ca.pem"
signs 'many intermediates' 1 '9 certificates' p256 \
	--intermediate "$made/eight_more.pem"
signs 'other key' 1 'does not belong' p256 --key "$made/p384.key"
signs 'no key' 1 'no private key' p256 --key "$made/p256.pem"
signs 'no certificate' 1 'no certificate' p256 --cert "$made/p256.key"
sed 's/"mud-signature"/"other"/' "$file" >lamp.json
signs 'no mud-signature' 1 'M-SIG-12' p256
echo '{}' >lamp.json
signs 'no MUD file' 1 'ietf-mud:mud' p256
head -c 262145 /dev/zero | tr '\0' ' ' >lamp.json
signs 'too large' 1 'S-6' p256
check 'the old one stays' 0 old cat lamp.p7s
sed 's,signature": "https://mud,&2,' "$file" >lamp.json
signs 'other host' 0 'warning: mud-signature is on mud2.vendor.example' p256
sed 's/"mud-version": 1/"mud-version": 1, "mud-version": 1/' "$file" \
	>lamp.json
signs 'a name twice' 1 'lamp.json: not signed' p256
cp "$file" lamp.json

# Keys with a passphrase, and orders that are none.
openssl pkey -in "$made/p256.key" -aes256 -passout pass:secret -out p256.key
printf 'secret\nno more\n' >word
signs 'encrypted' 1 'the key is encrypted' p256 --key p256.key
signs 'passphrase in a file' 0 'signed by' p256 --key p256.key \
	--passin file:word
WORD=secret
export WORD
signs 'passphrase in the environment' 0 'signed by' p256 --key p256.key \
	--passin env:WORD
WORD=wrong
signs 'wrong passphrase' 1 'does not open' p256 --key p256.key \
	--passin env:WORD
signs 'passphrase for all to see' 2 'usage' p256 --passin pass:secret
check 'no key named' 2 usage "$mudctl" sign lamp.json --cert "$made/p256.pem"
check 'no such file' 2 'No such file' "$mudctl" sign none.json \
	--cert "$made/p256.pem" --key "$made/p256.key"
signs 'nowhere to write' 2 'No such file' p256 -o none/lamp.p7s
cp lamp.json lamp
check 'no name to guess' 2 'say with -o' "$mudctl" sign lamp \
	--cert "$made/p256.pem" --key "$made/p256.key"
# shellcheck disable=SC2016 # the inner shell expands it
check 'quiet' 0 0 sh -c '"$0" sign lamp.json -q --cert "$1.pem" \
	--key "$1.key" | wc -c' "$mudctl" "$made/p256"

# make check and ./dev check count by these lines.
echo "[  PASSED  ] $passed test(s)."
[ "$failed" -eq 0 ] || echo "[  FAILED  ] $failed test(s)."
[ "$failed" -eq 0 ]
