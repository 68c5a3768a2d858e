/*
 * The conditions of one ACE.  The evaluator and the tests run it; ACEs are
 * sound, texts are the file's.  What is not known is carried along to the end,
 * where it counts against an ACE that accepts and for one that denies.
 */
#include "libmud/condition.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libmud/world.h"

#define TCP          6
#define UDP          17
#define ANY_PORT_MAX 65535

/* Does a condition hold?  Of what is not known it cannot be said. */
enum answer { NO, UNKNOWN, YES };

struct question {
	const struct policy *policy;
	const struct world *world;
};

static enum answer
yes_if(bool is)
{
	return is ? YES : NO;
}

/* The worse of two conditions that must both hold. */
static enum answer
both(enum answer a, enum answer b)
{
	return a < b ? a : b;
}

struct addr
condition_own(const struct world *world, const struct flow *flow)
{
	if (flow->own.family != 0)
		return flow->own;
	for (size_t i = 0; i < world->addresses.n; i++)
		if (world->addresses.addr[i].family == flow->peer.family)
			return world->addresses.addr[i];
	return (struct addr){ 0 };
}

static enum answer
prefix_holds(const struct prefix *prefix, const struct addr *addr)
{
	if (prefix->addr.family == 0)
		return YES;
	if (addr->family == 0)
		return UNKNOWN;
	return yes_if(prefix_has(prefix, addr));
}

static enum answer
port_holds(const struct ports *ports, int32_t port)
{
	bool inside = port >= ports->low && port <= ports->high;

	if (ports->low == 0 && ports->high == ANY_PORT_MAX && !ports->negated)
		return YES;
	if (port == FLOW_UNKNOWN)
		return UNKNOWN;
	return yes_if(ports->negated ? !inside : inside);
}

static enum answer
number_holds(int wanted, int found)
{
	if (wanted == -1)
		return YES;
	if (found == FLOW_UNKNOWN)
		return UNKNOWN;
	return yes_if(wanted == found);
}

/* "host" or "host:port" of a MUD URL; without a port, 443 (M-MFG-2). */
static bool
authority_is(const char *authority, const struct url *url)
{
	char text[LIMIT_HOST + 8];

	(void)snprintf(text, sizeof(text), "%s:%u", url->host, url->port);
	if (strcasecmp(authority, text) == 0)
		return true;
	return url->port == 443 && strcasecmp(authority, url->host) == 0;
}

/* Is it an address of a Thing whose MUD URL has that authority? */
static bool
made_by(
    const struct world *world, const char *authority, const struct addr *addr)
{
	for (size_t i = 0; i < world->n_things; i++)
		if (authority_is(authority, &world->things[i].url) &&
		    world_has(&world->things[i].hosts, addr))
			return true;
	return false;
}

/* Of a Thing from the same manufacturer as this one (M-MFG-3)? */
static bool
made_by_mine(const struct world *world, const struct addr *addr)
{
	if (world->url.text[0] == '\0')
		return false;
	for (size_t i = 0; i < world->n_things; i++)
		if (url_same_authority(&world->things[i].url, &world->url) &&
		    world_has(&world->things[i].hosts, addr))
			return true;
	return false;
}

/* Of a Thing whose whole MUD URL is this (M-MOD-1)? */
static bool
is_model(
    const struct world *world, const char *mud_url, const struct addr *addr)
{
	for (size_t i = 0; i < world->n_things; i++)
		if (strcmp(world->things[i].url.text, mud_url) == 0 &&
		    world_has(&world->things[i].hosts, addr))
			return true;
	return false;
}

/* Is the address one of those that the peer is described by (RFC 8520 s4)? */
static bool
peer_holds(
    const struct question *q, const struct peer *peer, const struct addr *addr)
{
	const char *text =
	    peer->text == PEER_NO_TEXT ? "" : q->policy->texts[peer->text].text;

	switch ((enum peer_kind)peer->kind) {
	case PEER_DNSNAME:
		/* The packet's family is its addresses': A for IPv4, AAAA for
		 * IPv6 (M-DNS-2). */
		return world_has(world_name(q->world, text), addr);
	case PEER_CONTROLLER:
		return world_has(world_class(q->world, text), addr);
	case PEER_MY_CONTROLLER:
		return world_has(&q->world->mine, addr);
	case PEER_MANUFACTURER:
		return made_by(q->world, text, addr);
	case PEER_SAME_MANUFACTURER:
		return made_by_mine(q->world, addr);
	case PEER_MODEL:
		return is_model(q->world, text, addr);
	case PEER_LOCAL_NETWORKS:
		return world_is_local(q->world, addr);
	case PEER_KINDS:
		break;
	}
	return false;
}

static enum answer
peers_hold(
    const struct question *q, const struct ace *ace, const struct addr *addr)
{
	for (size_t i = 0; i < ace->n_peers; i++)
		if (!peer_holds(q, &ace->peers[i], addr))
			return NO;
	return YES;
}

static uint64_t
number_of(const uint8_t byte[6])
{
	uint64_t number = 0;

	for (size_t i = 0; i < 6; i++)
		number = number << 8 | byte[i];
	return number;
}

/* Has a packet like this one such a field at all? */
static bool
is_there(unsigned int id, const struct flow *flow)
{
	switch (id) {
	case FIELD_IHL:
	case FIELD_IP_FLAGS:
	case FIELD_OFFSET:
	case FIELD_IDENTIFICATION:
		return flow->peer.family == 4;
	case FIELD_FLOW_LABEL:
		return flow->peer.family == 6;
	case FIELD_SEQUENCE:
	case FIELD_ACKNOWLEDGEMENT:
	case FIELD_DATA_OFFSET:
	case FIELD_RESERVED:
	case FIELD_TCP_FLAGS:
	case FIELD_WINDOW:
	case FIELD_URGENT:
		return flow->protocol == TCP;
	case FIELD_UDP_LENGTH:
		return flow->protocol == UDP;
	default:
		return true;
	}
}

static enum answer
fields_hold(const struct ace *ace, const struct flow *flow)
{
	enum answer answer = YES;

	for (size_t i = 0; i < ACE_FIELDS; i++) {
		const struct field *field = &ace->fields[i];
		uint64_t mask = number_of(field->mask);

		if (field->id == FIELD_NONE)
			continue;
		/* A value that no packet has, known or not. */
		if (!is_there(field->id, flow) || !field_can_hold(field))
			return NO;
		if (field->id >= FIELD_IDS ||
		    (flow->known & 1u << field->id) == 0)
			answer = both(answer, UNKNOWN);
		else if ((flow->field[field->id] & mask) !=
			 number_of(field->value))
			answer = NO;
	}
	return answer;
}

bool
ace_has_fields(const struct ace *ace)
{
	for (size_t i = 0; i < ACE_FIELDS; i++)
		if (ace->fields[i].id != FIELD_NONE)
			return true;
	return false;
}

/* RFC 8520 s4.8: holds when P is TCP and the one who is named opened F; an
 * untracked packet has no F (M-DIR-1, M-DIR-2, point 3). */
static enum answer
opener_holds(const struct ace *ace, const struct flow *flow)
{
	switch ((enum initiated)ace->initiated) {
	case INITIATED_ANY:
		break;
	case INITIATED_FROM_DEVICE:
		return yes_if(flow->protocol == TCP && !flow->is_untracked &&
			      flow_is_opened_by_thing(flow));
	case INITIATED_TO_DEVICE:
		return yes_if(flow->protocol == TCP && !flow->is_untracked &&
			      !flow_is_opened_by_thing(flow));
	}
	return YES;
}

/* Point 1: do the ACE's conditions hold for P's own headers and P's peer? */
static enum answer
conditions_hold(
    const struct question *q, const struct ace *ace, const struct flow *flow)
{
	struct addr own = condition_own(q->world, flow);
	bool from = flow->direction == FROM_DEVICE;
	const struct addr *source = from ? &own : &flow->peer;
	const struct addr *destination = from ? &flow->peer : &own;
	enum answer answer = YES;
	uint8_t family = flow->peer.family == 4 ? FAMILY_4 : FAMILY_6;

	/* An ACL speaks of its own families only. */
	if ((ace->families & family) == 0)
		return NO;
	if (ace->protocol != -1 && ace->protocol != flow->protocol)
		return NO;
	answer = both(answer, prefix_holds(&ace->from, source));
	answer = both(answer, prefix_holds(&ace->to, destination));
	answer = both(answer, peers_hold(q, ace, &flow->peer));
	answer = both(answer, port_holds(&ace->source, flow->source));
	answer = both(answer, port_holds(&ace->destination, flow->destination));
	answer = both(answer, number_holds(ace->icmp_type, flow->icmp_type));
	answer = both(answer, number_holds(ace->icmp_code, flow->icmp_code));
	answer = both(answer, opener_holds(ace, flow));
	return both(answer, fields_hold(ace, flow));
}

bool
ace_matches(const struct policy *policy, size_t i, const struct world *world,
    const struct flow *flow)
{
	const struct question q = { policy, world };
	const struct ace *ace = &policy->aces[i];
	enum answer answer = conditions_hold(&q, ace, flow);

	if (!ace->understood)
		answer = both(answer, UNKNOWN);
	if (ace->forwarding == FORWARD_ACCEPT)
		return answer == YES;
	return answer != NO;
}
