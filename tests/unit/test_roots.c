/*
 * TLS roots that are decoded on demand: the same verdicts as OpenSSL's own
 * store gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "fetch/roots.h"
#include "libmud/fault.h"
#include "tests/unit/certs.h"

struct world {
	struct identity ca, twin, spare, other, leaf, stranger;
	char *bundle; /* twin, ca: two of one name; spare; text between */
};

static struct bytes
text_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

/* X509_V_OK or why the chain of the certificate does not hold. */
static int
verdict_of(X509_STORE *store, X509 *cert)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int verdict = X509_V_OK;

	assert_int_equal(X509_STORE_CTX_init(ctx, store, cert, NULL), 1);
	if (X509_verify_cert(ctx) != 1)
		verdict = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	return verdict;
}

/* More than once, with new stores: references must neither leak nor be given
 * back twice (the sanitizers watch). */
static void
trusts_what_is_in_the_bundle(void **state)
{
	struct world *w = *state;
	struct fault why = { 0 };
	struct roots *roots = roots_parse(text_of(w->bundle), &why);

	assert_non_null(roots);
	assert_int_equal(roots_count(roots), 3);
	for (int i = 0; i < 3; i++) {
		X509_STORE *store = X509_STORE_new();

		assert_true(roots_attach(roots, store));
		assert_int_equal(verdict_of(store, w->leaf.cert), X509_V_OK);
		assert_int_equal(verdict_of(store, w->leaf.cert), X509_V_OK);
		/* What nobody asked for was not decoded. */
		assert_int_equal(
		    sk_X509_OBJECT_num(X509_STORE_get0_objects(store)), 2);
		assert_int_equal(verdict_of(store, w->stranger.cert),
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
		assert_int_equal(verdict_of(store, w->other.cert),
		    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
		X509_STORE_free(store);
	}
	roots_free(roots);
}

static void
trusts_nothing_from_nothing(void **state)
{
	static const char *const texts[] = { "", "no certificate here\n" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct fault why = { 0 };
		struct roots *roots = roots_parse(text_of(texts[i]), &why);
		X509_STORE *store = X509_STORE_new();

		assert_non_null(roots);
		assert_int_equal(roots_count(roots), 0);
		assert_true(roots_attach(roots, store));
		assert_int_not_equal(
		    verdict_of(store, w->leaf.cert), X509_V_OK);
		X509_STORE_free(store);
		roots_free(roots);
	}
}

#define PEM(base64)                                                            \
	"-----BEGIN CERTIFICATE-----\n" base64 "\n-----END CERTIFICATE-----\n"

static const char *const broken[] = {
	PEM("AAAA"),             /* no sequence */
	PEM("MAA="),             /* an empty one */
	PEM("MAIwAA=="),         /* two empty ones */
	PEM("MIIBAA=="),         /* longer than there is */
	PEM("MAowCKADAgECAgEB"), /* ends after the serial */
	PEM("****"),
	"-----BEGIN CERTIFICATE-----\nMAIwAA==\n",
};

static void
refuses_broken_certificates(void **state)
{
	struct world *w = *state;
	char *both;

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct fault why = { 0 };

		if (roots_parse(text_of(broken[i]), &why) != NULL)
			fail_msg("case %zu", i);
		assert_int_equal(why.code, FAULT_MALFORMED);
	}
	assert_true(asprintf(&both, "%s%s", w->bundle, broken[0]) > 0);
	{
		struct fault why = { 0 };

		assert_null(roots_parse(text_of(both), &why));
		assert_non_null(strstr(why.detail, "certificate 4 "));
	}
	free(both);
}

/* Parses the DER as the one certificate of a bundle. */
static struct roots *
parse_der(const unsigned char *der, size_t len)
{
	struct fault why = { 0 };
	BIO *bio = BIO_new(BIO_s_mem());
	struct roots *roots;
	char *text;
	long n;

	assert_true(
	    PEM_write_bio(bio, PEM_STRING_X509, "", der, (long)len) > 0);
	n = BIO_get_mem_data(bio, &text);
	roots = roots_parse(
	    (struct bytes){ (const uint8_t *)text, (size_t)n }, &why);
	BIO_free(bio);
	return roots;
}

/* Where the elements up to the subject begin. */
static size_t
elements_of(const unsigned char *der, size_t len, size_t at[8])
{
	const unsigned char *p = der;
	size_t n = 0;

	while (n < 8) {
		int tag, class;
		long size;

		at[n] = (size_t)(p - der);
		assert_int_equal(
		    ASN1_get_object(&p, &size, &tag, &class, (long)len) & 0x80,
		    0);
		if (n++ >= 2)
			p += size;
	}
	return n;
}

static void
looks_at_each_tag_on_the_way(void **state)
{
	struct world *w = *state;
	unsigned char *der = NULL;
	int len = i2d_X509(w->ca.cert, &der);
	size_t at[8], n;
	struct roots *roots;

	assert_true(len > 0);
	roots = parse_der(der, (size_t)len);
	assert_non_null(roots);
	roots_free(roots);
	n = elements_of(der, (size_t)len, at);
	for (size_t i = 0; i < n; i++) {
		/* Another tag, then another class. */
		static const unsigned char flips[] = { 0x06, 0x40 };

		for (size_t f = 0; f < sizeof(flips); f++) {
			der[at[i]] ^= flips[f];
			if (parse_der(der, (size_t)len) != NULL)
				fail_msg("element %zu, flip %zu", i, f);
			der[at[i]] ^= flips[f];
		}
	}
	OPENSSL_free(der);
}

static void
refuses_indefinite_lengths(void **state)
{
	struct world *w = *state;
	unsigned char *der = NULL, changed[2048];
	int len = i2d_X509(w->ca.cert, &der);
	size_t rest = (size_t)len - 4;

	assert_true(len > 4 && rest + 4 <= sizeof(changed));
	assert_int_equal(der[1], 0x82);
	changed[0] = der[0];
	changed[1] = 0x80;
	memcpy(changed + 2, der + 4, rest);
	memset(changed + 2 + rest, 0, 2);
	OPENSSL_free(der);
	assert_null(parse_der(changed, rest + 4));
}

static void
passes_other_pem_over(void **state)
{
	static const char key[] = "-----BEGIN PUBLIC KEY-----\nAAAA\n"
				  "-----END PUBLIC KEY-----\n";
	struct world *w = *state;
	struct fault why = { 0 };
	struct roots *roots;
	char *both;

	assert_true(asprintf(&both, "%s%s", key, w->bundle) > 0);
	roots = roots_parse(text_of(both), &why);
	free(both);
	assert_non_null(roots);
	assert_int_equal(roots_count(roots), 3);
	roots_free(roots);
}

static int
set_up(void **state)
{
	static struct world w;
	const struct cert_wish ca = { .name = "CA", .is_ca = true };
	char *twin, *one, *spare;

	w.ca = certs_make(&ca);
	w.twin = certs_make(&ca);
	w.other =
	    certs_make(&(struct cert_wish){ .name = "Other", .is_ca = true });
	w.spare =
	    certs_make(&(struct cert_wish){ .name = "Spare", .is_ca = true });
	w.leaf =
	    certs_make(&(struct cert_wish){ .name = "leaf", .issuer = &w.ca });
	w.stranger = certs_make(
	    &(struct cert_wish){ .name = "stranger", .issuer = &w.other });
	twin = certs_pem(&w.twin);
	one = certs_pem(&w.ca);
	spare = certs_pem(&w.spare);
	if (asprintf(&w.bundle, "# roots\n%s\nthe second\n%s\n%s\n", twin, one,
		spare) < 0)
		return -1;
	free(twin);
	free(one);
	free(spare);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	certs_free(&w->ca);
	certs_free(&w->twin);
	certs_free(&w->spare);
	certs_free(&w->other);
	certs_free(&w->leaf);
	certs_free(&w->stranger);
	free(w->bundle);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trusts_what_is_in_the_bundle),
		cmocka_unit_test(trusts_nothing_from_nothing),
		cmocka_unit_test(refuses_broken_certificates),
		cmocka_unit_test(looks_at_each_tag_on_the_way),
		cmocka_unit_test(refuses_indefinite_lengths),
		cmocka_unit_test(passes_other_pem_over),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
