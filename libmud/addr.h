/*
 * MAC addresses, IP addresses and prefixes: parse, print, compare, classify.
 *
 * All are plain values without pointers or padding, fit for records and for
 * memcmp.  Addresses are in network byte order.
 */
#ifndef LIBMUD_ADDR_H
#define LIBMUD_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mac {
	uint8_t byte[6];
};

/* family is 4 or 6 (0: no address); IPv4 uses the first four bytes. */
struct addr {
	uint8_t family;
	uint8_t byte[16];
};

/* len bits of addr count; host bits are zero. family 0: no prefix. */
struct prefix {
	struct addr addr;
	uint8_t len;
};

#define MAC_TEXT    18 /* "02:00:5e:00:53:01" */
#define ADDR_TEXT   46 /* INET6_ADDRSTRLEN */
#define PREFIX_TEXT 50

/* Colons or dashes, either case. Untouched on failure. */
bool mac_parse(const char *text, struct mac *mac);
/* The _text functions print into the caller's buffer and return it; without
 * a family, "". */
const char *mac_text(const struct mac *mac, char buf[MAC_TEXT]);
bool mac_equal(const struct mac *a, const struct mac *b);
/* Fit to name a Thing: unicast, not zero (S-49; VRRP's are refused too). */
bool mac_is_host(const struct mac *mac);

/* Exactly four decimal parts, or RFC 4291 text; no zone, no short forms. */
bool addr_parse(const char *text, struct addr *addr);
const char *addr_text(const struct addr *addr, char buf[ADDR_TEXT]);
bool addr_equal(const struct addr *a, const struct addr *b);
/* Is it one of these? */
bool addr_among(const struct addr *list, size_t n, const struct addr *addr);
struct addr addr_v4(const uint8_t byte[4]);
struct addr addr_v6(const uint8_t byte[16]);

/* A known family, and nothing behind an IPv4 address: what is equal is told so
 * by its bytes. */
bool addr_is_sound(const struct addr *addr);
/* Unicast that a LAN host may own: not zero, loopback, multicast, broadcast. */
bool addr_is_host(const struct addr *addr);
/* Fit to fetch from or to admit for an internet name without being asked:
 * the list of S-22, mapped and NAT64 forms decoded.  The gateway's own
 * addresses are the caller's to refuse. */
bool addr_is_global(const struct addr *addr);
/* An IPv4-mapped address (RFC 4291 s2.5.5.2) as the IPv4 address that packets
 * go to; any other as it is. */
struct addr addr_unmapped(const struct addr *addr);

/* "192.0.2.0/24", "2001:db8::/32"; without a length it is a host prefix.
 * Host bits that are set are cleared. */
bool prefix_parse(const char *text, struct prefix *prefix);
const char *prefix_text(const struct prefix *prefix, char buf[PREFIX_TEXT]);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
bool prefix_has(const struct prefix *prefix, const struct addr *addr);
/* addr with all bits past len cleared; len is capped at the family's width. */
struct prefix prefix_of(const struct addr *addr, unsigned int len);
/* Does it hold unicast addresses alone, no multicast, no broadcast? A prefix
 * that is so short that it reaches into them does not. */
bool prefix_is_unicast(const struct prefix *prefix);
/* May it be a NAT64 prefix: IPv6, and of a length of RFC 6052 s2.2? */
bool prefix_is_nat64(const struct prefix *prefix);
/* The IPv4 address that one under a NAT64 prefix stands for (RFC 6052 s2.2).
 * False, and *inner untouched, if it is not under it, or it is none. */
bool prefix_unwrap(
    const struct prefix *nat64, const struct addr *addr, struct addr *inner);
/* Well-formed: a known family, a length that fits, no host bits. */
bool prefix_is_sound(const struct prefix *prefix);

#endif
