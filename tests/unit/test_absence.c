/* How long who does not come back is remembered (S-45, S-46). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "engine/files/mudurl.h"
#include "engine/things/absence.h"
#include "engine/things/things.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define SEEN          1700000000
#define DAY           86400

#define REAL                                                                   \
	{                                                                      \
		{                                                              \
			0x00, 0x00, 0x5e, 0x00, 0x53, 0x01                     \
		}                                                              \
	}
#define RANDOM                                                                 \
	{                                                                      \
		{                                                              \
			0x02, 0x00, 0x5e, 0x00, 0x53, 0x01                     \
		}                                                              \
	}

static void
knows_whose_mac_it_is(void **state)
{
	static const struct {
		struct mac mac;
		bool is_random;
	} cases[] = {
		{ REAL, false },
		{ RANDOM, true },
		{ { { 0xda, 1, 2, 3, 4, 5 } }, true },
		{ { { 0xdc, 1, 2, 3, 4, 5 } }, false },
		{ { { 0x00, 2, 2, 2, 2, 2 } }, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(
		    absence_is_random(&cases[i].mac), cases[i].is_random);
}

/* Days until it is forgotten, and until it makes room; 0: never. */
static void
is_over_in_time(void **state)
{
	static const struct {
		const char *name;
		struct mac mac;
		enum state_source source;
		bool has_mode, has_lease, has_url;
		const char *given;
		int days, full;
	} cases[] = {
		{ "real", REAL, STATE_SOURCE_DHCP4, false, false, true, "", 400,
		    30 },
		{ "random", RANDOM, STATE_SOURCE_DHCP4, false, false, true, "",
		    14, 14 },
		{ "random, LLDP", RANDOM, STATE_SOURCE_LLDP, false, false, true,
		    "", 14, 14 },
		{ "assigned", RANDOM, STATE_SOURCE_ADMIN, false, false, true,
		    "", 400, 30 },
		{ "in a mode", RANDOM, STATE_SOURCE_DHCP4, true, false, true,
		    "", 400, 30 },
		{ "named", RANDOM, STATE_SOURCE_DHCP4, false, false, true,
		    "lamp", 400, 30 },
		{ "configured", RANDOM, STATE_SOURCE_CONFIG, false, false, true,
		    "", 0, 0 },
		{ "has a lease", RANDOM, STATE_SOURCE_DHCP4, false, true, true,
		    "", 0, 0 },
		{ "not managed", RANDOM, STATE_SOURCE_NONE, false, false, false,
		    "", 0, 0 },
	};
	struct mudurl mud;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (int full = 0; full <= 1; full++) {
			const int days = full ? cases[i].full : cases[i].days;
			struct thing thing = {
				.mac = cases[i].mac,
				.source = cases[i].source,
				.has_mode = cases[i].has_mode,
				.n_leases = cases[i].has_lease ? 1 : 0,
				.mud = cases[i].has_url ? &mud : NULL,
				.last_seen = SEEN,
			};
			const int64_t at = SEEN + (int64_t)days * DAY;

			(void)snprintf(thing.name, sizeof(thing.name), "%s",
			    cases[i].given);
			if (days == 0 ? absence_is_over(&thing, full,
					    SEEN + 9999 * (int64_t)DAY)
				      : absence_is_over(&thing, full, at - 1) ||
					    !absence_is_over(&thing, full, at))
				fail_msg("%s, %d", cases[i].name, full);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_whose_mac_it_is),
		cmocka_unit_test(is_over_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
