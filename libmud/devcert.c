/*
 * Device certificates.  Role: reader.  Input: a certificate that anyone may
 * have made, with what came along; the anchors are the administrator's.
 */
#include "libmud/devcert.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/certificate.h"
#include "libmud/chain.h"
#include "libmud/mem.h"
#include "libmud/mudsigner.h"
#include "libmud/signer.h"
#include "libmud/url.h"

static const char id_pe_mud_url[] = "1.3.6.1.5.5.7.1.25";
static const char clause_chain[] = "RFC 5280 s6 (M-X5-5)";
static const char clause_url[] = "RFC 8520 s11 (M-X5-1, M-X5-5)";
static const char clause_signer[] = "RFC 8520 s11 (M-X5-2, M-X5-5)";

enum {
	TAG_IA5STRING = 0x16,
	LENGTH_LONG = 0x80,
	LENGTH_ONE = 0x81, /* one byte of length follows */
};

/* ---- the bytes ---------------------------------------------------------- */

static bool
is_der(struct bytes raw)
{
	return raw.len > 0 && raw.data[0] == 0x30;
}

/* One certificate that is all of raw. */
static bool
parse_der(struct bytes raw, STACK_OF(X509) * certs, struct fault *why)
{
	const unsigned char *at = raw.data;
	X509 *cert = d2i_X509(NULL, &at, (long)raw.len);

	ERR_clear_error();
	if (cert != NULL && at == raw.data + raw.len &&
	    sk_X509_push(certs, cert) > 0)
		return true;
	X509_free(cert);
	return fault_set(why, FAULT_MALFORMED, "RFC 5280 s4.1",
	    "no certificate, or something behind it");
}

static bool
parse(struct bytes raw, STACK_OF(X509) * certs, struct fault *why)
{
	if (raw.len > LIMIT_DEVCERT)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a certificate of %zu bytes, its CAs included; the most "
		    "is %d",
		    raw.len, LIMIT_DEVCERT);
	if (!(is_der(raw)
		    ? parse_der(raw, certs, why)
		    : certificate_parse_all(raw, "certificate", certs, why)))
		return false;
	if (sk_X509_num(certs) == 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 7468 s5",
		    "no certificate, neither in PEM nor in DER form");
	if (sk_X509_num(certs) > LIMIT_CERTS)
		return fault_set(why, FAULT_MANY_CERTIFICATES, "S-8",
		    "%d certificates, the most is %d", sk_X509_num(certs),
		    LIMIT_CERTS);
	return true;
}

/* ---- the chain ---------------------------------------------------------- */

/* What chain.c found, in the words of whoever can do something about it. */
static bool
refuse_chain(const struct chain *chain, struct fault *why)
{
	struct fault found = { 0 };
	enum fault_code code = FAULT_DEVICE_UNFIT;

	(void)chain_check(chain, &found);
	if (anchors_count(chain->anchors) == 0)
		return fault_set(why, FAULT_DEVICE_UNTRUSTED, clause_chain,
		    "there is no device anchor: no certificate can be "
		    "verified");
	if (found.code == FAULT_UNTRUSTED || found.code == FAULT_SELF_SIGNED ||
	    found.code == FAULT_ANCHOR_TWIN)
		code = FAULT_DEVICE_UNTRUSTED;
	return fault_set(why, code, clause_chain, "%s", found.detail);
}

/* An IDevID ends in 9999 (IEEE 802.1AR s8.7): a date like any other. */
static bool
check_time(const struct chain *chain, struct fault *why)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, chain->at);
	char date[CERTIFICATE_DATE];
	bool ok = true;

	for (int i = 0; ok && i < sk_X509_num(chain->certs); i++) {
		const X509 *cert = sk_X509_value(chain->certs, i);
		const enum certificate_age age = certificate_age_at(cert, now);

		if (age == CERTIFICATE_VALID)
			continue;
		certificate_print_time(age == CERTIFICATE_LATE
					   ? X509_get0_notAfter(cert)
					   : X509_get0_notBefore(cert),
		    date);
		ok = fault_set(why, FAULT_DEVICE_TIME, clause_chain,
		    "%s certificate %s %s", i == 0 ? "the device's" : "a CA's",
		    age == CERTIFICATE_LATE ? "expired at"
					    : "is not valid "
					      "before",
		    date);
	}
	ASN1_TIME_free(now);
	return ok;
}

static bool
check_use(X509 *cert, struct fault *why)
{
	const uint32_t flags = X509_get_extension_flags(cert);

	if ((flags & EXFLAG_INVALID) != 0)
		return fault_set(why, FAULT_DEVICE_UNFIT, "RFC 5280 s4.2",
		    "an extension of the certificate is broken");
	if (X509_check_ca(cert) != 0)
		return fault_set(why, FAULT_DEVICE_UNFIT, "RFC 5280 s4.2.1.9",
		    "it is a CA's certificate, not a device's");
	if ((flags & EXFLAG_KUSAGE) != 0 &&
	    (X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) == 0)
		return fault_set(why, FAULT_DEVICE_UNFIT, "RFC 5280 s4.2.1.3",
		    "its keyUsage lacks digitalSignature");
	if ((flags & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_extended_key_usage(cert) &
		(XKU_SSL_CLIENT | XKU_ANYEKU)) == 0)
		return fault_set(why, FAULT_DEVICE_UNFIT, "RFC 5280 s4.2.1.12",
		    "its extendedKeyUsage has neither clientAuth nor "
		    "anyExtendedKeyUsage");
	return true;
}

static bool
verify(struct chain *chain, STACK_OF(X509) * certs, struct fault *why)
{
	X509_STORE *store = chain_store(chain);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool is_good = false;

	if (store == NULL || ctx == NULL ||
	    X509_STORE_CTX_init(ctx, store, chain->leaf, certs) != 1)
		(void)fault_set(why, FAULT_INTERNAL, clause_chain,
		    "no memory to verify the certificate");
	else
		is_good =
		    (X509_verify_cert(ctx) == 1 && chain_is_good(chain)) ||
		    refuse_chain(chain, why);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return is_good && check_time(chain, why) && check_use(chain->leaf, why);
}

/* ---- the extensions ----------------------------------------------------- */

/* DER of a IA5String, and nothing behind it. */
static bool
read_ia5(struct bytes der, struct bytes *text, struct fault *why)
{
	struct cursor at = cursor_over(der);
	const uint8_t tag = cursor_u8(&at);
	size_t len = cursor_u8(&at);
	bool is_shortest = len < LENGTH_LONG;

	if (len == LENGTH_ONE) {
		len = cursor_u8(&at);
		is_shortest = len >= LENGTH_LONG;
	}
	*text = cursor_take(&at, len);
	if (!at.ran_out && tag == TAG_IA5STRING && is_shortest &&
	    at.left.len == 0)
		return true;
	return fault_set(why, FAULT_DEVICE_EXTENSION, clause_url,
	    "the MUD URL extension is no IA5String of at most %d bytes",
	    LIMIT_URL);
}

static bool
read_url(const X509 *cert, const ASN1_OBJECT *type, struct devcert *found)
{
	const int at = X509_get_ext_by_OBJ(cert, type, -1);
	struct fault *why = &found->url_why;
	const ASN1_OCTET_STRING *value;
	char text[LIMIT_URL + 1] = "";
	struct bytes ia5;
	struct url url;

	if (at < 0)
		return fault_set(why, FAULT_DEVICE_NO_URL, clause_url,
		    "the certificate names no MUD URL");
	if (X509_get_ext_by_OBJ(cert, type, at) >= 0)
		return fault_set(why, FAULT_DEVICE_EXTENSION, clause_url,
		    "the certificate has the MUD URL extension twice");
	value = X509_EXTENSION_get_data(X509_get_ext(cert, at));
	if (!read_ia5((struct bytes){ ASN1_STRING_get0_data(value),
			  (size_t)ASN1_STRING_length(value) },
		&ia5, why))
		return false;
	memcpy(text, ia5.data, ia5.len);
	if (memchr(text, '\0', ia5.len) != NULL)
		return fault_set(why, FAULT_DEVICE_EXTENSION, clause_url,
		    "the MUD URL extension has a NUL inside");
	if (!url_parse(text, &url, why))
		return fault_set(why, FAULT_DEVICE_EXTENSION, clause_url,
		    "the MUD URL extension: %s", why->detail);
	memcpy(found->url, url.text, sizeof(found->url));
	return true;
}

static bool
read_signer(const X509 *cert, struct devcert *found)
{
	struct fault *why = &found->mudsigner_why;
	uint8_t *name = NULL;
	size_t len = 0;

	if (!mudsigner_of(cert, &name, &len, why))
		return fault_set(why, FAULT_DEVICE_EXTENSION, clause_signer,
		    "%s", why->detail);
	if (len > sizeof(found->mudsigner)) {
		free(name);
		return fault_set(why, FAULT_DEVICE_EXTENSION, clause_signer,
		    "the mudsigner extension is a Name of %zu bytes, the most "
		    "is %d",
		    len, LIMIT_DER_NAME);
	}
	if (len == 0)
		return true;
	memcpy(found->mudsigner, name, len);
	found->n_mudsigner = (uint32_t)len;
	mudsigner_print(
	    (struct bytes){ name, len }, found->signer, sizeof(found->signer));
	free(name);
	return true;
}

static void
describe(const X509 *cert, struct devcert *found)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	const unsigned char *octets = ASN1_STRING_get0_data(serial);
	unsigned int len = sizeof(found->fingerprint);
	const int n = ASN1_STRING_length(serial);

	certificate_print_name(X509_get_subject_name(cert), found->subject,
	    sizeof(found->subject));
	for (int i = 0; i < n && i < LIMIT_SERIAL; i++) {
		static const char digits[] = "0123456789abcdef";

		found->serial[2 * i] = digits[octets[i] >> 4];
		found->serial[2 * i + 1] = digits[octets[i] & 15];
	}
	(void)X509_digest(cert, EVP_sha256(), found->fingerprint, &len);
}

static void
read_extensions(const X509 *cert, struct devcert *found)
{
	ASN1_OBJECT *type = OBJ_txt2obj(id_pe_mud_url, 1);
	struct devcert made = { .url = "" };

	describe(cert, &made);
	(void)read_url(cert, type, &made);
	(void)read_signer(cert, &made);
	ASN1_OBJECT_free(type);
	*found = made;
}

bool
devcert_judge(struct bytes raw, const struct anchors *anchors, time_t at,
    struct devcert *found, struct fault *why)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	struct chain chain;
	bool ok = false;

	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ERR_clear_error();
	if (certs == NULL)
		return fault_set(why, FAULT_INTERNAL, clause_chain,
		    "no memory for a certificate");
	if (parse(raw, certs, why)) {
		chain_init(&chain, anchors, sk_X509_value(certs, 0), at);
		ok = verify(&chain, certs, why);
		if (ok)
			read_extensions(chain.leaf, found);
		chain_done(&chain);
	}
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();
	return ok;
}

bool
devcert_is_sound(const struct devcert *devcert)
{
	struct fault why;
	struct url url;

	if (!signer_text_is_sound(devcert->url, sizeof(devcert->url)) ||
	    !signer_text_is_sound(devcert->subject, sizeof(devcert->subject)) ||
	    !signer_text_is_sound(devcert->signer, sizeof(devcert->signer)) ||
	    !signer_text_is_sound(devcert->serial, sizeof(devcert->serial)) ||
	    devcert->n_mudsigner > sizeof(devcert->mudsigner) ||
	    !fault_is_sound(&devcert->url_why) ||
	    !fault_is_sound(&devcert->mudsigner_why) ||
	    (devcert->n_mudsigner != 0 &&
		devcert->mudsigner_why.code != FAULT_NONE))
		return false;
	if (devcert->url[0] == '\0')
		return devcert->url_why.code != FAULT_NONE;
	return devcert->url_why.code == FAULT_NONE &&
	       url_parse(devcert->url, &url, &why) &&
	       strcmp(url.text, devcert->url) == 0;
}
