/*
 * LLDP.  Role: watcher.  Input: hostile, straight off the LAN; the packet
 * filter in the kernel has looked at it, but nothing here leans on that.
 */
#include "watch/lldp.h"

#include <string.h>

#include "watch/claim.h"
#include "watch/frame.h"

#define LENGTH_BITS 9 /* of a TLV's first two octets; the type is above */
#define ID_MIN      2 /* a subtype, and something */
#define ID_MAX      256
#define TTL_SIZE    2
#define OUI_SIZE    3
#define MUD_SUBTYPE 1

enum tlv {
	TLV_END = 0,
	TLV_CHASSIS = 1,
	TLV_PORT = 2,
	TLV_TTL = 3,
	TLV_SYSTEM_NAME = 5,
	TLV_ORGANIZATION = 127
};

struct walk {
	struct lldp told;
	struct bytes name, mudstring;
	unsigned int n_names, n_mud;
};

/* Nearest bridge, nearest non-TPMR bridge, nearest customer bridge. */
static bool
is_group(const struct mac *mac)
{
	static const struct mac groups[] = {
		{ { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e } },
		{ { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x03 } },
		{ { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x00 } },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (mac_equal(&groups[i], mac))
			return true;
	return false;
}

static bool
parse_ethernet(struct cursor *at, struct walk *walk, struct fault *why)
{
	struct mac destination;
	uint16_t type;

	cursor_copy(at, &destination, sizeof(destination));
	cursor_copy(at, &walk->told.source, sizeof(walk->told.source));
	type = cursor_u16(at);
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "IEEE 802.3",
		    "frame ends in its header");
	if (type != FRAME_LLDP)
		return fault_set(why, FAULT_UNSUPPORTED, "IEEE 802.3",
		    "EtherType 0x%04x", type);
	if (!is_group(&destination))
		return fault_set(why, FAULT_UNSUPPORTED, "IEEE 802.1AB 7.1",
		    "LLDP to none of its groups");
	return true;
}

static bool
take_tlv(
    struct cursor *at, uint8_t *type, struct bytes *value, struct fault *why)
{
	const uint16_t head = cursor_u16(at);

	*type = (uint8_t)(head >> LENGTH_BITS);
	*value = cursor_take(at, head & ((1u << LENGTH_BITS) - 1));
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "IEEE 802.1AB 8.4",
		    "TLV %u is cut off", *type);
	return true;
}

/* The three that stand first, in this order. */
static bool
take_mandatory(struct cursor *at, struct walk *walk, struct fault *why)
{
	static const struct {
		uint8_t type;
		size_t min, max;
	} order[] = {
		{ TLV_CHASSIS, ID_MIN, ID_MAX },
		{ TLV_PORT, ID_MIN, ID_MAX },
		{ TLV_TTL, TTL_SIZE, SIZE_MAX },
	};
	struct bytes value = { 0 };
	struct cursor ttl;
	uint8_t type;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!take_tlv(at, &type, &value, why))
			return false;
		if (type != order[i].type || value.len < order[i].min ||
		    value.len > order[i].max)
			return fault_set(why, FAULT_MALFORMED,
			    "IEEE 802.1AB 9.2.7.7 (M-LL-3)",
			    "TLV %u of %zu bytes where TLV %u stands", type,
			    value.len, order[i].type);
	}
	ttl = cursor_over(value);
	walk->told.ttl_sec = cursor_u16(&ttl);
	return true;
}

static void
take_organization(struct walk *walk, struct bytes value)
{
	static const uint8_t iana[OUI_SIZE] = { 0x00, 0x00, 0x5e };
	struct cursor at = cursor_over(value);
	uint8_t oui[OUI_SIZE], subtype;

	cursor_copy(&at, oui, sizeof(oui));
	subtype = cursor_u8(&at);
	if (at.ran_out || memcmp(oui, iana, sizeof(oui)) != 0 ||
	    subtype != MUD_SUBTYPE)
		return;
	walk->mudstring = at.left;
	walk->n_mud++;
}

static bool
take_optional(
    struct walk *walk, uint8_t type, struct bytes value, struct fault *why)
{
	switch (type) {
	case TLV_CHASSIS:
	case TLV_PORT:
	case TLV_TTL:
		return fault_set(why, FAULT_MALFORMED,
		    "IEEE 802.1AB 9.2.7.7 (M-LL-3)", "TLV %u twice", type);
	case TLV_SYSTEM_NAME:
		if (walk->n_names++ == 0)
			walk->name = value;
		break;
	case TLV_ORGANIZATION:
		take_organization(walk, value);
		break;
	}
	return true;
}

static bool
take_rest(struct cursor *at, struct walk *walk, struct fault *why)
{
	struct bytes value;
	uint8_t type;

	while (at->left.len > 0) {
		if (!take_tlv(at, &type, &value, why))
			return false;
		if (type == TLV_END && value.len > 0)
			return fault_set(why, FAULT_MALFORMED,
			    "IEEE 802.1AB 8.5.1", "End TLV of %zu bytes",
			    value.len);
		if (type == TLV_END)
			return true;
		if (!take_optional(walk, type, value, why))
			return false;
	}
	return true;
}

/* For people to know a Thing by: a name that is one label, or none. */
static void
judge_name(struct walk *walk)
{
	const struct bytes name = walk->name;

	if (name.len > LIMIT_CLIENTNAME)
		return;
	for (size_t i = 0; i < name.len; i++) {
		const char c = (char)name.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-'))
			return;
	}
	if (name.len > 0)
		memcpy(walk->told.hostname, name.data, name.len);
}

static void
judge_url(struct walk *walk)
{
	struct lldp *told = &walk->told;

	if (walk->n_mud == 0)
		return;
	if (walk->n_mud > 1) {
		told->is_flagged = true;
		(void)fault_set(&told->url_why, FAULT_URL_CONFLICT,
		    "RFC 8520 s12 (M-LL-1)", "%u MUD TLVs", walk->n_mud);
		return;
	}
	(void)claim_url(walk->mudstring, told->url, &told->url_why);
}

bool
lldp_parse(struct bytes raw, struct lldp *lldp, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	struct walk walk = { 0 };

	if (!parse_ethernet(&at, &walk, why) ||
	    !take_mandatory(&at, &walk, why))
		return false;
	/* A shutdown has nothing else to say (802.1AB 9.2.7.7.1). */
	if (walk.told.ttl_sec > 0) {
		if (!take_rest(&at, &walk, why))
			return false;
		judge_name(&walk);
		judge_url(&walk);
	}
	*lldp = walk.told;
	return true;
}
