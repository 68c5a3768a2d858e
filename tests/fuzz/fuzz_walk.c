/*
 * A rule that anybody may have put into our tables, over a described packet.
 *
 * The input is two bytes that say which packet and where it is, eight that
 * fill in what the question leaves open, and the rule's expressions as the
 * kernel tells them.  Besides crashes it looks for a guess: whatever a packet
 * is of which all is known, what the rule does with it must be among what it
 * does with the same packet known in part.  No kernel: sets are made up.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <net/if_arp.h>
#include <netinet/in.h> /* before linux/netfilter.h */

#include <linux/netfilter.h>

#include "enforce/walk/interpret.h"
#include "libmud/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD          10
#define ATTR_HEAD     sizeof(struct nlattr)
#define RULE_MAX      4096
#define CHOICES       6
#define OUTCOMES      64 /* 1 << CHOICES */
#define SETS          8

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* ---- sets ---------------------------------------------------------------- */

struct lookups {
	size_t n;
	struct lookups_set set[SETS];
	struct lookups_found found;
};

/* By its name: keys of 4 to 16 bytes; some are not there. */
int
lookups_set(struct lookups *lookups, uint16_t family, const char *name,
    struct lookups_set **set)
{
	if (name[0] == '\0' || name[0] == 'x')
		return -1;
	for (size_t i = 0; i < lookups->n; i++)
		if (strcmp(lookups->set[i].name, name) == 0) {
			*set = &lookups->set[i];
			return 0;
		}
	if (lookups->n == SETS)
		return -1;
	*set = &lookups->set[lookups->n++];
	**set = (struct lookups_set){ .family = family };
	text_copy((*set)->name, sizeof((*set)->name), name);
	(*set)->key_len = 4 + 4 * ((size_t)name[0] & 3);
	(*set)->is_open = name[0] == 's';
	return 0;
}

/* Some keys are there, always the same ones, with one verdict or value. */
int
lookups_find(struct lookups *lookups, const struct lookups_set *set,
    const uint8_t *key, const struct lookups_found **found)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < set->key_len; i++)
		sum = 31 * sum + key[i];
	lookups->found = (struct lookups_found){
		.is_there = sum % 2 == 0,
		.is_open = sum % 8 == 1,
		.has_verdict = sum % 3 == 0,
		.has_value = sum % 3 == 1,
		.code = sum % 5 == 0 ? NF_DROP : NF_ACCEPT,
		.len = 4,
		.value = { (uint8_t)sum },
	};
	*found = &lookups->found;
	return 0;
}

bool
lookups_is_open(const struct nlattr *one, const struct nlattr *several)
{
	return one != NULL || several != NULL;
}

/* ---- packets ------------------------------------------------------------- */

static const struct packet_link bridge = { 2, "br0", { { 2, 1 } },
	ARPHRD_ETHER };
static const struct packet_link wan = { 3, "wan", { { 2, 2 } }, ARPHRD_ETHER };
static const struct packet_link port = { 4, "p1", { { 2, 3 } }, ARPHRD_ETHER };
static const struct mac thing = { { 2, 0, 0, 0, 0, 9 } };

static const struct packet_place places[] = {
	{ NFPROTO_INET, NF_INET_PRE_ROUTING, &bridge, NULL, NULL, &thing,
	    &bridge.mac },
	{ NFPROTO_INET, NF_INET_FORWARD, &bridge, &wan, NULL, &thing,
	    &bridge.mac },
	{ NFPROTO_INET, NF_INET_LOCAL_OUT, NULL, &bridge, NULL, NULL, NULL },
	{ NFPROTO_BRIDGE, 0, &port, NULL, &bridge, &thing, &bridge.mac },
	{ NFPROTO_NETDEV, NF_NETDEV_EGRESS, NULL, &wan, NULL, &wan.mac,
	    &thing },
};

static struct packet
packet_of(uint8_t which)
{
	static const uint8_t protocols[] = { 6, 17, 1, 58, 2 };
	struct record_walk walk = {
		.direction = which & 1,
		.track = (which >> 1) % WALK_TRACKS,
		.protocol = protocols[(which >> 3) % LENGTH(protocols)],
		.source = (which & 0x40) != 0 ? -1 : 5000,
		.destination = 53,
		.icmp_type = 8,
		.icmp_code = -1,
		.thing = thing,
	};
	struct packet packet;

	(void)addr_parse(
	    (which & 0x80) != 0 ? "2001:db8::9" : "192.0.2.9", &walk.own);
	(void)addr_parse(
	    (which & 0x80) != 0 ? "2001:db8::1" : "198.51.100.1", &walk.peer);
	packet_describe(&packet, &walk);
	return packet;
}

/* What is open becomes known, as the filling says. */
static void
fill(uint8_t *value, uint8_t *known, size_t len, const uint8_t filling[8])
{
	for (size_t i = 0; i < len; i++) {
		value[i] |= (uint8_t)(filling[i % 8] & ~known[i]);
		known[i] = 0xff;
	}
}

/* ---- runs ---------------------------------------------------------------- */

struct outcome {
	enum interpreted interpreted;
	int32_t code;
	char chain[RULESET_NAME];
};

/* All that comes of it: of each thing that is open one or the other. */
struct outcomes {
	size_t n;
	struct outcome at[OUTCOMES];
	unsigned int choices, asked;
	bool overflow;
};

static bool
choose(void *arg, const char *what)
{
	struct outcomes *outcomes = arg;

	require(what != NULL);
	if (outcomes->asked == CHOICES) {
		outcomes->overflow = true;
		return false;
	}
	return (outcomes->choices >> outcomes->asked++ & 1) != 0;
}

static void
run_all(const struct ruleset_rule *rule, const struct packet *packet,
    const struct packet_place *place, struct outcomes *outcomes)
{
	*outcomes = (struct outcomes){ .n = 0 };
	for (; outcomes->choices < OUTCOMES; outcomes->choices++) {
		struct lookups lookups = { .n = 0 };
		struct packet copy = *packet;
		struct interpreter in = {
			.lookups = &lookups,
			.packet = &copy,
			.place = place,
			.choose = choose,
			.choose_arg = outcomes,
		};
		struct outcome *outcome = &outcomes->at[outcomes->n++];

		outcomes->asked = 0;
		*outcome = (struct outcome){ 0 };
		outcome->interpreted = interpret_rule(&in, rule);
		require(memchr(in.why, '\0', sizeof(in.why)) != NULL);
		if (outcome->interpreted != INTERPRET_DECIDES)
			continue;
		require(memchr(in.chain, '\0', sizeof(in.chain)) != NULL);
		outcome->code = in.code;
		text_copy(outcome->chain, sizeof(outcome->chain), in.chain);
	}
}

static bool
is_told(const struct outcomes *outcomes)
{
	for (size_t i = 0; i < outcomes->n; i++)
		if (outcomes->at[i].interpreted == INTERPRET_STRANGE ||
		    outcomes->at[i].interpreted == INTERPRET_FAILED)
			return false;
	return !outcomes->overflow;
}

static bool
has(const struct outcomes *outcomes, const struct outcome *outcome)
{
	for (size_t i = 0; i < outcomes->n; i++)
		if (memcmp(&outcomes->at[i], outcome, sizeof(*outcome)) == 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct outcomes part, whole;
	_Alignas(struct nlattr) uint8_t bytes[ATTR_HEAD + RULE_MAX] = { 0 };
	struct nlattr *attr = (struct nlattr *)bytes;
	struct ruleset_rule rule = { .expressions = attr };
	const struct packet_place *place;
	struct packet packet;

	if (size < HEAD || size > HEAD + RULE_MAX)
		return 0;
	attr->nla_len = (uint16_t)(ATTR_HEAD + size - HEAD);
	memcpy(bytes + ATTR_HEAD, data + HEAD, size - HEAD);
	packet = packet_of(data[0]);
	place = &places[data[1] % LENGTH(places)];
	run_all(&rule, &packet, place, &part);
	fill(
	    packet.network, packet.network_known, packet.network_len, data + 2);
	fill(packet.transport, packet.transport_known, sizeof(packet.transport),
	    data + 2);
	run_all(&rule, &packet, place, &whole);
	if (!is_told(&part))
		return 0;
	for (size_t i = 0; i < whole.n; i++)
		require(has(&part, &whole.at[i]) ||
			whole.at[i].interpreted == INTERPRET_STRANGE);
	return 0;
}
