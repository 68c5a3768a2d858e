/*
 * A policy in plain words.  Role: engine, mudctl.  Input: a policy whose ACEs
 * are sound; its texts are a maker's, and are shown as they are.
 */
#include "libmud/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* An ACE as the Thing sees it: its own side, and the peer's. */
struct view {
	const struct ace *ace;
	const struct ports *own_ports, *peer_ports;
	const struct prefix *own, *peer;
};

/* Text that grows in an array, and is cut at its end. */
struct sentence {
	char *buf;
	size_t size, len;
};

static void __attribute__((format(printf, 2, 3)))
add(struct sentence *to, const char *fmt, ...)
{
	size_t room = to->size - to->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(to->buf + to->len, room, fmt, args);
	va_end(args);
	if (n > 0)
		to->len += (size_t)n < room ? (size_t)n : room - 1;
}

static struct view
view_of(const struct ace *ace)
{
	bool is_from = ace->direction == FROM_DEVICE;

	return (struct view){
		.ace = ace,
		.own_ports = is_from ? &ace->source : &ace->destination,
		.peer_ports = is_from ? &ace->destination : &ace->source,
		.own = is_from ? &ace->from : &ace->to,
		.peer = is_from ? &ace->to : &ace->from,
	};
}

/* ---- what belongs together ---------------------------------------------- */

static bool
ports_equal(const struct ports *a, const struct ports *b)
{
	return a->low == b->low && a->high == b->high &&
	       a->negated == b->negated;
}

static bool
peers_equal(const struct ace *a, const struct ace *b)
{
	if (a->n_peers != b->n_peers)
		return false;
	for (size_t i = 0; i < a->n_peers; i++)
		if (a->peers[i].kind != b->peers[i].kind ||
		    a->peers[i].text != b->peers[i].text)
			return false;
	return true;
}

/* The same, but for the direction and the address family. */
static bool
says_the_same(const struct ace *one, const struct ace *other)
{
	struct view a = view_of(one), b = view_of(other);

	return one->forwarding == other->forwarding &&
	       one->initiated == other->initiated &&
	       one->understood == other->understood &&
	       one->protocol == other->protocol &&
	       one->icmp_type == other->icmp_type &&
	       one->icmp_code == other->icmp_code && peers_equal(one, other) &&
	       ports_equal(a.own_ports, b.own_ports) &&
	       ports_equal(a.peer_ports, b.peer_ports) &&
	       prefix_equal(a.own, b.own) && prefix_equal(a.peer, b.peer) &&
	       memcmp(one->fields, other->fields, sizeof(one->fields)) == 0;
}

/* ---- the words ----------------------------------------------------------- */

static void
add_peer(
    struct sentence *to, const struct policy *policy, const struct peer *peer)
{
	static const struct {
		const char *class, *words;
	} known[] = {
		{ "urn:ietf:params:mud:dns", "this network's DNS servers" },
		{ "urn:ietf:params:mud:ntp", "this network's NTP servers" },
	};
	const char *text =
	    peer->text == PEER_NO_TEXT ? "" : policy->texts[peer->text].text;

	switch ((enum peer_kind)peer->kind) {
	case PEER_DNSNAME:
		add(to, "%s", text);
		break;
	case PEER_CONTROLLER:
		for (size_t i = 0; i < COUNT(known); i++)
			if (strcmp(known[i].class, text) == 0) {
				add(to, "%s", known[i].words);
				return;
			}
		add(to, "controllers of class %s", text);
		break;
	case PEER_MY_CONTROLLER:
		add(to, "its own controllers");
		break;
	case PEER_MANUFACTURER:
		add(to, "devices made by %s", text);
		break;
	case PEER_SAME_MANUFACTURER:
		add(to, "devices of its own manufacturer");
		break;
	case PEER_MODEL:
		add(to, "devices of the model %s", text);
		break;
	case PEER_LOCAL_NETWORKS:
		add(to, "the local network");
		break;
	case PEER_KINDS:
		break;
	}
}

static void
put_peer(struct words_line *line, const struct policy *policy,
    const struct view *view)
{
	struct sentence to = { line->peer, sizeof(line->peer), 0 };
	const char *between = "";
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < view->ace->n_peers; i++) {
		add(&to, "%s", between);
		add_peer(&to, policy, &view->ace->peers[i]);
		between = " that is also ";
	}
	if (view->peer->addr.family != 0)
		add(&to, "%s%s", between, prefix_text(view->peer, text));
	if (to.len == 0)
		add(&to, "any host");
}

static void
put_ports(char text[WORDS_PORTS], const struct ports *ports)
{
	const char *not = ports->negated ? "not " : "";

	text[0] = '\0';
	if (ports->low == 0 && ports->high == UINT16_MAX && !ports->negated)
		return;
	if (ports->low == ports->high)
		(void)snprintf(text, WORDS_PORTS, "%s%u", not, ports->low);
	else
		(void)snprintf(
		    text, WORDS_PORTS, "%s%u-%u", not, ports->low, ports->high);
}

static void
put_protocol(struct words_line *line, const struct ace *ace)
{
	static const struct {
		int number;
		const char *name;
	} known[] = {
		{ -1, "any" },
		{ 1, "ICMP" },
		{ 2, "IGMP" },
		{ 6, "TCP" },
		{ 17, "UDP" },
		{ 58, "ICMPv6" },
	};

	(void)snprintf(line->protocol, sizeof(line->protocol), "protocol %d",
	    ace->protocol);
	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i].number == ace->protocol)
			text_copy(line->protocol, sizeof(line->protocol),
			    known[i].name);
}

/* "may connect to" and the like; is_called: the peer opens the connection,
 * so it is the Thing's port that counts. */
static const char *
verb_of(const struct words_line *line, bool *is_called)
{
	static const char *const verbs[][3] = {
		[INITIATED_ANY] = { "send to", "receive from",
		    "exchange with" },
		[INITIATED_FROM_DEVICE] = { "connect to",
		    "receive, in connections of its own, from", "connect to" },
		[INITIATED_TO_DEVICE] = { "answer connections from",
		    "be connected to by", "be connected to by" },
	};

	*is_called =
	    line->initiated == INITIATED_TO_DEVICE ||
	    (line->initiated == INITIATED_ANY && line->way == WORDS_TO);
	return verbs[line->initiated][line->way];
}

/* ", with TTL 255 and DSCP 46" */
static void
add_fields(struct sentence *to, const struct ace *ace)
{
	char text[FIELD_TEXT];

	for (size_t i = 0; i < fields_count(ace->fields); i++)
		add(to, "%s%s", i == 0 ? ", with " : " and ",
		    field_words(&ace->fields[i], text));
	if (!fields_can_hold(ace->fields))
		add(to, ", which no packet has");
}

static void
put_text(struct words_line *line, const struct view *view)
{
	struct sentence to = { line->text, sizeof(line->text), 0 };
	bool is_called;
	const char *verb = verb_of(line, &is_called);
	const char *first = is_called ? line->own_ports : line->ports;
	const char *second = is_called ? line->ports : line->own_ports;
	char text[PREFIX_TEXT];

	add(&to, "%s %s %s, ",
	    line->action == FORWARD_ACCEPT ? "may" : "must not", verb,
	    line->peer);
	if (view->ace->protocol == -1)
		add(&to, "any protocol");
	else
		add(&to, "%s", line->protocol);
	if (first[0] != '\0')
		add(&to, " port %s", first);
	if (second[0] != '\0')
		add(&to, ", %s port %s", is_called ? "their" : "its own",
		    second);
	if (view->ace->icmp_type != -1)
		add(&to, " type %d", view->ace->icmp_type);
	if (view->ace->icmp_code != -1)
		add(&to, " code %d", view->ace->icmp_code);
	add_fields(&to, view->ace);
	if (view->own->addr.family != 0)
		add(&to, ", as address %s", prefix_text(view->own, text));
	if (line->families == FAMILY_6)
		add(&to, ", over IPv6");
	if (!view->ace->understood)
		add(&to, " (with a condition that is not understood)");
}

static unsigned int
warnings_of(const struct view *view)
{
	const struct ace *ace = view->ace;
	unsigned int warnings = 0;

	if (!ace->understood)
		return WORDS_NOT_UNDERSTOOD;
	if (ace->forwarding != FORWARD_ACCEPT)
		return 0;
	if (view->peer->addr.family != 0 || view->own->addr.family != 0)
		warnings |= WORDS_LITERAL;
	if (ace->n_peers == 0 &&
	    (view->peer->addr.family == 0 || view->peer->len == 0))
		warnings |= WORDS_ANY_PEER;
	/* Whatever else the peer must be narrows it. */
	if (ace->n_peers == 1 && ace->peers[0].kind == PEER_LOCAL_NETWORKS &&
	    view->peer->addr.family == 0)
		warnings |= WORDS_LOCAL_NETWORKS;
	if (ace->protocol == -1)
		warnings |= WORDS_ANYTHING;
	return warnings;
}

static void
put_line(
    struct words_line *line, const struct policy *policy, const struct ace *ace)
{
	struct view view = view_of(ace);

	line->action = (enum forwarding)ace->forwarding;
	line->initiated = (enum initiated)ace->initiated;
	line->warnings = warnings_of(&view);
	text_copy(line->ace, sizeof(line->ace), ace->name);
	put_peer(line, policy, &view);
	put_protocol(line, ace);
	put_ports(line->ports, view.peer_ports);
	put_ports(line->own_ports, view.own_ports);
	put_text(line, &view);
}

struct words_line *
words_of(const struct policy *policy, size_t *n)
{
	struct words_line *lines = xcalloc(policy->n_aces + 1, sizeof(*lines));
	const struct ace **firsts =
	    xcalloc(policy->n_aces + 1, sizeof(struct ace *));

	*n = 0;
	for (size_t i = 0; i < policy->n_aces; i++) {
		const struct ace *ace = &policy->aces[i];
		enum words_way way =
		    ace->direction == FROM_DEVICE ? WORDS_FROM : WORDS_TO;
		size_t at = 0;

		while (at < *n && !says_the_same(firsts[at], ace))
			at++;
		if (at == *n) {
			lines[at].way = way;
			firsts[(*n)++] = ace;
		} else if (lines[at].way != way) {
			lines[at].way = WORDS_BOTH;
		}
		lines[at].families |= ace->families;
	}
	for (size_t i = 0; i < *n; i++)
		put_line(&lines[i], policy, firsts[i]);
	free(firsts);
	return lines;
}

bool
words_has(
    const struct words_line *lines, size_t n, const struct words_line *line)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(lines[i].text, line->text) == 0)
			return true;
	return false;
}

/* ---- names --------------------------------------------------------------- */

static const struct {
	unsigned int warning;
	const char *name, *text;
} warnings[WORDS_WARNINGS] = {
	{ WORDS_ANY_PEER, "any-peer", "any host, anywhere" },
	{ WORDS_LOCAL_NETWORKS, "local-networks",
	    "every host of the local network" },
	{ WORDS_LITERAL, "address-literal",
	    "an address as a number, which may be somebody else's here" },
	{ WORDS_ANYTHING, "any-protocol", "every protocol and port" },
	{ WORDS_NOT_UNDERSTOOD, "not-understood",
	    "it has a condition that mudd does not understand, and matches "
	    "nothing" },
};

const char *
words_warning_name(unsigned int warning)
{
	for (size_t i = 0; i < WORDS_WARNINGS; i++)
		if (warnings[i].warning == warning)
			return warnings[i].name;
	return "";
}

const char *
words_warning_text(unsigned int warning)
{
	for (size_t i = 0; i < WORDS_WARNINGS; i++)
		if (warnings[i].warning == warning)
			return warnings[i].text;
	return "";
}

const char *
words_way_name(enum words_way way)
{
	static const char *const names[] = {
		[WORDS_FROM] = "from",
		[WORDS_TO] = "to",
		[WORDS_BOTH] = "both",
	};

	return names[way];
}
