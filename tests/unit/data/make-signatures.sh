#!/bin/sh
# Makes the keys, certificates and signatures that test_signature and
# test_vectors judge, in the folder given: fresh each time, so that no key lies
# in the repository.  What is not made here is made from these by the test.
# Needs openssl(1).  Usage: make-signatures.sh DIRECTORY
set -eu
out=${1:?usage: make-signatures.sh DIRECTORY}
mkdir -p "$out"
cd "$out"
exec 2>openssl.log

# section NAME BASIC USAGE [LINE]...
section() {
	printf '[%s]\nbasicConstraints = %s\n' "$1" "$2"
	[ -z "$3" ] || printf 'keyUsage = critical, %s\n' "$3"
	printf 'subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n'
	shift 3
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

ca='critical, CA:TRUE'
end='CA:FALSE'
issue='keyCertSign, cRLSign'
sign='digitalSignature'
{
	section ca "$ca" "$issue"
	section signing_ca "$ca" "$issue, $sign"
	section short_ca "$ca, pathlen:0" "$issue"
	section mild_ca 'CA:TRUE' "$issue"
	section plain_ca "$ca" ''
	section no_issue_ca "$ca" "$sign"
	section permitted_ca "$ca" "$issue" \
		'nameConstraints = critical, permitted;DNS:vendor.example'
	section excluded_ca "$ca" "$issue" \
		'nameConstraints = critical, excluded;DNS:evil.example'
	section leaf "$end" "$sign"
	section evil "$end" "$sign" 'subjectAltName = DNS:www.evil.example'
	section kind "$end" "$sign" 'subjectAltName = DNS:www.vendor.example'
	section mail "$end" "$sign" \
		'extendedKeyUsage = serverAuth, emailProtection'
	section code "$end" "$sign" 'extendedKeyUsage = codeSigning'
	section tls "$end" "$sign" 'extendedKeyUsage = serverAuth, clientAuth'
	section any "$end" "$sign" \
		'extendedKeyUsage = anyExtendedKeyUsage'
	section no_usage "$end" ''
	section other_usage "$end" 'keyEncipherment, nonRepudiation'
	section broken "$end" "$sign" 'extendedKeyUsage = DER:05:00'
	section critical "$end" "$sign" '1.2.3.4 = critical, ASN1:NULL'
	section names "$end" "$sign" \
		'1.3.6.1.5.5.7.1.30 = ASN1:SEQUENCE:signer_name'
	section two_names "$end" "$sign" \
		'1.3.6.1.5.5.7.1.30 = ASN1:SEQUENCE:signer_name' \
		'1.3.6.1.5.5.7.1.29 = ASN1:SEQUENCE:signer_name'
	section no_name "$end" "$sign" '1.3.6.1.5.5.7.1.30 = ASN1:NULL'
	cat <<-'END'
	[no_authority]
	basicConstraints = CA:FALSE
	keyUsage = critical, digitalSignature
	subjectKeyIdentifier = hash
	authorityKeyIdentifier = none
	[some_authority]
	basicConstraints = CA:FALSE
	keyUsage = critical, digitalSignature
	subjectKeyIdentifier = hash
	authorityKeyIdentifier = DER:30:06:80:04:01:02:03:04
	[no_subject_key]
	basicConstraints = critical, CA:TRUE
	keyUsage = critical, keyCertSign
	subjectKeyIdentifier = none
	authorityKeyIdentifier = keyid
	[signer_name]
	o = SET:signer_o
	cn = SET:signer_cn
	[signer_o]
	o = SEQUENCE:signer_o_is
	[signer_o_is]
	type = OID:organizationName
	value = PRINTABLESTRING:vendor
	[signer_cn]
	cn = SEQUENCE:signer_cn_is
	[signer_cn_is]
	type = OID:commonName
	value = UTF8:P256
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
} >ext.cnf

key() { # NAME KIND
	case $2 in
	rsa*) openssl genpkey -algorithm RSA \
		-pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.key" ;;
	pss*) openssl genpkey -algorithm RSA-PSS \
		-pkeyopt "rsa_keygen_bits:${2#pss}" -out "$1.key" ;;
	explicit) openssl genpkey -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-256 \
		-pkeyopt ec_param_enc:explicit -out "$1.key" ;;
	dsa) openssl genpkey -genparam -algorithm DSA \
		-pkeyopt dsa_paramgen_bits:1024 -out dsa.params &&
		openssl genpkey -paramfile dsa.params -out "$1.key" ;;
	ed*) openssl genpkey -algorithm "$2" -out "$1.key" ;;
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

cert() { # NAME KIND SECTION ISSUER [OPTION]...
	name=$1 kind=$2 section=$3 issuer=$4
	shift 4
	key "$name" "$kind"
	openssl req -new -key "$name.key" -subj "${subject-/O=Vendor/CN=$name}" \
		-out "$name.csr"
	openssl x509 -req -in "$name.csr" -CA "$issuer.pem" \
		-CAkey "$issuer.key" -CAcreateserial -days 365 -sha256 \
		-extfile ext.cnf -extensions "$section" -out "$name.pem" "$@"
}

old_cert() { # NAME SECTION ISSUER: valid in January 2020
	key "$1" P-256
	openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
	openssl ca -batch -notext -config ext.cnf -name db_ca \
		-cert "$3.pem" -keyfile "$3.key" -in "$1.csr" \
		-extfile ext.cnf -extensions "$2" \
		-startdate 20200101000000Z -enddate 20200201000000Z \
		-out "$1.pem"
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
cp file not_cms.p7s
: >none.pem
: >index.txt
echo 01 >serial.txt

# Roots.
root ca P-256 /O=Trust/CN=CA ca
root twin P-256 /O=Trust/CN=CA ca
root stranger P-256 /O=Stranger/CN=CA ca
root signing_ca P-256 /O=Trust/CN=SigningCA signing_ca
root mild_ca P-256 /O=Trust/CN=Mild mild_ca
root plain_ca P-256 /O=Trust/CN=Plain plain_ca
root no_subject_key P-256 /O=Trust/CN=Keyless no_subject_key
root self P-256 /O=Vendor/CN=Self leaf
cat ca.pem stranger.pem >both.pem

# Signers below ca: by key, by use, by form, by time.
cert rsa rsa2048 leaf ca
cert psskey pss2048 leaf ca
cert p256 P-256 leaf ca
cert p384 P-384 leaf ca
cert p521 P-521 leaf ca
cert p224 secp224r1 leaf ca
cert k1 secp256k1 leaf ca
cert explicit explicit leaf ca
cert rsa1024 rsa1024 leaf ca
cert rsa2047 rsa2047 leaf ca
for section in mail code tls any no_usage other_usage critical \
	no_authority; do
	cert "$section" P-256 "$section" ca
done
cert broken_leaf P-256 broken ca
subject=/ cert nameless P-256 leaf ca
cert sha1_leaf P-256 leaf ca -sha1
cert short P-256 leaf ca -days 2
old_cert old leaf ca

# Signers below others.
cert foreign P-256 leaf stranger
cert twin_leaf P-256 leaf twin
cert sub_ca P-256 signing_ca ca
cert inter P-256 ca ca
cert below P-256 leaf inter
cert not_ca P-256 leaf ca
cert below_not_ca P-256 leaf not_ca
cert no_issue P-256 no_issue_ca ca
cert below_no_issue P-256 leaf no_issue
cert short_ca P-256 short_ca ca
cert below_short P-256 leaf short_ca
cert too_far P-256 ca short_ca
cert below_too_far P-256 leaf too_far
cert permitted P-256 permitted_ca ca
cert not_permitted P-256 evil permitted
cert kind P-256 kind permitted
cert excluded P-256 excluded_ca ca
cert is_excluded P-256 evil excluded
cert weak_ca rsa1024 ca ca
cert below_weak P-256 leaf weak_ca
cert below_mild P-256 leaf mild_ca
cert below_plain P-256 leaf plain_ca
cert below_keyless P-256 some_authority no_subject_key
cert short_inter P-256 ca ca -days 2
cert below_short_inter P-256 leaf short_inter
old_cert old_inter ca ca
cert below_old P-256 leaf old_inter

# Of one issuer and serial number, to be put into the place of one another.
cert seven P-256 leaf ca -set_serial 7
cert seven_other P-256 leaf ca -set_serial 7
cert seven_ed25519 ed25519 leaf ca -set_serial 7
cert seven_ed448 ed448 leaf ca -set_serial 7
cert seven_dsa dsa leaf ca -set_serial 7

# One holder: another key, another CA; another holder of the same name.
subject=/O=Vendor/CN=p256
cert renewed P-256 leaf ca
cert moved P-256 leaf stranger
cert also P-256 kind ca
unset subject

# Things: what their certificates say of the signer.
for section in names no_name two_names; do
	cert "thing_$section" P-256 "$section" ca
done

# A chain of four intermediates is allowed, one of five is not.
above=ca
for i in $(seq 20); do
	cert "deep$i" P-256 ca "$above"
	above=deep$i
	[ "$i" -ne 4 ] || cert deep_enough P-256 leaf "$above"
	[ "$i" -ne 5 ] || cert too_deep P-256 leaf "$above"
done
cert much_too_deep P-256 leaf deep20
cat deep[1-4].pem >deep4_chain.pem
cat deep4_chain.pem deep5.pem >deep5_chain.pem
cat deep5_chain.pem deep[6-9].pem deep1?.pem deep20.pem >deep20_chain.pem

openssl ca -config ext.cnf -name db_ca -cert ca.pem -keyfile ca.key \
	-gencrl -out crl.pem

# Good ones.
for name in rsa p256 p384 p521 mail code self foreign renewed moved \
	also; do
	sign "$name" "$name"
done
sign pss rsa -keyopt rsa_padding_mode:pss
sign psskey psskey -keyopt rsa_padding_mode:pss
sign sha384 p256 -md sha384
sign sha512 p256 -md sha512
sign inter below -certfile inter.pem
sign with_root p256 -certfile ca.pem
sign mudtype p256 -econtent_type 1.2.840.113549.1.9.16.1.41
sign keyid p256 -keyid
sign cades p256 -cades
sign path_kept below_short -certfile short_ca.pem
sign names_kept kind -certfile permitted.pem
sign deep_enough deep_enough -certfile deep4_chain.pem
cat deep4_chain.pem ca.pem inter.pem stranger.pem >seven_more.pem
sign eight p256 -certfile seven_more.pem

# Form.
sign attached p256 -nodetach
sign pem p256 -outform PEM
sign smime p256 -outform SMIME
openssl base64 -in p256.p7s -out base64.p7s
sign ber p256 -stream
openssl cms -data_create -in file -outform DER -out data.p7s
openssl cms -encrypt -aes128 -in file -outform DER -out enveloped.p7s \
	rsa.pem
openssl cms -digest_create -md sha256 -in file -outform DER -out digested.p7s
openssl cms -EncryptedData_encrypt -aes128 \
	-secretkey 000102030405060708090a0b0c0d0e0f -in file -outform DER \
	-out encrypted.p7s
openssl x509 -in p256.pem -outform DER -out certificate.p7s
sign odd_type p256 -econtent_type 1.2.3.4
openssl crl2pkcs7 -nocrl -certfile p256.pem -outform DER -out no_signer.p7s
sign two p256 -signer p384.pem -inkey p384.key
sign no_certs p256 -nocerts
sign seven seven -nocerts
cat seven_more.pem twin.pem >eight_more.pem
sign nine p256 -certfile eight_more.pem
sign no_attributes p256 -noattr
openssl cms -sign -md sha256 -signer p256.pem -inkey p256.key -in file \
	-outform DER -out text.p7s

# Algorithms, chain, use.
for name in sha1 md5 sha224 sha3-256; do
	sign "$name" rsa -md "$name"
done
sign padding psskey
for name in p224 k1 explicit rsa1024 rsa2047 tls any no_usage \
	other_usage critical no_authority broken_leaf nameless sha1_leaf \
	short old twin_leaf signing_ca sub_ca below_mild below_plain \
	below_keyless; do
	sign "$name" "$name"
done
sign no_inter below
sign not_ca below_not_ca -certfile not_ca.pem
sign no_issue below_no_issue -certfile no_issue.pem
cat short_ca.pem too_far.pem >too_far_chain.pem
sign too_far below_too_far -certfile too_far_chain.pem
sign not_permitted not_permitted -certfile permitted.pem
sign is_excluded is_excluded -certfile excluded.pem
sign weak_ca below_weak -certfile weak_ca.pem
sign short_inter below_short_inter -certfile short_inter.pem
sign old_inter below_old -certfile old_inter.pem
sign too_deep too_deep -certfile deep5_chain.pem
sign much_too_deep much_too_deep -certfile deep20_chain.pem

# No tool makes an extension twice: another's number is changed to its.
cat >two_names.py <<'END'
import sys
der = open(sys.argv[1], "rb").read()
other, wanted = b"\x2b\x06\x01\x05\x05\x07\x01\x1d", \
    b"\x2b\x06\x01\x05\x05\x07\x01\x1e"
open(sys.argv[2], "wb").write(der.replace(other, wanted))
END
openssl x509 -in thing_two_names.pem -outform DER -out two_names.der
python3 -B two_names.py two_names.der thing_two_names.der
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' \
	'-----END CERTIFICATE-----' >broken.pem
# Everything was made before this second.
date +%s >now
