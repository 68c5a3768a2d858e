/*
 * DHCPv4 messages.  Role: watcher.  Input: hostile, straight off the LAN.
 *
 * Each option area is walked once, front to back (S-4): the options field,
 * then file and sname if option 52 says that they hold options too.
 */
#include "watch/dhcp4.h"

#include <string.h>

#include "watch/claim.h"

#define HTYPE_ETHERNET 1
#define FLAG_BROADCAST 0x8000
#define MAGIC_COOKIE   0x63825363u /* RFC 2131 s3 */
#define CHADDR_FIELD   16
#define SNAME_FIELD    64
#define FILE_FIELD     128

#define OVERLOAD_FILE  1 /* RFC 2132 s9.3 */
#define OVERLOAD_SNAME 2

enum option {
	OPTION_PAD = 0,
	OPTION_HOSTNAME = 12,
	OPTION_REQUESTED = 50,
	OPTION_LEASE = 51,
	OPTION_OVERLOAD = 52,
	OPTION_TYPE = 53,
	OPTION_SERVER = 54,
	OPTION_RAPID = 80,
	OPTION_MUD = 161,
	OPTION_END = 255
};

/* The options of fixed size that are read, each at most once. */
static const struct {
	uint8_t code;
	uint8_t size;
} fixed[] = {
	{ OPTION_REQUESTED, 4 },
	{ OPTION_LEASE, 4 },
	{ OPTION_OVERLOAD, 1 },
	{ OPTION_TYPE, 1 },
	{ OPTION_SERVER, 4 },
	{ OPTION_RAPID, 0 },
};

#define FIXED (sizeof(fixed) / sizeof(fixed[0]))

struct walk {
	struct dhcp4 message;
	bool has[FIXED];
	uint8_t type, overload;
	/* Option 161 as it adds up over its instances. */
	uint8_t mudstring[LIMIT_MUDSTRING];
	size_t mud_total, mud_last;
	unsigned int n_mud;
	bool mud_separate;
};

static struct addr
take_address(struct cursor *at)
{
	static const uint8_t none[4];
	uint8_t byte[4];

	cursor_copy(at, byte, sizeof(byte));
	if (memcmp(byte, none, sizeof(byte)) == 0)
		return (struct addr){ 0 };
	return addr_v4(byte);
}

/*
 * RFC 3396 lets a long option be cut into instances that are joined again,
 * each but the last of them full.  An instance after one that was not full is
 * therefore a second option, which RFC 8520 s10.1 does not allow.
 */
static void
take_mud(struct walk *walk, struct bytes value)
{
	if (walk->n_mud > 0 && walk->mud_last < LIMIT_MUDSTRING)
		walk->mud_separate = true;
	if (walk->mud_total + value.len <= LIMIT_MUDSTRING && value.len > 0)
		memcpy(
		    walk->mudstring + walk->mud_total, value.data, value.len);
	walk->mud_total += value.len;
	walk->mud_last = value.len;
	walk->n_mud++;
}

static bool
take_fixed(struct walk *walk, size_t i, struct bytes value, struct fault *why)
{
	struct cursor at = cursor_over(value);
	const uint8_t code = fixed[i].code;

	/* Joined as RFC 3396 asks, two of them would have the wrong size. */
	if (walk->has[i] || value.len != fixed[i].size)
		return fault_set(why, FAULT_MALFORMED, "RFC 2132 s9",
		    "option %u twice, or of %zu bytes", code, value.len);
	walk->has[i] = true;
	switch (code) {
	case OPTION_REQUESTED:
		walk->message.requested = take_address(&at);
		break;
	case OPTION_LEASE:
		walk->message.has_lease = true;
		walk->message.lease_sec = cursor_u32(&at);
		break;
	case OPTION_OVERLOAD:
		walk->overload = cursor_u8(&at);
		if (walk->overload < OVERLOAD_FILE ||
		    walk->overload > (OVERLOAD_FILE | OVERLOAD_SNAME))
			return fault_set(why, FAULT_MALFORMED, "RFC 2132 s9.3",
			    "option overload %u", walk->overload);
		break;
	case OPTION_TYPE:
		walk->type = cursor_u8(&at);
		break;
	case OPTION_SERVER:
		walk->message.server = take_address(&at);
		break;
	case OPTION_RAPID:
		walk->message.is_rapid = true;
		break;
	}
	return true;
}

static bool
take_option(
    struct walk *walk, uint8_t code, struct bytes value, struct fault *why)
{
	if (code == OPTION_HOSTNAME)
		claim_name(value, walk->message.hostname);
	else if (code == OPTION_MUD)
		take_mud(walk, value);
	for (size_t i = 0; i < FIXED; i++)
		if (fixed[i].code == code)
			return take_fixed(walk, i, value, why);
	return true;
}

static bool
walk_area(struct walk *walk, struct bytes area, struct fault *why)
{
	struct cursor at = cursor_over(area);

	for (;;) {
		const uint8_t code = cursor_u8(&at);
		struct bytes value;
		uint8_t length;

		if (at.ran_out)
			return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.1",
			    "options without an end option");
		if (code == OPTION_PAD)
			continue;
		if (code == OPTION_END)
			return true;
		length = cursor_u8(&at);
		value = cursor_take(&at, length);
		if (at.ran_out)
			return fault_set(why, FAULT_MALFORMED, "RFC 2132 s2",
			    "option %u is cut off", code);
		if (!take_option(walk, code, value, why))
			return false;
	}
}

/* The type, and whether it is one that this side of the talk may send. */
static bool
judge_type(struct walk *walk, struct fault *why)
{
	struct dhcp4 *message = &walk->message;
	bool is_server;

	if (walk->type < DHCP4_DISCOVER || walk->type > DHCP4_INFORM)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 2132 s9.6",
		    "message type %u", walk->type);
	is_server = walk->type == DHCP4_OFFER || walk->type == DHCP4_ACK ||
	            walk->type == DHCP4_NAK;
	if (is_server != (message->op == DHCP4_BOOTREPLY))
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s2",
		    "message type %u with op %u", walk->type, message->op);
	message->type = (enum dhcp4_type)walk->type;
	return true;
}

static void
judge_url(struct walk *walk)
{
	struct dhcp4 *message = &walk->message;
	struct bytes raw = { walk->mudstring, walk->mud_total };

	if (walk->n_mud == 0)
		return;
	if (walk->mud_separate) {
		message->is_flagged = true;
		(void)fault_set(&message->url_why, FAULT_URL_CONFLICT,
		    "RFC 8520 s10.1 (M-URL-5)", "%u instances of option 161",
		    walk->n_mud);
		return;
	}
	if (walk->mud_total > LIMIT_MUDSTRING) {
		(void)fault_set(&message->url_why, FAULT_TOO_LONG,
		    "RFC 8520 s10 (M-URL-4)", "option 161 of %zu bytes",
		    walk->mud_total);
		return;
	}
	(void)claim_url(raw, message->url, &message->url_why);
}

bool
dhcp4_parse(struct bytes raw, struct dhcp4 *message, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	struct walk walk = { 0 };
	struct bytes sname, file;
	uint8_t op, htype, hlen;
	uint32_t cookie;

	op = cursor_u8(&at);
	htype = cursor_u8(&at);
	hlen = cursor_u8(&at);
	cursor_skip(&at, 1); /* hops */
	walk.message.xid = cursor_u32(&at);
	cursor_skip(&at, 2); /* secs */
	walk.message.is_broadcast = (cursor_u16(&at) & FLAG_BROADCAST) != 0;
	walk.message.ciaddr = take_address(&at);
	walk.message.yiaddr = take_address(&at);
	cursor_skip(&at, 4); /* siaddr */
	walk.message.giaddr = take_address(&at);
	cursor_copy(&at, &walk.message.chaddr, sizeof(struct mac));
	cursor_skip(&at, CHADDR_FIELD - sizeof(struct mac));
	sname = cursor_take(&at, SNAME_FIELD);
	file = cursor_take(&at, FILE_FIELD);
	cookie = cursor_u32(&at);

	if (at.ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s2",
		    "message of %zu bytes", raw.len);
	if (op != DHCP4_BOOTREQUEST && op != DHCP4_BOOTREPLY)
		return fault_set(
		    why, FAULT_MALFORMED, "RFC 2131 s2", "op %u", op);
	walk.message.op = (enum dhcp4_op)op;
	if (htype != HTYPE_ETHERNET || hlen != sizeof(struct mac))
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 2131 s2 (S-5)",
		    "htype %u, hlen %u", htype, hlen);
	if (cookie != MAGIC_COOKIE)
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s3 (S-4)",
		    "no magic cookie");

	if (!walk_area(&walk, at.left, why))
		return false;
	if ((walk.overload & OVERLOAD_FILE) != 0 &&
	    !walk_area(&walk, file, why))
		return false;
	if ((walk.overload & OVERLOAD_SNAME) != 0 &&
	    !walk_area(&walk, sname, why))
		return false;
	if (!judge_type(&walk, why))
		return false;
	/* The option speaks for the client; an answer has none (M-DH-8). */
	if (walk.message.op == DHCP4_BOOTREQUEST)
		judge_url(&walk);
	*message = walk.message;
	return true;
}
