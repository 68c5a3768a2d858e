/*
 * Members of classes: whatever happens on the LAN, in whatever order, what is
 * worked out from what was touched is what a look at everything would find.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/controllers.h"
#include "engine/files/mudurl.h"
#include "engine/lan.h"
#include "engine/sets.h"
#include "engine/things/modes.h"
#include "engine/things/things.h"
#include "libmud/compile.h"
#include "libmud/mem.h"

#define N_THINGS 12
#define N_ADDRS  24 /* the first half of IPv4 */
#define N_URLS   5
#define N_CHECKS 3000

static const char *const url_texts[N_URLS] = {
	"https://a.example.com/lamp",
	"https://a.example.com/cam",
	"https://b.example.com/lamp",
	"https://a.example.com:8443/lamp",
	"https://b.a.example.com/lamp",
};

static const struct kind {
	enum peer_kind kind;
	const char *key;
	enum strength strength;
} kinds[] = {
	{ PEER_MANUFACTURER, "a.example.com", STRENGTH_CLAIMED },
	{ PEER_MANUFACTURER, "a.example.com", STRENGTH_BOUND },
	{ PEER_MANUFACTURER, "a.example.com:8443", STRENGTH_CLAIMED },
	{ PEER_MANUFACTURER, "nobody.example.com", STRENGTH_CLAIMED },
	{ PEER_MODEL, "https://a.example.com/lamp", STRENGTH_CLAIMED },
	{ PEER_MODEL, "https://a.example.com/lamp", STRENGTH_BOUND },
	{ PEER_MODEL, "https://b.example.com/lamp", STRENGTH_CLAIMED },
	{ PEER_CONTROLLER, "urn:hub", STRENGTH_CLAIMED },
	{ PEER_CONTROLLER, "urn:none", STRENGTH_CLAIMED },
	{ PEER_CONTROLLER, MUD_URN_NTP, STRENGTH_CLAIMED },
	{ PEER_MY_CONTROLLER, "https://a.example.com/cam", STRENGTH_CLAIMED },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct rig {
	struct config config;
	struct config_class classes[2];
	struct config_host hub[3], mine[1];
	struct lan lan;
	bool has_four;
	struct sets *sets;
	struct things *things;
	struct controllers controllers;
	struct mudurl urls[N_URLS];
	struct version version;
	struct kernel_policy policy;
	bool taken[N_KINDS];
};

static struct mac
mac_of(unsigned int n)
{
	return (struct mac){ { 0x02, 0, 0, 0, 0, (uint8_t)(n + 1) } };
}

static struct addr
addr_of(unsigned int n)
{
	const uint8_t four[4] = { 192, 0, 2, (uint8_t)(n + 1) };
	struct addr addr = { .family = 6, .byte = { 0xfd } };

	addr.byte[15] = (uint8_t)(n + 1);
	return n < N_ADDRS / 2 ? addr_v4(four) : addr;
}

/* What is connected on the LAN now: the networks of addr_of. */
static void
rig_networks(struct rig *rig)
{
	static const struct lan_address networks[] = {
		{ 2, { .family = 6, .byte = { 0xfd, 0xff } }, 8, false },
		{ 2, { .family = 4, .byte = { 192, 0, 2, 250 } }, 24, false },
	};

	memset(rig->lan.addresses, 0, sizeof(rig->lan.addresses));
	rig->lan.n_addresses = rig->has_four ? 2 : 1;
	memcpy(rig->lan.addresses, networks,
	    rig->lan.n_addresses * sizeof(networks[0]));
	rig->lan.addresses_changed = true;
}

static void
rig_init(struct rig *rig)
{
	static char lan[1][LINK_NAME] = { "br0" };
	const struct record_link bridge = {
		.op = OP_ADD, .ifindex = 2, .is_bridge = 1, .name = "br0"
	};

	memset(rig, 0, sizeof(*rig));
	rig->hub[0].mac = mac_of(0);
	rig->hub[1].mac = mac_of(1);
	rig->hub[2].addr = addr_of(3);
	rig->mine[0].addr = addr_of(N_ADDRS - 1);
	rig->classes[0] =
	    (struct config_class){ .n_hosts = 3, .hosts = rig->hub };
	rig->classes[1] = (struct config_class){
		.is_mine = true, .n_hosts = 1, .hosts = rig->mine
	};
	text_copy(rig->classes[0].text, LIMIT_URL, "urn:hub");
	text_copy(rig->classes[1].text, LIMIT_URL, url_texts[1]);
	rig->config.weak_classes = true;
	rig->config.n_classes = 2;
	rig->config.classes = rig->classes;
	rig->config.n_lan = 1;
	rig->config.lan = lan;
	lan_init(&rig->lan, &rig->config);
	assert_true(lan_link(&rig->lan, &bridge));
	rig->has_four = true;
	rig_networks(rig);
	rig->sets = sets_new();
	rig->things = things_new(N_THINGS);
	rig->controllers = (struct controllers){ .config = &rig->config,
		.lan = &rig->lan,
		.sets = rig->sets,
		.things = rig->things };
	rig->version.policy = &rig->policy;
	for (size_t i = 0; i < N_URLS; i++) {
		struct fault why;

		assert_true(url_parse(url_texts[i], &rig->urls[i].url, &why));
		rig->urls[i].accepted = i % 2 == 0 ? &rig->version : NULL;
	}
}

static void
rig_done(struct rig *rig)
{
	things_free(rig->things);
	sets_free(rig->sets);
}

static unsigned int
any(unsigned int n)
{
	return (unsigned int)random() % n;
}

static struct thing *
some_thing(struct rig *rig)
{
	struct mac mac = mac_of(any(N_THINGS));
	struct thing *thing = things_find(rig->things, &mac);

	return thing != NULL ? thing : things_add(rig->things, &mac, 0);
}

/* ---- what happens -------------------------------------------------------- */

static void
moves(struct rig *rig)
{
	struct thing *thing = some_thing(rig);
	struct addr addr = addr_of(any(N_ADDRS));

	switch (any(4)) {
	case 0:
		(void)things_unbind(rig->things, thing, &addr);
		break;
	case 1:
		(void)things_unbind(
		    rig->things, thing, any(4) == 0 ? NULL : &addr);
		break;
	default:
		if (addr.family == 4)
			(void)things_bind(
			    rig->things, thing, &addr, LEASE_DHCP4, 9);
		else
			(void)things_notice(rig->things, thing, &addr, 9);
		break;
	}
}

static void
says_url(struct rig *rig)
{
	struct thing *thing = some_thing(rig);

	if (thing->mud == NULL && !things_has_room(rig->things))
		return;
	things_manage(rig->things, thing, &rig->urls[any(N_URLS)]);
	thing->strength = (enum strength)any(STRENGTHS);
}

static void
touch(void *arg, struct thing *thing)
{
	things_touch(arg, thing);
}

/* A file comes into force, or is taken back; all are touched (engine.c). */
static void
changes_file(struct rig *rig)
{
	struct mudurl *mud = &rig->urls[any(N_URLS)];

	mud->accepted = mud->accepted == NULL ? &rig->version : NULL;
	things_each(rig->things, touch, rig->things);
}

static void
is_treated(struct rig *rig)
{
	struct thing *thing = some_thing(rig);

	if (any(2) == 0) {
		thing->departed = !thing->departed;
	} else {
		thing->has_mode = any(2) == 0;
		thing->mode = (enum config_mode)any(CONFIG_MODES);
	}
	things_touch(rig->things, thing);
}

static void
changes_policies(struct rig *rig)
{
	size_t i = any(N_KINDS);
	struct set *set;

	if (rig->taken[i]) {
		set = sets_find_as(
		    rig->sets, kinds[i].kind, kinds[i].key, kinds[i].strength);
		sets_drop(rig->sets, set);
		set->installed = false;
		set_cut(set, 0);
		sets_sweep(rig->sets);
	} else {
		(void)sets_take_as(
		    rig->sets, kinds[i].kind, kinds[i].key, kinds[i].strength);
	}
	rig->taken[i] = !rig->taken[i];
}

/* The gateway gets an address, or loses it; or the network of the IPv4
 * addresses goes, or comes. */
static void
changes_gateway(struct rig *rig)
{
	rig->has_four = any(4) != 0;
	rig_networks(rig);
	if (any(2) == 0)
		rig->lan.addresses[rig->lan.n_addresses++].addr =
		    addr_of(any(N_ADDRS));
}

static void
something_happens(struct rig *rig)
{
	static void (*const what[])(struct rig *) = { moves, moves, moves,
		moves, says_url, says_url, changes_file, is_treated,
		changes_policies, changes_gateway };

	if (any(40) == 0)
		things_remove(rig->things, some_thing(rig));
	else
		what[any(sizeof(what) / sizeof(what[0]))](rig);
}

/* ---- what must be ---------------------------------------------------------
 */

static bool
is_kept_out(const struct rig *rig, const struct thing *thing)
{
	enum config_mode mode = modes_of(&rig->config, thing);

	return thing->departed || mode == CONFIG_QUARANTINE ||
	       mode == CONFIG_DENY;
}

static bool
is_of(const struct rig *rig, const struct kind *kind, const struct thing *thing)
{
	enum strength strength = STRENGTH_CLAIMED;
	struct mudurl *mud = things_lives_by(thing, &strength);
	char authority[LIMIT_URL + 1];

	if (mud == NULL || strength != kind->strength)
		return false;
	if (strength == STRENGTH_CLAIMED && !rig->config.weak_classes)
		return false;
	if (kind->kind == PEER_MODEL)
		return strcmp(kind->key, mud->url.text) == 0;
	policies_authority(&mud->url, authority);
	return kind->kind == PEER_MANUFACTURER &&
	       strcmp(kind->key, authority) == 0;
}

static bool
is_hub(const struct thing *thing)
{
	const struct mac one = mac_of(0), two = mac_of(1);

	return mac_equal(&thing->mac, &one) || mac_equal(&thing->mac, &two);
}

static bool
belongs(struct rig *rig, const struct kind *kind, const struct addr *addr)
{
	const struct thing *thing = things_find_addr(rig->things, addr);
	const bool is_own = lan_is_own_addr(&rig->lan, addr);
	const bool is_hubs = strcmp(kind->key, "urn:hub") == 0;
	const struct addr *named =
	    is_hubs ? &rig->hub[2].addr : &rig->mine[0].addr;

	if (thing != NULL && is_kept_out(rig, thing))
		return false;
	if ((is_hubs || kind->kind == PEER_MY_CONTROLLER) &&
	    addr_equal(addr, named))
		return true;
	if (thing == NULL || is_own || (addr->family == 4 && !rig->has_four))
		return false;
	return is_hubs ? is_hub(thing) : is_of(rig, kind, thing);
}

static void
check(struct rig *rig, unsigned int round)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		struct set *set = sets_find_as(
		    rig->sets, kinds[i].kind, kinds[i].key, kinds[i].strength);

		for (unsigned int n = 0; rig->taken[i] && n < N_ADDRS; n++) {
			struct addr addr = addr_of(n);
			bool is_member = false;

			for (size_t k = 0; k < set->n_members; k++)
				is_member =
				    is_member ||
				    (addr_equal(&set->members[k].addr, &addr) &&
					set->members[k].wanted);
			if (is_member != belongs(rig, &kinds[i], &addr))
				fail_msg("round %u: %s: address %u", round,
				    kinds[i].key, n);
		}
	}
}

/* As plan.c does it. */
static void
tell(struct rig *rig)
{
	LIST_EACH(at, sets_all(rig->sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);
		size_t kept = 0;

		for (size_t i = 0; i < set->n_members; i++) {
			set->members[i].installed = true;
			if (set->members[i].wanted)
				set->members[kept++] = set->members[i];
		}
		set_cut(set, kept);
	}
	while (!list_is_empty(things_dirty(rig->things)))
		list_remove(things_dirty(rig->things)->next);
	rig->lan.addresses_changed = false;
}

static void
follows_what_happens(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= 16; seed++) {
		struct rig rig;

		srandom(seed);
		rig_init(&rig);
		rig.config.weak_classes = seed % 4 != 0;
		for (unsigned int n = 0; n < N_CHECKS; n++) {
			for (unsigned int i = any(3); i < 3; i++)
				something_happens(&rig);
			controllers_refresh(&rig.controllers);
			check(&rig, n);
			/* The kernel is not always told at once. */
			if (any(4) > 0)
				tell(&rig);
		}
		rig_done(&rig);
	}
}

/* ---- bounds ---------------------------------------------------------------
 */

static size_t
wanted(const struct set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n_members; i++)
		n += set->members[i].wanted ? 1 : 0;
	return n;
}

static struct thing *
add_with(struct rig *rig, unsigned int n, unsigned int addresses)
{
	struct mac mac = { { 0x02, 1, 0, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
	    (uint8_t)n } };
	struct thing *thing = things_add(rig->things, &mac, 0);
	struct addr addr = { .family = 6, .byte = { 0xfd, 1 } };

	things_manage(rig->things, thing, &rig->urls[0]);
	memcpy(addr.byte + 4, mac.byte, sizeof(mac.byte));
	for (unsigned int i = 0; i < addresses; i++) {
		addr.byte[15] = (uint8_t)i;
		assert_int_equal(
		    things_notice(rig->things, thing, &addr, 9), NOTICE_NEW);
	}
	return thing;
}

/* All classes together have LIMIT_MEMBERS: who is in stays in, and who was left
 * out comes in once there is room. */
static void
is_bounded(void **state)
{
	const unsigned int n = LIMIT_MEMBERS / 2 / LIMIT_ADDRESSES6;
	struct set *maker, *model;
	struct thing *first, *late;
	struct addr one;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	things_free(rig.things);
	rig.things = rig.controllers.things = things_new(2 * n);
	maker = sets_take(rig.sets, PEER_MANUFACTURER, "a.example.com");
	model = sets_take(rig.sets, PEER_MODEL, url_texts[0]);
	first = add_with(&rig, 0, LIMIT_ADDRESSES6);
	for (unsigned int i = 1; i < n; i++)
		(void)add_with(&rig, i, LIMIT_ADDRESSES6);
	controllers_refresh(&rig.controllers);
	tell(&rig);
	assert_int_equal(wanted(maker), LIMIT_MEMBERS / 2);
	assert_int_equal(wanted(model), LIMIT_MEMBERS / 2);
	assert_int_equal(maker->n_left_out + model->n_left_out, 0);
	late = add_with(&rig, n, 1);
	/* It is the first to be looked at from now on. */
	things_seen(rig.things, first, 1);
	things_touch(rig.things, first);
	controllers_refresh(&rig.controllers);
	one = first->leases[0].addr;
	assert_true(set_has_member(rig.sets, maker, &one));
	assert_true(set_has_member(rig.sets, model, &one));
	assert_false(set_has_member(rig.sets, maker, &late->leases[0].addr));
	assert_int_equal(maker->n_left_out, 1);
	assert_int_equal(model->n_left_out, 1);
	tell(&rig);
	assert_true(things_unbind(rig.things, first, &one));
	controllers_refresh(&rig.controllers);
	tell(&rig);
	/* What has left makes room once it has left the kernel, and anything
	 * is worked out. */
	(void)sets_take(rig.sets, PEER_CONTROLLER, "urn:none");
	controllers_refresh(&rig.controllers);
	assert_true(set_has_member(rig.sets, maker, &late->leases[0].addr));
	assert_true(set_has_member(rig.sets, model, &late->leases[0].addr));
	assert_int_equal(maker->n_left_out + model->n_left_out, 0);
	rig_done(&rig);
}

/* A crowd of strangers does not push out a controller that is known by its
 * MAC. */
static void
keeps_controllers(void **state)
{
	const struct mac hub = mac_of(0);
	struct addr addr = addr_of(5);
	struct set *set;
	struct rig rig;

	(void)state;
	rig_init(&rig);
	set = sets_take(rig.sets, PEER_CONTROLLER, "urn:hub");
	assert_true(things_bind(rig.things, things_add(rig.things, &hub, 0),
	    &addr, LEASE_DHCP4, 9));
	controllers_refresh(&rig.controllers);
	assert_true(set_has_member(rig.sets, set, &addr));
	tell(&rig);
	for (unsigned int i = 0; i < 2 * LIMIT_UNKNOWN; i++) {
		struct mac mac = { { 0x06, 0, 0, 0, (uint8_t)(i >> 8),
		    (uint8_t)i } };

		(void)things_add(rig.things, &mac, 1);
	}
	assert_int_equal(things_count(rig.things), LIMIT_UNKNOWN);
	controllers_refresh(&rig.controllers);
	assert_non_null(things_find(rig.things, &hub));
	assert_int_equal(wanted(set), 2);
	rig_done(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_what_happens),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(keeps_controllers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
