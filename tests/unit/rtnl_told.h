/*
 * For the tests of watch/links.c: builds rtnetlink messages as the kernel
 * sends them, and keeps what comes out of them as text.
 */
#ifndef TESTS_RTNL_TOLD_H
#define TESTS_RTNL_TOLD_H

#include <net/if.h>
#include <stddef.h>
#include <stdint.h>

#include "watch/links.h"

#define UP    (IFF_UP | IFF_RUNNING)
#define MAC_A "\2\0\0\0\1\1"
#define MAC_B "\2\0\0\0\1\2"
#define MAC_C "\2\0\0\0\1\3"
#define V4_1  "\300\0\2\1"
#define V4_2  "\300\0\2\2"
#define V6                                                                     \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"                               \
	"\1"
#define RAW(s) s, sizeof(s) - 1
#define U32(n) &(uint32_t){ n }, sizeof(uint32_t)

/* One datagram that grows, and the message that is being written. */
struct datagram {
	uint8_t raw[4096];
	size_t len, message, nest;
};

struct a_link {
	uint16_t type;
	uint8_t family;
	int index;
	unsigned int flags;
	const char *name;
	const char *mac;
	uint32_t master, lower;
	const char *kind, *slave_kind;
};

/* What came out, one line an event. */
struct told {
	struct links *links;
	char text[4096];
	size_t len;
};

/* Bytes, then padding up to four. */
void append(struct datagram *d, const void *raw, size_t len);
/* A message of which append and attr write the rest; finish sets its length. */
void begin(struct datagram *d, uint16_t type, uint16_t flags, uint32_t seq);
void attr(struct datagram *d, uint16_t type, const void *value, size_t len);
void finish(struct datagram *d);

/* Whole messages. NULL and 0: the attribute is left out. */
void put_link(struct datagram *d, const struct a_link *link);
void put_address(struct datagram *d, uint16_t type, uint8_t family, uint8_t len,
    uint32_t ifindex, const char *address, const char *local);
void put_neighbour(struct datagram *d, uint16_t type, uint8_t family,
    int ifindex, uint16_t nud, const char *mac, uint32_t master);

/* A route: dst of V4/V6's kind, or NULL; oif 0: the attribute is left out. */
struct a_route {
	uint16_t type; /* RTM_NEWROUTE, RTM_DELROUTE */
	uint16_t flags;
	uint8_t family, len, kind; /* kind: RTN_UNICAST... */
	const char *dst;
	uint32_t oif, metric, table;
};
void put_route(struct datagram *d, const struct a_route *route);

void told_begin(struct told *told);
void told_clear(struct told *told);
/* Feeds the datagram as events, expects just this to come out, and empties
 * the datagram. */
struct links_outcome feed(
    struct told *told, struct datagram *d, const char *expected);

/* A bridge, number 2, and its port, number 3. */
extern const struct a_link bridge, port;

#define BRIDGE_TOLD "+link 2 br-lan 02:00:00:00:01:01 up bridge master 0\n"
#define PORT_TOLD   "+link 3 lan1 02:00:00:00:01:02 up master 2\n"

#endif
