/*
 * One trust anchor.  Role: reader describes, mudctl and the reader cut.
 * Input: the administrator's files.
 */
#include "libmud/anchor.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "libmud/anchors.h"
#include "libmud/certificate.h"
#include "libmud/fault.h"

#define BEGIN "-----BEGIN "
#define END   "-----END "

/* The labels that stand for one certificate (RFC 7468 s5, and OpenSSL's). */
static const char *const labels[] = { "CERTIFICATE-----",
	"X509 CERTIFICATE-----", "TRUSTED CERTIFICATE-----" };

/* Where the text stands next, at or after from; text.len: nowhere. */
static size_t
find(struct bytes text, size_t from, const char *what)
{
	size_t len = strlen(what);

	for (size_t at = from; at + len <= text.len; at++)
		if (memcmp(text.data + at, what, len) == 0)
			return at;
	return text.len;
}

static bool
is_certificate(struct bytes text, size_t begin)
{
	size_t at = begin + strlen(BEGIN);

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		size_t len = strlen(labels[i]);

		if (text.len - at >= len &&
		    memcmp(text.data + at, labels[i], len) == 0)
			return true;
	}
	return false;
}

/* Behind the line that ends what begins here, or before the next one. */
static size_t
end_of(struct bytes text, size_t begin)
{
	size_t next = find(text, begin + strlen(BEGIN), BEGIN);
	struct bytes one = { text.data, next };
	size_t end = find(one, begin + strlen(BEGIN), END);

	if (end == next)
		return next;
	end = find(text, end, "\n");
	return end < text.len ? end + 1 : end;
}

bool
anchor_next(struct bytes text, size_t *at, struct bytes *pem)
{
	size_t begin = *at > text.len ? text.len : *at;

	while ((begin = find(text, begin, BEGIN)) < text.len) {
		size_t end = end_of(text, begin);

		if (is_certificate(text, begin)) {
			*pem = (struct bytes){ text.data + begin, end - begin };
			*at = end;
			return true;
		}
		begin = end;
	}
	return false;
}

bool
anchor_describe(struct bytes pem, struct anchor *anchor, struct fault *why)
{
	struct anchors *one = anchors_parse(pem, why);
	struct anchor made = { .is_ca = 0 };
	unsigned int len = sizeof(made.id);
	X509 *cert;

	if (one == NULL)
		return false;
	cert = sk_X509_value(one->certs, 0);
	if (cert == NULL ||
	    X509_digest(cert, EVP_sha256(), made.id, &len) != 1) {
		anchors_free(one);
		ERR_clear_error();
		return fault_set(why, FAULT_MALFORMED, "RFC 7468 s5",
		    "this is not a certificate");
	}
	certificate_describe(cert, &made.holder);
	made.is_ca = X509_check_ca(cert) != 0;
	*anchor = made;
	anchors_free(one);
	return true;
}

bool
anchor_is_sound(const struct anchor *anchor)
{
	return signer_is_sound(&anchor->holder) && anchor->is_ca <= 1;
}
