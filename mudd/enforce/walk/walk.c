/*
 * Walks.  Role: enforcer.  Input: the engine's question, not trusted; and what
 * is in the kernel, where others may write to our tables.
 */
#include "enforce/walk/walk.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/walk/interpret.h"
#include "enforce/walk/lookups.h"
#include "enforce/walk/route.h"
#include "enforce/walk/ruleset.h"
#include "enforce/walk/way.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define JUMPS       16    /* as deep as the kernel lets rules jump */
#define RULES       50000 /* in all, of all ways */
#define CHOICES     16    /* things left open on one way */
#define WAYS        256
#define GENERATIONS 8 /* times that somebody else may commit meanwhile */

struct walk {
	const struct record_walk *question;
	struct walked *out;
	struct ruleset *ruleset;
	struct lookups *lookups;
	struct way way;
	size_t n_rules;
	/* The way in hand: what is told of it, and what was chosen where
	 * something was open. */
	struct walked now;
	size_t n_choices, at_choice;
	bool choice[CHOICES];
	bool overflow;
	/* Where it was open. */
	const char *chain;
	uint64_t handle;
	char open[96];
};

/* ---- what is told -------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
untold(struct walked *walked, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(walked->end.why, sizeof(walked->end.why), format, args);
	va_end(args);
	walked->end.verdict = WALK_UNTOLD;
}

/* Whoever wrote into our tables chose these names. */
static void
print(char *out, size_t size, const char *text)
{
	text_copy(out, size, text);
	for (; *out != '\0'; out++)
		if (*out < 0x20 || *out > 0x7e)
			*out = '?';
}

static enum walk_table
table_of(uint16_t family)
{
	if (family == NFPROTO_BRIDGE)
		return WALK_BRIDGE;
	return family == NFPROTO_NETDEV ? WALK_NETDEV : WALK_INET;
}

static void
tell(struct walk *walk, uint16_t family, const char *chain, uint64_t handle,
    const char *note, enum walk_action action, const char *to)
{
	struct record_walk_step *step;

	if (walk->now.end.n == WALK_STEPS)
		return;
	step = &walk->now.step[walk->now.end.n++];
	*step = (struct record_walk_step){
		.number = walk->question->number,
		.table = table_of(family),
		.action = action,
		.handle = handle,
	};
	print(step->chain, sizeof(step->chain), chain);
	print(step->to, sizeof(step->to), to);
	print(step->note, sizeof(step->note), note);
}

/* ---- chains -------------------------------------------------------------- */

struct level {
	const struct ruleset_chain *chain;
	char name[RULESET_NAME];
	size_t next; /* rule */
};

/* One base chain's end. */
enum ended { ENDED_ACCEPT, ENDED_DROP, ENDED_UNTOLD };

static enum ended
failed(struct walk *walk, const char *chain, int error)
{
	char name[WALK_NAME];

	print(name, sizeof(name), chain);
	untold(&walk->now, "chain %s cannot be read: %s", name,
	    error == -E2BIG ? "there is too much in it" : strerror(-error));
	return ENDED_UNTOLD;
}

/* For the way that is walked: what was chosen before, or no. */
static bool
choose(void *arg, const char *what)
{
	struct walk *walk = arg;
	char name[WALK_NAME];

	if (walk->at_choice == CHOICES) {
		walk->overflow = true;
		return false;
	}
	if (walk->at_choice == walk->n_choices)
		walk->choice[walk->n_choices++] = false;
	print(name, sizeof(name), walk->chain);
	if (walk->open[0] == '\0')
		(void)snprintf(walk->open, sizeof(walk->open),
		    "%.24s in chain %s, handle %" PRIu64, what, name,
		    walk->handle);
	return walk->choice[walk->at_choice++];
}

static bool
enter(struct walk *walk, uint16_t family, struct level *level, const char *name,
    enum ended *ended)
{
	int error;

	text_copy(level->name, sizeof(level->name), name);
	level->next = 0;
	error =
	    ruleset_chain(walk->ruleset, family, level->name, &level->chain);
	if (error != 0)
		*ended = failed(walk, level->name, error);
	return error == 0;
}

/* False: the base chain is left, by *ended. */
static bool
follow(struct walk *walk, struct interpreter *in,
    const struct ruleset_rule *rule, struct level *level, size_t *depth,
    enum ended *ended)
{
	const uint16_t family = in->place->family;
	const char *from = level[*depth].name;

	switch (in->code) {
	case NF_ACCEPT:
		tell(walk, family, from, rule->handle, rule->note, WALK_ACCEPT,
		    "");
		*ended = ENDED_ACCEPT;
		return false;
	case NF_DROP:
		tell(walk, family, from, rule->handle, rule->note, WALK_DROP,
		    "");
		*ended = ENDED_DROP;
		return false;
	case NFT_RETURN:
		tell(walk, family, from, rule->handle, rule->note, WALK_RETURN,
		    "");
		level[*depth].next = SIZE_MAX;
		return true;
	case NFT_JUMP:
		tell(walk, family, from, rule->handle, rule->note, WALK_JUMP,
		    in->chain);
		if (*depth + 1 == JUMPS) {
			*ended = failed(walk, from, -ELOOP);
			return false;
		}
		return enter(walk, family, &level[++*depth], in->chain, ended);
	default: /* NFT_GOTO */
		tell(walk, family, from, rule->handle, rule->note, WALK_GOTO,
		    in->chain);
		return enter(walk, family, &level[*depth], in->chain, ended);
	}
}

static enum ended
strange(struct walk *walk, const char *chain, const struct ruleset_rule *rule,
    const char *what)
{
	char name[WALK_NAME], expression[WALK_NAME];

	print(name, sizeof(name), chain);
	print(expression, sizeof(expression), what);
	untold(&walk->now,
	    "%s in chain %s, handle %" PRIu64 ", is not understood", expression,
	    name, rule->handle);
	return ENDED_UNTOLD;
}

static enum ended
run_base(struct walk *walk, const struct ruleset_base *base,
    struct interpreter *in, struct level level[JUMPS])
{
	enum ended ended;
	size_t depth = 0;

	if (!enter(walk, base->family, &level[0], base->name, &ended))
		return ended;
	while (level[0].next < level[0].chain->n || depth > 0) {
		struct level *at = &level[depth];
		const struct ruleset_rule *rule;

		if (at->next >= at->chain->n) {
			depth--;
			continue;
		}
		if (++walk->n_rules > RULES)
			return failed(walk, base->name, -E2BIG);
		rule = &at->chain->rule[at->next++];
		walk->chain = at->name;
		walk->handle = rule->handle;
		switch (interpret_rule(in, rule)) {
		case INTERPRET_NEXT:
			break;
		case INTERPRET_DECIDES:
			if (!follow(walk, in, rule, level, &depth, &ended))
				return ended;
			break;
		case INTERPRET_STRANGE:
			return strange(walk, at->name, rule, in->why);
		case INTERPRET_FAILED:
			return failed(walk, at->name, in->error);
		}
		if (walk->overflow)
			return strange(walk, at->name, rule, "too much");
	}
	tell(walk, base->family, base->name, 0, "",
	    base->drops ? WALK_POLICY_DROP : WALK_POLICY_ACCEPT, "");
	return base->drops ? ENDED_DROP : ENDED_ACCEPT;
}

/* ---- hooks --------------------------------------------------------------- */

static bool
is_at(const struct ruleset_base *base, const struct packet_place *place)
{
	const struct packet_link *device =
	    place->in != NULL ? place->in : place->out;

	if (base->family != place->family || base->hook != place->hook)
		return false;
	if (base->family != NFPROTO_NETDEV)
		return true;
	for (size_t i = 0; i < base->n_devices; i++)
		if (strncmp(base->device[i], device->name, IFNAMSIZ) == 0)
			return true;
	return false;
}

static enum ended
strange_base(struct walked *walked, const struct ruleset_base *base)
{
	char name[WALK_NAME];

	print(name, sizeof(name), base->name);
	untold(
	    walked, "base chain %s is of a kind that is not understood", name);
	return ENDED_UNTOLD;
}

static enum ended
run_place(struct walk *walk, struct packet *packet,
    const struct packet_place *place, struct level *level)
{
	struct interpreter in = {
		.lookups = walk->lookups,
		.packet = packet,
		.place = place,
		.choose = choose,
		.choose_arg = walk,
	};
	const struct ruleset_base *base;
	size_t n = ruleset_bases(walk->ruleset, &base);

	for (size_t i = 0; i < n; i++) {
		enum ended ended;

		if (!is_at(&base[i], place))
			continue;
		if (!base[i].is_filter)
			return strange_base(&walk->now, &base[i]);
		in.priority = base[i].priority;
		ended = run_base(walk, &base[i], &in, level);
		if (ended != ENDED_ACCEPT)
			return ended;
	}
	return ENDED_ACCEPT;
}

static void
run_way(struct walk *walk, struct level *level)
{
	struct packet packet;
	enum ended ended = ENDED_ACCEPT;

	memset(&walk->now, 0, sizeof(walk->now));
	walk->now.end.number = walk->question->number;
	walk->at_choice = 0;
	lookups_begin_way(walk->lookups);
	packet_describe(&packet, walk->question);
	for (size_t i = 0; i < walk->way.n && ended == ENDED_ACCEPT; i++)
		ended = run_place(walk, &packet, &walk->way.place[i], level);
	if (ended != ENDED_UNTOLD)
		walk->now.end.verdict =
		    ended == ENDED_ACCEPT ? WALK_PASSES : WALK_IS_DROPPED;
}

/* ---- all ways ------------------------------------------------------------ */

/* The next one: the last choice that was no becomes yes. */
static bool
next_way(struct walk *walk)
{
	while (walk->n_choices > 0 && walk->choice[walk->n_choices - 1])
		walk->n_choices--;
	if (walk->n_choices == 0)
		return false;
	walk->choice[walk->n_choices - 1] = true;
	return true;
}

static void
run_ways(struct walk *walk)
{
	struct level *level = xcalloc(JUMPS, sizeof(*level));
	size_t n = 0;

	do {
		run_way(walk, level);
		if (n == 0 || walk->now.end.verdict == WALK_UNTOLD)
			*walk->out = walk->now;
		else if (walk->now.end.verdict != walk->out->end.verdict)
			untold(walk->out, "it depends on %s", walk->open);
		if (++n == WAYS && next_way(walk))
			untold(walk->out, "it depends on %s", walk->open);
	} while (n < WAYS && walk->out->end.verdict != WALK_UNTOLD &&
		 next_way(walk));
	free(level);
}

/* Is there a chain that nobody has thought of? Is our own table there? */
static bool
has_strange_hook(struct walk *walk)
{
	const struct ruleset_base *base;
	size_t n = ruleset_bases(walk->ruleset, &base);
	bool is_strange = false;

	walk->out->end.is_missing = 1;
	for (size_t i = 0; i < n && !is_strange; i++) {
		if (base[i].family == NFPROTO_INET)
			walk->out->end.is_missing = 0;
		is_strange = !way_knows_hook(base[i].family, base[i].hook);
		if (is_strange)
			(void)strange_base(walk->out, &base[i]);
	}
	return is_strange;
}

static void
run(struct walk *walk)
{
	struct routes *routes = routes_new();
	uint32_t is_missing;
	int error = routes == NULL
	                ? -errno
	                : way_find(routes, walk->question, &walk->way);

	routes_free(routes);
	if (error != 0) {
		untold(walk->out,
		    error == -ENODEV
			? "the device's port is not known"
			: "interfaces and routes cannot be read: %s",
		    strerror(-error));
		return;
	}
	if (has_strange_hook(walk))
		return;
	is_missing = walk->out->end.is_missing;
	run_ways(walk);
	walk->out->end.is_missing = is_missing;
}

static int
run_once(struct kernel *kernel, struct walk *walk, bool *is_current)
{
	int error = ruleset_read(kernel, &walk->ruleset);

	walk->lookups = lookups_new(kernel);
	if (error == 0) {
		run(walk);
		error = ruleset_is_current(walk->ruleset, is_current);
	}
	ruleset_free(walk->ruleset);
	lookups_free(walk->lookups);
	return error;
}

void
walk_ask(struct kernel *kernel, const struct record_walk *question,
    struct walked *walked)
{
	struct walk *walk = xcalloc(1, sizeof(*walk));
	bool is_current = false;
	int error = 0;

	for (int i = 0; i < GENERATIONS && error == 0 && !is_current; i++) {
		memset(walk, 0, sizeof(*walk));
		memset(walked, 0, sizeof(*walked));
		walk->question = question;
		walk->out = walked;
		error = run_once(kernel, walk, &is_current);
	}
	if (error != 0)
		untold(walked, "the tables cannot be read: %s",
		    error == -E2BIG ? "there is too much in them"
				    : strerror(-error));
	else if (!is_current)
		untold(walked, "the tables change too often to be read");
	walked->end.number = question->number;
	free(walk);
}

/* ---- questions ----------------------------------------------------------- */

static bool
is_number(int32_t number, int32_t max)
{
	return number >= -1 && number <= max;
}

bool
walk_is_sound(const struct record_walk *walk, struct fault *why)
{
	static const struct mac none;

	if (!addr_is_sound(&walk->own) || !addr_is_sound(&walk->peer) ||
	    walk->own.family != walk->peer.family)
		return fault_set(why, FAULT_RECORD, "enforcer",
		    "a walk between addresses that do not belong together");
	if (!mac_is_host(&walk->thing) ||
	    (memcmp(&walk->peer_mac, &none, sizeof(none)) != 0 &&
		!mac_is_host(&walk->peer_mac)))
		return fault_set(
		    why, FAULT_RECORD, "S-49", "a walk of no host's");
	if (walk->direction > TO_DEVICE || walk->track >= WALK_TRACKS ||
	    walk->is_neighbour > 1 || !is_number(walk->source, UINT16_MAX) ||
	    !is_number(walk->destination, UINT16_MAX) ||
	    !is_number(walk->icmp_type, UINT8_MAX) ||
	    !is_number(walk->icmp_code, UINT8_MAX))
		return fault_set(why, FAULT_RECORD, "enforcer",
		    "a walk of no packet that there can be");
	return true;
}
