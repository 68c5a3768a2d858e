/*
 * Whole frames.  Lengths are filled in; checksums are not, as nobody that
 * reads these frames looks at them (watch/frame.h).
 */
#include "tests/unit/wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

#define ETHERNET 14
#define TAG      4
#define ALL      "\377\377\377\377\377\377"

void
wire_put(struct wire *wire, const void *bytes, size_t len)
{
	assert_true(wire->len + len <= sizeof(wire->raw));
	memcpy(wire->raw + wire->len, bytes, len);
	wire->len += len;
}

void
wire_put8(struct wire *wire, unsigned int value)
{
	const uint8_t byte = (uint8_t)value;

	wire_put(wire, &byte, sizeof(byte));
}

void
wire_put16(struct wire *wire, size_t value)
{
	wire_put8(wire, (unsigned int)(value >> 8));
	wire_put8(wire, (unsigned int)value);
}

static void
set16(struct wire *wire, size_t at, size_t value)
{
	wire->raw[at] = (uint8_t)(value >> 8);
	wire->raw[at + 1] = (uint8_t)value;
}

void
wire_ethernet(struct wire *wire, const char *to, const char *from,
    unsigned int n_tags, uint16_t ethertype)
{
	wire->len = 0;
	wire_put(wire, to, 6);
	wire_put(wire, from, 6);
	/* The outer ones are 802.1ad's, the last one is 802.1Q's. */
	for (unsigned int i = n_tags; i > 0; i--) {
		wire_put16(wire, i == 1 ? 0x8100 : 0x88a8);
		wire_put16(wire, i);
	}
	wire_put16(wire, ethertype);
}

/* ---- DHCPv4 ------------------------------------------------------------ */

void
wire_dhcp4(struct wire *wire, unsigned int n_tags, bool is_client, uint8_t type,
    uint32_t xid, const void *options, size_t len)
{
	static const uint8_t zeros[192];
	const size_t ip = ETHERNET + (size_t)n_tags * TAG;

	wire_ethernet(
	    wire, ALL, is_client ? WIRE_THING : WIRE_SERVER, n_tags, 0x0800);
	wire_put(wire, "\105\0\0\0\0\0\0\0\100\21\0\0", 12);
	wire_put(wire, is_client ? "\0\0\0\0" : "\300\250\115\1", 4);
	wire_put(wire, "\377\377\377\377", 4);
	wire_put16(wire, is_client ? 68 : 67);
	wire_put16(wire, is_client ? 67 : 68);
	wire_put16(wire, 0);
	wire_put16(wire, 0);
	wire_put8(wire, is_client ? 1 : 2);
	wire_put(wire, "\1\6\0", 3);
	wire_put16(wire, xid >> 16);
	wire_put16(wire, xid & 0xffff);
	wire_put(wire, zeros, 20);
	wire_put(wire, WIRE_THING, 6);
	wire_put(wire, zeros, 10);
	wire_put(wire, zeros, 192);
	wire_put(wire, "\143\202\123\143", 4);
	if (type != 0) {
		wire_put(wire, "\65\1", 2);
		wire_put8(wire, type);
	}
	wire_put(wire, options, len);
	set16(wire, ip + 2, wire->len - ip);
	set16(wire, ip + 24, wire->len - ip - 20);
}

void
wire_mud4(struct wire *wire, const void *text, size_t len, size_t split)
{
	const uint8_t *at = text;

	do {
		const size_t part = split != 0 && len > split ? split : len;

		wire_put8(wire, 161);
		wire_put8(wire, (unsigned int)part);
		wire_put(wire, at, part);
		at += part;
		len -= part;
	} while (len > 0);
}

/* ---- IPv6 -------------------------------------------------------------- */

static size_t
begin_ipv6(struct wire *wire, unsigned int n_tags, const char *group,
    uint8_t next, uint8_t hops)
{
	const size_t ip = ETHERNET + (size_t)n_tags * TAG;
	const char ethernet[6] = { 0x33, 0x33, group[12], group[13], group[14],
		group[15] };

	wire_ethernet(wire, ethernet, WIRE_THING, n_tags, 0x86dd);
	wire_put(wire, "\140\0\0\0\0\0", 6);
	wire_put8(wire, next);
	wire_put8(wire, hops);
	wire_put(wire, "\376\200\0\0\0\0\0\0\0\0\0\0\0\1\0\1", 16);
	wire_put(wire, group, 16);
	return ip;
}

static void
end_ipv6(struct wire *wire, size_t ip)
{
	set16(wire, ip + 4, wire->len - ip - 40);
}

/* The message itself: type, transaction, who asks, the options. */
static void
put_message(struct wire *wire, uint8_t type, const void *options, size_t len)
{
	wire_put8(wire, type);
	wire_put(wire, "\1\2\3", 3);
	wire_put(wire, "\0\1\0\12\0\3\0\1" WIRE_THING, 14);
	wire_put(wire, options, len);
}

void
wire_dhcp6(struct wire *wire, unsigned int n_tags, uint8_t type,
    unsigned int n_relays, const void *options, size_t len)
{
	const size_t envelope = 38; /* RELAY-FORW with option 9's head */
	/* Option 79 of the innermost: who the client is (RFC 6939). */
	const size_t client = n_relays > 0 ? 12 : 0;
	const size_t ip = begin_ipv6(
	    wire, n_tags, "\377\2\0\0\0\0\0\0\0\0\0\0\0\1\0\2", 17, 1);
	size_t inner = 4 + 14 + len + n_relays * envelope + client;

	wire_put16(wire, n_relays > 0 ? 547 : 546);
	wire_put16(wire, 547);
	wire_put16(wire, 8 + inner);
	wire_put16(wire, 0);
	for (unsigned int i = n_relays; i > 0; i--) {
		inner -= envelope;
		wire_put8(wire, 12);
		wire_put8(wire, i - 1);
		wire_put(wire, "\375\167\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
		wire_put(wire, "\376\200\0\0\0\0\0\0\0\0\0\0\0\1\0\1", 16);
		if (i == 1) {
			wire_put(wire, "\0\117\0\10\0\1" WIRE_THING, 12);
			inner -= client;
		}
		wire_put16(wire, 9);
		wire_put16(wire, inner);
	}
	put_message(wire, type, options, len);
	end_ipv6(wire, ip);
}

void
wire_mud6(struct wire *wire, const void *text, size_t len)
{
	wire_put16(wire, 112);
	wire_put16(wire, len);
	wire_put(wire, text, len);
}

void
wire_nd(struct wire *wire, unsigned int n_tags, uint8_t type,
    const void *options, size_t len)
{
	const size_t ip = begin_ipv6(
	    wire, n_tags, "\377\2\0\0\0\0\0\0\0\0\0\1\377\0\0\2", 58, 255);

	wire_put8(wire, type);
	wire_put(wire, "\0\0\0\0\0\0\0", 7);
	wire_put(wire, "\376\200\0\0\0\0\0\0\0\0\0\0\0\1\0\2", 16);
	wire_put(wire, options, len);
	end_ipv6(wire, ip);
}

/* ---- no IP ------------------------------------------------------------- */

void
wire_lldp(struct wire *wire, unsigned int n_tags, uint16_t ttl,
    const void *tlvs, size_t len)
{
	wire_ethernet(wire, "\1\200\302\0\0\16", WIRE_THING, n_tags, 0x88cc);
	wire_put(wire, "\2\7\4" WIRE_THING "\4\2\7a\6\2", 15);
	wire_put16(wire, ttl);
	wire_put(wire, tlvs, len);
}

void
wire_mud_lldp(struct wire *wire, const void *text, size_t len)
{
	wire_put16(wire, 127u << 9 | (4 + len));
	wire_put(wire, "\0\0\136\1", 4);
	wire_put(wire, text, len);
}

void
wire_arp(struct wire *wire, unsigned int n_tags, uint16_t operation)
{
	static const uint8_t padding[18];

	wire_ethernet(wire, ALL, WIRE_THING, n_tags, 0x0806);
	wire_put(wire, "\0\1\10\0\6\4", 6);
	wire_put16(wire, operation);
	wire_put(wire, WIRE_THING "\300\250\115\62", 10);
	wire_put(wire, "\0\0\0\0\0\0\300\250\115\1", 10);
	wire_put(wire, padding, sizeof(padding));
}
