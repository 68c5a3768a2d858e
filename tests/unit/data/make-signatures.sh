#!/bin/sh
# Makes the keys, certificates and signatures that test_signature judges, in
# the folder given: fresh each time, so that no key lies in the repository.
# Needs openssl(1).  Usage: make-signatures.sh DIRECTORY
set -eu
out=${1:?usage: make-signatures.sh DIRECTORY}
mkdir -p "$out"
cd "$out"
exec 2>openssl.log

cat >ext.cnf <<'END'
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signing_ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[mail]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[code]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tls]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[no_usage]
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[other_usage]
basicConstraints = CA:FALSE
keyUsage = critical, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[broken]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = DER:05:00
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[db]
default_ca = db_ca
[db_ca]
database = index.txt
serial = serial.txt
crlnumber = serial.txt
new_certs_dir = .
default_md = sha256
default_days = 30
default_crl_days = 30
policy = db_policy
[db_policy]
commonName = supplied
END

key() { # NAME KIND
	case $2 in
	rsa*) openssl genpkey -algorithm RSA \
		-pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.key" ;;
	*) openssl genpkey -algorithm EC \
		-pkeyopt "ec_paramgen_curve:$2" -out "$1.key" ;;
	esac
}

root() { # NAME KIND SUBJECT SECTION
	key "$1" "$2"
	openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -signkey "$1.key" -days 3650 \
		-sha256 -extfile ext.cnf -extensions "$4" -out "$1.pem"
}

cert() { # NAME KIND SECTION ISSUER [DAYS]
	key "$1" "$2"
	openssl req -new -key "$1.key" -subj "/O=Vendor/CN=$1" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -CA "$4.pem" -CAkey "$4.key" \
		-CAcreateserial -days "${5:-365}" -sha256 -extfile ext.cnf \
		-extensions "$3" -out "$1.pem"
}

sign() { # NAME SIGNER [OPTION]...
	name=$1 signer=$2
	shift 2
	openssl cms -sign -binary -md sha256 -signer "$signer.pem" \
		-inkey "$signer.key" -in file -outform DER \
		-out "$name.p7s" "$@"
}

# A file with a line end, so that text mode shows.
printf '{ "ietf-mud:mud": {\n} }\n' >file
printf '{ "ietf-mud:mud": { "another": 1\n} }\n' >other

root ca P-256 /O=Trust/CN=CA ca
root twin P-256 /O=Trust/CN=CA ca
root stranger P-256 /O=Stranger/CN=CA ca
root signing_ca P-256 /O=Trust/CN=SigningCA signing_ca
root self P-256 /O=Vendor/CN=Self leaf

cert rsa rsa2048 leaf ca
cert p256 P-256 leaf ca
cert p384 P-384 leaf ca
cert k1 secp256k1 leaf ca
cert rsa1024 rsa1024 leaf ca
cert mail P-256 mail ca
cert code P-256 code ca
cert tls P-256 tls ca
cert no_usage P-256 no_usage ca
cert other_usage P-256 other_usage ca
cert broken_leaf P-256 broken ca
cert foreign P-256 leaf stranger
cert short P-256 leaf ca 2
cert inter P-256 ca ca
cert below P-256 leaf inter

# Five intermediates are one too many.
above=ca
: >deep_chain.pem
for i in 1 2 3 4 5; do
	cert "deep$i" P-256 ca "$above"
	cat "deep$i.pem" >>deep_chain.pem
	above=deep$i
done
cert deep P-256 leaf deep5

# Its validity was over before anything was signed with it.
: >index.txt
echo 01 >serial.txt
key old P-256
openssl req -new -key old.key -subj /CN=old -out old.csr
openssl ca -batch -notext -config ext.cnf -name db_ca -cert ca.pem \
	-keyfile ca.key -in old.csr -extfile ext.cnf -extensions leaf \
	-startdate 20200101000000Z -enddate 20200201000000Z -out old.pem
openssl ca -config ext.cnf -name db_ca -cert ca.pem -keyfile ca.key \
	-gencrl -out crl.pem

sign rsa rsa
sign pss rsa -keyopt rsa_padding_mode:pss
sign p256 p256
sign p384 p384 -md sha384
sign sha512 p256 -md sha512
sign mail mail
sign code code
sign inter below -certfile inter.pem
sign no_inter below
sign self self
sign mudtype p256 -econtent_type 1.2.840.113549.1.9.16.1.41
sign keyid p256 -keyid
sign foreign foreign
sign attached p256 -nodetach
sign pem p256 -outform PEM
sign no_usage no_usage
sign other_usage other_usage
sign sha1 p256 -md sha1
sign rsa1024 rsa1024
sign k1 k1
sign ca signing_ca
sign two p256 -signer p384.pem -inkey p384.key
sign tls tls
sign broken broken_leaf
sign short short
sign old old
sign no_attributes p256 -noattr
sign no_certs p256 -nocerts
sign ber p256 -stream
sign odd_type p256 -econtent_type 1.2.3.4
sign deep deep -certfile deep_chain.pem
cat deep_chain.pem ca.pem inter.pem stranger.pem >many.pem
sign many p256 -certfile many.pem
openssl cms -sign -md sha256 -signer p256.pem -inkey p256.key -in file \
	-outform DER -out text.p7s
openssl cms -data_create -in file -outform DER -out data.p7s
: >none.pem
cat ca.pem stranger.pem >both.pem
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' \
	'-----END CERTIFICATE-----' >broken.pem
