/* Which doors a new policy opens that an old one did not (S-37). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/files/grants.h"
#include "libmud/policy.h"

/* Texts that policies refer to; the second policy has them the other way
 * round, so that a place in the table is not what is compared. */
static const struct policy_text forward[] = { { "a.example" },
	{ "b.example" } };
static const struct policy_text backward[] = { { "b.example" },
	{ "a.example" } };

enum { A, B };

static struct ace
ace_of(enum direction direction, enum peer_kind kind, int text)
{
	struct ace ace = {
		.direction = (uint8_t)direction,
		.forwarding = FORWARD_ACCEPT,
		.families = FAMILY_4,
		.understood = 1,
		.n_peers = 1,
		.protocol = 6,
		.icmp_type = -1,
		.icmp_code = -1,
		.source = { .low = 0, .high = 65535 },
		.destination = { .low = 443, .high = 443 },
		.peers = { { .kind = (uint8_t)kind, .text = (uint16_t)text } },
	};

	(void)snprintf(ace.acl, sizeof(ace.acl), "acl");
	(void)snprintf(ace.name, sizeof(ace.name), "ace");
	return ace;
}

/* Is what `fresh` opens covered by `old`? */
static bool
is_covered(struct ace *old, size_t n_old, struct ace *fresh, size_t n_fresh)
{
	struct policy before = { .aces = old, .n_aces = n_old };
	struct policy after = { .aces = fresh, .n_aces = n_fresh };
	struct grants *has, *wants;
	bool covered;

	before.texts = malloc(sizeof(forward));
	after.texts = malloc(sizeof(backward));
	assert_true(before.texts != NULL && after.texts != NULL);
	memcpy(before.texts, forward, sizeof(forward));
	memcpy(after.texts, backward, sizeof(backward));
	/* In `fresh`, A and B are where the other table has them. */
	for (size_t i = 0; i < n_fresh; i++)
		for (size_t k = 0; k < fresh[i].n_peers; k++)
			if (fresh[i].peers[k].text != PEER_NO_TEXT)
				fresh[i].peers[k].text =
				    (uint16_t)(1 - fresh[i].peers[k].text);
	has = grants_of(&before);
	wants = grants_of(&after);
	covered = grants_cover(has, wants);
	grants_free(has);
	grants_free(wants);
	free(before.texts);
	free(after.texts);
	return covered;
}

static void
names_and_places_do_not_count(void **state)
{
	struct ace old = ace_of(FROM_DEVICE, PEER_MANUFACTURER, A);
	struct ace fresh = ace_of(FROM_DEVICE, PEER_MANUFACTURER, A);

	(void)state;
	(void)snprintf(fresh.name, sizeof(fresh.name), "other");
	(void)snprintf(fresh.acl, sizeof(fresh.acl), "other");
	assert_true(is_covered(&old, 1, &fresh, 1));
	fresh = ace_of(FROM_DEVICE, PEER_MANUFACTURER, B);
	assert_false(is_covered(&old, 1, &fresh, 1));
}

static void
local_doors_count(void **state)
{
	static const enum peer_kind kinds[] = { PEER_CONTROLLER,
		PEER_MY_CONTROLLER, PEER_MANUFACTURER, PEER_SAME_MANUFACTURER,
		PEER_MODEL, PEER_LOCAL_NETWORKS };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct ace fresh = ace_of(FROM_DEVICE, kinds[i], A);

		assert_false(is_covered(NULL, 0, &fresh, 1));
	}
}

static void
the_internet_does_not(void **state)
{
	struct ace fresh = ace_of(FROM_DEVICE, PEER_DNSNAME, A);

	(void)state;
	assert_true(is_covered(NULL, 0, &fresh, 1));
	/* But for those who may begin. */
	fresh = ace_of(TO_DEVICE, PEER_DNSNAME, A);
	assert_false(is_covered(NULL, 0, &fresh, 1));
	fresh = ace_of(TO_DEVICE, PEER_DNSNAME, A);
	fresh.initiated = INITIATED_TO_DEVICE;
	assert_false(is_covered(NULL, 0, &fresh, 1));
	fresh = ace_of(TO_DEVICE, PEER_DNSNAME, A);
	fresh.initiated = INITIATED_FROM_DEVICE;
	assert_true(is_covered(NULL, 0, &fresh, 1));
}

static void
anybody_is_local_too(void **state)
{
	struct ace fresh = ace_of(FROM_DEVICE, PEER_DNSNAME, A);

	(void)state;
	fresh.n_peers = 0;
	memset(fresh.peers, 0, sizeof(fresh.peers));
	assert_false(is_covered(NULL, 0, &fresh, 1));
}

static void
fields_count_too(void **state)
{
	struct ace old = ace_of(FROM_DEVICE, PEER_LOCAL_NETWORKS, A);
	struct ace fresh = old;

	(void)state;
	assert_true(field_of(FIELD_TTL, 1, &old.fields[0]));
	assert_false(is_covered(&old, 1, &fresh, 1));
	assert_true(field_of(FIELD_TTL, 2, &fresh.fields[0]));
	assert_false(is_covered(&old, 1, &fresh, 1));
	assert_true(field_of(FIELD_TTL, 1, &fresh.fields[0]));
	assert_true(is_covered(&old, 1, &fresh, 1));
}

static void
ports_count(void **state)
{
	struct ace old = ace_of(FROM_DEVICE, PEER_LOCAL_NETWORKS, A);
	struct ace fresh = old;

	(void)state;
	old.peers[0].text = fresh.peers[0].text = PEER_NO_TEXT;
	fresh.destination.high = 444;
	assert_false(is_covered(&old, 1, &fresh, 1));
}

static void
what_accepts_nothing_opens_nothing(void **state)
{
	struct ace fresh = ace_of(FROM_DEVICE, PEER_LOCAL_NETWORKS, A);

	(void)state;
	fresh.understood = 0;
	assert_true(is_covered(NULL, 0, &fresh, 1));
}

static void
less_is_covered(void **state)
{
	struct ace old[2] = { ace_of(FROM_DEVICE, PEER_CONTROLLER, A),
		ace_of(FROM_DEVICE, PEER_CONTROLLER, B) };
	struct ace fresh = ace_of(FROM_DEVICE, PEER_CONTROLLER, B);

	(void)state;
	assert_true(is_covered(old, 2, &fresh, 1));
	assert_true(is_covered(old, 2, NULL, 0));
}

/* A drop that goes, or that stands behind what it stood before. */
static void
drops_count_and_their_order(void **state)
{
	struct ace accept = ace_of(FROM_DEVICE, PEER_CONTROLLER, A);
	struct ace drop = ace_of(FROM_DEVICE, PEER_CONTROLLER, B);
	struct ace old[2], fresh[2];

	(void)state;
	drop.forwarding = FORWARD_DROP;
	old[0] = fresh[0] = drop;
	old[1] = fresh[1] = accept;
	assert_true(is_covered(old, 2, fresh, 2));
	fresh[0] = accept;
	assert_false(is_covered(old, 2, fresh, 1));
	fresh[0] = accept;
	fresh[1] = drop;
	assert_false(is_covered(old, 2, fresh, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_places_do_not_count),
		cmocka_unit_test(local_doors_count),
		cmocka_unit_test(the_internet_does_not),
		cmocka_unit_test(anybody_is_local_too),
		cmocka_unit_test(fields_count_too),
		cmocka_unit_test(ports_count),
		cmocka_unit_test(what_accepts_nothing_opens_nothing),
		cmocka_unit_test(less_is_covered),
		cmocka_unit_test(drops_count_and_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
