/*
 * Header fields: what RFC 8519 calls them, and where a packet has them.  The
 * reader, the engine, the enforcer and mudctl run it; what it is given is
 * checked here (fields_are_sound) before anything else looks at it.
 */
#include "libmud/field.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmud/addr.h"
#include "libmud/policy.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define BOTH    (FAMILY_4 | FAMILY_6)
#define VALUE   sizeof(((struct field *)NULL)->value)
#define MIN_IHL 5
#define IP_MORE 1u
#define TCP     6
#define UDP     17

#define BITS_TEXT 40 /* the names of all eight TCP flags */

/* In the packets of a family: bytes of a header, the field `shift` bits above
 * the lowest of them; and nft's words for it. */
struct place {
	enum field_base base;
	uint8_t offset, len, shift;
	const char *nft;
};

struct row {
	struct field_info info;
	const char *words;
	struct place at;
	struct place at6; /* where is_by_family, in IPv6 */
};

/* RFC 8519 s4.2; places by RFC 791, RFC 2474, RFC 3168, RFC 8200, RFC 9293,
 * RFC 768. */
/* clang-format off */
static const struct row rows[] = {
	[FIELD_DSCP] = {
	    { "ip", "dscp", 6, BOTH, -1, 63, true },
	    "DSCP", { FIELD_NETWORK, 1, 1, 2, "ip dscp" },
	    { FIELD_NETWORK, 0, 2, 6, "ip6 dscp" } },
	[FIELD_ECN] = {
	    { "ip", "ecn", 2, BOTH, -1, 3, true },
	    "ECN", { FIELD_NETWORK, 1, 1, 0, "ip ecn" },
	    { FIELD_NETWORK, 1, 1, 4, "ip6 ecn" } },
	[FIELD_LENGTH] = {
	    { "ip", "length", 16, BOTH, -1, UINT16_MAX, true },
	    "length", { FIELD_NETWORK, 2, 2, 0, "ip length" },
	    { FIELD_NETWORK, 4, 2, 0, "ip6 length" } },
	[FIELD_TTL] = {
	    { "ip", "ttl", 8, BOTH, -1, UINT8_MAX, true },
	    "TTL", { FIELD_NETWORK, 8, 1, 0, "ip ttl" },
	    { FIELD_NETWORK, 7, 1, 0, "ip6 hoplimit" } },
	[FIELD_IHL] = {
	    { "ipv4", "ihl", 4, FAMILY_4, -1, 60, false },
	    "header length", { FIELD_NETWORK, 0, 1, 0, "ip hdrlength" },
	    { 0 } },
	[FIELD_IP_FLAGS] = {
	    { "ipv4", "flags", 3, FAMILY_4, -1, 7, false },
	    "IP flags", { FIELD_NETWORK, 6, 2, 13, "ip frag-off & 0xe000 ==" },
	    { 0 } },
	[FIELD_OFFSET] = {
	    { "ipv4", "offset", 13, FAMILY_4, -1, UINT16_MAX, false },
	    "fragment offset", { FIELD_NETWORK, 6, 2, 0, "ip frag-off & 0x1fff ==" },
	    { 0 } },
	[FIELD_IDENTIFICATION] = {
	    { "ipv4", "identification", 16, FAMILY_4, -1, UINT16_MAX, false },
	    "identification", { FIELD_NETWORK, 4, 2, 0, "ip id" },
	    { 0 } },
	[FIELD_FLOW_LABEL] = {
	    { "ipv6", "flow-label", 20, FAMILY_6, -1, 0xfffff, false },
	    "flow label", { FIELD_NETWORK, 1, 3, 0, "ip6 flowlabel" },
	    { 0 } },
	[FIELD_SEQUENCE] = {
	    { "tcp", "sequence-number", 32, BOTH, TCP, UINT32_MAX, false },
	    "sequence number", { FIELD_TRANSPORT, 4, 4, 0, "tcp sequence" },
	    { 0 } },
	[FIELD_ACKNOWLEDGEMENT] = {
	    { "tcp", "acknowledgement-number", 32, BOTH, TCP, UINT32_MAX, false },
	    "acknowledgement number", { FIELD_TRANSPORT, 8, 4, 0, "tcp ackseq" },
	    { 0 } },
	[FIELD_DATA_OFFSET] = {
	    { "tcp", "data-offset", 4, BOTH, TCP, 15, false },
	    "data offset", { FIELD_TRANSPORT, 12, 1, 4, "tcp doff" },
	    { 0 } },
	[FIELD_RESERVED] = {
	    { "tcp", "reserved", 4, BOTH, TCP, UINT8_MAX, false },
	    "reserved bits", { FIELD_TRANSPORT, 12, 1, 0, "tcp reserved" },
	    { 0 } },
	[FIELD_TCP_FLAGS] = {
	    { "tcp", "flags", 8, BOTH, TCP, UINT8_MAX, false },
	    "TCP flags", { FIELD_TRANSPORT, 13, 1, 0, "tcp flags ==" },
	    { 0 } },
	[FIELD_WINDOW] = {
	    { "tcp", "window-size", 16, BOTH, TCP, UINT16_MAX, false },
	    "window size", { FIELD_TRANSPORT, 14, 2, 0, "tcp window" },
	    { 0 } },
	[FIELD_URGENT] = {
	    { "tcp", "urgent-pointer", 16, BOTH, TCP, UINT16_MAX, false },
	    "urgent pointer", { FIELD_TRANSPORT, 18, 2, 0, "tcp urgptr" },
	    { 0 } },
	[FIELD_UDP_LENGTH] = {
	    { "udp", "length", 16, BOTH, UDP, UINT16_MAX, false },
	    "UDP length", { FIELD_TRANSPORT, 4, 2, 0, "udp length" },
	    { 0 } },
	[FIELD_ETH_SOURCE] = {
	    { "eth", "source-mac-address", 48, BOTH, -1, 0, false },
	    "source MAC", { FIELD_LINK, 6, VALUE, 0, "ether saddr" },
	    { 0 } },
	[FIELD_ETH_DESTINATION] = {
	    { "eth", "destination-mac-address", 48, BOTH, -1, 0, false },
	    "destination MAC", { FIELD_LINK, 0, VALUE, 0, "ether daddr" },
	    { 0 } },
};
/* clang-format on */
_Static_assert(COUNT(rows) == FIELD_IDS, "a row for each field");

const struct field_info *
field_info(unsigned int id)
{
	return id > FIELD_NONE && id < FIELD_IDS ? &rows[id].info : NULL;
}

enum field_id
field_find(const char *container, const char *leaf)
{
	bool is_ip =
	    strcmp(container, "ipv4") == 0 || strcmp(container, "ipv6") == 0;

	for (unsigned int id = FIELD_NONE + 1; id < FIELD_IDS; id++) {
		const struct field_info *info = &rows[id].info;

		if (strcmp(info->leaf, leaf) == 0 &&
		    (strcmp(info->container, container) == 0 ||
			(is_ip && strcmp(info->container, "ip") == 0)))
			return (enum field_id)id;
	}
	return FIELD_NONE;
}

static bool
is_mac(unsigned int id)
{
	return id == FIELD_ETH_SOURCE || id == FIELD_ETH_DESTINATION;
}

/* The lowest bits of a number in six bytes. */
static void
put_number(uint8_t into[VALUE], uint64_t number)
{
	for (size_t i = 0; i < VALUE; i++)
		into[VALUE - 1 - i] = (uint8_t)(number >> 8 * i);
}

static uint64_t
number_of(const uint8_t bytes[VALUE])
{
	uint64_t number = 0;

	for (size_t i = 0; i < VALUE; i++)
		number = number << 8 | bytes[i];
	return number;
}

static uint64_t
ones(unsigned int bits)
{
	return (UINT64_C(1) << bits) - 1;
}

bool
field_of(enum field_id id, uint64_t value, struct field *field)
{
	const struct field_info *info = field_info(id);

	*field = (struct field){ 0 };
	if (info == NULL || is_mac(id) || value > info->most)
		return false;
	field->id = (uint8_t)id;
	put_number(field->value, value);
	put_number(field->mask, ones(info->bits));
	return true;
}

bool
field_of_mac(enum field_id id, const struct mac *mac, const struct mac *mask,
    struct field *field)
{
	*field = (struct field){ 0 };
	if (!is_mac(id) || number_of(mask->byte) == 0)
		return false;
	field->id = (uint8_t)id;
	put_number(field->value, number_of(mac->byte) & number_of(mask->byte));
	put_number(field->mask, number_of(mask->byte));
	return true;
}

uint64_t
field_value(const struct field *field)
{
	return number_of(field->value);
}

bool
field_can_hold(const struct field *field)
{
	uint64_t value = field_value(field);

	if ((value & ~number_of(field->mask)) != 0)
		return false;
	if (field->id == FIELD_OFFSET)
		return value == 0;
	if (field->id == FIELD_IP_FLAGS)
		return (value & IP_MORE) == 0;
	return field->id != FIELD_IHL || value >= MIN_IHL;
}

size_t
fields_count(const struct field fields[ACE_FIELDS])
{
	size_t n = 0;

	while (n < ACE_FIELDS && fields[n].id != FIELD_NONE)
		n++;
	return n;
}

bool
fields_add(struct field fields[ACE_FIELDS], const struct field *field)
{
	size_t n = fields_count(fields), at = 0;

	while (at < n && fields[at].id < field->id)
		at++;
	if (n == ACE_FIELDS || (at < n && fields[at].id == field->id))
		return false;
	memmove(&fields[at + 1], &fields[at], (n - at) * sizeof(*fields));
	fields[at] = *field;
	return true;
}

unsigned int
fields_families(const struct field fields[ACE_FIELDS])
{
	unsigned int families = BOTH;

	for (size_t i = 0; i < fields_count(fields); i++)
		families &= rows[fields[i].id].info.families;
	return families;
}

bool
fields_can_hold(const struct field fields[ACE_FIELDS])
{
	for (size_t i = 0; i < fields_count(fields); i++)
		if (!field_can_hold(&fields[i]))
			return false;
	return true;
}

/* One that field_of or field_of_mac has made. */
static bool
is_made(const struct field *field)
{
	const struct field_info *info = field_info(field->id);
	uint64_t value = field_value(field), mask = number_of(field->mask);

	if (info == NULL || field->zero != 0)
		return false;
	if (is_mac(field->id))
		return mask != 0 && (value & ~mask) == 0;
	return mask == ones(info->bits) && value <= info->most;
}

bool
fields_are_sound(const struct field fields[ACE_FIELDS], unsigned int families,
    int protocol, bool is_from_device)
{
	static const struct field unused;
	size_t n = fields_count(fields);

	for (size_t i = 0; i < n; i++) {
		const struct field *field = &fields[i];

		if (!is_made(field) || (i > 0 && field->id <= fields[i - 1].id))
			return false;
		if (rows[field->id].info.protocol != -1 &&
		    rows[field->id].info.protocol != protocol)
			return false;
		if (is_mac(field->id) && !is_from_device)
			return false;
	}
	for (size_t i = n; i < ACE_FIELDS; i++)
		if (memcmp(&fields[i], &unused, sizeof(unused)) != 0)
			return false;
	return (fields_families(fields) & families) != 0;
}

/* ---- in the packet, and as text ------------------------------------------ */

static const struct place *
place_of(const struct field *field, unsigned int family)
{
	const struct row *row = &rows[field->id];

	return row->info.is_by_family && family == 6 ? &row->at6 : &row->at;
}

struct field_wire
field_wire(const struct field *field, unsigned int family)
{
	const struct place *at = place_of(field, family);
	uint64_t mask = number_of(field->mask) << at->shift;
	uint8_t value[VALUE], bits[VALUE];
	struct field_wire wire = { .base = at->base,
		.offset = at->offset,
		.len = at->len,
		.is_masked = mask != ones(8u * at->len) };

	put_number(value, field_value(field) << at->shift);
	put_number(bits, mask);
	memcpy(wire.value, value + VALUE - at->len, at->len);
	memcpy(wire.mask, bits + VALUE - at->len, at->len);
	return wire;
}

/* Names of bits, from the lowest; "" where none is set. */
static void
join_bits(uint64_t value, const char *const names[], size_t n,
    const char *between, char buf[BITS_TEXT])
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n && len < BITS_TEXT; i++)
		if ((value >> i & 1) != 0)
			len += (size_t)snprintf(buf + len, BITS_TEXT - len,
			    "%s%s", len == 0 ? "" : between, names[i]);
}

static const char *const tcp_flags[] = { "fin", "syn", "rst", "psh", "ack",
	"urg", "ecn", "cwr" };

static const char *
mac_of(const uint8_t bytes[VALUE], char buf[MAC_TEXT])
{
	struct mac mac;

	memcpy(mac.byte, bytes, sizeof(mac.byte));
	return mac_text(&mac, buf);
}

const char *
field_nft(const struct field *field, unsigned int family, char buf[FIELD_TEXT])
{
	const char *nft = place_of(field, family)->nft;
	uint64_t value = field_value(field);
	char bits[BITS_TEXT], mac[MAC_TEXT], mask[MAC_TEXT];

	if (is_mac(field->id)) {
		if (number_of(field->mask) == ones(48))
			(void)snprintf(buf, FIELD_TEXT, "%s %s", nft,
			    mac_of(field->value, mac));
		else
			(void)snprintf(buf, FIELD_TEXT, "%s & %s == %s", nft,
			    mac_of(field->mask, mask),
			    mac_of(field->value, mac));
	} else if (field->id == FIELD_TCP_FLAGS && value != 0) {
		join_bits(value, tcp_flags, COUNT(tcp_flags), "|", bits);
		(void)snprintf(buf, FIELD_TEXT, "%s %s", nft, bits);
	} else if (field->id == FIELD_IP_FLAGS) {
		(void)snprintf(
		    buf, FIELD_TEXT, "%s 0x%04" PRIx64, nft, value << 13);
	} else {
		(void)snprintf(buf, FIELD_TEXT, "%s %" PRIu64, nft, value);
	}
	return buf;
}

const char *
field_words(const struct field *field, char buf[FIELD_TEXT])
{
	static const char *const ip_flags[] = { "more", "fragment",
		"reserved" };
	const char *words = rows[field->id].words;
	char bits[BITS_TEXT] = "", mac[MAC_TEXT], mask[MAC_TEXT];
	uint64_t value = field_value(field);

	if (field->id == FIELD_TCP_FLAGS)
		join_bits(value, tcp_flags, COUNT(tcp_flags), " ", bits);
	if (field->id == FIELD_IP_FLAGS)
		join_bits(value, ip_flags, COUNT(ip_flags), " ", bits);
	if (is_mac(field->id))
		(void)snprintf(buf, FIELD_TEXT, "%s %s%s%s", words,
		    mac_of(field->value, mac),
		    number_of(field->mask) == ones(48) ? "" : "/",
		    number_of(field->mask) == ones(48)
			? ""
			: mac_of(field->mask, mask));
	else if (field->id != FIELD_TCP_FLAGS && field->id != FIELD_IP_FLAGS)
		(void)snprintf(buf, FIELD_TEXT, "%s %" PRIu64, words, value);
	else
		(void)snprintf(buf, FIELD_TEXT, "%s %s", words,
		    value == 0 ? "none" : bits);
	return buf;
}
