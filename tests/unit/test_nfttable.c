/* nfttable: the whole script of a policy, and that nothing of a file gets out
 * of its comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/nfttable.h"
#include "libmud/policy.h"
#include "libmud/world.h"

enum { CLOUD, HUB, MAKER, MODEL, TEXTS };

static struct ace
ace_of(enum direction direction, enum peer_kind kind, uint16_t text)
{
	return (struct ace){ .name = "case",
		.direction = (uint8_t)direction,
		.families = FAMILY_4 | FAMILY_6,
		.understood = 1,
		.n_peers = 1,
		.protocol = 17,
		.icmp_type = -1,
		.icmp_code = -1,
		.source = { .high = UINT16_MAX },
		.destination = { .low = 5683, .high = 5683 },
		.peers = { { .kind = (uint8_t)kind, .text = text } } };
}

static struct addr
addr(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	return addr;
}

static void
add(struct world_hosts *hosts, const char *text)
{
	struct addr one = addr(text);
	struct fault why;

	assert_non_null(hosts);
	assert_true(world_add_host(hosts, &one, &why));
}

static void
add_thing(struct world *world, const char *mud_url, const char *text)
{
	struct fault why;
	struct url url;

	assert_true(url_parse(mud_url, &url, &why));
	add(world_thing_of(world, &url, &why), text);
}

static void
fill_world(struct world *world)
{
	struct prefix lan;
	struct fault why;

	world_init(world);
	assert_true(mac_parse("02:00:5e:00:53:01", &world->mac));
	assert_true(url_parse("https://mud.example.com/it", &world->url, &why));
	add(&world->addresses, "192.168.77.11");
	add(&world->addresses, "192.168.77.10");
	add(&world->addresses, "fd77::11");
	add(&world->gateway, "192.168.77.1");
	add(&world->mine, "192.168.77.2");
	assert_true(prefix_parse("192.168.77.0/24", &lan));
	assert_true(world_add_local(world, &lan, &why));
	assert_true(prefix_parse("192.0.2.4/31", &lan));
	assert_true(world_add_local(world, &lan, &why));
	assert_true(prefix_parse("2001:db8::/29", &lan));
	assert_true(world_add_local(world, &lan, &why));
	add(world_name_of(world, "cloud.example.com", &why), "203.0.113.2");
	add(world_name_of(world, "cloud.example.com", &why), "2001:db8::2");
	add(world_name_of(world, "other.example.com", &why), "203.0.113.9");
	add(world_class_of(world, "urn:example:hub", &why), "192.168.77.3");
	add_thing(world, "https://mud.example.com/lamp", "192.168.77.21");
	add_thing(world, "https://mud.example.com/plug", "192.168.77.22");
	add_thing(world, "https://parts.example/lamp", "192.168.77.23");
}

static char *
script_of(const struct ace *aces, size_t n, struct world *world)
{
	struct policy_text texts[TEXTS] = {
		[CLOUD] = { "cloud.example.com" },
		[HUB] = { "urn:example:hub" },
		[MAKER] = { "parts.example" },
		[MODEL] = { "https://mud.example.com/lamp" },
	};
	struct policy *policy = xcalloc(1, sizeof(*policy));
	struct fault why = { 0 };
	char *script;

	policy->n_texts = TEXTS;
	policy->n_aces = n;
	policy->texts = xcalloc(TEXTS, sizeof(*texts));
	policy->aces = xcalloc(n, sizeof(*aces));
	for (size_t i = 0; i < TEXTS; i++)
		policy->texts[i] = texts[i];
	for (size_t i = 0; i < n; i++)
		policy->aces[i] = aces[i];
	text_copy(policy->info.mud_url, sizeof(policy->info.mud_url),
	    "https://mud.example.com/it");
	script = nfttable_text(policy, world, &why);
	if (script == NULL)
		fail_msg("%s", why.detail);
	policy_free(policy);
	return script;
}

static void
holds(const char *script, const char *what)
{
	if (strstr(script, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, script);
}

static const struct {
	enum peer_kind kind;
	uint16_t text;
	const char *comment, *set4, *set6;
} peers[] = {
	{ PEER_DNSNAME, CLOUD, "# dns1: dnsname cloud.example.com\n",
	    "\tset dns1_4 {\n\t\ttype ipv4_addr\n\t\tsize 192\n"
	    "\t\tflags timeout\n\t\telements = { 203.0.113.2 }\n\t}\n",
	    "\tset dns1_6 {\n\t\ttype ipv6_addr\n\t\tsize 192\n"
	    "\t\tflags timeout\n\t\telements = { 2001:db8::2 }\n\t}\n" },
	{ PEER_CONTROLLER, HUB, "# cls1: controller urn:example:hub\n",
	    "\tset cls1_4 {\n\t\ttype ipv4_addr\n"
	    "\t\telements = { 192.168.77.3 }\n\t}\n",
	    "\tset cls1_6 {\n\t\ttype ipv6_addr\n\t}\n" },
	{ PEER_MY_CONTROLLER, PEER_NO_TEXT, "# cls1: my-controller\n",
	    "elements = { 192.168.77.2 }\n", "set cls1_6 {" },
	{ PEER_MANUFACTURER, MAKER, "# cls1: manufacturer parts.example\n",
	    "elements = { 192.168.77.23 }\n", "set cls1_6 {" },
	{ PEER_SAME_MANUFACTURER, PEER_NO_TEXT, "# cls1: same-manufacturer\n",
	    "elements = { 192.168.77.21, 192.168.77.22 }\n", "set cls1_6 {" },
	{ PEER_MODEL, MODEL, "# cls1: model https://mud.example.com/lamp\n",
	    "elements = { 192.168.77.21 }\n", "set cls1_6 {" },
};

static void
fills_each_peer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct ace ace =
		    ace_of(FROM_DEVICE, peers[i].kind, peers[i].text);
		struct world world;
		char *script;

		fill_world(&world);
		script = script_of(&ace, 1, &world);
		holds(script, peers[i].comment);
		holds(script, peers[i].set4);
		holds(script, peers[i].set6);
		free(script);
		world_done(&world);
	}
}

/* In the order in which they stand. */
static const char *const parts[] = {
	"#!/usr/sbin/nft -f\n# https://mud.example.com/it\n",
	"table inet mudd {\n",
	"\tset things {\n\t\ttype ether_addr\n"
	"\t\telements = { 02:00:5e:00:53:01 }\n\t}\n",
	"\tmap from {\n\t\ttype ether_addr : verdict\n"
	"\t\telements = { 02:00:5e:00:53:01 : jump pf_1 }\n\t}\n",
	"\tset bind4 {\n\t\ttype ether_addr . ipv4_addr\n\t\tcounter\n"
	"\t\telements = { 02:00:5e:00:53:01 . 192.168.77.11, "
	"02:00:5e:00:53:01 . 192.168.77.10 }\n\t}\n",
	"\tset own4 {\n\t\ttype ipv4_addr\n"
	"\t\telements = { 192.168.77.11, 192.168.77.10 }\n\t}\n",
	"\tmap to4 {\n\t\ttype ipv4_addr : verdict\n"
	"\t\telements = { 192.168.77.11 : jump pt_1, "
	"192.168.77.10 : jump pt_1 }\n\t}\n",
	"\tset bind6 {\n",
	"\tmap to6 {\n\t\ttype ipv6_addr : verdict\n"
	"\t\telements = { fd77::11 : jump pt_1 }\n\t}\n",
	"\tset local4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n"
	"\t\tauto-merge\n\t\telements = { 169.254.0.0/16, 192.168.77.0/24, "
	"192.0.2.4/31 }\n\t}\n",
	/* A network of two has no broadcast. */
	"\tset self4 {\n\t\ttype ipv4_addr\n"
	"\t\telements = { 192.168.77.1, 192.168.77.255 }\n\t}\n",
	"\tset local6 {\n\t\ttype ipv6_addr\n\t\tflags interval\n"
	"\t\tauto-merge\n\t\telements = { fe80::/10, 2001:db8::/29 }\n\t}\n",
	"\tset self6 {\n\t\ttype ipv6_addr\n\t}\n",
	/* The services are the gateway's. */
	"\tset cls1_4 {\n\t\ttype ipv4_addr\n"
	"\t\telements = { 192.168.77.1 }\n\t}\n",
	"\tchain drop_from {\n\t\tcounter drop\n\t}\n",
	"\tchain drop_to {\n\t\tcounter drop\n\t}\n",
	"\tchain pf_1 {\n",
	"\t\tgoto drop_from\n\t}\n",
	"\tchain mt_1 {\n",
	"\t\tgoto drop_to\n\t}\n}\n",
};

static void
prints_a_table(void **state)
{
	struct ace ace = ace_of(TO_DEVICE, PEER_LOCAL_NETWORKS, PEER_NO_TEXT);
	struct world world;
	char *script, *at;

	(void)state;
	fill_world(&world);
	at = script = script_of(&ace, 1, &world);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *found = strstr(at, parts[i]);

		if (found == NULL)
			fail_msg("no \"%s\" behind the last part in:\n%s",
			    parts[i], script);
		at = found;
	}
	holds(script,
	    "\t\tip saddr @local4 ip saddr != @self4 udp dport 5683 return "
	    "comment \"case\"\n");
	free(script);
	world_done(&world);
}

/* Of a Thing that nobody has described there is nothing to say. */
static void
needs_no_world(void **state)
{
	struct ace ace = ace_of(FROM_DEVICE, PEER_DNSNAME, CLOUD);
	struct world world;
	char *script;

	(void)state;
	world_init(&world);
	add(&world.addresses, "192.168.77.11");
	script = script_of(&ace, 1, &world);
	holds(script, "\tset things {\n\t\ttype ether_addr\n\t}\n");
	holds(script, "\tmap from {\n\t\ttype ether_addr : verdict\n\t}\n");
	assert_null(strstr(script, " . 192.168.77.11"));
	holds(script, "elements = { 192.168.77.11 : jump pt_1 }");
	holds(script, "\t\tflags timeout\n\t}\n");
	free(script);
	world_done(&world);
}

static void
keeps_texts_in_their_lines(void **state)
{
	static struct policy_text texts[] = { { "urn:x\nflush ruleset\x80" } };
	struct ace ace = ace_of(FROM_DEVICE, PEER_CONTROLLER, 0);
	struct policy policy = {
		.n_texts = 1, .n_aces = 1, .texts = texts, .aces = &ace
	};
	struct world world;
	struct fault why = { 0 };
	char *script;

	(void)state;
	text_copy(policy.info.mud_url, sizeof(policy.info.mud_url),
	    "https://x\nflush ruleset");
	text_copy(ace.name, sizeof(ace.name), "a\n\"flush ruleset");
	(void)fault_set(&policy.hold, FAULT_IP_LITERAL, "", "an address");
	world_init(&world);
	script = nfttable_text(&policy, &world, &why);
	assert_non_null(script);
	holds(script, "# https://x?flush ruleset\n");
	holds(script, "# held for an administrator: an address\n");
	holds(script, "# cls1: controller urn:x?flush ruleset?\n");
	holds(script, "comment \"a__flush ruleset\"\n");
	assert_null(strstr(script, "\nflush"));
	free(script);
	world_done(&world);
}

/* As many peers as ACEs can have, each one another; and no more. */
static void
has_limits(void **state)
{
	static struct policy_text texts[LIMIT_ACES];
	struct ace *aces = xcalloc(LIMIT_ACES, sizeof(*aces));
	struct policy policy = { .n_texts = LIMIT_ACES,
		.n_aces = LIMIT_ACES,
		.texts = texts,
		.aces = aces };
	struct fault why = { 0 };
	struct world world;
	char *script;

	(void)state;
	for (uint16_t i = 0; i < LIMIT_ACES; i++) {
		(void)snprintf(texts[i].text, sizeof(texts[i].text), "x%u", i);
		aces[i] = ace_of(FROM_DEVICE, PEER_DNSNAME, i);
		aces[i].n_peers = ACE_PEERS;
		aces[i].peers[1] = (struct peer){ PEER_CONTROLLER, 0, i };
		aces[i].peers[2] = (struct peer){ PEER_MANUFACTURER, 0, i };
		aces[i].peers[3] = (struct peer){ PEER_MODEL, 0, i };
	}
	world_init(&world);
	script = nfttable_text(&policy, &world, &why);
	assert_non_null(script);
	holds(script, "\tset cls2050_6 {\n");
	free(script);
	policy.n_aces++;
	assert_null(nfttable_text(&policy, &world, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	world_done(&world);
	free(aces);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_each_peer),
		cmocka_unit_test(prints_a_table),
		cmocka_unit_test(needs_no_world),
		cmocka_unit_test(keeps_texts_in_their_lines),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
