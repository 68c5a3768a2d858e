/* Budgets: so many frames at once, and so many in a while. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libmud/addr.h"
#include "watch/budget.h"

#define KEY 42

static const struct mac mac = { { 2, 0, 0, 0, 1, 1 } };

static unsigned int
spend(struct budget *budget, bool port, uint32_t ifindex, int64_t at)
{
	unsigned int n = 0;

	while (n < 1000 && (port ? budget_port(budget, ifindex, at)
				 : budget_mac(budget, &mac, ifindex, at)))
		n++;
	return n;
}

/* In order, in one budget each. */
static const struct {
	const char *name;
	uint32_t ifindex;
	int64_t at;
	unsigned int port, address; /* frames that pass */
} steps[] = {
	{ "all at once", 3, 100000, 200, 50 },
	{ "and no more", 3, 100000, 0, 0 },
	{ "another port has its own", 4, 100000, 200, 50 },
	{ "a tenth of a second", 3, 100100, 20, 0 },
	{ "a port is full again", 3, 101100, 200, 0 },
	{ "an address gets one", 3, 101300, 40, 1 },
	{ "a clock that stands", 3, 101300, 0, 0 },
	{ "a clock that runs back", 3, 90000, 0, 0 },
	{ "long after", 3, 900000, 200, 50 },
};

static void
refills(void **state)
{
	struct budget *budget = budget_new(KEY);

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		unsigned int port =
		    spend(budget, true, steps[i].ifindex, steps[i].at);
		unsigned int address =
		    spend(budget, false, steps[i].ifindex, steps[i].at);

		if (port != steps[i].port || address != steps[i].address)
			fail_msg("%s: %u, %u", steps[i].name, port, address);
	}
	budget_free(budget);
	budget_free(NULL);
}

/* Frames in steps of a millisecond add up to the rate, not to less. */
static void
keeps_the_rate(void **state)
{
	struct budget *budget = budget_new(KEY);
	unsigned int port = 0, address = 0;

	(void)state;
	spend(budget, true, 3, 0);
	spend(budget, false, 3, 0);
	for (int64_t at = 1; at <= 120000; at++) {
		port += budget_port(budget, 3, at);
		address += budget_mac(budget, &mac, 3, at);
	}
	assert_in_range(port, 23999, 24001);
	assert_in_range(address, 99, 101);
	budget_free(budget);
}

/* What one address uses up is not another's, but for few that share. */
static void
addresses_have_their_own(void **state)
{
	struct budget *budget = budget_new(KEY);
	unsigned int refused = 0;

	(void)state;
	spend(budget, false, 3, 0);
	for (unsigned int i = 0; i < 1000; i++) {
		struct mac other = { { 2, 9, 0, 0, (uint8_t)(i >> 8),
		    (uint8_t)i } };

		refused += !budget_mac(budget, &other, 3, 0);
	}
	assert_in_range(refused, 0, 4);
	budget_free(budget);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refills),
		cmocka_unit_test(keeps_the_rate),
		cmocka_unit_test(addresses_have_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
