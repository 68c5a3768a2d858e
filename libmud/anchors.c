/*
 * Trust anchors.  Role: reader, mudctl.  Input: the administrator's files.
 */
#include "libmud/anchors.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/anchor.h"
#include "libmud/certificate.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

static void
free_certs(STACK_OF(X509) * certs)
{
	sk_X509_pop_free(certs, X509_free);
}

/* One after another, so that a broken one takes no other with it. */
static bool
read_good(struct bytes text, STACK_OF(X509) * certs)
{
	struct bytes pem;
	struct fault why;
	size_t at = 0;

	while (anchor_next(text, &at, &pem))
		(void)certificate_parse_all(pem, "trust anchor", certs, &why);
	return true;
}

static struct anchors *
parse(struct bytes pem, bool must_be_good, struct fault *why)
{
	struct anchors *anchors;
	bool ok;

	/* What is trusted must not hang on the machine's openssl.cnf. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if (pem.len > LIMIT_ANCHORS) {
		(void)fault_set(why, FAULT_TOO_LARGE, "S-33",
		    "trust anchors of %zu bytes, the most is %d", pem.len,
		    LIMIT_ANCHORS);
		return NULL;
	}
	anchors = xcalloc(1, sizeof(*anchors));
	anchors->certs = sk_X509_new_null();
	if (anchors->certs == NULL)
		ok = fault_set(why, FAULT_INTERNAL, "S-33",
		    "no memory for the trust anchors");
	else if (must_be_good)
		ok = certificate_parse_all(
		    pem, "trust anchor", anchors->certs, why);
	else
		ok = read_good(pem, anchors->certs);
	if (!ok) {
		anchors_free(anchors);
		return NULL;
	}
	return anchors;
}

struct anchors *
anchors_parse(struct bytes pem, struct fault *why)
{
	return parse(pem, true, why);
}

struct anchors *
anchors_parse_good(struct bytes pem, struct fault *why)
{
	return parse(pem, false, why);
}

void
anchors_free(struct anchors *anchors)
{
	if (anchors == NULL)
		return;
	free_certs(anchors->certs);
	free(anchors);
}

size_t
anchors_count(const struct anchors *anchors)
{
	return (size_t)sk_X509_num(anchors->certs);
}

void
anchors_pin(struct anchors *anchors, const uint8_t spki[32])
{
	memcpy(anchors->pinned, spki, sizeof(anchors->pinned));
}

static bool
is_pinned(const struct anchors *anchors, const X509 *cert)
{
	static const uint8_t nobody[sizeof(anchors->pinned)];
	uint8_t spki[sizeof(anchors->pinned)];

	if (memcmp(anchors->pinned, nobody, sizeof(nobody)) == 0)
		return false;
	certificate_key_digest(cert, spki);
	return memcmp(anchors->pinned, spki, sizeof(spki)) == 0;
}

bool
anchors_have(const struct anchors *anchors, const X509 *cert)
{
	for (int i = 0; i < sk_X509_num(anchors->certs); i++)
		if (X509_cmp(sk_X509_value(anchors->certs, i), cert) == 0)
			return true;
	return is_pinned(anchors, cert);
}
