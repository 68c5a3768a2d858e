/*
 * Policies and worlds.  A test.
 */
#include "tests/differential/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/mem.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define N_THINGS     4

static const char *const things[N_THINGS] = {
	"https://one.example.com/a",
	"https://one.example.com/b",
	"https://two.example.com/a",
	"https://two.example.com:8443/a",
};

/* Which texts a peer of a kind may have; kinds without one are not here. */
static const struct {
	enum peer_kind kind;
	const char *text;
} texts[MADE_TEXTS] = {
	{ PEER_DNSNAME, "a.example.com" },
	{ PEER_DNSNAME, "b.example.com" },
	{ PEER_DNSNAME, "c.example.com" },
	{ PEER_DNSNAME, "nowhere.example.com" },
	{ PEER_CONTROLLER, "urn:x:hub" },
	{ PEER_CONTROLLER, "https://hub.example.com/class" },
	{ PEER_CONTROLLER, "urn:x:nobody" },
	{ PEER_CONTROLLER, "urn:ietf:params:mud:dns" },
	{ PEER_CONTROLLER, "urn:ietf:params:mud:ntp" },
	{ PEER_MANUFACTURER, "one.example.com" },
	{ PEER_MANUFACTURER, "two.example.com" },
	{ PEER_MANUFACTURER, "two.example.com:8443" },
	{ PEER_MODEL, "https://one.example.com/b" },
	{ PEER_MODEL, "https://two.example.com:8443/a" },
};

static const char *const hosts[2][13] = {
	{ "192.0.2.1", "192.0.2.2", "192.0.2.20", "192.0.2.21", "192.0.2.22",
	    "192.0.2.23", "198.51.100.1", "198.51.100.2", "198.51.100.9",
	    "203.0.113.5", "169.254.1.1", NULL },
	{ "2001:db8::1", "2001:db8::2", "2001:db8::20", "2001:db8::21",
	    "2001:db8::22", "2001:db8:1::1", "2001:db8:1::2", "2001:db8:9::9",
	    "fe80::20", NULL },
};
static const char *const crowds[2][6] = {
	{ "192.0.2.255", "198.51.100.3", "255.255.255.255", "224.0.0.251",
	    "239.1.2.3", NULL },
	{ "ff02::1:2", "ff02::fb", "ff02::16", "ff05::1", NULL },
};
static const char *const owns[2][UNIVERSE_OWNS] = {
	{ "192.0.2.10", "192.0.2.11" },
	{ "2001:db8::10", "fe80::10" },
};
static const char *const prefixes[2][10] = {
	{ "0.0.0.0/0", "192.0.2.0/24", "192.0.2.16/29", "198.51.100.0/30",
	    "198.51.100.1/32", "128.0.0.0/1", "224.0.0.0/4",
	    "255.255.255.255/32", "192.0.2.10/32", NULL },
	{ "::/0", "2001:db8::/64", "2001:db8::20/127", "2001:db8:1::/48",
	    "2001:db8:1::1/128", "ff00::/8", "fe80::/10", "2001:db8::10/128",
	    NULL },
};
static const uint16_t ports[UNIVERSE_PORTS] = { 1, 53, 67, 68, 80, 123, 443,
	547, 1024, 5683, 8883, 50000, 65534, 54 };

void
universe_make(struct universe *universe)
{
	memset(universe, 0, sizeof(*universe));
	memcpy(universe->port, ports, sizeof(ports));
	for (size_t f = 0; f < 2; f++) {
		struct family *family = &universe->family[f];

		for (; hosts[f][family->n_hosts] != NULL; family->n_hosts++)
			if (!addr_parse(hosts[f][family->n_hosts],
				&family->peer[family->n_hosts]))
				abort();
		family->n_peers = family->n_hosts;
		for (size_t i = 0; crowds[f][i] != NULL; i++)
			if (!addr_parse(
				crowds[f][i], &family->peer[family->n_peers++]))
				abort();
		for (size_t i = 0; i < UNIVERSE_OWNS; i++)
			if (!addr_parse(owns[f][i], &family->own[i]))
				abort();
		for (; prefixes[f][family->n_prefixes] != NULL;
		     family->n_prefixes++)
			if (!prefix_parse(prefixes[f][family->n_prefixes],
				&family->prefix[family->n_prefixes]))
				abort();
	}
	for (size_t i = 0; i < MADE_TEXTS; i++)
		text_copy(universe->text[i].text,
		    sizeof(universe->text[i].text), texts[i].text);
}

/* ---- policies ------------------------------------------------------------ */

static struct ports
make_ports(struct dice *dice, const struct universe *universe)
{
	uint16_t a = universe->port[dice_below(dice, UNIVERSE_PORTS)];
	uint16_t b = universe->port[dice_below(dice, UNIVERSE_PORTS)];
	struct ports out = { a, a, 0, 0 };

	switch (dice_below(dice, 8)) {
	case 0: /* neq */
		out.negated = 1;
		break;
	case 1: /* lte */
		out.low = 0;
		break;
	case 2: /* gte */
		out.high = UINT16_MAX;
		break;
	case 3: /* range */
		out.low = a < b ? a : b;
		out.high = a < b ? b : a;
		break;
	case 4: /* from one to the last but one */
		out.low = a < 65534 ? a : 1;
		out.high = 65534;
		break;
	default: /* eq */
		break;
	}
	return out;
}

static int16_t
make_protocol(struct dice *dice, uint8_t families)
{
	size_t roll = dice_below(dice, 100);

	if (roll < 10)
		return -1;
	if (roll < 50)
		return 6;
	if (roll < 78)
		return 17;
	if (roll < 94)
		return families == FAMILY_6                            ? 58
		       : families == FAMILY_4 || dice_chance(dice, 50) ? 1
		                                                       : 58;
	return dice_chance(dice, 50) ? 47 : 2;
}

static void
make_icmp(struct dice *dice, struct ace *ace)
{
	static const uint8_t types[2][9] = {
		{ 0, 8, 13, 14, 15, 17, 3, 11, 5 },
		{ 128, 129, 1, 3, 133, 135, 136, 137, 143 },
	};
	bool is_6 = ace->protocol == 58;

	if (dice_chance(dice, 70))
		ace->icmp_type =
		    dice_chance(dice, 40)
			? (is_6 ? 128 : 8)
			: types[is_6][dice_below(dice, COUNT(types[0]))];
	if (dice_chance(dice, 40))
		ace->icmp_code = (int16_t)dice_below(dice, 3);
}

static void
make_peers(struct dice *dice, struct ace *ace)
{
	size_t roll = dice_below(dice, 100);

	ace->n_peers = roll < 35 ? 0 : roll < 88 ? 1 : roll < 97 ? 2 : 3;
	for (size_t i = 0; i < ace->n_peers; i++) {
		struct peer *peer = &ace->peers[i];
		uint16_t text = (uint16_t)dice_below(dice, MADE_TEXTS);

		*peer = (struct peer){ 0, 0, PEER_NO_TEXT };
		roll = dice_below(dice, 100);
		if (roll < 18) {
			peer->kind = PEER_LOCAL_NETWORKS;
		} else if (roll < 28) {
			peer->kind = PEER_MY_CONTROLLER;
		} else if (roll < 38) {
			peer->kind = PEER_SAME_MANUFACTURER;
		} else {
			peer->kind = (uint8_t)texts[text].kind;
			peer->text = text;
		}
	}
}

/* Values that packets of the test have, too (aim.c). */
static void
make_fields(struct dice *dice, struct ace *ace)
{
	size_t n = 1 + dice_below(dice, 2);
	struct field field;
	struct ace with;

	for (size_t i = 0; i < n * 4; i++) {
		enum field_id id =
		    (enum field_id)(1 + dice_below(dice, FIELD_IDS - 1));
		struct mac mac = { { 2, 0, 0x5e, 0, 0x53,
		    (uint8_t)dice_below(dice, 2) } };
		struct mac mask = { { 255, 255, 255, 255, 255,
		    dice_chance(dice, 50) ? 255 : 0 } };
		struct fault why;

		if (id == FIELD_ETH_SOURCE || id == FIELD_ETH_DESTINATION) {
			(void)field_of_mac(id, &mac, &mask, &field);
		} else if (id == FIELD_OFFSET) {
			(void)field_of(
			    id, dice_chance(dice, 80) ? 0 : 5, &field);
		} else if (id == FIELD_IP_FLAGS) {
			(void)field_of(id, 2 * dice_below(dice, 2), &field);
		} else if (id == FIELD_IHL) {
			(void)field_of(id, 5 + dice_below(dice, 2), &field);
		} else if (id == FIELD_TTL) {
			(void)field_of(
			    id, dice_chance(dice, 50) ? 64 : 255, &field);
		} else {
			(void)field_of(id, dice_below(dice, 3), &field);
		}
		/* A leaf that its packet cannot have: it holds for none. */
		if (id == FIELD_IHL && dice_chance(dice, 20))
			(void)field_of(id, 60, &field);
		with = *ace;
		if (fields_add(with.fields, &field) &&
		    ace_is_sound(&with, MADE_TEXTS, &why))
			*ace = with;
		if (fields_count(ace->fields) == n)
			return;
	}
}

static void
make_prefixes(
    struct dice *dice, const struct universe *universe, struct ace *ace)
{
	unsigned int f = ace->families == FAMILY_4   ? 0
	                 : ace->families == FAMILY_6 ? 1
	                                             : dice_chance(dice, 50);
	const struct family *family = &universe->family[f];

	if (dice_chance(dice, 15))
		ace->from =
		    family->prefix[dice_below(dice, family->n_prefixes)];
	if (dice_chance(dice, 15))
		ace->to = family->prefix[dice_below(dice, family->n_prefixes)];
}

static void
make_ace(struct dice *dice, const struct universe *universe, struct ace *ace)
{
	size_t roll = dice_below(dice, 100);

	memset(ace, 0, sizeof(*ace));
	ace->direction = dice_chance(dice, 50) ? FROM_DEVICE : TO_DEVICE;
	ace->forwarding = roll < 72   ? FORWARD_ACCEPT
	                  : roll < 90 ? FORWARD_DROP
	                              : FORWARD_REJECT;
	roll = dice_below(dice, 100);
	ace->families = roll < 40   ? FAMILY_4
	                : roll < 65 ? FAMILY_6
	                            : FAMILY_4 | FAMILY_6;
	ace->protocol = ace->icmp_type = ace->icmp_code = -1;
	ace->source.high = ace->destination.high = UINT16_MAX;
	ace->understood = !dice_chance(dice, 5);
	if (!ace->understood)
		return;
	ace->protocol = make_protocol(dice, ace->families);
	if (ace->protocol == 6 && dice_chance(dice, 40))
		ace->initiated = dice_chance(dice, 50) ? INITIATED_FROM_DEVICE
		                                       : INITIATED_TO_DEVICE;
	if (ace->protocol == 6 || ace->protocol == 17) {
		if (dice_chance(dice, 60))
			ace->destination = make_ports(dice, universe);
		if (dice_chance(dice, 35))
			ace->source = make_ports(dice, universe);
	}
	if (ace->protocol == 1 || ace->protocol == 58)
		make_icmp(dice, ace);
	make_prefixes(dice, universe, ace);
	make_peers(dice, ace);
	if (dice_chance(dice, 15))
		make_fields(dice, ace);
}

static void
use(struct made *made, size_t n)
{
	made->policy.n_texts = MADE_TEXTS;
	made->policy.texts = made->text;
	made->policy.n_aces = n;
	made->policy.aces = made->ace;
}

static void
put_ace(struct made *made, size_t i, const struct ace *ace)
{
	struct ace *at = &made->ace[i];
	struct fault why;

	*at = *ace;
	(void)snprintf(at->acl, sizeof(at->acl), "list-%zu", i / 3);
	(void)snprintf(at->name, sizeof(at->name), "ace-%zu", i);
	if (!ace_is_sound(at, MADE_TEXTS, &why)) {
		printf("not sound: %s\n", why.detail);
		exit(1);
	}
}

void
make_policy(
    struct dice *dice, const struct universe *universe, struct made *made)
{
	size_t n = 1 + dice_below(dice, MADE_ACES), at = 0;
	struct ace ace[MADE_ACES];

	memset(made, 0, sizeof(*made));
	memcpy(made->text, universe->text, sizeof(made->text));
	use(made, n);
	for (size_t i = 0; i < n; i++)
		make_ace(dice, universe, &ace[i]);
	/* As the reader leaves them: from-device first, each in order. */
	for (int direction = FROM_DEVICE; direction <= TO_DEVICE; direction++)
		for (size_t i = 0; i < n; i++)
			if (ace[i].direction == direction)
				put_ace(made, at++, &ace[i]);
}

void
make_ace_anew(struct dice *dice, const struct universe *universe,
    struct made *made, size_t ace)
{
	uint8_t direction = made->ace[ace].direction;
	struct ace other;

	do
		make_ace(dice, universe, &other);
	while (other.direction != direction);
	put_ace(made, ace, &other);
}

void
make_alone(const struct made *made, size_t ace, struct made *alone)
{
	*alone = *made;
	alone->ace[0] = made->ace[ace];
	use(alone, 1);
}

/* ---- worlds -------------------------------------------------------------- */

/* Some of the hosts of both families, each with that chance. */
static void
put_some(struct dice *dice, const struct universe *universe,
    struct world_hosts *into, unsigned int percent)
{
	unsigned int of[2] = { percent, dice_chance(dice, 30) ? 0 : percent };
	struct fault why;

	if (into == NULL)
		abort();
	for (size_t f = 0; f < 2; f++)
		for (size_t i = 0; i < universe->family[f].n_hosts; i++)
			if (dice_chance(dice, of[f]) &&
			    !world_add_host(
				into, &universe->family[f].peer[i], &why))
				abort();
}

static void
put_local(struct world *world, const char *text)
{
	struct prefix prefix;
	struct fault why;

	if (!prefix_parse(text, &prefix) ||
	    !world_add_local(world, &prefix, &why))
		abort();
}

static void
put_places(
    struct dice *dice, const struct universe *universe, struct world *world)
{
	struct fault why;

	for (size_t f = 0; f < 2; f++) {
		for (size_t i = 0; i < UNIVERSE_OWNS; i++)
			if (!world_add_host(&world->addresses,
				&universe->family[f].own[i], &why))
				abort();
		for (size_t i = 0; i < 2; i++)
			if (dice_chance(dice, i == 0 ? 85 : 25) &&
			    !world_add_host(&world->gateway,
				&universe->family[f].peer[i], &why))
				abort();
	}
	if (dice_chance(dice, 85))
		put_local(world, "192.0.2.0/24");
	if (dice_chance(dice, 80))
		put_local(world, "2001:db8::/64");
	if (dice_chance(dice, 15))
		put_local(world, "198.51.100.0/30");
	if (dice_chance(dice, 10))
		put_local(world, "224.0.0.0/24");
	if (dice_chance(dice, 10))
		put_local(world, "ff02::/16");
}

void
make_world(
    struct dice *dice, const struct universe *universe, struct world *world)
{
	struct fault why;
	struct url url;

	world_init(world);
	put_places(dice, universe, world);
	put_some(dice, universe, &world->mine, 35);
	if (dice_chance(dice, 95) &&
	    !url_parse(things[dice_below(dice, N_THINGS)], &world->url, &why))
		abort();
	for (size_t i = 0; i < N_THINGS; i++)
		if (!url_parse(things[i], &url, &why))
			abort();
		else if (dice_chance(dice, 85))
			put_some(dice, universe,
			    world_thing_of(world, &url, &why), 35);
	for (size_t i = 0; i < MADE_TEXTS; i++) {
		const char *text = texts[i].text;
		bool is_service = strncmp(text, "urn:ietf:", 9) == 0;

		if (strstr(text, "no") == text ||
		    strcmp(text, "urn:x:nobody") == 0)
			continue;
		if (texts[i].kind == PEER_DNSNAME)
			put_some(dice, universe,
			    world_name_of(world, text, &why), 35);
		if (texts[i].kind == PEER_CONTROLLER &&
		    dice_chance(dice, is_service ? 40 : 85))
			put_some(dice, universe,
			    world_class_of(world, text, &why),
			    dice_chance(dice, 10) ? 0 : 35);
	}
}
