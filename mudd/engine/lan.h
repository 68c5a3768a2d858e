/*
 * The gateway's own side of the LAN: which interfaces and bridge ports there
 * are, the gateway's addresses, the local networks, and what is the gateway's
 * besides by its routes.
 *
 * Fed by the watcher's LINK, GATEWAY and NETWORK records; knows from the
 * configuration which interfaces are the LAN.  Pure data.
 */
#ifndef ENGINE_LAN_H
#define ENGINE_LAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/addr.h"
#include "libmud/limits.h"

struct config;

struct lan_link {
	struct record_link link;
	bool is_lan;       /* a LAN interface by the configuration */
	bool is_port;      /* frames of Things come in here: listen */
	bool is_captured;  /* a capture has been asked for */
	bool is_installed; /* in the kernel's set `lan` */
	bool is_changed;   /* it has another MAC than the kernel was told */
	bool is_stale;     /* not repeated yet since lan_restart */
	char
	    told_name[LINK_NAME]; /* of a port: as the kernel knows it, or "" */
};

struct lan_address {
	uint32_t ifindex;
	struct addr addr;
	uint8_t len;
	bool is_stale; /* as above */
};

struct lan_network {
	struct record_network network;
	bool is_stale; /* as above */
};

struct lan {
	const struct config *config;
	size_t n_links, n_addresses, n_networks;
	struct lan_link links[LIMIT_PORTS];
	struct lan_address addresses[LIMIT_PORTS];
	struct lan_network networks[LIMIT_NETWORKS];
	bool is_partial; /* there were more of them than fit, once */
	size_t n_gone;   /* interfaces that left while the kernel had them */
	uint32_t gone[LIMIT_PORTS];
	size_t n_ports_gone; /* the same of ports */
	uint32_t ports_gone[LIMIT_PORTS];
	bool is_complete; /* the watcher's first list has ended */
	bool is_known;    /* or that of an earlier watcher had */
	bool links_changed, addresses_changed; /* the owner clears them */
	bool ports_changed;                    /* placing.c does */
};

void lan_init(struct lan *lan, const struct config *config);
/* The watcher begins anew: what it told holds until lan_links_end; what it
 * has not repeated by then is gone. */
void lan_restart(struct lan *lan);
/* Its list has ended. */
void lan_links_end(struct lan *lan);

/* false: the record breaks a rule. More links than fit are ignored. */
bool lan_link(struct lan *lan, const struct record_link *link);
bool lan_gateway(struct lan *lan, const struct record_gateway *gateway);
bool lan_network(struct lan *lan, const struct record_network *network);

/* NULL if unknown. */
struct lan_link *lan_find(struct lan *lan, uint32_t ifindex);
struct lan_link *lan_find_name(struct lan *lan, const char *name);
/* The LAN interface that a port belongs to: itself, or its bridge; or NULL. */
const struct lan_link *lan_of_port(const struct lan *lan, uint32_t ifindex);
/* Is it the MAC of one of the gateway's own interfaces (S-49)? */
bool lan_is_own_mac(const struct lan *lan, const struct mac *mac);
bool lan_is_own_addr(const struct lan *lan, const struct addr *addr);
/* May a Thing behind this port have this address, lent by a DHCP server or of
 * its own? It must be of a network that is connected there, and be neither the
 * gateway's nor the network's own: its first address, its last one of IPv4
 * (S-48, S-49). */
bool lan_may_lend(
    const struct lan *lan, uint32_t port, const struct addr *addr);
/* The same of one who has the address already: where nobody knows his port, or
 * it is gone, behind any. */
bool lan_may_keep(
    const struct lan *lan, uint32_t port, const struct addr *addr);

/* Is this network none that a fetch may lead to (S-22)? The gateway answers
 * there, or it ends there, or it is routed to the LAN. */
bool lan_is_closed(const struct lan *lan, const struct record_network *network);

/* Local networks: what is connected on the LAN, link-local, and the
 * configuration's. At most LIMIT_LOCALS; returns how many. */
size_t lan_locals(const struct lan *lan, struct prefix out[LIMIT_LOCALS]);
/* The gateway's own addresses, every interface's, and for IPv4 the LAN's
 * broadcast addresses: what `local-networks` never means (S-44). */
size_t lan_selves(const struct lan *lan, struct addr *out, size_t max);
/* The gateway's addresses on the LAN: its DNS and NTP by default. */
size_t lan_servers(const struct lan *lan, struct addr *out, size_t max);

#endif
