/*
 * world: what is in it, what is refused, and who is in the local networks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/compile.h"
#include "libmud/fault.h"
#include "libmud/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct addr
addr(const char *text)
{
	struct addr out = { 0 };

	assert_true(addr_parse(text, &out));
	return out;
}

static void
put(struct world_hosts *hosts, const char *text)
{
	struct addr host = addr(text);
	struct fault why;

	assert_non_null(hosts);
	assert_true(world_add_host(hosts, &host, &why));
}

static void
put_local(struct world *world, const char *text)
{
	struct prefix prefix;
	struct fault why;

	assert_true(prefix_parse(text, &prefix));
	assert_true(world_add_local(world, &prefix, &why));
}

/* M-LOC-1, and architecture.md, 7. */
static const struct {
	const char *addr;
	bool is_group, is_local;
} places[] = {
	{ "192.0.2.1", false, true },
	{ "192.0.2.0", false, true },
	{ "192.0.2.254", false, true },
	{ "192.0.2.255", true, false }, /* broadcast */
	{ "192.0.3.1", false, false },
	{ "192.0.2.9", false, false }, /* the gateway's own */
	{ "198.51.100.1", false, true },
	{ "198.51.100.3", true, false }, /* of the /30 */
	{ "198.51.100.8", false, true }, /* of the /31, which has none */
	{ "198.51.100.9", false, true },
	{ "203.0.113.255", true, true }, /* listed, alone */
	{ "169.254.7.7", false, true },
	{ "169.253.255.255", false, false },
	{ "255.255.255.255", true, false },
	{ "224.0.0.251", true, true }, /* listed as multicast */
	{ "224.0.1.1", true, false },
	{ "239.255.255.255", true, false },
	{ "240.0.0.1", false, false },
	{ "223.255.255.255", false, false },
	{ "2001:db8::7", false, true },
	{ "2001:db8:0:1::7", false, false },
	{ "2001:db8::9", false, false }, /* the gateway's own */
	{ "fe80::1", false, true },
	{ "febf::1", false, true },
	{ "fec0::1", false, false },
	{ "ff02::fb", true, false },
};

static void
tells_local_networks(void **state)
{
	struct world world;

	(void)state;
	world_init(&world);
	put(&world.gateway, "192.0.2.9");
	put(&world.gateway, "2001:db8::9");
	put_local(&world, "192.0.2.0/24");
	put_local(&world, "198.51.100.0/30");
	put_local(&world, "198.51.100.8/31");
	put_local(&world, "203.0.113.0/24");
	put_local(&world, "203.0.113.255/32");
	put_local(&world, "224.0.0.0/24");
	put_local(&world, "2001:db8::/64");
	for (size_t i = 0; i < LENGTH(places); i++) {
		struct addr at = addr(places[i].addr);

		if (world_is_group(&world, &at) != places[i].is_group ||
		    world_is_local(&world, &at) != places[i].is_local)
			fail_msg("%s", places[i].addr);
	}
	world_done(&world);
}

/* Who shares a local network shares a link. */
static void
tells_neighbours(void **state)
{
	static const struct {
		const char *own, *peer;
		bool is_near;
	} pairs[] = {
		{ "192.0.2.7", "192.0.2.8", true },
		{ "192.0.2.7", "198.51.100.8", false },
		{ "192.0.2.7", "203.0.113.8", false },
		{ "192.0.2.7", "192.0.2.9", false }, /* the gateway's own */
		{ "192.0.2.7", "169.254.7.7", true },
		{ "198.51.100.7", "192.0.2.8", false },
		{ "2001:db8::7", "2001:db8::8", true },
		{ "2001:db8::7", "2001:db8:0:1::8", false },
		{ "2001:db8::7", "fe80::8", true },
		{ "fe80::7", "2001:db8::8", false },
		{ NULL, "192.0.2.8", true },
		{ NULL, "203.0.113.8", false },
	};
	struct world world;

	(void)state;
	world_init(&world);
	put(&world.gateway, "192.0.2.9");
	put_local(&world, "192.0.2.0/24");
	put_local(&world, "198.51.100.0/24");
	put_local(&world, "2001:db8::/64");
	for (size_t i = 0; i < LENGTH(pairs); i++) {
		struct addr own = { 0 }, peer = addr(pairs[i].peer);

		if (pairs[i].own != NULL)
			own = addr(pairs[i].own);
		if (world_is_near(&world, &own, &peer) != pairs[i].is_near)
			fail_msg("%s", pairs[i].peer);
	}
	world_done(&world);
}

/* M-DEF-1, M-CLS-1. */
static void
gives_services_to_the_gateway(void **state)
{
	struct world world;
	struct fault why;

	(void)state;
	world_init(&world);
	put(&world.gateway, "192.0.2.9");
	assert_int_equal(world_class(&world, MUD_URN_DNS)->n, 1);
	assert_int_equal(world_class(&world, MUD_URN_NTP)->n, 1);
	assert_int_equal(world_class(&world, "urn:x:hub")->n, 0);
	/* Said to have nobody, it has nobody. */
	assert_non_null(world_class_of(&world, MUD_URN_DNS, &why));
	assert_int_equal(world_class(&world, MUD_URN_DNS)->n, 0);
	assert_int_equal(world_class(&world, MUD_URN_NTP)->n, 1);
	put(world_class_of(&world, "urn:x:hub", &why), "192.0.2.7");
	put(world_class_of(&world, "urn:x:hub", &why), "192.0.2.7");
	assert_int_equal(world_class(&world, "urn:x:hub")->n, 1);
	assert_int_equal(world_class(&world, "urn:x:HUB")->n, 0);
	world_done(&world);
}

static void
folds_names(void **state)
{
	struct world world;
	struct fault why;
	struct addr host = addr("192.0.2.7");

	(void)state;
	world_init(&world);
	put(world_name_of(&world, "Cloud.Example.COM.", &why), "192.0.2.7");
	assert_true(world_has(world_name(&world, "cloud.example.com"), &host));
	assert_true(world_has(world_name(&world, "CLOUD.example.com."), &host));
	assert_int_equal(world_name(&world, "example.com")->n, 0);
	world_done(&world);
}

static void
joins_things_of_one_url(void **state)
{
	struct world world;
	struct fault why;
	struct url a, b;

	(void)state;
	world_init(&world);
	assert_true(url_parse("https://a.example.com/x", &a, &why));
	assert_true(url_parse("https://a.example.com/y", &b, &why));
	put(world_thing_of(&world, &a, &why), "192.0.2.1");
	put(world_thing_of(&world, &b, &why), "192.0.2.2");
	put(world_thing_of(&world, &a, &why), "192.0.2.3");
	assert_int_equal(world.n_things, 2);
	assert_int_equal(world.things[0].hosts.n, 2);
	world_done(&world);
}

static void
refuses_too_much(void **state)
{
	char name[LIMIT_URL + 2];
	struct fault why = { 0 };
	struct world world;
	struct prefix local;
	struct addr host = addr("10.0.0.0");
	struct url url;

	(void)state;
	world_init(&world);
	for (unsigned int i = 0; i < LIMIT_WORLD_HOSTS; i++) {
		host.byte[2] = (uint8_t)(i >> 8);
		host.byte[3] = (uint8_t)i;
		assert_true(world_add_host(&world.mine, &host, &why));
	}
	assert_true(world_add_host(&world.mine, &host, &why));
	host.byte[1] = 1;
	assert_false(world_add_host(&world.mine, &host, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);

	for (unsigned int i = 0; i < LIMIT_LOCALS; i++) {
		host.byte[3] = (uint8_t)i;
		local = prefix_of(&host, 32);
		assert_true(world_add_local(&world, &local, &why));
	}
	assert_true(world_add_local(&world, &local, &why));
	host.byte[3]++;
	local = prefix_of(&host, 32);
	assert_false(world_add_local(&world, &local, &why));

	for (unsigned int i = 0; i < LIMIT_WORLD_GROUPS; i++) {
		(void)snprintf(name, sizeof(name), "https://a.test/%u", i);
		assert_true(url_parse(name, &url, &why));
		assert_non_null(world_class_of(&world, name, &why));
		assert_non_null(world_thing_of(&world, &url, &why));
	}
	assert_non_null(world_class_of(&world, name, &why));
	assert_non_null(world_thing_of(&world, &url, &why));
	assert_true(url_parse("https://a.test/", &url, &why));
	assert_null(world_class_of(&world, "more", &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	assert_null(world_thing_of(&world, &url, &why));

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(world_name_of(&world, name, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	world_done(&world);
	world_init(&world);
	assert_null(world_class_of(&world, name, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	name[LIMIT_URL] = '\0';
	assert_non_null(world_name_of(&world, name, &why));
	assert_non_null(world_class_of(&world, name, &why));
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_local_networks),
		cmocka_unit_test(tells_neighbours),
		cmocka_unit_test(gives_services_to_the_gateway),
		cmocka_unit_test(folds_names),
		cmocka_unit_test(joins_things_of_one_url),
		cmocka_unit_test(refuses_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
