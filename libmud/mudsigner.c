/*
 * id-pe-mudsigner.  Role: reader, mudctl.  Input: a Thing's certificate, that
 * anyone may have made.
 */
#include "libmud/mudsigner.h"

#include <string.h>

#include "libmud/certificate.h"
#include "libmud/der.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

static const char clause[] = "RFC 8520 s13.2 (M-SIG-4)";
static const char id_pe_mudsigner[] = "1.3.6.1.5.5.7.1.30";

/* A Name, and nothing behind it; the caller frees it.  NULL: it is none. */
static X509_NAME *
parse_name(struct bytes der)
{
	const unsigned char *at = der.data;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)der.len);

	if (name == NULL || at == der.data + der.len)
		return name;
	X509_NAME_free(name);
	return NULL;
}

/* As text for people, cut to fit; "" if it is none. */
void
mudsigner_print(struct bytes name, char *buf, size_t size)
{
	X509_NAME *parsed = parse_name(name);

	buf[0] = '\0';
	if (parsed != NULL)
		certificate_print_name(parsed, buf, size);
	X509_NAME_free(parsed);
}

static bool
take_name(const X509 *cert, const ASN1_OBJECT *type, uint8_t **name,
    size_t *len, struct fault *why)
{
	const int at = X509_get_ext_by_OBJ(cert, type, -1);
	const ASN1_OCTET_STRING *value;
	struct bytes der;
	X509_NAME *parsed;

	if (at < 0) {
		*name = NULL;
		*len = 0;
		return true;
	}
	if (X509_get_ext_by_OBJ(cert, type, at) >= 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 5280 s4.2",
		    "the certificate has the mudsigner extension twice");
	value = X509_EXTENSION_get_data(X509_get_ext(cert, at));
	der = (struct bytes){ ASN1_STRING_get0_data(value),
		(size_t)ASN1_STRING_length(value) };
	/* OpenSSL reads BER as well. */
	parsed = der_check(der, why) ? parse_name(der) : NULL;
	if (parsed == NULL)
		return fault_set(why, FAULT_MALFORMED, "RFC 8520 s11",
		    "the certificate's mudsigner extension is no Name");
	X509_NAME_free(parsed);
	*name = xcalloc(der.len, 1);
	memcpy(*name, der.data, der.len);
	*len = der.len;
	return true;
}

bool
mudsigner_of(const X509 *cert, uint8_t **name, size_t *len, struct fault *why)
{
	ASN1_OBJECT *type = OBJ_txt2obj(id_pe_mudsigner, 1);
	const bool ok = take_name(cert, type, name, len, why);

	ASN1_OBJECT_free(type);
	return ok;
}

bool
mudsigner_find(
    struct bytes certificate, uint8_t **name, size_t *len, struct fault *why)
{
	X509 *cert = certificate_parse(certificate, why);
	bool ok;

	if (cert == NULL)
		return false;
	ok = mudsigner_of(cert, name, len, why);
	X509_free(cert);
	return ok;
}

bool
mudsigner_check(const X509 *leaf, struct bytes name, struct fault *why)
{
	const X509_NAME *subject = X509_get_subject_name(leaf);
	char wanted[80], found[80];
	X509_NAME *parsed;
	bool is_same;

	if (name.len == 0)
		return true;
	parsed = parse_name(name);
	if (parsed == NULL)
		return fault_set(why, FAULT_MUDSIGNER, clause,
		    "what the device's certificate names as signer is no Name");
	is_same = X509_NAME_cmp(parsed, subject) == 0;
	certificate_print_name(parsed, wanted, sizeof(wanted));
	certificate_print_name(subject, found, sizeof(found));
	X509_NAME_free(parsed);
	if (!is_same)
		return fault_set(why, FAULT_MUDSIGNER, clause,
		    "signed by %s, but the device's certificate names %s",
		    found, wanted);
	return true;
}
