/*
 * Flows as JSON.  Role: mudctl.  Input: lines that the caller names a file of.
 */
#include "mudctl/flowjson.h"

#include <string.h>

#include "libmud/fault.h"
#include "libmud/json.h"
#include "mudctl/strict.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PORT_MAX     65535

static const char clause[] = "mudctl(1), flows";

struct filling {
	struct flow *flow;
	bool has_direction, has_peer, has_protocol;
};

/* clang-format off */
static const struct {
	const char *name;
	enum field_id id;
	unsigned int bits; /* 48: a MAC */
} fields[] = {
	{ "dscp", FIELD_DSCP, 6 },
	{ "ecn", FIELD_ECN, 2 },
	{ "length", FIELD_LENGTH, 16 },
	{ "ttl", FIELD_TTL, 8 },
	{ "ihl", FIELD_IHL, 4 },
	{ "ip_flags", FIELD_IP_FLAGS, 3 },
	{ "fragment_offset", FIELD_OFFSET, 13 },
	{ "identification", FIELD_IDENTIFICATION, 16 },
	{ "flow_label", FIELD_FLOW_LABEL, 20 },
	{ "sequence", FIELD_SEQUENCE, 32 },
	{ "acknowledgement", FIELD_ACKNOWLEDGEMENT, 32 },
	{ "data_offset", FIELD_DATA_OFFSET, 4 },
	{ "reserved", FIELD_RESERVED, 4 },
	{ "tcp_flags", FIELD_TCP_FLAGS, 8 },
	{ "window", FIELD_WINDOW, 16 },
	{ "urgent", FIELD_URGENT, 16 },
	{ "udp_length", FIELD_UDP_LENGTH, 16 },
	{ "eth_source", FIELD_ETH_SOURCE, 48 },
	{ "eth_destination", FIELD_ETH_DESTINATION, 48 },
};
/* clang-format on */

bool
flowjson_number(const char *text, unsigned int max, unsigned int *number)
{
	size_t n = strspn(text, "0123456789");
	unsigned int value = 0;

	if (n == 0 || n > 5 || text[n] != '\0')
		return false;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (unsigned int)(text[i] - '0');
	if (value > max)
		return false;
	*number = value;
	return true;
}

bool
flowjson_protocol(const char *text, uint8_t *protocol)
{
	static const struct {
		const char *name;
		uint8_t number;
	} known[] = { { "tcp", 6 }, { "udp", 17 }, { "icmp", 1 },
		{ "icmpv6", 58 } };
	unsigned int number = 0;

	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(text, known[i].name) == 0) {
			*protocol = known[i].number;
			return true;
		}
	if (!flowjson_number(text, UINT8_MAX, &number))
		return false;
	*protocol = (uint8_t)number;
	return true;
}

bool
flowjson_fits(const struct flow *flow, struct fault *why)
{
	if (flow->protocol == 1 && flow->peer.family == 6)
		return fault_set(why, FAULT_MALFORMED, clause,
		    "the peer is an IPv6 address, whose ICMP is icmpv6");
	if (flow->protocol == 58 && flow->peer.family == 4)
		return fault_set(why, FAULT_MALFORMED, clause,
		    "the peer is an IPv4 address, whose ICMP is icmp");
	if (flow->own.family != 0 && flow->own.family != flow->peer.family)
		return fault_set(why, FAULT_MALFORMED, clause,
		    "the peer and the own address are of two families");
	return true;
}

static bool
read_word(const struct json_at *at, const char *first, const char *second,
    bool *is_second, struct fault *why)
{
	const char *text = "";

	if (!strict_text(at, &text, why))
		return false;
	if (strcmp(text, first) != 0 && strcmp(text, second) != 0)
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "\"%.40s\" is neither \"%s\" nor \"%s\"", text, first,
		    second);
	*is_second = strcmp(text, second) == 0;
	return true;
}

static bool
read_direction(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	bool is_to = false;

	if (!read_word(at, "from", "to", &is_to, why))
		return false;
	filling->flow->direction = is_to ? TO_DEVICE : FROM_DEVICE;
	filling->has_direction = true;
	return true;
}

static bool
read_opener(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	bool is_peer = false;

	if (!read_word(at, "thing", "peer", &is_peer, why))
		return false;
	filling->flow->opener = is_peer ? OPENED_BY_PEER : OPENED_BY_THING;
	return true;
}

static bool
read_addr(const struct json_at *at, struct addr *addr, struct fault *why)
{
	const char *text = "";

	if (!strict_text(at, &text, why))
		return false;
	return addr_parse(text, addr) ||
	       strict_refuse(at, why, FAULT_MALFORMED, clause,
		   "\"%.60s\" is no IPv4 or IPv6 address", text);
}

static bool
read_peer(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	filling->has_peer = true;
	return read_addr(at, &filling->flow->peer, why);
}

static bool
read_own(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_addr(at, &filling->flow->own, why);
}

static bool
read_protocol(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	unsigned int number = 0;
	const char *text = "";

	filling->has_protocol = true;
	if (json_is_integer(at->value)) {
		if (!strict_uint(at, 0, UINT8_MAX, &number, why))
			return false;
		filling->flow->protocol = (uint8_t)number;
		return true;
	}
	if (!strict_text(at, &text, why))
		return false;
	return flowjson_protocol(text, &filling->flow->protocol) ||
	       strict_refuse(at, why, FAULT_MALFORMED, clause,
		   "\"%.40s\" is not tcp, udp, icmp, icmpv6 or 0 to 255", text);
}

static bool
read_port(const struct json_at *at, int32_t *port, struct fault *why)
{
	unsigned int number = 0;

	if (!strict_uint(at, 0, PORT_MAX, &number, why))
		return false;
	*port = (int32_t)number;
	return true;
}

static bool
read_source(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_port(at, &filling->flow->source, why);
}

static bool
read_destination(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_port(at, &filling->flow->destination, why);
}

static bool
read_octet(const struct json_at *at, int16_t *octet, struct fault *why)
{
	unsigned int number = 0;

	if (!strict_uint(at, 0, UINT8_MAX, &number, why))
		return false;
	*octet = (int16_t)number;
	return true;
}

static bool
read_type(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_octet(at, &filling->flow->icmp_type, why);
}

static bool
read_code(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_octet(at, &filling->flow->icmp_code, why);
}

static bool
read_tracked(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	bool is_tracked = false;

	if (!strict_boolean(at, &is_tracked, why))
		return false;
	filling->flow->is_untracked = !is_tracked;
	return true;
}

static bool
read_flag(const struct json_at *at, void *into, struct fault *why)
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack",
		"urg", "ece", "cwr" };
	struct flow *flow = into;
	const char *text = "";

	if (!strict_text(at, &text, why))
		return false;
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(text, names[i]) == 0) {
			flow->field[FIELD_TCP_FLAGS] |= 1u << i;
			return true;
		}
	return strict_refuse(at, why, FAULT_MALFORMED, clause,
	    "\"%.40s\" is no flag of TCP", text);
}

static bool
read_mac(const struct json_at *at, uint64_t *value, struct fault *why)
{
	const char *text = "";
	struct mac mac;

	if (!strict_text(at, &text, why))
		return false;
	if (!mac_parse(text, &mac))
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "\"%.60s\" is no MAC address", text);
	*value = 0;
	for (size_t i = 0; i < sizeof(mac.byte); i++)
		*value = *value << 8 | mac.byte[i];
	return true;
}

/* A member that no line of the table knows: a header field, or nothing. */
static bool
read_field(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	unsigned int number = 0;
	uint64_t value = 0;
	size_t i = 0;

	while (i < COUNT(fields) && strcmp(fields[i].name, at->key) != 0)
		i++;
	if (i == COUNT(fields))
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "no such member of a flow");
	if (fields[i].id == FIELD_TCP_FLAGS && json_is_array(at->value)) {
		flow_know(filling->flow, FIELD_TCP_FLAGS, 0);
		return strict_elements(at, 8, read_flag, filling->flow, why);
	}
	if (fields[i].bits == 48) {
		if (!read_mac(at, &value, why))
			return false;
	} else {
		if (!strict_uint(at, 0,
			(unsigned int)((1ull << fields[i].bits) - 1), &number,
			why))
			return false;
		value = number;
	}
	flow_know(filling->flow, fields[i].id, value);
	return true;
}

static bool
read_members(
    const struct json_at *at, struct filling *filling, struct fault *why)
{
	static const struct strict_member members[] = {
		{ "direction", read_direction },
		{ "peer", read_peer },
		{ "own", read_own },
		{ "protocol", read_protocol },
		{ "src_port", read_source },
		{ "dst_port", read_destination },
		{ "icmp_type", read_type },
		{ "icmp_code", read_code },
		{ "opener", read_opener },
		{ "tracked", read_tracked },
		{ "about", NULL },
	};
	static const struct addr none;

	*filling->flow = flow_blank(FROM_DEVICE, &none, 0);
	if (!strict_members(
		at, members, COUNT(members), read_field, filling, why))
		return false;
	if (!filling->has_direction || !filling->has_peer ||
	    !filling->has_protocol)
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "a flow needs direction, peer and protocol");
	return flowjson_fits(filling->flow, why);
}

bool
flowjson_read(struct bytes text, struct flowjson *flow, struct fault *why)
{
	struct filling filling = { .flow = &flow->flow };
	struct filling inner = { .flow = &flow->about };
	struct json_at top = { 0 }, about;
	bool ok;

	if (!json_load(text, &top.value, why))
		return false;
	ok = read_members(&top, &filling, why);
	if (ok && json_find(&top, "about", &about)) {
		ok = read_members(&about, &inner, why);
		flow->flow.about = &flow->about;
	}
	json_decref(top.value);
	return ok;
}
