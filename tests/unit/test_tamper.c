/*
 * Our tables and other programs: what nft does to them is noticed, named and
 * mended, and nothing else is touched; and where they have an owner nft can do
 * nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforce/audit/repair.h"
#include "enforce/commits.h"
#include "libmud/fault.h"
#include "tests/unit/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Everything but what counts, has an end, or is numbered by the kernel; and
 * but the epoch, which a repair ends.  Sets and chains in one order, whichever
 * of them is younger. */
static char *
list_all(void)
{
	static const char *const argv[] = { "sh", "-c",
		"for family in inet bridge netdev; do "
		"nft --stateless list table $family mudd | sed -e "
		"'/^}$/d; s/ expires [0-9a-z]*//; s/\\([0-9a-f]\\) timeout [0-9a-z]*/\\1/; "
		"s/0x[0-9a-f]*/0x/g; s/epoch [0-9]*/epoch/; "
		"/^table/s/$/\\n/; /^\tcomment/s/$/\\n/' | "
		"awk 'BEGIN { RS = \"\"; ORS = \"\\0\" } 1' | "
		"sort -z | tr '\\0' '\\n'; done",
		NULL };

	return gateway_run(HOST_GATEWAY, argv);
}

/* What nft says, and "status N". */
static char *
nft(const char *line)
{
	char command[512];
	const char *argv[] = { "sh", "-c", command, NULL };

	(void)snprintf(
	    command, sizeof(command), "nft '%s' 2>&1; echo status $?", line);
	return gateway_run(HOST_GATEWAY, argv);
}

static struct damage
verify(struct world *world, enum enforcer_verdict verdict)
{
	struct fault why = { 0 };
	struct damage damage;
	enum enforcer_verdict is =
	    enforcer_verify(world->enforcer, &damage, &why);

	if (is != verdict)
		fail_msg("verdict %d, not %d; of tables %zu, chains %zu, sets "
			 "%zu, elements %zu differ: %s",
		    is, verdict, damage.tables, damage.chains, damage.sets,
		    damage.elements, why.detail);
	return damage;
}

/* What comes and goes leaves no trace.  (world_play looks after each batch of
 * all tests, so what they make is compared as well.) */
static void
finds_nothing_where_nothing_is(void **state)
{
	struct world *world = world_begin(state);
	char *before = list_all(), *after;

	(void)verify(world, ENFORCER_INTACT);
	script_thing(&world->script, OP_ADD, OTHER_MAC, 2);
	script_binding(&world->script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	world_play(world, 0);
	(void)verify(world, ENFORCER_INTACT);
	script_thing(&world->script, OP_DELETE, OTHER_MAC, 0);
	world_play(world, 0);
	(void)verify(world, ENFORCER_INTACT);
	after = list_all();
	assert_string_equal(before, after);
	free(before), free(after);
}

/* As many as the schema has. */
#define MANY SIZE_MAX

static const struct {
	const char *line;
	struct damage damage;
} harms[] = {
	{ "flush ruleset", { 3, 0, 0, 0 } },
	{ "delete table inet mudd", { 1, 0, 0, 0 } },
	{ "delete table bridge mudd", { 1, 0, 0, 0 } },
	{ "delete table netdev mudd", { 1, 0, 0, 0 } },
	{ "add table inet mudd { flags dormant; }", { 1, 0, 0, 0 } },
	{ "flush chain inet mudd pf_1", { 0, 1, 0, 0 } },
	{ "flush chain inet mudd forward", { 0, 1, 0, 0 } },
	{ "flush chain bridge mudd egress", { 0, 1, 0, 0 } },
	{ "flush table inet mudd", { 0, MANY, 0, 0 } },
	{ "delete chain inet mudd input", { 0, 1, 0, 0 } },
	{ "flush chain inet mudd input; delete chain inet mudd input",
	    { 0, 1, 0, 0 } },
	{ "add chain inet mudd guard { policy drop; }", { 0, 1, 0, 0 } },
	{ "insert rule inet mudd forward accept", { 0, 1, 0, 0 } },
	{ "add rule inet mudd pf_1 accept", { 0, 1, 0, 0 } },
	{ "add chain inet mudd mine; add rule inet mudd mine accept; insert "
	  "rule inet mudd forward jump mine",
	    { 0, 2, 0, 0 } },
	{ "add chain inet mudd mine { type filter hook forward priority 0; }",
	    { 0, 1, 0, 0 } },
	{ "add set inet mudd mine { type ipv4_addr; elements = { 1.2.3.4 } }",
	    { 0, 0, 1, 0 } },
	{ "delete element inet mudd things { " THING_MAC " }", { 0, 0, 0, 1 } },
	{ "delete element inet mudd bind4 { " THING_MAC " . " THING_ADDR " }",
	    { 0, 0, 0, 1 } },
	{ "add element inet mudd bind4 { " THING_MAC " . " THING_STOLEN " }",
	    { 0, 0, 0, 1 } },
	{ "delete element inet mudd from_a1 { " THING_MAC " }",
	    { 0, 0, 0, 1 } },
	{ "add element inet mudd from_a1 { 02:bb:00:00:00:99 }",
	    { 0, 0, 0, 1 } },
	{ "delete element inet mudd from_a1 { " THING_MAC " }; add element "
	  "inet mudd from_a2 { " THING_MAC " }",
	    { 0, 0, 0, 2 } },
	{ "flush set inet mudd to4_a1", { 0, 0, 0, 2 } },
	{ "flush chain inet mudd from_a_0", { 0, 1, 0, 0 } },
	{ "flush set inet mudd passed", { 0, 0, 0, 2 } },
	{ "flush chain inet mudd stamp_original", { 0, 1, 0, 0 } },
	{ "delete element inet mudd dns1_4 { " SERVER_ADDR " }",
	    { 0, 0, 0, 1 } },
	{ "add element inet mudd dns1_4 { 192.0.2.1 }", { 0, 0, 0, 1 } },
	{ "add element inet mudd dns1_4 { 192.0.2.1 timeout 1h }",
	    { 0, 0, 0, 1 } },
	{ "delete element inet mudd dns1_4 { " SERVER_ADDR " }; add element "
	  "inet mudd dns1_4 { " SERVER_ADDR " timeout 100d }",
	    { 0, 0, 0, 1 } },
	{ "flush set inet mudd local4", { 0, 0, 1, 0 } },
	{ "add element inet mudd local4 { 10.0.0.0/8 }", { 0, 0, 1, 0 } },
	{ "delete element inet mudd lan { br0 }", { 0, 0, 0, 1 } },
	{ "delete element bridge mudd things { " THING_MAC " }",
	    { 0, 0, 0, 1 } },
};

static bool
same(const struct damage *a, const struct damage *b)
{
	if (b->chains == MANY)
		return a->chains > 20;
	return a->tables == b->tables && a->chains == b->chains &&
	       a->sets == b->sets && a->elements == b->elements;
}

static void
mends_what_was_harmed(void **state)
{
	struct world *world = world_begin(state);
	char *before = list_all();

	for (size_t i = 0; i < LENGTH(harms); i++) {
		char *said = nft(harms[i].line), *after;
		struct damage damage;

		if (strstr(said, "status 0") == NULL)
			fail_msg("%s: %s", harms[i].line, said);
		free(said);
		damage = verify(world, ENFORCER_REPAIRED);
		after = list_all();
		if (!same(&damage, &harms[i].damage))
			fail_msg("%s: of tables %zu, chains %zu, sets %zu, "
				 "elements %zu differed",
			    harms[i].line, damage.tables, damage.chains,
			    damage.sets, damage.elements);
		if (strcmp(before, after) != 0)
			fail_msg("%s: mended to:\n%s\nand not to\n%s",
			    harms[i].line, after, before);
		free(after);
		(void)verify(world, ENFORCER_INTACT);
	}
	free(before);
}

/* ---- an owner ----------------------------------------------------------- */

/* The same harms, but for the first, which nft leaves out by itself. */
static void
others_cannot_change_what_is_owned(void **state)
{
	struct world *world = *state;
	char *before, *after;

	assert_true(enforcer_can_own(world->enforcer));
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_OWNED);
	before = list_all();
	for (size_t i = 0; i < LENGTH(harms); i++) {
		char *said = nft(harms[i].line);

		if (strcmp(harms[i].line, "flush ruleset") != 0 &&
		    (strstr(said, "status 1") == NULL ||
			strstr(said, "Operation not permitted") == NULL))
			fail_msg("%s: %s", harms[i].line, said);
		free(said);
		after = list_all();
		if (strcmp(before, after) != 0)
			fail_msg("%s: has changed something", harms[i].line);
		free(after);
		(void)verify(world, ENFORCER_INTACT);
	}
	free(before);
	/* And we can: with, without, and with one again. */
	script_thing(&world->script, OP_DELETE, THING_MAC, 0);
	world_play(world, 0);
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET);
	free(gateway_nft("flush ruleset", NULL, NULL, NULL, NULL));
	(void)verify(world, ENFORCER_REPAIRED);
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_OWNED);
	(void)verify(world, ENFORCER_INTACT);
}

/* The enforcer goes, its tables stay, and are the next one's at once; what
 * stands is gone on from, with its counters. */
static void
orphans_are_taken_on(void **state)
{
	struct world *world = *state;
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int other = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	struct fault why = { 0 };
	char *before, *after, *said;

	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_OWNED);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, other, 5), 0);
	before = list_all();
	enforcer_free(world->enforcer);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, other, 5), 0);
	/* It is nobody's. */
	free(gateway_nft("add chain inet mudd mine", NULL, NULL, NULL, NULL));
	world->enforcer = enforcer_new(&why);
	assert_non_null(world->enforcer);
	/* It is ours, before the engine has said anything. */
	said = nft("delete chain inet mudd mine");
	holds(said, "Operation not permitted");
	free(said);
	world->batch = 0;
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_OWNED);
	after = list_all();
	assert_string_equal(before, after);
	free(before), free(after);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, other, 5), 0);
	assert_int_equal(world_counters(world).thing.sent_packets, 30);
	assert_int_equal(world_counters(world).thing.from_packets, 15);
	(void)close(thing), (void)close(server), (void)close(other);
}

/* ---- what is heard ------------------------------------------------------ */

static void
hears_others_alone(void **state)
{
	struct world *world = world_begin(state);
	int fd = commits_open(enforcer_port(world->enforcer));
	struct commits heard = { 0 };
	static const char *const argv[] = { "sh", "-c",
		"cp \"$(command -v nft)\" '/tmp/a \"nft\" \\of' && "
		"'/tmp/a \"nft\" \\of' 'delete table ip other'; "
		"rm '/tmp/a \"nft\" \\of'",
		NULL };

	assert_true(fd >= 0);
	script_thing(&world->script, OP_ADD, OTHER_MAC, 2);
	world_play(world, 0);
	assert_false(commits_read(fd, &heard));
	free(gateway_nft("add table ip other", NULL, NULL, NULL, NULL));
	assert_true(commits_read(fd, &heard));
	assert_int_equal(heard.n, 1);
	assert_string_equal(heard.name, "nft");
	assert_true(heard.pid > 1);
	assert_true(heard.generation > 0);
	assert_false(heard.was_lost);
	/* A name like an attack on a log. */
	free(gateway_run(HOST_GATEWAY, argv));
	assert_true(commits_read(fd, &heard));
	assert_int_equal(heard.n, 2);
	assert_string_equal(heard.name, "a??nft???of");
	(void)close(fd);
}

/* More than the socket can keep. */
static void
says_when_something_was_lost(void **state)
{
	struct world *world = world_begin(state);
	int fd = commits_open(enforcer_port(world->enforcer));
	struct commits heard = { 0 };
	int least = 1;

	assert_true(fd >= 0);
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)), 0);
	for (int i = 0; i < 20; i++)
		free(gateway_nft("add table ip other; delete table ip other",
		    NULL, NULL, NULL, NULL));
	assert_true(commits_read(fd, &heard));
	assert_true(heard.was_lost);
	assert_true(heard.n < 20);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_nothing_where_nothing_is),
		cmocka_unit_test(mends_what_was_harmed),
		cmocka_unit_test(others_cannot_change_what_is_owned),
		cmocka_unit_test(orphans_are_taken_on),
		cmocka_unit_test(hears_others_alone),
		cmocka_unit_test(says_when_something_was_lost),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
