/*
 * DHCPv6 messages.  Role: watcher.  Input: hostile, straight off the LAN.
 *
 * Envelopes are opened one after the other, and the two levels below a message
 * (an IA, an address in it) are walked by name: nothing recurses (S-2).
 */
#include "watch/dhcp6.h"

#include <string.h>

#include "watch/claim.h"

#define RELAY_FORWARD 12
#define RELAY_REPLY   13

#define HARDWARE_ETHERNET 1
#define DUID_MAX          130 /* RFC 8415 s11.1 */

enum option {
	OPTION_CLIENT = 1,
	OPTION_SERVER = 2,
	OPTION_IA_NA = 3,
	OPTION_IA_TA = 4,
	OPTION_ADDRESS = 5,
	OPTION_RELAY_MESSAGE = 9,
	OPTION_STATUS = 13,
	OPTION_RAPID = 14,
	OPTION_IA_PD = 25,
	OPTION_FQDN = 39,
	OPTION_LINK_LAYER = 79,
	OPTION_MUD = 112
};

struct walk {
	struct dhcp6 message;
	bool has_client, has_server, has_status, has_ia;
	unsigned int n_mud;
	struct bytes mudstring; /* the first */
};

/* What a message must have (RFC 8415 s16), or is discarded. */
enum need { NEVER, ALWAYS, EITHER };

static const struct {
	bool is_known, is_answer;
	enum need client, server;
} types[] = {
	[DHCP6_SOLICIT] = { true, false, ALWAYS, NEVER },
	[DHCP6_ADVERTISE] = { true, true, ALWAYS, ALWAYS },
	[DHCP6_REQUEST] = { true, false, ALWAYS, ALWAYS },
	[DHCP6_CONFIRM] = { true, false, ALWAYS, NEVER },
	[DHCP6_RENEW] = { true, false, ALWAYS, ALWAYS },
	[DHCP6_REBIND] = { true, false, ALWAYS, NEVER },
	/* Who asks for the configuration alone may be nameless. */
	[DHCP6_REPLY] = { true, true, EITHER, ALWAYS },
	[DHCP6_RELEASE] = { true, false, ALWAYS, ALWAYS },
	[DHCP6_DECLINE] = { true, false, ALWAYS, ALWAYS },
	[DHCP6_INFORMATION_REQUEST] = { true, false, EITHER, EITHER },
};

static struct addr
take_addr(struct cursor *at)
{
	uint8_t byte[16];

	cursor_copy(at, byte, sizeof(byte));
	return addr_v6(byte);
}

/* The next option; false at the end, or with *why where one is cut. */
static bool
take_option(
    struct cursor *at, uint16_t *code, struct cursor *value, struct fault *why)
{
	uint16_t length;

	if (at->left.len == 0)
		return false;
	*code = cursor_u16(at);
	length = cursor_u16(at);
	*value = cursor_over(cursor_take(at, length));
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s21.1",
		    "option %u is cut off", *code);
	return true;
}

static bool
wrong_size(uint16_t code, struct fault *why)
{
	return fault_set(why, FAULT_MALFORMED, "RFC 8415 s21",
	    "option %u twice, or of the wrong size", code);
}

static bool
take_status(
    struct cursor *value, bool *has_status, uint16_t *status, struct fault *why)
{
	if (*has_status)
		return wrong_size(OPTION_STATUS, why);
	*has_status = true;
	*status = cursor_u16(value);
	return value->ran_out ? wrong_size(OPTION_STATUS, why) : true;
}

/* ---- addresses --------------------------------------------------------- */

static void
note_status(struct walk *walk, uint16_t status)
{
	if (walk->message.inner_status == DHCP6_SUCCESS)
		walk->message.inner_status = status;
}

static bool
take_address(struct walk *walk, struct cursor value, struct fault *why)
{
	struct dhcp6 *message = &walk->message;
	struct dhcp6_address address = { .addr = take_addr(&value) };
	const uint32_t preferred = cursor_u32(&value);
	bool has_status = false;
	uint16_t code, status = DHCP6_SUCCESS;
	struct cursor inner;

	address.valid_sec = cursor_u32(&value);
	if (value.ran_out)
		return wrong_size(OPTION_ADDRESS, why);
	while (take_option(&value, &code, &inner, why))
		if (code == OPTION_STATUS &&
		    !take_status(&inner, &has_status, &status, why))
			return false;
	if (why->code != FAULT_NONE)
		return false;
	note_status(walk, status);
	/* A client takes no such address from a server (s21.6). */
	if (message->is_answer &&
	    (status != DHCP6_SUCCESS || preferred > address.valid_sec))
		return true;
	/* A client may wish for anything; :: is no address to be lent. */
	if (!addr_is_host(&address.addr))
		return message->is_answer
		           ? fault_set(why, FAULT_MALFORMED, "S-49",
				 "lends an address that no host may have")
		           : true;
	if (message->n_addresses == LIMIT_ADDRESSES6)
		return fault_set(why, FAULT_TOO_MANY, "S-48",
		    "more than %d addresses", LIMIT_ADDRESSES6);
	message->addresses[message->n_addresses++] = address;
	return true;
}

/* An IA_NA, or an IA_TA, which has no times. */
static bool
take_ia(
    struct walk *walk, uint16_t code, struct cursor value, struct fault *why)
{
	struct dhcp6 *message = &walk->message;
	const size_t before = message->n_addresses;
	uint32_t renew = 0, rebind = 0;
	bool has_status = false;
	uint16_t status = DHCP6_SUCCESS, inner_code;
	struct cursor inner;

	cursor_skip(&value, 4); /* IAID */
	if (code == OPTION_IA_NA) {
		renew = cursor_u32(&value);
		rebind = cursor_u32(&value);
	}
	if (value.ran_out)
		return wrong_size(code, why);
	walk->has_ia = true;
	while (take_option(&value, &inner_code, &inner, why)) {
		if (inner_code == OPTION_STATUS &&
		    !take_status(&inner, &has_status, &status, why))
			return false;
		if (inner_code == OPTION_ADDRESS &&
		    !take_address(walk, inner, why))
			return false;
	}
	if (why->code != FAULT_NONE)
		return false;
	note_status(walk, status);
	/* A client takes nothing of such an IA from a server (s21.4). */
	if (message->is_answer &&
	    (status != DHCP6_SUCCESS || (rebind != 0 && renew > rebind)))
		message->n_addresses = before;
	return true;
}

/* ---- messages ---------------------------------------------------------- */

/* RFC 4704 s4: flags, and a name as DNS writes it, of which the first label
 * is taken. */
static void
take_fqdn(struct walk *walk, struct cursor value)
{
	struct bytes label;

	cursor_skip(&value, 1);
	label = cursor_take(&value, cursor_u8(&value));
	if (!value.ran_out)
		claim_name(label, walk->message.hostname);
}

static bool
take_duid(uint16_t code, size_t length, bool *has, struct fault *why)
{
	if (*has || length < 3 || length > DUID_MAX)
		return wrong_size(code, why);
	*has = true;
	return true;
}

static bool
take_one(
    struct walk *walk, uint16_t code, struct cursor value, struct fault *why)
{
	struct dhcp6 *message = &walk->message;

	switch (code) {
	case OPTION_CLIENT:
		return take_duid(code, value.left.len, &walk->has_client, why);
	case OPTION_SERVER:
		return take_duid(code, value.left.len, &walk->has_server, why);
	case OPTION_IA_NA:
	case OPTION_IA_TA:
		return take_ia(walk, code, value, why);
	case OPTION_IA_PD:
		walk->has_ia = true;
		break;
	case OPTION_STATUS:
		return take_status(
		    &value, &walk->has_status, &message->status, why);
	case OPTION_RAPID:
		if (message->is_rapid || value.left.len != 0)
			return wrong_size(code, why);
		message->is_rapid = true;
		break;
	case OPTION_FQDN:
		take_fqdn(walk, value);
		break;
	case OPTION_MUD:
		if (walk->n_mud++ == 0)
			walk->mudstring = value.left;
		break;
	default:
		break;
	}
	return true;
}

static void
judge_url(struct walk *walk)
{
	struct dhcp6 *message = &walk->message;

	if (walk->n_mud == 0)
		return;
	if (walk->n_mud > 1) {
		message->is_flagged = true;
		(void)fault_set(&message->url_why, FAULT_URL_CONFLICT,
		    "RFC 8520 s10.1 (M-URL-5)", "%u instances of option 112",
		    walk->n_mud);
		return;
	}
	(void)claim_url(walk->mudstring, message->url, &message->url_why);
}

static bool
fits(enum need need, bool has)
{
	return need == EITHER || has == (need == ALWAYS);
}

static bool
judge(const struct walk *walk, struct fault *why)
{
	const enum dhcp6_type type = walk->message.type;

	if (!fits(types[type].client, walk->has_client) ||
	    !fits(types[type].server, walk->has_server))
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s16",
		    "message type %u %s a client's, %s a server's DUID", type,
		    walk->has_client ? "with" : "without",
		    walk->has_server ? "with" : "without");
	if (type == DHCP6_INFORMATION_REQUEST && walk->has_ia)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s16.12",
		    "asks for no address, with an IA");
	return true;
}

/* at: behind the message type. */
static bool
take_message(
    struct walk *walk, uint8_t type, struct cursor *at, struct fault *why)
{
	uint16_t code;
	struct cursor value;

	if (type >= sizeof(types) / sizeof(types[0]) || !types[type].is_known)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 8415 s7.3",
		    "message type %u", type);
	walk->message.type = (enum dhcp6_type)type;
	walk->message.is_answer = types[type].is_answer;
	walk->message.xid = (uint32_t)cursor_u8(at) << 16;
	walk->message.xid |= cursor_u16(at);
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s8",
		    "a message ends in its header");
	while (take_option(at, &code, &value, why))
		if (!take_one(walk, code, value, why))
			return false;
	if (why->code != FAULT_NONE || !judge(walk, why))
		return false;
	/* The option speaks for the client; an answer has none (M-DH-8). */
	if (!walk->message.is_answer)
		judge_url(walk);
	return true;
}

/* ---- envelopes --------------------------------------------------------- */

/* RFC 6939 s4.  Of the relay that is opened now: an outer one's goes. */
static bool
take_link_layer(struct walk *walk, struct cursor value, struct fault *why)
{
	const uint16_t type = cursor_u16(&value);

	if (walk->message.has_mac)
		return wrong_size(OPTION_LINK_LAYER, why);
	if (type != HARDWARE_ETHERNET)
		return true;
	if (value.left.len != sizeof(struct mac))
		return wrong_size(OPTION_LINK_LAYER, why);
	cursor_copy(&value, &walk->message.mac, sizeof(struct mac));
	walk->message.has_mac = true;
	return true;
}

/* at: behind the message type; leaves it over the message in it. */
static bool
open_envelope(struct walk *walk, struct cursor *at, struct fault *why)
{
	struct cursor value, inner = { 0 };
	bool has_message = false;
	uint16_t code;

	if (walk->message.n_relays++ == DHCP6_RELAYS)
		return fault_set(why, FAULT_TOO_MANY, "S-2",
		    "in more than %d relays' envelopes", DHCP6_RELAYS);
	walk->message.has_mac = false;
	walk->message.mac = (struct mac){ { 0 } };
	cursor_skip(at, 1 + 16); /* hop count, link address */
	walk->message.peer = take_addr(at);
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s9",
		    "an envelope ends in its header");
	while (take_option(at, &code, &value, why)) {
		if (code == OPTION_LINK_LAYER &&
		    !take_link_layer(walk, value, why))
			return false;
		if (code != OPTION_RELAY_MESSAGE)
			continue;
		if (has_message)
			return wrong_size(code, why);
		has_message = true;
		inner = value;
	}
	if (why->code != FAULT_NONE)
		return false;
	if (!has_message)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s21.10",
		    "an envelope with no message in it");
	*at = inner;
	return true;
}

bool
dhcp6_parse(struct bytes raw, struct dhcp6 *message, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	struct walk walk = { 0 };
	const uint8_t outermost = cursor_u8(&at);
	uint8_t type = outermost;

	*why = (struct fault){ 0 };
	/* What is in a Relay-forward goes to a server, all the way down. */
	while (type == RELAY_FORWARD || type == RELAY_REPLY) {
		if (type != outermost)
			return fault_set(why, FAULT_MALFORMED, "RFC 8415 s19",
			    "message type %u in a message of type %u", type,
			    outermost);
		if (!open_envelope(&walk, &at, why))
			return false;
		type = cursor_u8(&at);
	}
	if (!take_message(&walk, type, &at, why))
		return false;
	if (walk.message.n_relays > 0 &&
	    walk.message.is_answer != (outermost == RELAY_REPLY))
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s19",
		    "message type %u in a message of type %u",
		    walk.message.type, outermost);
	*message = walk.message;
	return true;
}
