/*
 * A batch, its answer, and what the tests look for.
 */
#include "tests/unit/world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <net/if.h>
#include <string.h>

#include "libmud/fault.h"

static bool
take(void *arg, enum record_type type, const void *body, struct fault *why)
{
	return enforcer_record(arg, type, body, why);
}

bool
world_try(struct world *world, uint32_t flags, struct fault *why)
{
	return script_play(
	    &world->script, ++world->batch, flags, take, world->enforcer, why);
}

struct damage
world_look(struct world *world)
{
	struct fault why = { 0 };
	struct damage damage;

	if (enforcer_verify(world->enforcer, &damage, &why) == ENFORCER_BROKEN)
		fail_msg("%s: %s", why.clause, why.detail);
	return damage;
}

/* Whatever a test has made: the compare must know it again. */
static void
look(struct world *world)
{
	struct damage damage = world_look(world);

	if (!damage_is_none(&damage))
		fail_msg("after batch %u, of tables %zu, chains %zu, sets %zu, "
			 "elements %zu differ from the model",
		    world->batch, damage.tables, damage.chains, damage.sets,
		    damage.elements);
}

void
world_play(struct world *world, uint32_t flags)
{
	struct fault why = { 0 };

	if (!world_try(world, flags, &why))
		fail_msg(
		    "batch %u: %s: %s", world->batch, why.clause, why.detail);
	if (!world->is_unwatched)
		look(world);
}

int
world_make(void **state)
{
	static struct world world;
	struct fault why = { 0 };

	gateway_make();
	world.enforcer = enforcer_new(&why);
	if (world.enforcer == NULL)
		fail_msg("enforcer: %s", why.detail);
	*state = &world;
	return 0;
}

int
world_end(void **state)
{
	struct world *world = *state;

	enforcer_free(world->enforcer);
	script_done(&world->script);
	return 0;
}

static void
write_policies(struct script *script)
{
	struct rule rules[16];
	size_t n = 0;

	rules[n] = rule_port(CHAIN_FROM, 6, 1, true, 443);
	rules[n].opener = OPENER_ORIGINAL;
	rules[n++].ace = 0;
	rules[n] = rule_port(CHAIN_FROM, 17, 1, true, 4000);
	rules[n++].ace = 1;
	rules[n] = rule_any(CHAIN_FROM, 4);
	rules[n].protocol = 1;
	rules[n].icmp_type = 8;
	rules[n].n_peers = 1;
	rules[n].peers[0].kind = RULE_SET_LOCAL;
	rules[n++].ace = 2;
	rules[n] = rule_any(CHAIN_FROM, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n] = rule_port(CHAIN_TO, 17, 2, true, 5683);
	rules[n++].ace = 3;
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = rule_port(CHAIN_FROM_REPLY, 17, 2, false, 5683);
	rules[n++] = rule_port(CHAIN_TO_REPLY, 6, 1, false, 443);
	rules[n++] = rule_port(CHAIN_TO_REPLY, 17, 1, false, 4000);
	script_rules(script, 1, rules, n);
	script_rules(script, 2, rules, 0);
}

static void
write_lan(struct script *script)
{
	script_lan(script, OP_ADD, if_nametoindex("br0"));
	script_lan(script, OP_ADD, if_nametoindex("lan1"));
	script_local(script, OP_ADD, "192.168.77.0/24");
	script_local(script, OP_ADD, "192.168.76.0/24");
	script_local(script, OP_ADD, "192.168.78.0/25");
	script_local(script, OP_ADD, "192.168.78.0/24");
	script_local(script, OP_ADD, "fd77::/64");
	script_self(script, OP_ADD, GATEWAY_ADDR);
	script_self(script, OP_ADD, "192.168.77.255");
	script_self(script, OP_ADD, "fd77::1");
}

void
world_snapshot(struct script *script)
{
	write_lan(script);
	script_set(script, OP_ADD, 1, true);
	script_element(script, OP_ADD, 1, SERVER_ADDR, 300);
	script_element(script, OP_ADD, 1, "2001:db8::2", 300);
	script_set(script, OP_ADD, 2, false);
	script_element(script, OP_ADD, 2, SERVER_ADDR, 0);
	write_policies(script);
	script_thing(script, OP_ADD, THING_MAC, 1);
	script_binding(script, OP_ADD, THING_MAC, THING_ADDR);
	script_binding(script, OP_ADD, THING_MAC, "fd77::10");
	script_thing(script, OP_ADD, PLAIN_MAC, 1);
	script_binding(script, OP_ADD, PLAIN_MAC, PLAIN_ADDR);
	script_thing(script, OP_ADD, "02:bb:00:00:00:77", 0);
}

struct world *
world_bare(void **state)
{
	struct world *world = *state;
	struct fault why = { 0 };

	if (!enforcer_teardown(world->enforcer, &why))
		fail_msg("%s: %s", why.clause, why.detail);
	world->is_unwatched = false;
	return world;
}

struct world *
world_begin(void **state)
{
	struct world *world = world_bare(state);

	world_snapshot(&world->script);
	world_play(world, BATCH_RESET);
	return world;
}

void
world_meet(struct world *world)
{
	script_element(&world->script, OP_ADD, 2, OTHER_ADDR, 0);
	world_play(world, 0);
}

static void
note(void *arg, const struct record_counter *counter)
{
	struct sums *sums = arg;
	char text[MAC_TEXT];

	sums->n++;
	(void)mac_text(&counter->mac, text);
	if (strcmp(text, THING_MAC) == 0)
		sums->thing = *counter;
	if (strcmp(text, PLAIN_MAC) == 0)
		sums->plain = *counter;
}

struct sums
world_counters(struct world *world)
{
	struct sums sums = { 0 };
	int error = enforcer_counters(world->enforcer, note, &sums);

	if (error != 0)
		fail_msg("counters: %s", strerror(-error));
	return sums;
}

void
holds(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

void
lacks(const char *text, const char *what)
{
	if (strstr(text, what) != NULL)
		fail_msg("\"%s\" in:\n%s", what, text);
}
