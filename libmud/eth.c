/*
 * Ethernet matches.  Role: reader, mudctl.  Input: hostile JSON, bounded by
 * json.c; broken leaves were told of by schema_judge.
 */
#include "libmud/eth.h"

#include <string.h>

#include "libmud/form/draft.h"
#include "libmud/matches.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define ETHERTYPE_IPV4 2048
#define ETHERTYPE_IPV6 34525

/* A MAC address and its mask, while `eth` is walked. */
struct ethernet {
	struct matches *matches;
	const char *mac[2], *mask[2]; /* source, destination; lent */
};

/* The number, by name or as the drafts' hexadecimal text; -1: another. */
static long
ethertype_of(const struct json_at *at)
{
	const char *text = json_get_text(at);
	uint64_t number;

	if (json_get_uint(at, 0, UINT16_MAX, &number))
		return (long)number;
	if (text == NULL)
		return -1;
	if (strcmp(text, "ipv4") == 0)
		return ETHERTYPE_IPV4;
	if (strcmp(text, "ipv6") == 0)
		return ETHERTYPE_IPV6;
	return draft_hex(text);
}

static void
refuse_frames(const struct json_at *at, struct matches *matches)
{
	if (!matches->is_odd)
		matches->odd_fix =
		    "Leave the whole ACE out: ARP and EAPOL always pass, "
		    "and frames of other types never do.";
	matches_odd(matches, at, "RFC 8520 s2 (A-FEAT-1), S-9",
	    "frames that no rule here judges; the ACE matches nothing");
}

/*
 * The rules judge IP packets.  Frames of other types do not reach them: ARP
 * and EAPOL always pass, all else never (docs/architecture.md).
 */
static void
read_ethertype(const struct json_at *at, void *into)
{
	const struct ethernet *ethernet = into;
	struct ace *ace = &ethernet->matches->ace;
	const long type = ethertype_of(at);

	if (type == ETHERTYPE_IPV4 && (ace->families & FAMILY_4) != 0)
		ace->families = FAMILY_4;
	else if (type == ETHERTYPE_IPV6 && (ace->families & FAMILY_6) != 0)
		ace->families = FAMILY_6;
	else
		refuse_frames(at, ethernet->matches);
}

static void
read_source_mac(const struct json_at *at, void *into)
{
	((struct ethernet *)into)->mac[0] = json_get_text(at);
}

static void
read_destination_mac(const struct json_at *at, void *into)
{
	((struct ethernet *)into)->mac[1] = json_get_text(at);
}

static void
read_source_mask(const struct json_at *at, void *into)
{
	((struct ethernet *)into)->mask[0] = json_get_text(at);
}

static void
read_destination_mask(const struct json_at *at, void *into)
{
	((struct ethernet *)into)->mask[1] = json_get_text(at);
}

static void
read_unknown_eth(const struct json_at *at, void *into)
{
	matches_read_unknown(at, ((struct ethernet *)into)->matches);
}

/* A frame towards the Thing is not made yet where it would be judged. */
static void
add_mac(const struct json_at *at, const struct ethernet *ethernet, size_t side)
{
	static const char clause[] = "RFC 8520 s2 (A-FEAT-1), S-9";
	const char *mask = ethernet->mask[side];
	struct mac mac, bits = { { 255, 255, 255, 255, 255, 255 } };
	struct matches *matches = ethernet->matches;
	struct field field;

	if (ethernet->mac[side] == NULL && mask == NULL)
		return;
	if (matches->direction == TO_DEVICE)
		matches_odd(matches, at, clause,
		    "a MAC address in a to-device ACL; the ACE matches "
		    "nothing");
	else if ((ethernet->mac[side] != NULL &&
		     !mac_parse(ethernet->mac[side], &mac)) ||
		 (mask != NULL && !mac_parse(mask, &bits)))
		matches_pass_over(matches, at);
	else if (ethernet->mac[side] == NULL ||
		 !field_of_mac(
		     side == 0 ? FIELD_ETH_SOURCE : FIELD_ETH_DESTINATION, &mac,
		     &bits, &field))
		matches_odd(matches, at, clause,
		    "a mask without a MAC address, or one of zeros; the ACE "
		    "matches nothing");
	else
		matches_add_field(matches, at, &field);
}

/* The modules ask any ACL of the file (A-TYPE-2). */
static void
tell_type(const struct json_at *at, struct matches *matches)
{
	static const struct finding_kind kind = { FINDING_ERROR, FAULT_ACL_TYPE,
		"RFC 8519 s4.1 (A-TYPE-1, A-TYPE-2)", false, false };

	reading_tell(matches->reading, &kind, at,
	    matches->families == FAMILY_6
		? "Write \"type\": \"mixed-eth-ipv6-acl-type\" for this ACL, "
		  "or move the ACE to one of type \"eth-acl-type\"."
		: "Write \"type\": \"mixed-eth-ipv4-acl-type\" for this ACL, "
		  "or move the ACE to one of type \"eth-acl-type\".",
	    "eth does not go with the type of its ACL");
}

void
eth_read(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "ethertype", read_ethertype, NULL },
		{ "source-mac-address", read_source_mac, NULL },
		{ "source-mac-address-mask", read_source_mask, NULL },
		{ "destination-mac-address", read_destination_mac, NULL },
		{ "destination-mac-address-mask", read_destination_mask, NULL },
	};
	struct ethernet ethernet = { .matches = into };

	if (!json_is_object(at->value))
		matches_pass_over(into, at);
	/* Where no ACL has such a type schema_judge has told. */
	if (!ethernet.matches->has_frames &&
	    ethernet.matches->reading->has_frames)
		tell_type(at, ethernet.matches);
	json_visit_members(
	    at, members, COUNT(members), read_unknown_eth, &ethernet);
	add_mac(at, &ethernet, 0);
	add_mac(at, &ethernet, 1);
}
