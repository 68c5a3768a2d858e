/*
 * MAC and IP addresses and prefixes.  Every program runs it; the texts come
 * from the configuration, from MUD files and from DNS, so all may be hostile.
 */
#include "libmud/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A block of addresses in a table: its first bytes, and how many bits. */
struct block {
	uint8_t byte[16];
	uint8_t bits;
};

/* S-22: IPv4 that is not global unicast. */
static const struct block closed4[] = {
	{ { 0 }, 8 },
	{ { 10 }, 8 },
	{ { 100, 64 }, 10 },
	{ { 127 }, 8 },
	{ { 169, 254 }, 16 },
	{ { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 },
	{ { 192, 168 }, 16 },
	{ { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 },
	{ { 224 }, 3 },
};

/* S-22: what is closed inside 2000::/3, the only open block of IPv6. */
static const struct block closed6[] = {
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, { { 0x3f, 0xff }, 20 },
	{ { 0x20, 0x01 }, 32 }, /* Teredo */
	{ { 0x20, 0x02 }, 16 }, /* 6to4 */
};

/* IPv6 that only wraps an IPv4 address, in its last four bytes (S-22). */
static const struct block wrapped4[] = {
	{ { [10] = 0xff, 0xff }, 96 },
	{ { 0x00, 0x64, 0xff, 0x9b }, 96 }, /* NAT64 */
};

static const struct block unicast6 = { { 0x20 }, 3 };
static const struct block unspecified6 = { { 0 }, 96 }; /* ::, ::1, compat */
static const struct block multicast6 = { { 0xff }, 8 };

static unsigned int
width(uint8_t family)
{
	return family == 4 ? 32 : family == 6 ? 128 : 0;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

static bool
in_block(const uint8_t *byte, const struct block *block)
{
	return same_bits(byte, block->byte, block->bits);
}

static bool
in_any(const uint8_t *byte, const struct block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (in_block(byte, &blocks[i]))
			return true;
	return false;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
mac_parse(const char *text, struct mac *mac)
{
	struct mac read;
	char separator;

	if (strnlen(text, MAC_TEXT) != MAC_TEXT - 1)
		return false;
	separator = text[2];
	if (separator != ':' && separator != '-')
		return false;
	for (size_t i = 0; i < LENGTH(read.byte); i++) {
		int high = hex_digit(text[3 * i]);
		int low = hex_digit(text[3 * i + 1]);
		char after = text[3 * i + 2];

		if (high < 0 || low < 0)
			return false;
		if (i + 1 < LENGTH(read.byte) && after != separator)
			return false;
		read.byte[i] = (uint8_t)(high << 4 | low);
	}
	*mac = read;
	return true;
}

const char *
mac_text(const struct mac *mac, char buf[MAC_TEXT])
{
	(void)snprintf(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
	    mac->byte[0], mac->byte[1], mac->byte[2], mac->byte[3],
	    mac->byte[4], mac->byte[5]);
	return buf;
}

bool
mac_equal(const struct mac *a, const struct mac *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
mac_is_host(const struct mac *mac)
{
	static const struct mac zero;
	static const uint8_t vrrp[] = { 0x00, 0x00, 0x5e, 0x00 };

	if ((mac->byte[0] & 0x01) != 0 || mac_equal(mac, &zero))
		return false;
	/* RFC 9568 s7.3: 01 for IPv4, 02 for IPv6; shared by routers (S-49). */
	return memcmp(mac->byte, vrrp, sizeof(vrrp)) != 0 ||
	       (mac->byte[4] != 0x01 && mac->byte[4] != 0x02);
}

bool
addr_parse(const char *text, struct addr *addr)
{
	struct addr read = { 0 };

	/* inet_pton takes neither short forms, nor zones, nor leading zeros. */
	if (inet_pton(AF_INET, text, read.byte) == 1)
		read.family = 4;
	else if (inet_pton(AF_INET6, text, read.byte) == 1)
		read.family = 6;
	else
		return false;
	*addr = read;
	return true;
}

const char *
addr_text(const struct addr *addr, char buf[ADDR_TEXT])
{
	int af = addr->family == 4 ? AF_INET : AF_INET6;

	buf[0] = '\0';
	if (width(addr->family) != 0)
		(void)inet_ntop(af, addr->byte, buf, ADDR_TEXT);
	return buf;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
addr_among(const struct addr *list, size_t n, const struct addr *addr)
{
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&list[i], addr))
			return true;
	return false;
}

struct addr
addr_v4(const uint8_t byte[4])
{
	struct addr addr = { .family = 4 };

	memcpy(addr.byte, byte, 4);
	return addr;
}

struct addr
addr_v6(const uint8_t byte[16])
{
	struct addr addr = { .family = 6 };

	memcpy(addr.byte, byte, 16);
	return addr;
}

bool
addr_is_sound(const struct addr *addr)
{
	static const uint8_t nothing[sizeof(addr->byte)];

	if (addr->family == 4)
		return memcmp(addr->byte + 4, nothing, sizeof(nothing) - 4) ==
		       0;
	return addr->family == 6;
}

bool
addr_is_host(const struct addr *addr)
{
	const uint8_t *byte = addr->byte;

	if (!addr_is_sound(addr))
		return false;
	if (addr->family == 4)
		return byte[0] != 0 && byte[0] != 127 && byte[0] < 224;
	return addr->family == 6 && !in_block(byte, &unspecified6) &&
	       !in_block(byte, &wrapped4[0]) && !in_block(byte, &multicast6);
}

bool
addr_is_global(const struct addr *addr)
{
	const uint8_t *byte = addr->byte;

	if (addr->family == 6 && in_any(byte, wrapped4, LENGTH(wrapped4)))
		return !in_any(byte + 12, closed4, LENGTH(closed4));
	if (addr->family == 4)
		return !in_any(byte, closed4, LENGTH(closed4));
	return addr->family == 6 && in_block(byte, &unicast6) &&
	       !in_any(byte, closed6, LENGTH(closed6));
}

struct addr
addr_unmapped(const struct addr *addr)
{
	if (addr->family == 6 && in_block(addr->byte, &wrapped4[0]))
		return addr_v4(addr->byte + 12);
	return *addr;
}

/* One to three digits, no sign, no leading zero. */
static bool
length_parse(const char *text, unsigned int *len)
{
	size_t n = strspn(text, "0123456789");
	unsigned int value = 0;

	if (n == 0 || n > 3 || text[n] != '\0' || (n > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (unsigned int)(text[i] - '0');
	*len = value;
	return true;
}

bool
prefix_parse(const char *text, struct prefix *prefix)
{
	char address[ADDR_TEXT];
	struct addr addr;
	size_t n = strcspn(text, "/");
	unsigned int len;

	if (n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	if (!addr_parse(address, &addr))
		return false;
	len = width(addr.family);
	if (text[n] == '/' && !length_parse(text + n + 1, &len))
		return false;
	if (len > width(addr.family))
		return false;
	*prefix = prefix_of(&addr, len);
	return true;
}

const char *
prefix_text(const struct prefix *prefix, char buf[PREFIX_TEXT])
{
	char address[ADDR_TEXT];

	buf[0] = '\0';
	if (width(prefix->addr.family) != 0)
		(void)snprintf(buf, PREFIX_TEXT, "%s/%u",
		    addr_text(&prefix->addr, address), prefix->len);
	return buf;
}

bool
prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
prefix_has(const struct prefix *prefix, const struct addr *addr)
{
	return prefix->addr.family == addr->family &&
	       prefix->len <= width(addr->family) &&
	       same_bits(prefix->addr.byte, addr->byte, prefix->len);
}

struct prefix
prefix_of(const struct addr *addr, unsigned int len)
{
	struct prefix prefix = { .addr = { .family = addr->family } };
	size_t whole;

	if (len > width(addr->family))
		len = width(addr->family);
	whole = len / 8;
	prefix.len = (uint8_t)len;
	memcpy(prefix.addr.byte, addr->byte, whole);
	if (len % 8 != 0)
		prefix.addr.byte[whole] =
		    (uint8_t)(addr->byte[whole] & 0xff00u >> len % 8);
	return prefix;
}

bool
prefix_is_sound(const struct prefix *prefix)
{
	struct prefix clean;

	if (width(prefix->addr.family) == 0 ||
	    prefix->len > width(prefix->addr.family))
		return false;
	clean = prefix_of(&prefix->addr, prefix->len);
	return prefix_equal(prefix, &clean);
}

bool
prefix_is_nat64(const struct prefix *prefix)
{
	static const uint8_t lengths[] = { 32, 40, 48, 56, 64, 96 };

	return prefix->addr.family == 6 && prefix_is_sound(prefix) &&
	       memchr(lengths, prefix->len, sizeof(lengths)) != NULL;
}

bool
prefix_unwrap(
    const struct prefix *nat64, const struct addr *addr, struct addr *inner)
{
	uint8_t byte[4];

	if (!prefix_is_nat64(nat64) || !prefix_has(nat64, addr))
		return false;
	/* Octet 8 is none of the four (RFC 6052 s2.2, the "u" octet). */
	for (size_t i = 0, at = nat64->len / 8u; i < sizeof(byte); at++)
		if (at != 8)
			byte[i++] = addr->byte[at];
	*inner = addr_v4(byte);
	return true;
}

bool
prefix_is_unicast(const struct prefix *prefix)
{
	unsigned int last = prefix->addr.byte[0];

	if (prefix->len < 8)
		last |= 0xffu >> prefix->len;
	return last < (prefix->addr.family == 4 ? 224u : 255u);
}
