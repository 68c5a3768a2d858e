/* anchor: certificates found in text, and what is said of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/anchor.h"
#include "libmud/fault.h"
#include "tests/unit/certs.h"

#define CERT  "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
#define KEY   "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"
#define OPEN  "-----BEGIN CERTIFICATE-----\nAA==\n"
#define X509C "-----BEGIN X509 CERTIFICATE-----\nAA==\n-----END X509 "
#define TRUST "-----BEGIN TRUSTED CERTIFICATE-----\n-----END TRUSTED "

/* clang-format off */
static const struct {
	const char *name, *text;
	const char *found[3]; /* up to a NULL */
} cases[] = {
	{ "nothing", "", { NULL } },
	{ "no PEM", "hello\n", { NULL } },
	{ "one", CERT, { CERT, NULL } },
	{ "two, and text", "a\n" CERT "b\n" CERT "c\n", { CERT, CERT, NULL } },
	{ "a key between", CERT KEY CERT, { CERT, CERT, NULL } },
	{ "a key alone", KEY, { NULL } },
	{ "not ended", OPEN, { OPEN, NULL } },
	{ "not ended, another follows", OPEN CERT, { OPEN, CERT, NULL } },
	{ "a key not ended", "-----BEGIN PRIVATE KEY-----\n" CERT,
	    { CERT, NULL } },
	{ "without the last line's end", "-----BEGIN CERTIFICATE-----\n-----END",
	    { "-----BEGIN CERTIFICATE-----\n-----END", NULL } },
	{ "old label", X509C, { X509C, NULL } },
	{ "OpenSSL's label", TRUST, { TRUST, NULL } },
	{ "a label that only begins so", "-----BEGIN CERTIFICATE REQUEST-----\n",
	    { NULL } },
	{ "cut in the label", "-----BEGIN CERTIFICATE----", { NULL } },
};
/* clang-format on */

static void
finds_certificates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes text = { (const uint8_t *)cases[i].text,
			strlen(cases[i].text) };
		struct bytes pem;
		size_t at = 0, n = 0;

		for (; cases[i].found[n] != NULL; n++) {
			if (!anchor_next(text, &at, &pem))
				fail_msg("%s: %zu found", cases[i].name, n);
			assert_int_equal(pem.len, strlen(cases[i].found[n]));
			assert_memory_equal(
			    pem.data, cases[i].found[n], pem.len);
		}
		if (anchor_next(text, &at, &pem))
			fail_msg("%s: too many", cases[i].name);
	}
}

static void
describes(void **state)
{
	struct identity ca =
	    certs_make(&(struct cert_wish){ .name = "Anchor", .is_ca = true });
	struct identity leaf =
	    certs_make(&(struct cert_wish){ .name = "Signer", .issuer = &ca });
	char *ca_pem = certs_pem(&ca), *leaf_pem = certs_pem(&leaf);
	struct anchor first = { .is_ca = 7 }, second = { .is_ca = 7 };
	struct fault why;

	(void)state;
	assert_true(anchor_describe(
	    (struct bytes){ (uint8_t *)ca_pem, strlen(ca_pem) }, &first, &why));
	assert_int_equal(first.is_ca, 1);
	assert_string_equal(first.holder.subject, "CN=Anchor");
	assert_true(anchor_is_sound(&first));
	assert_true(anchor_describe(
	    (struct bytes){ (uint8_t *)leaf_pem, strlen(leaf_pem) }, &second,
	    &why));
	assert_int_equal(second.is_ca, 0);
	assert_string_equal(second.holder.issuer, "CN=Anchor");
	assert_memory_not_equal(first.id, second.id, sizeof(first.id));
	assert_memory_not_equal(
	    first.holder.spki, second.holder.spki, sizeof(first.id));
	free(ca_pem);
	free(leaf_pem);
	certs_free(&ca);
	certs_free(&leaf);
}

static void
refuses_what_is_broken(void **state)
{
	static const char *const broken[] = { CERT, OPEN, KEY, "" };

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct bytes pem = { (const uint8_t *)broken[i],
			strlen(broken[i]) };
		struct anchor anchor = { .is_ca = 7 };
		struct fault why = { 0 };

		assert_false(anchor_describe(pem, &anchor, &why));
		assert_int_equal(why.code, FAULT_MALFORMED);
		assert_int_equal(anchor.is_ca, 7);
	}
}

static void
knows_unsound_values(void **state)
{
	struct anchor sound = { .is_ca = 1, .holder.subject = "CN=a" };
	struct anchor anchor = sound;

	(void)state;
	assert_true(anchor_is_sound(&anchor));
	anchor.is_ca = 2;
	assert_false(anchor_is_sound(&anchor));
	anchor = sound;
	anchor.holder.subject[1] = '\n';
	assert_false(anchor_is_sound(&anchor));
	anchor = sound;
	anchor.holder.issuer[0] = '\x7f';
	assert_false(anchor_is_sound(&anchor));
	anchor = sound;
	memset(anchor.holder.issuer, 'a', sizeof(anchor.holder.issuer));
	assert_false(anchor_is_sound(&anchor));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_certificates),
		cmocka_unit_test(describes),
		cmocka_unit_test(refuses_what_is_broken),
		cmocka_unit_test(knows_unsound_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
