/* Exchanges: which answer completes which request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/limits.h"
#include "watch/exchange.h"

static struct exchange
request(uint8_t mac, uint32_t xid, uint32_t ifindex, int64_t at)
{
	return (struct exchange){ .mac = { { 2, 0, 0, 0, 0, mac } },
		.xid = xid,
		.ifindex = ifindex,
		.is_present = true,
		.known_ifindex = ifindex + 1,
		.at_msec = at };
}

/* The request is always mac 1, xid 7, port 3, at 1000 ms. */
static const struct {
	const char *name;
	uint8_t mac;
	uint32_t xid, ifindex;
	int64_t at;
	bool matches;
} answers[] = {
	{ "the answer", 1, 7, 3, 1001, true },
	{ "at once", 1, 7, 3, 1000, true },
	{ "another client", 2, 7, 3, 1001, false },
	{ "another xid", 1, 8, 3, 1001, false },
	{ "another port", 1, 7, 4, 1001, false },
	{ "a port of the same slot", 1, 7, 3 + LIMIT_PORTS, 1001, false },
	{ "just in time", 1, 7, 3, 1000 + EXCHANGE_LIFE_MSEC, true },
	{ "too late", 1, 7, 3, 1001 + EXCHANGE_LIFE_MSEC, false },
};

static void
matches_answers(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct exchanges *exchanges = exchanges_new();
		struct exchange asked = request(1, 7, 3, 1000), got;
		struct exchange from = request(answers[i].mac, answers[i].xid,
		    answers[i].ifindex, answers[i].at);
		bool ok;

		memset(&got, 0xa5, sizeof(got));
		exchanges_asked(exchanges, &asked);
		ok = exchanges_answered(exchanges, &from, &got);
		if (ok != answers[i].matches)
			fail_msg("%s", answers[i].name);
		assert_int_equal(got.xid, ok ? 7 : 0xa5a5a5a5);
		if (ok) {
			assert_true(got.is_present);
			assert_int_equal(got.known_ifindex, 4);
		}
		exchanges_free(exchanges);
	}
}

static bool
answered(
    struct exchanges *exchanges, struct exchange asked, struct exchange *got)
{
	return exchanges_answered(exchanges, &asked, got);
}

static void
is_completed_once(void **state)
{
	struct exchanges *exchanges = exchanges_new();
	struct exchange asked = request(1, 7, 3, 1000), got;

	(void)state;
	exchanges_asked(exchanges, &asked);
	assert_true(answered(exchanges, asked, &got));
	assert_false(answered(exchanges, asked, &got));
	exchanges_free(exchanges);
}

/* Sent again, it is one exchange, as the later request found things. */
static void
a_repeat_replaces(void **state)
{
	struct exchanges *exchanges = exchanges_new();
	struct exchange asked = request(1, 7, 3, 1000), got;

	(void)state;
	exchanges_asked(exchanges, &asked);
	asked.at_msec = 2000;
	asked.is_present = false;
	exchanges_asked(exchanges, &asked);
	assert_true(answered(exchanges, asked, &got));
	assert_int_equal(got.at_msec, 2000);
	assert_false(got.is_present);
	assert_false(answered(exchanges, asked, &got));
	exchanges_free(exchanges);
}

static void
a_port_has_its_bound(void **state)
{
	struct exchanges *exchanges = exchanges_new();
	struct exchange quiet = request(9, 9, 4, 0), got;

	(void)state;
	exchanges_asked(exchanges, &quiet);
	for (uint32_t i = 0; i <= EXCHANGE_PORT; i++) {
		struct exchange asked = request(1, i, 3, 0);

		exchanges_asked(exchanges, &asked);
	}
	assert_false(answered(exchanges, request(1, 0, 3, 0), &got));
	for (uint32_t i = 1; i <= EXCHANGE_PORT; i++)
		assert_true(answered(exchanges, request(1, i, 3, 0), &got));
	assert_true(answered(exchanges, quiet, &got));
	exchanges_free(exchanges);
}

static void
all_have_their_bound(void **state)
{
	struct exchanges *exchanges = exchanges_new();
	struct exchange quiet = request(9, 9, 200, 0), got;
	uint32_t n = 0;

	(void)state;
	exchanges_asked(exchanges, &quiet);
	for (uint32_t port = 1; port <= 32; port++)
		for (uint32_t i = 0; i < EXCHANGE_PORT; i++) {
			struct exchange asked = request(1, i, port, 0);

			exchanges_asked(exchanges, &asked);
		}
	assert_true(answered(exchanges, quiet, &got));
	for (uint32_t port = 1; port <= 32; port++)
		for (uint32_t i = 0; i < EXCHANGE_PORT; i++)
			n += answered(exchanges, request(1, i, port, 0), &got);
	assert_int_equal(n, LIMIT_TRANSACTIONS - 1);
	exchanges_free(exchanges);
	exchanges_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_answers),
		cmocka_unit_test(is_completed_once),
		cmocka_unit_test(a_repeat_replaces),
		cmocka_unit_test(a_port_has_its_bound),
		cmocka_unit_test(all_have_their_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
