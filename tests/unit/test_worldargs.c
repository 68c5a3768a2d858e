/*
 * worldargs and worldjson: each option and each member puts one thing into the
 * world; what is wrong is refused with a place or a word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/policy.h"
#include "libmud/world.h"
#include "mudctl/worldargs.h"
#include "mudctl/worldjson.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool
has(const struct world_hosts *hosts, const char *text)
{
	struct addr addr;

	return addr_parse(text, &addr) && world_has(hosts, &addr);
}

static const char document[] =
    "{\"thing\":{\"mac\":\"02:00:5e:00:53:01\",\"mud_url\":"
    "\"https://own.example.com/x\",\"addresses\":[\"192.0.2.10\"]},"
    "\"gateway\":[\"192.0.2.1\",\"2001:db8::1\"],"
    "\"local_networks\":[\"192.0.2.0/24\"],"
    "\"controllers\":{\"urn:x:hub\":[\"192.0.2.20\"],\"urn:x:none\":[]},"
    "\"my_controllers\":[\"192.0.2.21\"],"
    "\"things\":[{\"addresses\":[\"192.0.2.30\"],"
    "\"mud_url\":\"https://other.example.com/y\"},"
    "{\"mud_url\":\"https://other.example.com/z\"}],"
    "\"names\":{\"cloud.example.com\":[\"198.51.100.1\"]}}";

static struct bytes
bytes_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static void
reads_a_document(void **state)
{
	struct world world;
	struct fault why = { 0 };
	struct addr local;

	(void)state;
	world_init(&world);
	if (!worldjson_read(bytes_of(document), &world, &why))
		fail_msg("%s", why.detail);
	assert_int_equal(world.mac.byte[5], 1);
	assert_string_equal(world.url.text, "https://own.example.com/x");
	assert_true(has(&world.addresses, "192.0.2.10"));
	assert_true(has(&world.gateway, "192.0.2.1"));
	assert_true(has(&world.gateway, "2001:db8::1"));
	assert_int_equal(world.gateway.n, 2);
	assert_true(addr_parse("192.0.2.99", &local));
	assert_true(world_is_local(&world, &local));
	assert_true(has(world_class(&world, "urn:x:hub"), "192.0.2.20"));
	assert_int_equal(world.classes.n, 2);
	assert_true(has(&world.mine, "192.0.2.21"));
	assert_int_equal(world.n_things, 2);
	assert_string_equal(
	    world.things[0].url.text, "https://other.example.com/y");
	assert_true(has(&world.things[0].hosts, "192.0.2.30"));
	assert_true(
	    has(world_name(&world, "cloud.example.com"), "198.51.100.1"));
	world_done(&world);
}

static const struct {
	const char *text, *says;
} bad_documents[] = {
	{ "[]", "no" },
	{ "{", "" },
	{ "{\"gatway\":[]}", "/gatway: no such member" },
	{ "{\"thing\":{\"ip\":[]}}", "/thing/ip: no such member" },
	{ "{\"thing\":{\"mac\":\"x\"}}", "/thing/mac: \"x\" is no MAC" },
	{ "{\"thing\":{\"mac\":7}}", "/thing/mac: no string" },
	{ "{\"thing\":{\"mud_url\":\"http://a.b/\"}}", "no MUD URL" },
	{ "{\"thing\":{\"mud_url\":7}}", "no string" },
	{ "{\"thing\":{\"addresses\":[\"x\"]}}",
	    "/thing/addresses/0: \"x\" is no IPv4 or IPv6 address" },
	{ "{\"thing\":[]}", "/thing: no object" },
	{ "{\"gateway\":\"192.0.2.1\"}", "/gateway: no array" },
	{ "{\"gateway\":[7]}", "/gateway/0: no string" },
	{ "{\"my_controllers\":[\"02:00:5e:00:53:01\"]}",
	    "is no IPv4 or IPv6 address" },
	{ "{\"local_networks\":[\"192.0.2.0/33\"]}", "is no prefix" },
	{ "{\"local_networks\":[7]}", "no string" },
	{ "{\"controllers\":{\"x\":[\"y\"]}}", "/controllers/x/0" },
	{ "{\"controllers\":[]}", "/controllers: no object" },
	{ "{\"names\":{\"x\":[\"y\"]}}", "/names/x/0" },
	{ "{\"names\":[]}", "/names: no object" },
	{ "{\"things\":[{}]}", "/things/0: a Thing without mud_url" },
	{ "{\"things\":[{\"mud_url\":\"x\"}]}", "/things/0/mud_url: no MUD" },
	{ "{\"things\":[{\"mud_url\":\"https://a.example.com/\",\"x\":1}]}",
	    "/things/0/x: no such member" },
	{ "{\"things\":[{\"mud_url\":\"https://a.example.com/\","
	  "\"addresses\":[\"x\"]}]}",
	    "/things/0/addresses/0" },
};

static void
refuses_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bad_documents); i++) {
		struct world world;
		struct fault why = { 0 };

		world_init(&world);
		if (worldjson_read(
			bytes_of(bad_documents[i].text), &world, &why) ||
		    strstr(why.detail, bad_documents[i].says) == NULL)
			fail_msg("%s: %s", bad_documents[i].text, why.detail);
		world_done(&world);
	}
}

static const struct {
	int option;
	const char *value;
	bool is_good;
} given[] = {
	{ WORLDARGS_MAC, "02:00:5e:00:53:02", true },
	{ WORLDARGS_MAC, "02:00:5e:00:53", false },
	{ WORLDARGS_ADDRESS, "192.0.2.10", true },
	{ WORLDARGS_ADDRESS, "2001:db8::10", true },
	{ WORLDARGS_ADDRESS, "192.0.2", false },
	{ WORLDARGS_GATEWAY, "192.0.2.1", true },
	{ WORLDARGS_GATEWAY, "router", false },
	{ WORLDARGS_LOCAL_NETWORK, "10.0.0.0/8", true },
	{ WORLDARGS_LOCAL_NETWORK, "10.0.0.0/x", false },
	{ WORLDARGS_RESOLVE, "cloud.example.com=198.51.100.1", true },
	{ WORLDARGS_RESOLVE, "cloud.example.com", false },
	{ WORLDARGS_RESOLVE, "cloud.example.com=", false },
	{ WORLDARGS_RESOLVE, "=198.51.100.1", false },
	{ WORLDARGS_RESOLVE, "a=b=198.51.100.1x", false },
	{ WORLDARGS_CONTROLLER, "https://a.test/?x=y=192.0.2.20", true },
	{ WORLDARGS_CONTROLLER, "urn:x:hub", false },
	{ WORLDARGS_CONTROLLER, "urn:x:hub=02:00:5e:00:53:02", false },
	{ WORLDARGS_MY_CONTROLLER, "192.0.2.21", true },
	{ WORLDARGS_MY_CONTROLLER, "x", false },
	{ WORLDARGS_THING, "192.0.2.30=https://o.example.com/?a=b", true },
	{ WORLDARGS_THING, "192.0.2.30", false },
	{ WORLDARGS_THING, "x=https://o.example.com/", false },
	{ WORLDARGS_THING, "192.0.2.30=http://o.example.com/", false },
	{ WORLDARGS_WORLD, "/nonexistent/world.json", false },
};

static void
takes_options(void **state)
{
	struct addr local;
	struct world world;

	(void)state;
	world_init(&world);
	for (size_t i = 0; i < LENGTH(given); i++) {
		assert_true(worldargs_is(given[i].option));
		if (worldargs_take(&world, given[i].option, given[i].value) !=
		    given[i].is_good)
			fail_msg("%s", given[i].value);
	}
	assert_false(worldargs_is('j'));
	assert_false(worldargs_is(WORLDARGS_END));
	assert_int_equal(world.mac.byte[5], 2);
	assert_true(has(&world.addresses, "192.0.2.10"));
	assert_true(has(&world.addresses, "2001:db8::10"));
	assert_true(has(&world.gateway, "192.0.2.1"));
	assert_true(addr_parse("10.1.2.3", &local));
	assert_true(world_is_local(&world, &local));
	assert_true(
	    has(world_name(&world, "cloud.example.com"), "198.51.100.1"));
	assert_true(
	    has(world_class(&world, "https://a.test/?x=y"), "192.0.2.20"));
	assert_true(has(&world.mine, "192.0.2.21"));
	assert_int_equal(world.n_things, 2);
	assert_string_equal(
	    world.things[0].url.text, "https://o.example.com/?a=b");
	assert_true(has(&world.things[0].hosts, "192.0.2.30"));
	world_done(&world);
}

/* M-MFG-3: the URL that was given, or else the file's own. */
static void
takes_the_url_of_the_file(void **state)
{
	struct policy policy = { 0 };
	struct world world;

	(void)state;
	world_init(&world);
	worldargs_finish(&world, &policy);
	assert_string_equal(world.url.text, "");
	text_copy(policy.info.mud_url, sizeof(policy.info.mud_url),
	    "https://A.example.com/x");
	worldargs_finish(&world, &policy);
	assert_string_equal(world.url.text, "https://a.example.com/x");
	text_copy(policy.info.mud_url, sizeof(policy.info.mud_url),
	    "https://b.example.com/x");
	worldargs_finish(&world, &policy);
	assert_string_equal(world.url.text, "https://a.example.com/x");
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_document),
		cmocka_unit_test(refuses_documents),
		cmocka_unit_test(takes_options),
		cmocka_unit_test(takes_the_url_of_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
