/*
 * Batches against the model: what is taken, what is refused, and that a batch
 * that was refused leaves no trace.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/model.h"
#include "enforce/rules.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "tests/unit/batches.h"
#include "tests/unit/steps.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* What has become of the interfaces since the ground was laid. */
struct links {
	unsigned int gone, renamed; /* a bit for each */
	uint8_t mac;                /* the last byte of their MACs */
};

/* Interfaces 1 to 9 are there; those above 5 are bridges. */
static bool
find_device(void *arg, uint32_t ifindex, struct device *device)
{
	const struct links *links = arg;
	unsigned int bit = ifindex < 10 ? 1u << ifindex : 0;

	if (ifindex == 0 || (ifindex > 9 && ifindex < 1000) ||
	    (links->gone & bit) != 0)
		return false;
	*device = (struct device){ .ifindex = ifindex,
		.mac = { { 2, 0, 0, 0, (uint8_t)ifindex, links->mac } },
		.is_bridge = ifindex > 5 };
	(void)snprintf(device->name, sizeof(device->name), "%s%u",
	    (links->renamed & bit) != 0 ? "eth" : "if", ifindex);
	return true;
}

static bool
take(void *arg, enum record_type type, const void *body, struct fault *why)
{
	struct gather *gather = arg;

	if (type == RECORD_BATCH_BEGIN)
		gather_begin(gather, body, 1000);
	else if (type == RECORD_BATCH_END)
		return gather_end(gather, body, why);
	else
		gather_record(gather, type, body);
	return true;
}

/* ---- one batch on a known ground --------------------------------------- */

static const char ground[] =
    "lan+ 3;lan+ 7;local+ 10.0.0.0/24;self+ 10.0.0.1;"
    "set+ 1;elem+ 1 10.0.0.5;elem+ 1 2001:db8::5;"
    "name+ 2;elem+ 2 192.0.2.7 300;"
    "rules 1 1 2 local;rules 2;"
    "thing+ a 1;bind+ a 10.0.0.10;thing+ b 1;bind+ b 10.0.0.11;"
    "thing+ c 0";

#define SIXTEEN                                                                \
	"bind+ a fd00::1;bind+ a fd00::2;bind+ a fd00::3;bind+ a fd00::4;"     \
	"bind+ a fd00::5;bind+ a fd00::6;bind+ a fd00::7;bind+ a fd00::8;"     \
	"bind+ a fd00::9;bind+ a fd00::a;bind+ a fd00::b;bind+ a fd00::c;"     \
	"bind+ a fd00::d;bind+ a fd00::e;bind+ a fd00::f;bind+ a fd00::10"

static const struct {
	const char *name;
	const char *steps;
	enum fault_code code; /* FAULT_NONE: taken */
	const char *detail;   /* in the fault's */
} cases[] = {
	{ "nothing", "", 0, NULL },
	{ "lan again", "lan+ 3", 0, NULL },
	{ "lan and away", "lan+ 4;lan- 4", 0, NULL },
	{ "lan moves", "lan- 3;lan+ 3", 0, NULL },
	{ "lan absent", "lan- 4", FAULT_RECORD, "not there" },
	{ "no such interface", "lan+ 10", FAULT_RECORD, "no interface" },
	{ "lan unnumbered", "lan+ 0", FAULT_RECORD, "no interface" },

	{ "local", "local+ 10.0.1.0/24;local+ fe80::/10", 0, NULL },
	{ "local goes", "local- 10.0.0.0/24", 0, NULL },
	{ "local absent", "local- 10.0.1.0/24", FAULT_RECORD, "not there" },
	{ "everything", "local+ 0.0.0.0/0", FAULT_RECORD, "no local" },
	{ "everything 6", "local+ ::/0", FAULT_RECORD, "no local" },
	{ "half of it", "local+ 128.0.0.0/1", FAULT_RECORD, "no local" },
	{ "the other half", "local+ 0.0.0.0/1", 0, NULL },
	{ "multicast", "local+ 239.0.0.0/8", FAULT_RECORD, "no local" },
	{ "multicast 6", "local+ ff02::/16", FAULT_RECORD, "no local" },
	{ "broadcast", "local+ 255.255.255.255", FAULT_RECORD, "no local" },

	{ "self", "self+ 10.0.0.255;self- 10.0.0.1", 0, NULL },
	{ "self network", "self+ 10.0.0.0/24", FAULT_RECORD, "not one" },
	{ "self absent", "self- 10.0.0.2", FAULT_RECORD, "not there" },

	{ "set", "set+ 3;name+ 4;elem+ 3 10.0.0.7;elem+ 4 192.0.2.1 60", 0,
	    NULL },
	{ "set again", "set+ 1", 0, NULL },
	{ "set 0", "set+ 0", FAULT_RECORD, "set 0" },
	{ "other kind", "name+ 1", FAULT_RECORD, "other kind" },
	{ "other kind later", "rules 1;set- 1;name+ 1", FAULT_RECORD,
	    "other kind" },
	{ "anew", "rules 1;set- 1;set+ 1;elem+ 1 10.0.0.6", 0, NULL },
	{ "in use", "set- 1", FAULT_RECORD, "look into set 1" },
	{ "in use, name", "name- 2", FAULT_RECORD, "look into set 2" },
	{ "not in use", "set- 1;name- 2;rules 1", 0, NULL },
	{ "absent set", "set- 9", FAULT_RECORD, "not there" },

	{ "element of nothing", "elem+ 9 10.0.0.5", FAULT_RECORD,
	    "set 9 is not there" },
	{ "element from nothing", "elem- 9 10.0.0.5", FAULT_RECORD,
	    "set 9 is not there" },
	{ "timeout in a class", "elem+ 1 10.0.0.6 60", FAULT_RECORD,
	    "timeout of 60 s" },
	{ "no timeout in a name", "elem+ 2 10.0.0.6", FAULT_RECORD,
	    "timeout of 0 s" },
	{ "timeout too long", "elem+ 2 10.0.0.6 172801", FAULT_RECORD,
	    "timeout of 172801 s" },
	{ "refreshed", "elem+ 2 192.0.2.7 600", 0, NULL },
	{ "goes and comes", "elem- 1 10.0.0.5;elem+ 1 10.0.0.5", 0, NULL },
	{ "multicast element", "elem+ 1 224.0.0.251", FAULT_RECORD, "no host" },
	{ "loopback element", "elem+ 1 ::1", FAULT_RECORD, "no host" },
	{ "absent element", "elem- 1 10.0.0.6", FAULT_RECORD, "not in set" },
	{ "absent, timed out", "elem- 2 10.0.0.6", 0, NULL },
	{ "of a set that went", "rules 1;set- 1;elem- 1 10.0.0.5", FAULT_RECORD,
	    "set 1 is not there" },

	{ "policy", "rules 3 1 1 2;thing+ b 3", 0, NULL },
	{ "policy anew", "rules 1 1", 0, NULL },
	{ "policy twice", "rules 1 1;rules 1 2;rules 1", 0, NULL },
	{ "policy as it is", "rules 1 1 2 local", 0, NULL },
	{ "policy 0", "rules 0", FAULT_RECORD, "policy 0" },
	{ "no such set", "rules 3 9", FAULT_RECORD, "look into set 9" },
	{ "set after rules", "rules 3 9;set+ 9", 0, NULL },
	{ "policy in use", "gone 1", FAULT_RECORD, "under policy 1" },
	{ "policy gone", "gone 2", 0, NULL },
	{ "gone with its Things", "gone 1;thing+ a 2;thing- b", 0, NULL },
	{ "gone and back", "gone 1;rules 1", 0, NULL },
	{ "absent policy", "gone 3", FAULT_RECORD, "not there" },

	{ "watched", "rules 3 1;ending 3 1;thing+ a 3", 0, NULL },
	{ "watched first", "thing+ a 3;rules 3;ending 3 1", 0, NULL },
	{ "ending none has", "rules 3;ending 3 3", FAULT_RECORD, "ending 3" },
	{ "ending of 0", "ending 0 1", FAULT_RECORD, "policy 0" },
	{ "ending of nothing", "ending 3 1", FAULT_RECORD, "3 is not new" },
	{ "ending before rules", "ending 3 1;rules 3", FAULT_RECORD,
	    "3 is not new" },
	{ "ending of an old one", "ending 1 1", FAULT_RECORD, "1 is not new" },
	{ "ending of one anew", "rules 1 1;ending 1 1", FAULT_RECORD,
	    "1 is not new" },
	{ "ending, gone and back", "gone 2;rules 2;ending 2 1", FAULT_RECORD,
	    "2 is not new" },
	{ "thing as unknown", "rules 3;ending 3 2;thing+ a 3", FAULT_RECORD,
	    "for unknown devices" },
	{ "unknown too late", "rules 3;ending 3 2;unknown 3", FAULT_RECORD,
	    "from a RESET on" },
	{ "unknown under 0", "unknown 0", FAULT_RECORD, "under policy 0" },
	{ "denied", "deny a 1", 0, NULL },
	{ "denied and bound", "deny d 2;bind+ d 10.0.0.12", 0, NULL },
	{ "denied, forgiven", "deny a 1;thing+ a 1", 0, NULL },
	{ "denied and gone", "deny a 0", FAULT_RECORD, "denied 1" },

	{ "thing", "thing+ d 2;bind+ d 10.0.0.12;bind+ d 10.0.0.13", 0, NULL },
	{ "thing moves", "thing+ a 2", 0, NULL },
	{ "thing departs", "thing+ a 0", 0, NULL },
	{ "thing returns", "thing+ c 1;bind+ c 10.0.0.12", 0, NULL },
	{ "departs, bindings too", "thing+ a 0;bind- a 10.0.0.10", 0, NULL },
	{ "bindings, departs", "bind- a 10.0.0.10;thing+ a 0", 0, NULL },
	{ "thing goes", "thing- a", 0, NULL },
	{ "thing goes and comes", "thing- a;thing+ a 1;bind+ a 10.0.0.10", 0,
	    NULL },
	{ "no such policy", "thing+ d 3", FAULT_RECORD, "under policy 3" },
	{ "policy after thing", "thing+ d 3;rules 3", 0, NULL },
	{ "absent thing", "thing- d", FAULT_RECORD, "not there" },
	{ "multicast MAC", "thing+ 01:00:5e:00:00:01 1", FAULT_RECORD,
	    "no Thing" },
	{ "zero MAC", "thing+ 00:00:00:00:00:00 1", FAULT_RECORD, "no Thing" },
	{ "VRRP MAC", "thing+ 00:00:5e:00:01:07 1", FAULT_RECORD, "no Thing" },

	{ "bound again", "bind+ a 10.0.0.10", 0, NULL },
	{ "bound to two", "bind+ a 10.0.0.11", FAULT_RECORD,
	    "2 MAC addresses" },
	{ "handed over", "bind- b 10.0.0.11;bind+ a 10.0.0.11", 0, NULL },
	{ "taken over", "bind+ a 10.0.0.11;bind- b 10.0.0.11", 0, NULL },
	{ "taken over, thing", "bind+ a 10.0.0.11;thing- b", 0, NULL },
	{ "exchanged",
	    "bind+ a 10.0.0.11;bind+ b 10.0.0.10;"
	    "bind- b 10.0.0.11;bind- a 10.0.0.10",
	    0, NULL },
	{ "not managed", "bind+ d 10.0.0.12", FAULT_RECORD,
	    "not under a policy" },
	{ "departed", "bind+ c 10.0.0.12", FAULT_RECORD, "not under a policy" },
	{ "the gateway's", "bind+ a 10.0.0.1", FAULT_RECORD,
	    "address of the gateway" },
	{ "no address", "bind+ a 0.0.0.0", FAULT_RECORD, "no host" },
	{ "broadcast address", "bind+ a 255.255.255.255", FAULT_RECORD,
	    "no host" },
	{ "IPv6", "bind+ a fd00::1;bind+ a fe80::1", 0, NULL },
	{ "IPv6 multicast", "bind+ a ff02::1", FAULT_RECORD, "no host" },
	{ "mapped", "bind+ a ::ffff:10.0.0.12", FAULT_RECORD, "no host" },
	{ "sixteen of IPv6", SIXTEEN, 0, NULL },
	{ "beside them IPv4", SIXTEEN ";bind+ a 10.0.0.12", 0, NULL },
	{ "seventeen of IPv6", SIXTEEN ";bind+ a fd00::11", FAULT_TOO_MANY,
	    "more than 16 IPv6" },
	{ "four", "bind+ a 10.0.0.12;bind+ a 10.0.0.13;bind+ a 10.0.0.14", 0,
	    NULL },
	{ "five",
	    "bind+ a 10.0.0.12;bind+ a 10.0.0.13;bind+ a 10.0.0.14;"
	    "bind+ a 10.0.0.15",
	    FAULT_TOO_MANY, "more than 4 IPv4 addresses" },
	{ "absent binding", "bind- a 10.0.0.11", FAULT_RECORD, "not bound" },
	{ "no thing, no binding", "bind- d 10.0.0.11", FAULT_RECORD,
	    "not bound" },
	{ "the first counts", "lan- 4;bind- d 10.0.0.11;thing- d", FAULT_RECORD,
	    "record 1 of batch 2, LAN" },
};

struct stage {
	struct gather gather;
	struct script script;
	struct links links;
};

static void
stage_begin(struct stage *stage)
{
	struct fault why = { 0 };

	*stage = (struct stage){ 0 };
	gather_init(&stage->gather, find_device, &stage->links);
	steps_write(&stage->script, ground);
	if (!script_play(
		&stage->script, 1, BATCH_RESET, take, &stage->gather, &why))
		fail_msg("the ground: %s", why.detail);
	gather_keep(&stage->gather);
}

static void
stage_end(struct stage *stage)
{
	gather_done(&stage->gather);
	script_done(&stage->script);
}

static void
judge(const char *name, bool ok, const struct fault *why, enum fault_code code,
    const char *detail)
{
	if (ok != (code == FAULT_NONE))
		fail_msg("%s: %s", name, ok ? "was taken" : why->detail);
	if (ok)
		return;
	if (why->code != code || strstr(why->detail, detail) == NULL)
		fail_msg("%s: %d, %s", name, (int)why->code, why->detail);
	assert_true(fault_is_sound(why));
}

static void
takes_or_refuses(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct stage stage;
		struct fault why = { 0 };
		char *before, *after;
		bool ok;

		stage_begin(&stage);
		before = steps_print(stage.gather.live);
		steps_write(&stage.script, cases[i].steps);
		ok =
		    script_play(&stage.script, 2, 0, take, &stage.gather, &why);
		judge(cases[i].name, ok, &why, cases[i].code, cases[i].detail);

		/* The kernel says no: nothing has changed either. */
		if (ok)
			gather_drop(&stage.gather);
		after = steps_print(stage.gather.live);
		if (strcmp(before, after) != 0)
			fail_msg("%s:\n%s\n%s", cases[i].name, before, after);
		free(before);
		free(after);
		stage_end(&stage);
	}
}

static char *
played(struct stage *stage, const char *steps, uint32_t batch, uint32_t flags)
{
	struct fault why = { 0 };

	steps_write(&stage->script, steps);
	if (!script_play(
		&stage->script, batch, flags, take, &stage->gather, &why))
		fail_msg("%s: %s", steps, why.detail);
	gather_keep(&stage->gather);
	return steps_print(stage->gather.live);
}

/* What was taken in steps is what one RESET makes of the same. */
static void
steps_and_reset_agree(void **state)
{
	(void)state;
	static const struct {
		const char *steps, *whole;
		unsigned int gone;
	} pairs[] = {
		{ "lan+ 3;local+ 10.0.0.0/24;self+ 10.0.0.1;set+ 1;name+ 2;"
		  "elem+ 1 10.0.0.5;elem+ 2 192.0.2.7 300;rules 2;thing+ a 1",
		    ground, 0 },
		{ "lan+ 4;lan- 3;lan- 7;local- 10.0.0.0/24;self- 10.0.0.1;"
		  "thing- a;thing- b;thing- c;gone 1;gone 2;"
		  "elem- 1 10.0.0.5;set- 1;name- 2",
		    "lan+ 4", 1u << 3 | 1u << 7 },
		{ "thing+ a 2;thing+ b 0;rules 1;name- 2;set- 1;thing- c;"
		  "bind+ a 10.0.0.11",
		    "lan+ 3;lan+ 7;local+ 10.0.0.0/24;self+ 10.0.0.1;"
		    "rules 1;rules 2;thing+ a 2;bind+ a 10.0.0.10;"
		    "thing+ b 0;bind+ a 10.0.0.11",
		    0 },
		{ "lan- 3;lan- 7;local- 10.0.0.0/24;self- 10.0.0.1;thing- c;"
		  "rules 1;name- 2;set- 1;bind+ a 10.0.0.11;"
		  "bind- b 10.0.0.11",
		    "rules 1;rules 2;thing+ a 1;bind+ a 10.0.0.10;thing+ b 1;"
		    "bind+ a 10.0.0.11",
		    1u << 3 | 1u << 7 },
	};

	for (size_t i = 0; i < LENGTH(pairs); i++) {
		struct stage stage;
		char *steps, *whole;

		stage_begin(&stage);
		stage.links.gone = pairs[i].gone;
		steps = played(&stage, pairs[i].steps, 2, 0);
		whole = played(&stage, pairs[i].whole, 3, BATCH_RESET);
		assert_string_equal(steps, whole);
		free(steps);
		free(whole);
		stage_end(&stage);
	}
}

/* A policy that comes again as it is keeps its rules, and the kernel its
 * counters. */
static void
same_rules_stay(void **state)
{
	(void)state;
	struct stage stage;
	struct model_policy *policy;
	const struct rule *rule;

	stage_begin(&stage);
	policy = LIST_ENTRY(
	    stage.gather.live->policies.next, struct model_policy, all);
	rule = policy->now.rule;
	free(played(&stage, "rules 1 1 2 local", 2, 0));
	assert_ptr_equal(policy->now.rule, rule);
	free(played(&stage, "rules 1 1 2", 3, 0));
	assert_int_equal(policy->now.n, 2);
	stage_end(&stage);
}

/* ---- interfaces of the LAN --------------------------------------------- */

#define THREE (1u << 3)

static const struct {
	const char *name;
	const char *steps;
	struct links links;
	uint32_t flags;
	const char *detail; /* NULL: taken */
} leavings[] = {
	{ "is there", "lan- 3", { 0, 0, 0 }, 0, "interface 3 is still there" },
	{ "a bridge", "lan- 7", { 0, 0, 0 }, 0, "interface 7 is still there" },
	{ "is gone", "lan- 3", { THREE, 0, 0 }, 0, NULL },
	{ "other name", "lan- 3", { 0, THREE, 0 }, 0, NULL },
	{ "other MAC", "lan- 3", { 0, 0, 9 }, 0, "interface 3 is still there" },
	{ "one of two", "lan- 3;lan- 7", { THREE, 0, 0 }, 0,
	    "interface 7 is still there" },
	{ "and back", "lan- 3;lan+ 3", { 0, 0, 0 }, 0, NULL },
	{ "RESET", "lan+ 7", { 0, 0, 0 }, BATCH_RESET, NULL },
};

/* Nobody takes an interface out of the LAN while it is there. */
static void
lan_stays(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(leavings); i++) {
		struct stage stage;
		struct fault why = { 0 };
		bool ok;

		stage_begin(&stage);
		stage.links = leavings[i].links;
		steps_write(&stage.script, leavings[i].steps);
		ok = script_play(&stage.script, 2, leavings[i].flags, take,
		    &stage.gather, &why);
		judge(leavings[i].name, ok, &why,
		    leavings[i].detail == NULL ? FAULT_NONE : FAULT_RECORD,
		    leavings[i].detail);
		stage_end(&stage);
	}
}

/* One that is added again is looked at again. */
static void
lan_is_refreshed(void **state)
{
	(void)state;
	struct stage stage;
	char *text;

	stage_begin(&stage);
	stage.links = (struct links){ 0, 1u << 7, 9 };
	text = played(&stage, "lan+ 7", 2, 0);
	assert_int_equal(stage.gather.live->now.n_lan, 2);
	assert_non_null(strstr(text, "lan if3 02:00:00:00:03:00; "));
	assert_non_null(strstr(text, "lan eth7 02:00:00:00:07:09 bridge; "));
	free(text);
	stage_end(&stage);
}

/* The name of one that has gone stays, until it comes again. */
static void
lan_name_stays(void **state)
{
	(void)state;
	const struct places *now;
	struct stage stage;

	stage_begin(&stage);
	now = &stage.gather.live->now;
	stage.links = (struct links){ THREE, 0, 0 };
	free(played(&stage, "lan- 3", 2, 0));
	assert_int_equal(now->n_away, 1);
	assert_string_equal(now->away[0].name, "if3");
	assert_false(now->away[0].is_bridge);
	stage.links = (struct links){ 0, 0, 0 };
	free(played(&stage, "lan+ 3", 3, 0));
	assert_int_equal(now->n_away, 0);
	assert_int_equal(now->n_lan, 2);
	stage_end(&stage);
}

/* ---- frames ------------------------------------------------------------ */

static const struct {
	const char *name;
	struct record_batch begin, end;
	bool is_first; /* nothing has been RESET yet */
	enum fault_code code;
	const char *detail;
} frames[] = {
	{ "good", { 2, 0, 1 }, { 2, 0, 1 }, false, 0, NULL },
	{ "flags at END", { 2, 0, 1 }, { 2, 9, 1 }, false, 0, NULL },
	{ "first, RESET", { 9, 1, 1 }, { 9, 1, 1 }, true, 0, NULL },
	{ "monitor", { 9, 3, 1 }, { 9, 3, 1 }, false, 0, NULL },
	{ "first", { 1, 0, 1 }, { 1, 0, 1 }, true, FAULT_RECORD,
	    "must be a RESET" },
	{ "monitor later", { 2, 2, 1 }, { 2, 2, 1 }, false, FAULT_RECORD,
	    "flags 0x2" },
	{ "owned", { 9, 5, 1 }, { 9, 5, 1 }, false, 0, NULL },
	{ "owned later", { 2, 4, 1 }, { 2, 4, 1 }, false, FAULT_RECORD,
	    "flags 0x4" },
	{ "unknown flag", { 2, 9, 1 }, { 2, 9, 1 }, false, FAULT_RECORD,
	    "flags 0x9" },
	{ "left one out", { 3, 0, 1 }, { 3, 0, 1 }, false, FAULT_RECORD,
	    "batch 3 after batch 1" },
	{ "too large", { 2, 0, LIMIT_BATCH + 1 }, { 2, 0, LIMIT_BATCH + 1 },
	    false, FAULT_TOO_MANY, "of 327681 records" },
	{ "too few", { 2, 0, 2 }, { 2, 0, 2 }, false, FAULT_RECORD,
	    "ends as batch 2 of 1" },
	{ "too many", { 2, 0, 0 }, { 2, 0, 0 }, false, FAULT_RECORD,
	    "more than the 0" },
	{ "other number", { 2, 0, 1 }, { 3, 0, 1 }, false, FAULT_RECORD,
	    "ends as batch 3" },
	{ "other count", { 2, 0, 1 }, { 2, 0, 2 }, false, FAULT_RECORD,
	    "of 1 records ends" },
};

static void
checks_frames(void **state)
{
	(void)state;
	const struct record_lan lan = { OP_ADD, 4 };

	for (size_t i = 0; i < LENGTH(frames); i++) {
		struct stage stage;
		struct fault why = { 0 };
		bool ok;

		stage_begin(&stage);
		if (frames[i].is_first)
			gather_forget(&stage.gather);
		gather_begin(&stage.gather, &frames[i].begin, 1000);
		gather_record(&stage.gather, RECORD_LAN, &lan);
		ok = gather_end(&stage.gather, &frames[i].end, &why);
		judge(
		    frames[i].name, ok, &why, frames[i].code, frames[i].detail);
		if (ok)
			assert_int_equal(stage.gather.staged->monitor,
			    (frames[i].begin.flags & BATCH_MONITOR) != 0);
		stage_end(&stage);
	}
}

/* ---- records that no script can write ---------------------------------- */

union body {
	struct record_lan lan;
	struct record_prefix prefix;
	struct record_set set;
	struct record_element element;
	struct record_rules rules;
	struct record_rule rule;
	struct record_ending ending;
	struct record_thing thing;
	struct record_binding binding;
	struct record_lan_port port;
};

/* clang-format off */
#define HOST_BITS   { { 4, { 10, 0, 0, 9 } }, 24 }
#define UNTIDY	    { 4, { 10, 0, 0, 9, 1 } }
#define UNTIDY_SELF { UNTIDY, 32 }
#define NOTHING	    { { 0, { 0 } }, 0 }
#define NO_ADDR	    { 0, { 0 } }
#define A_MAC	    { { 2, 0, 0, 0, 0, 0xa } }

static const struct {
	const char *name;
	enum record_type type;
	union body body;
	const char *detail;
} raw[] = {
	{ "op of LAN", RECORD_LAN, { .lan = { 2, 3 } }, "op 2" },
	{ "op of LOCAL", RECORD_LOCAL, { .prefix = { 2, NOTHING } }, "op 2" },
	{ "op of SELF", RECORD_SELF, { .prefix = { 3, NOTHING } }, "op 3" },
	{ "op of SET", RECORD_SET, { .set = { 2, 3, 0 } }, "op 2" },
	{ "op of ELEMENT", RECORD_ELEMENT, { .element = { 9, 1, 0, NO_ADDR } },
	    "op 9" },
	{ "op of THING", RECORD_THING, { .thing = { 2, 1, A_MAC, 0, 0 } },
	    "op 2" },
	{ "denied twice", RECORD_THING, { .thing = { 0, 1, A_MAC, 2, 0 } },
	    "denied 2" },
	{ "denied for good", RECORD_THING, { .thing = { 1, 0, A_MAC, 1, 0 } },
	    "denied 1" },
	{ "op of BINDING", RECORD_BINDING,
	    { .binding = { 2, A_MAC, NO_ADDR } }, "op 2" },
	{ "op of LAN_PORT", RECORD_LAN_PORT, { .port = { 2, 3, 0 } },
	    "op 2" },
	{ "locked twice", RECORD_LAN_PORT, { .port = { 0, 3, 2 } },
	    "locked 2" },
	{ "host bits", RECORD_LOCAL, { .prefix = { 0, HOST_BITS } },
	    "no local" },
	{ "no family", RECORD_LOCAL, { .prefix = { 0, NOTHING } },
	    "no local" },
	{ "untidy self", RECORD_SELF, { .prefix = { 0, UNTIDY_SELF } },
	    "not one" },
	{ "self of no family", RECORD_SELF, { .prefix = { 0, NOTHING } },
	    "not one" },
	{ "kind of set", RECORD_SET, { .set = { 0, 3, 2 } }, "kind 2" },
	{ "untidy element", RECORD_ELEMENT,
	    { .element = { 0, 1, 0, UNTIDY } }, "no host" },
	{ "untidy binding", RECORD_BINDING,
	    { .binding = { 0, A_MAC, UNTIDY } }, "no host" },
	{ "too many rules", RECORD_RULES_BEGIN,
	    { .rules = { 3, LIMIT_RULES + 1 } }, "2081 rules" },
	{ "RULE alone", RECORD_RULE, { .rules = { 0, 0 } }, "out of turn" },
	{ "RULES_END alone", RECORD_RULES_END, { .rules = { 1, 0 } },
	    "out of turn" },
	{ "another's record", RECORD_PEEK, { .rules = { 0, 0 } },
	    "not of a batch" },
};
/* clang-format on */

static void
refuses_raw_records(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(raw); i++) {
		const struct record_batch frame = { 2, 0, 1 };
		struct stage stage;
		struct fault why = { 0 };

		stage_begin(&stage);
		gather_begin(&stage.gather, &frame, 1000);
		gather_record(&stage.gather, raw[i].type, &raw[i].body);
		judge(raw[i].name, gather_end(&stage.gather, &frame, &why),
		    &why, FAULT_RECORD, raw[i].detail);
		stage_end(&stage);
	}
}

/* ---- rules within their frame ------------------------------------------ */

static const struct {
	const char *name;
	uint32_t n_begin, n_rules, n_end, policy_end;
	bool unsound, closed, between;
	const char *detail; /* NULL: taken */
} lists[] = {
	{ "good", 2, 2, 2, 3, false, true, false, NULL },
	{ "empty", 0, 0, 0, 3, false, true, false, NULL },
	{ "too few", 2, 1, 2, 3, false, true, false, "1 of 2" },
	{ "too many", 1, 2, 1, 3, false, true, false, "more than 1" },
	{ "other count", 2, 2, 3, 3, false, true, false, "2 of 2" },
	{ "other policy", 2, 2, 2, 4, false, true, false, "2 of 2" },
	{ "unsound", 1, 1, 1, 3, true, true, false, "chain" },
	{ "not ended", 1, 1, 1, 3, false, false, false, "ends within" },
	{ "LAN between", 0, 0, 0, 3, false, true, true, "out of turn" },
};

static void
checks_lists_of_rules(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(lists); i++) {
		struct rule rule = rule_any(CHAIN_FROM, 4);
		struct record_rules *frame;
		struct stage stage;
		struct fault why = { 0 };
		bool ok;

		stage_begin(&stage);
		frame = script_put(&stage.script, RECORD_RULES_BEGIN);
		*frame = (struct record_rules){ 3, lists[i].n_begin };
		rule.chain = lists[i].unsound ? RULE_CHAINS : CHAIN_FROM;
		for (uint32_t j = 0; j < lists[i].n_rules; j++)
			memcpy(script_put(&stage.script, RECORD_RULE), &rule,
			    sizeof(rule));
		if (lists[i].between)
			script_lan(&stage.script, OP_ADD, 4);
		if (lists[i].closed) {
			frame = script_put(&stage.script, RECORD_RULES_END);
			*frame = (struct record_rules){ lists[i].policy_end,
				lists[i].n_end };
		}
		ok =
		    script_play(&stage.script, 2, 0, take, &stage.gather, &why);
		judge(lists[i].name, ok, &why,
		    lists[i].detail == NULL ? FAULT_NONE : FAULT_RECORD,
		    lists[i].detail);
		stage_end(&stage);
	}
}

/* ---- unknown devices --------------------------------------------------- */

static const struct {
	const char *name;
	const char *steps; /* after a RESET with policy 3 for them */
	const char *detail;
} unknowns[] = {
	{ "another", "rules 4 1;ending 4 2;unknown 4;gone 3", NULL },
	{ "the same", "unknown 3;rules 3 1", NULL },
	{ "in use", "gone 3", "under policy 3" },
	{ "absent", "unknown 9", "9, which is not there" },
	{ "a Thing's", "unknown 2", "2 is not one for unknown" },
	{ "a watched Thing's", "rules 4;ending 4 1;unknown 4",
	    "4 is not one for unknown" },
	{ "a Thing under it", "thing+ a 3", "for unknown devices" },
};

/* Their policy comes with a RESET, and after that another may. */
static void
judges_unknown_devices(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(unknowns); i++) {
		struct stage stage;
		struct fault why = { 0 };
		char *before, *after;
		bool ok;

		stage_begin(&stage);
		steps_write(&stage.script, ground);
		steps_write(&stage.script, "rules 3;ending 3 2;unknown 3");
		assert_true(script_play(
		    &stage.script, 2, BATCH_RESET, take, &stage.gather, &why));
		gather_keep(&stage.gather);
		before = steps_print(stage.gather.live);
		assert_non_null(strstr(before, "unknown 3; "));
		steps_write(&stage.script, unknowns[i].steps);
		ok =
		    script_play(&stage.script, 3, 0, take, &stage.gather, &why);
		judge(unknowns[i].name, ok, &why,
		    unknowns[i].detail == NULL ? FAULT_NONE : FAULT_RECORD,
		    unknowns[i].detail);
		/* Refused by us or by the kernel: as it was. */
		gather_drop(&stage.gather);
		after = steps_print(stage.gather.live);
		assert_string_equal(before, after);
		free(before);
		free(after);
		stage_end(&stage);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_or_refuses),
		cmocka_unit_test(steps_and_reset_agree),
		cmocka_unit_test(same_rules_stay),
		cmocka_unit_test(lan_stays),
		cmocka_unit_test(lan_is_refreshed),
		cmocka_unit_test(lan_name_stays),
		cmocka_unit_test(judges_unknown_devices),
		cmocka_unit_test(checks_frames),
		cmocka_unit_test(refuses_raw_records),
		cmocka_unit_test(checks_lists_of_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
