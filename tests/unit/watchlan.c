/* A LAN for the tests of observe(). */
#include "tests/unit/watchlan.h"

#include <string.h>

#include "watch/links.h"
#include "watch/presence.h"

#define KEY 7

const struct mac watchlan_thing = { { 2, 0, 0, 0, 1, 1 } };
const struct mac watchlan_server = { { 2, 0, 0, 0, 9, 9 } };
const struct mac watchlan_relay = { { 2, 0, 0, 0, 8, 8 } };

static void
nothing_link(void *arg, const struct record_link *link)
{
	(void)arg;
	(void)link;
}

static void
nothing_gateway(void *arg, const struct record_gateway *address)
{
	(void)arg;
	(void)address;
}

static void
nothing_network(void *arg, const struct record_network *network)
{
	(void)arg;
	(void)network;
}

static void
nothing_mac(
    void *arg, enum links_where where, const struct mac *mac, uint32_t ifindex)
{
	(void)arg;
	(void)where;
	(void)mac;
	(void)ifindex;
}

void
watchlan_begin(struct watchlan *lan)
{
	const struct links_events events = { nothing_link, nothing_gateway,
		nothing_network, nothing_mac, NULL };

	lan->links = links_new(&events, NULL);
	lan->presence = presence_new(KEY);
	lan->observer = observer_new(lan->links, lan->presence, KEY);
	observer_trust(lan->observer, &watchlan_server);
	observer_trust_relay(lan->observer, &watchlan_relay);
}

void
watchlan_end(struct watchlan *lan)
{
	observer_free(lan->observer);
	presence_free(lan->presence);
	links_free(lan->links);
}

void
watchlan_put16(struct wire *packet, size_t at, size_t value)
{
	packet->raw[at] = (uint8_t)(value >> 8);
	packet->raw[at + 1] = (uint8_t)value;
}

bool
watchlan_see(struct watchlan *lan, const struct wire *packet, uint32_t ifindex,
    bool is_leaving, int64_t at, struct record_sighting *sighting,
    struct fault *why)
{
	const struct observation seen = { ifindex, is_leaving, at,
		{ packet->raw, packet->len } };

	memset(sighting, 0xa5, sizeof(*sighting));
	return observe(lan->observer, &seen, sighting, why);
}
