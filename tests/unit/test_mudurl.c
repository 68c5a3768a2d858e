/*
 * One MUD URL: what digests name, when it is fetched again, where it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/files/mudurl.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NOW           1000000
#define ROUNDS        200 /* of what is left to chance */

static struct mudurl *
mudurl_of(const char *text)
{
	struct fault why;
	struct url url;

	assert_true(url_parse(text, &url, &why));
	return mudurl_new(&url, NULL);
}

static void
begins_with_nothing(void **state)
{
	struct mudurl *mud = mudurl_of("https://mud.example.com/lamp.json");
	struct mudurl *same = mudurl_of("https://mud.example.com/lamp.json");
	struct mudurl *other = mudurl_of("https://mud.example.com/cam.json");

	(void)state;
	assert_string_equal(mud->url.text, "https://mud.example.com/lamp.json");
	assert_int_equal(mud->next_fetch_at, NO_TIME);
	assert_int_equal(strlen(mud->id), 8);
	assert_int_equal(strspn(mud->id, "0123456789abcdef"), 8);
	assert_string_equal(mud->id, same->id);
	assert_string_not_equal(mud->id, other->id);
	assert_int_equal(mudurl_standing(mud), STANDING_FETCHING);
	assert_false(mudurl_awaits(mud));
	mudurl_free(mud);
	mudurl_free(same);
	mudurl_free(other);
}

static void
a_digest_names_a_version(void **state)
{
	/* Its digest is 00 11 22 ... ee ff 00 11 ... */
	static const struct {
		const char *hex;
		bool ok;
	} cases[] = {
		{ "0011223344556677", true },
		{ "00112233445566778", true },
		{ "0011223344556677880", false },
		{ "00112233445566778899aabbccddeeff", true },
		{ "00112233445566778899AABBCCDDEEFF", true },
		{ "00112233445566778899aabbccddeeff"
		  "00112233445566778899aabbccddeeff",
		    true },
		{ "00112233445566778899aabbccddeeff"
		  "00112233445566778899aabbccddeeff0",
		    false },
		{ "001122334455667", false },
		{ "", false },
		{ "1011223344556677", false },
		{ "0011223344556676", false },
		{ "00112233445566 7", false },
		{ "0x11223344556677", false },
	};
	struct version version = { 0 };
	uint8_t digest[32];

	(void)state;
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = version.digest[i] = (uint8_t)(i % 16 * 0x11);
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (version_is_named(&version, cases[i].hex) != cases[i].ok)
			fail_msg("%s", cases[i].hex);
	assert_true(version_is(&version, digest));
	digest[31] ^= 1;
	assert_false(version_is(&version, digest));
	assert_false(version_is(NULL, digest));
}

static void
a_version_is_what_the_attempt_brought(void **state)
{
	struct policy policy = { .info = { .cache_validity_hours = 72 } };
	struct outcome outcome = { .digest = { 1, 2, 3 }, .policy = &policy };
	struct version *version;

	(void)state;
	(void)fault_set(&outcome.why, FAULT_UNTRUSTED, "clause", "detail");
	text_copy(outcome.signer.subject, sizeof(outcome.signer.subject), "x");
	version = version_of(&outcome, NOW);
	assert_true(version_is(version, outcome.digest));
	assert_int_equal(version->verdict.code, FAULT_UNTRUSTED);
	assert_int_equal(version->why.code, FAULT_NONE);
	assert_string_equal(version->signer.subject, "x");
	assert_int_equal(version->fetched_at, NOW);
	assert_int_equal(version->judged_at, NOW);
	assert_int_equal(version->approved_at, 0);
	assert_int_equal(version->approved_by, -1);
	assert_int_equal(version->info.cache_validity_hours, 72);
	version_free(version);
	outcome.policy = NULL;
	version = version_of(&outcome, NOW);
	assert_int_equal(version->info.cache_validity_hours, 0);
	version_free(version);
	version_free(NULL);
}

static void
backs_off(void **state)
{
	/* After so many failures, so long, a fifth up or down (S-29). */
	static const struct {
		unsigned int failures;
		int64_t seconds;
	} cases[] = {
		{ 0, 300 },
		{ 1, 600 },
		{ 2, 1200 },
		{ 8, 76800 },
		{ 9, 86400 },
		{ 100, 86400 },
	};
	struct mudurl *mud = mudurl_of("https://mud.example.com/lamp.json");

	(void)state;
	for (size_t i = 0; i < LENGTH(cases) * ROUNDS; i++) {
		int64_t seconds = cases[i / ROUNDS].seconds, wait;

		mud->failures = cases[i / ROUNDS].failures;
		mudurl_put_off(mud, NOW, false);
		wait = mud->next_fetch_at - NOW;
		if (wait < seconds * 8 / 10 || wait > seconds * 12 / 10)
			fail_msg("%lld s after %u failures", (long long)wait,
			    cases[i / ROUNDS].failures);
		assert_int_equal(mud->failures, cases[i / ROUNDS].failures + 1);
	}
	/* Our own fault: soon, and it does not count. */
	mud->failures = 3;
	mudurl_put_off(mud, NOW, true);
	assert_true(mud->next_fetch_at > NOW);
	assert_true(mud->next_fetch_at <= NOW + 10);
	assert_int_equal(mud->failures, 3);
	mudurl_free(mud);
}

static void
waits_for_cache_validity(void **state)
{
	static const struct {
		unsigned int hours, least;
	} cases[] = {
		{ 1, 24 },
		{ 24, 24 },
		{ 48, 48 },
		{ 168, 168 },
	};
	struct mudurl *mud = mudurl_of("https://mud.example.com/lamp.json");
	int64_t first = 0;
	bool varies = false;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases) * ROUNDS; i++) {
		int64_t least = (int64_t)cases[i / ROUNDS].least * 3600, wait;

		mud->failures = 5;
		mudurl_refresh_later(mud, NOW, cases[i / ROUNDS].hours);
		wait = mud->next_fetch_at - NOW;
		if (wait < least || wait > least + least / 4)
			fail_msg("%lld s for %u hours", (long long)wait,
			    cases[i / ROUNDS].hours);
		assert_int_equal(mud->failures, 0);
		varies = varies || (i > 0 && i < ROUNDS && wait != first);
		if (i == 0)
			first = wait;
	}
	assert_true(varies);
	mudurl_free(mud);
}

/* accepted: 0 none, 1 without a policy yet, 2 in force. */
static const struct {
	const char *name;
	int accepted;
	bool has_candidate;
	enum file_status status;
	int64_t approved_at;
	enum fault_code fetch;
	enum mudurl_standing standing;
	enum fault_code why;
	bool awaits;
} standings[] = {
	{ "new", 0, false, FILE_PENDING, 0, FAULT_NONE, STANDING_FETCHING,
	    FAULT_NONE, false },
	{ "not fetched", 0, false, FILE_PENDING, 0, FAULT_CONNECT,
	    STANDING_PENDING, FAULT_CONNECT, false },
	{ "in force", 2, false, FILE_PENDING, 0, FAULT_NONE, STANDING_ENFORCED,
	    FAULT_NONE, false },
	{ "stored", 1, false, FILE_PENDING, 0, FAULT_NONE, STANDING_FETCHING,
	    FAULT_NONE, false },
	{ "held", 0, true, FILE_PENDING, 0, FAULT_NONE, STANDING_PENDING,
	    FAULT_UNSIGNED, true },
	{ "held, not fetched since", 0, true, FILE_PENDING, 0, FAULT_CONNECT,
	    STANDING_PENDING, FAULT_UNSIGNED, true },
	{ "approved", 0, true, FILE_PENDING, 5, FAULT_NONE, STANDING_PENDING,
	    FAULT_UNSIGNED, false },
	{ "refused", 0, true, FILE_REFUSED, 0, FAULT_NONE, STANDING_REFUSED,
	    FAULT_UNSIGNED, false },
	{ "rejected", 0, true, FILE_REJECTED, 0, FAULT_NONE, STANDING_REFUSED,
	    FAULT_UNSIGNED, false },
	{ "in force, another waits", 2, true, FILE_PENDING, 0, FAULT_NONE,
	    STANDING_ENFORCED, FAULT_UNSIGNED, true },
	{ "in force, another refused", 2, true, FILE_REFUSED, 0, FAULT_NONE,
	    STANDING_ENFORCED, FAULT_UNSIGNED, false },
};

static void
stands_somewhere(void **state)
{
	struct kernel_policy policy = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(standings); i++) {
		struct version accepted = { 0 };
		struct version candidate = {
			.status = standings[i].status,
			.approved_at = standings[i].approved_at,
			.why = { .code = FAULT_UNSIGNED },
		};
		struct mudurl mud = { .fault = { .code = standings[i].fetch } };

		if (standings[i].accepted > 0)
			mud.accepted = &accepted;
		if (standings[i].accepted > 1)
			accepted.policy = &policy;
		if (standings[i].has_candidate)
			mud.candidate = &candidate;
		if (mudurl_standing(&mud) != standings[i].standing ||
		    mudurl_fault(&mud)->code != standings[i].why ||
		    mudurl_awaits(&mud) != standings[i].awaits ||
		    (!standings[i].awaits &&
			strstr(mudurl_remedy(&mud), "approve") != NULL))
			fail_msg("%s", standings[i].name);
	}
}

static void
frees_what_it_owns(void **state)
{
	struct kernel_policy policy = { .wanted = true };
	struct mudurl *mud = mudurl_of("https://mud.example.com/lamp.json");

	(void)state;
	mud->accepted = xcalloc(1, sizeof(*mud->accepted));
	mud->candidate = xcalloc(1, sizeof(*mud->candidate));
	mud->accepted->policy = &policy;
	mudurl_free(mud);
	/* The kernel's policy is not its own, but it lets go of it. */
	assert_false(policy.wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_nothing),
		cmocka_unit_test(a_digest_names_a_version),
		cmocka_unit_test(a_version_is_what_the_attempt_brought),
		cmocka_unit_test(backs_off),
		cmocka_unit_test(waits_for_cache_validity),
		cmocka_unit_test(stands_somewhere),
		cmocka_unit_test(frees_what_it_owns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
