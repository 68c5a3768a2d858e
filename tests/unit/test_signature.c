/*
 * Signatures: what must not change, whom they name, and what they are judged
 * by.  test_vectors has the long list of good and bad ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/anchors.h"
#include "libmud/digest.h"
#include "libmud/fault.h"
#include "libmud/mudsigner.h"
#include "tests/unit/sigworld.h"

static struct blob *const file = &sigworld.file;
static struct blob *const signature = &sigworld.signature;
static struct blob *const trust = &sigworld.trust;

static bool
verify(int days, struct signer *signer, struct fault *why)
{
	return sigworld_verify(days, (struct bytes){ NULL, 0 }, signer, why);
}

/* No byte of the file may change, none of the signature be lost or added. */
static void
every_byte_counts(void **state)
{
	struct signer signer;
	struct fault why;
	size_t whole;

	(void)state;
	sigworld_load("file", file);
	sigworld_load("p256.p7s", signature);
	sigworld_load("ca.pem", trust);
	for (size_t i = 0; i < file->len; i++) {
		file->data[i] ^= 1;
		assert_false(verify(0, &signer, &why));
		assert_int_equal(why.code, FAULT_SIGNATURE_BROKEN);
		file->data[i] ^= 1;
	}
	whole = signature->len;
	for (signature->len = 0; signature->len < whole; signature->len += 7) {
		assert_false(verify(0, &signer, &why));
		assert_int_equal(why.code, signature->len == 0
					       ? FAULT_SIGNATURE_EMPTY
					       : FAULT_SIGNATURE_CUT);
	}
	signature->len = whole;
	signature->data[signature->len++] = 0;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_TAIL);
}

static void
sizes(void **state)
{
	struct signer signer;
	struct fault why;

	(void)state;
	sigworld_load("file", file);
	sigworld_load("p256.p7s", signature);
	sigworld_load("ca.pem", trust);
	signature->len = LIMIT_SIGNATURE + 1;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_LARGE);
	signature->len = LIMIT_SIGNATURE;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_TAIL);
	sigworld_load("p256.p7s", signature);
	file->len = LIMIT_FILE + 1;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_TOO_LARGE);
	file->len = 0;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_BROKEN);
}

static void
names_the_signer(void **state)
{
	static const uint8_t none[32];
	struct signer signer;
	struct fault why;

	(void)state;
	sigworld_load("file", file);
	sigworld_load("p256.p7s", signature);
	sigworld_load("ca.pem", trust);
	assert_true(verify(0, &signer, &why));
	assert_string_equal(signer.subject, "CN=p256,O=Vendor");
	assert_string_equal(signer.issuer, "CN=CA,O=Trust");
	assert_memory_not_equal(signer.spki, none, sizeof(none));
	assert_true(signer.not_after > sigworld_now() + 364 * DAY);
	assert_true(signer.not_after < sigworld_now() + 366 * DAY);
	/* Also where it is not trusted, but not where nobody is known. */
	sigworld_load("none.pem", trust);
	assert_false(verify(0, &signer, &why));
	assert_string_equal(signer.subject, "CN=p256,O=Vendor");
	sigworld_load("two.p7s", signature);
	assert_false(verify(0, &signer, &why));
	assert_string_equal(signer.subject, "");
}

static bool
has_anchor(const struct signer *signer)
{
	static const uint8_t none[32];

	return memcmp(signer->anchor, none, sizeof(none)) != 0;
}

static struct signer
signer_of(const char *name, const char *anchors, int days)
{
	struct signer signer;
	struct fault why;

	sigworld_load("file", file);
	sigworld_load(name, signature);
	sigworld_load(anchors, trust);
	(void)verify(days, &signer, &why);
	return signer;
}

/* S-31: the same holder under the same anchor, whatever its key. */
static void
knows_a_signer_again(void **state)
{
	const struct signer first = signer_of("p256.p7s", "both.pem", 0);
	struct signer other;

	(void)state;
	assert_true(has_anchor(&first));
	other = signer_of("renewed.p7s", "both.pem", 0);
	assert_memory_equal(first.identity, other.identity, 32);
	assert_memory_equal(first.anchor, other.anchor, 32);
	assert_memory_not_equal(first.spki, other.spki, 32);
	other = signer_of("moved.p7s", "both.pem", 0);
	assert_memory_equal(first.identity, other.identity, 32);
	assert_memory_not_equal(first.anchor, other.anchor, 32);
	/* Of the same subject, with a subjectAltName besides. */
	other = signer_of("also.p7s", "both.pem", 0);
	assert_string_equal(first.subject, other.subject);
	assert_memory_not_equal(first.identity, other.identity, 32);
	other = signer_of("p384.p7s", "both.pem", 0);
	assert_memory_not_equal(first.identity, other.identity, 32);
	/* Below an intermediate the anchor is still the root. */
	other = signer_of("inter.p7s", "both.pem", 0);
	assert_memory_equal(first.anchor, other.anchor, 32);
	/* An anchor itself: its own key, whatever is inside besides. */
	other = signer_of("inter.p7s", "below.pem", 0);
	assert_memory_equal(other.anchor, other.spki, 32);
}

/* A chain that is not good has no anchor; one that is, has, even where the
 * signature does not hold or the signer is unfit. */
static void
names_the_anchor(void **state)
{
	static const struct {
		const char *signature, *trust, *file;
		int days;
		bool has;
	} rows[] = { { "p256.p7s", "ca.pem", "file", 0, true },
		{ "p256.p7s", "ca.pem", "other", 0, true },
		{ "tls.p7s", "ca.pem", "file", 0, true },
		{ "p256.p7s", "none.pem", "file", 0, false },
		{ "twin_leaf.p7s", "ca.pem", "file", 0, false },
		{ "short.p7s", "ca.pem", "file", 4, false },
		{ "short.p7s", "ca.pem", "file", -1, false },
		{ "not_permitted.p7s", "ca.pem", "file", 0, false },
		{ "sha1.p7s", "ca.pem", "file", 0, false },
		{ "two.p7s", "ca.pem", "file", 0, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signer signer;
		struct fault why;

		sigworld_load(rows[i].file, file);
		sigworld_load(rows[i].signature, signature);
		sigworld_load(rows[i].trust, trust);
		(void)verify(rows[i].days, &signer, &why);
		if (has_anchor(&signer) != rows[i].has)
			fail_msg("%s: %s", rows[i].signature, why.detail);
	}
}

/* S-33: a pinned key is trusted for itself, and for nothing else. */
static void
trusts_a_pinned_key(void **state)
{
	static const uint8_t none[32];
	const struct signer known = signer_of("p256.p7s", "ca.pem", 0);
	struct signer signer;
	struct fault why;

	(void)state;
	sigworld_load("none.pem", trust);
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_UNTRUSTED);
	memcpy(sigworld.pinned, known.spki, sizeof(sigworld.pinned));
	assert_true(verify(0, &signer, &why));
	assert_memory_equal(signer.anchor, known.spki, 32);
	/* Another key of the same names; other bytes; the time, all the same.
	 */
	sigworld_load("renewed.p7s", signature);
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_UNTRUSTED);
	sigworld_load("p256.p7s", signature);
	assert_false(verify(3660, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNER_EXPIRED);
	sigworld_load("other", file);
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_BROKEN);
	memcpy(sigworld.pinned, none, sizeof(sigworld.pinned));
}

/* M-SIG-4: the Name of the Thing's certificate, letters' case aside. */
static void
asks_for_the_mudsigner(void **state)
{
	struct signer signer;
	struct fault why;
	struct blob *thing = trust;
	uint8_t *name = NULL;
	size_t len = 0;
	struct bytes wanted;

	(void)state;
	sigworld_load("thing_names.pem", thing);
	assert_true(mudsigner_find(blob_bytes(thing), &name, &len, &why));
	wanted = (struct bytes){ name, len };
	assert_true(len > 0);
	sigworld_load("file", file);
	sigworld_load("p256.p7s", signature);
	sigworld_load("ca.pem", trust);
	assert_true(sigworld_verify(0, wanted, &signer, &why));
	/* Another's signature; also where it has expired besides. */
	sigworld_load("p384.p7s", signature);
	assert_false(sigworld_verify(0, wanted, &signer, &why));
	assert_int_equal(why.code, FAULT_MUDSIGNER);
	assert_non_null(strstr(why.detail, "CN=p384"));
	assert_non_null(strstr(why.detail, "CN=P256"));
	assert_string_equal(why.clause, "RFC 8520 s13.2 (M-SIG-4)");
	assert_false(sigworld_verify(400, wanted, &signer, &why));
	assert_int_equal(why.code, FAULT_MUDSIGNER);
	/* A name that goes on, or is cut, is none. */
	sigworld_load("p256.p7s", signature);
	wanted.len--;
	assert_false(sigworld_verify(0, wanted, &signer, &why));
	assert_int_equal(why.code, FAULT_MUDSIGNER);
	assert_non_null(strstr(why.detail, "no Name"));
	free(name);
}

static void
finds_the_mudsigner(void **state)
{
	static const struct {
		const char *name;
		enum fault_code code;
		bool has;
	} rows[] = { { "thing_names.pem", FAULT_NONE, true },
		{ "p256.pem", FAULT_NONE, false },
		{ "certificate.p7s", FAULT_NONE, false },
		{ "thing_no_name.pem", FAULT_MALFORMED, false },
		{ "thing_two_names.der", FAULT_MALFORMED, false },
		{ "p256.p7s", FAULT_MALFORMED, false },
		{ "none.pem", FAULT_MALFORMED, false },
		{ "broken.pem", FAULT_MALFORMED, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault why = { .code = FAULT_NONE };
		uint8_t *name = NULL;
		size_t len = 0;
		bool ok;

		sigworld_load(rows[i].name, trust);
		ok = mudsigner_find(blob_bytes(trust), &name, &len, &why);
		if (ok != (rows[i].code == FAULT_NONE) ||
		    why.code != rows[i].code || (len > 0) != rows[i].has)
			fail_msg("%s: %s", rows[i].name, why.detail);
		free(name);
	}
}

static void
anchors(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		bool ok;
	} rows[] = { { "none.pem", 0, true }, { "ca.pem", 1, true },
		{ "both.pem", 2, true }, { "broken.pem", 0, false },
		{ "file", 0, true }, { "ca.key", 0, true } };

	struct fault why;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct anchors *got;

		sigworld_load(rows[i].name, trust);
		got = anchors_parse(blob_bytes(trust), &why);
		if ((got != NULL) != rows[i].ok)
			fail_msg("%s: %s", rows[i].name, why.detail);
		if (got != NULL)
			assert_int_equal(anchors_count(got), rows[i].n);
		else
			assert_int_equal(why.code, FAULT_MALFORMED);
		anchors_free(got);
	}
	anchors_free(NULL);
	assert_null(anchors_parse(
	    (struct bytes){ trust->data, LIMIT_ANCHORS + 1 }, &why));
	assert_int_equal(why.code, FAULT_TOO_LARGE);
}

static void
digests(void **state)
{
	static const uint8_t abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
		0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10,
		0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	uint8_t digest[32];

	(void)state;
	digest_of((struct bytes){ (const uint8_t *)"abc", 3 }, digest);
	assert_memory_equal(digest, abc, sizeof(abc));
	digest_of((struct bytes){ NULL, 0 }, digest);
	assert_int_equal(digest[0], 0xe3);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(sizes),
		cmocka_unit_test(names_the_signer),
		cmocka_unit_test(knows_a_signer_again),
		cmocka_unit_test(names_the_anchor),
		cmocka_unit_test(trusts_a_pinned_key),
		cmocka_unit_test(asks_for_the_mudsigner),
		cmocka_unit_test(finds_the_mudsigner),
		cmocka_unit_test(anchors),
		cmocka_unit_test(digests),
	};

	if (argc > 1)
		sigworld.folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
