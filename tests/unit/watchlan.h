/*
 * A LAN for the tests of observe(): a Thing, a DHCP server that is trusted, and
 * a relay that is, on two ports of which nothing is known yet.
 */
#ifndef TESTS_UNIT_WATCHLAN_H
#define TESTS_UNIT_WATCHLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "tests/unit/wire.h"
#include "watch/observe.h"

#define PORT_A 3
#define PORT_B 4
#define NOW    1000000

extern const struct mac watchlan_thing, watchlan_server, watchlan_relay;

struct watchlan {
	struct links *links;
	struct presence *presence;
	struct observer *observer;
};

void watchlan_begin(struct watchlan *lan);
void watchlan_end(struct watchlan *lan);

/* Sixteen bits of a packet, as on the wire. */
void watchlan_put16(struct wire *packet, size_t at, size_t value);

/* As observe() answers. *sighting is all 0xa5 where it is left alone. */
bool watchlan_see(struct watchlan *lan, const struct wire *packet,
    uint32_t ifindex, bool is_leaving, int64_t at,
    struct record_sighting *sighting, struct fault *why);

#endif
