/*
 * Which way the kernel sends a packet: its interfaces, its routes, asked by
 * rtnetlink for one question.
 */
#ifndef WALK_ROUTE_H
#define WALK_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "enforce/walk/packet.h"

struct routes;

struct route_link {
	struct packet_link link;
	uint32_t bridge; /* ifindex of its bridge; 0: it is no port */
	bool is_bridge;
	/* Of a bridge: its frames pass the inet hooks (br_netfilter). */
	bool filters4, filters6;
};

struct route {
	bool is_here; /* the gateway itself takes it */
	bool is_none; /* there is no route */
	uint32_t ifindex;
};

/* NULL with errno. */
struct routes *routes_new(void);
void routes_free(struct routes *routes);

/* False if no interface has this number now; *link is untouched then. */
bool routes_link(
    struct routes *routes, uint32_t ifindex, struct route_link *link);
/* The port where the bridge has learnt this MAC; 0: it does not know it. */
uint32_t routes_port(
    struct routes *routes, uint32_t bridge, const struct mac *mac);
/* 0 or -errno: the kernel did not say. */
int routes_to(
    struct routes *routes, const struct addr *addr, struct route *route);

#endif
