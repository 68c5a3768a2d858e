/*
 * Policies: ownership, and the check of an ACE that crossed a process
 * boundary.  The engine runs the check over what a reader sent, which may
 * have been taken over by the file it read; mudctl and the reader run it too.
 */
#include "libmud/policy.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

static const char clause[] = "ace_is_sound";

void
policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	free(policy->texts);
	free(policy->aces);
	free(policy);
}

struct policy *
policy_copy(const struct policy *policy)
{
	struct policy *copy = xcalloc(1, sizeof(*copy));

	*copy = *policy;
	copy->texts = xcalloc(copy->n_texts, sizeof(*copy->texts));
	copy->aces = xcalloc(copy->n_aces, sizeof(*copy->aces));
	for (size_t i = 0; i < copy->n_texts; i++)
		copy->texts[i] = policy->texts[i];
	for (size_t i = 0; i < copy->n_aces; i++)
		copy->aces[i] = policy->aces[i];
	return copy;
}

const char *
peer_kind_name(enum peer_kind kind)
{
	switch (kind) {
	case PEER_DNSNAME:
		return "dnsname";
	case PEER_CONTROLLER:
		return "controller";
	case PEER_MY_CONTROLLER:
		return "my-controller";
	case PEER_MANUFACTURER:
		return "manufacturer";
	case PEER_SAME_MANUFACTURER:
		return "same-manufacturer";
	case PEER_MODEL:
		return "model";
	case PEER_LOCAL_NETWORKS:
		return "local-networks";
	case PEER_KINDS:
		break;
	}
	return "?";
}

unsigned int
ace_families(const struct ace *ace)
{
	unsigned int families = ace->families;

	if (ace->from.addr.family != 0)
		families &= ace->from.addr.family == 4 ? FAMILY_4 : FAMILY_6;
	if (ace->to.addr.family != 0)
		families &= ace->to.addr.family == 4 ? FAMILY_4 : FAMILY_6;
	if (ace->protocol == 1)
		families &= FAMILY_4;
	if (ace->protocol == 58)
		families &= FAMILY_6;
	return families;
}

static bool
has_ports(int protocol)
{
	return protocol == 6 || protocol == 17;
}

static bool
ports_are_sound(const struct ports *ports, int protocol)
{
	bool all = ports->low == 0 && ports->high == UINT16_MAX;

	if (ports->negated > 1 || ports->zero != 0 || ports->low > ports->high)
		return false;
	return all ? ports->negated == 0 : has_ports(protocol);
}

static bool
icmp_is_sound(const struct ace *ace)
{
	if (ace->icmp_type < -1 || ace->icmp_type > UINT8_MAX ||
	    ace->icmp_code < -1 || ace->icmp_code > UINT8_MAX)
		return false;
	if (ace->icmp_type == -1 && ace->icmp_code == -1)
		return true;
	return ace->protocol == 1 || ace->protocol == 58;
}

static bool
prefix_fits(const struct prefix *prefix, uint8_t families)
{
	static const struct prefix none;

	if (prefix->addr.family == 0)
		return prefix_equal(prefix, &none);
	return prefix_is_sound(prefix) &&
	       (families & (prefix->addr.family == 4 ? FAMILY_4 : FAMILY_6)) !=
	           0;
}

static bool
prefixes_are_sound(const struct ace *ace)
{
	uint8_t from = ace->from.addr.family, to = ace->to.addr.family;

	return prefix_fits(&ace->from, ace->families) &&
	       prefix_fits(&ace->to, ace->families) &&
	       (from == 0 || to == 0 || from == to);
}

static bool
has_text(enum peer_kind kind)
{
	switch (kind) {
	case PEER_DNSNAME:
	case PEER_CONTROLLER:
	case PEER_MANUFACTURER:
	case PEER_MODEL:
		return true;
	case PEER_MY_CONTROLLER:
	case PEER_SAME_MANUFACTURER:
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	return false;
}

static bool
peer_is_sound(const struct peer *peer, size_t n_texts)
{
	if (peer->kind >= PEER_KINDS || peer->zero != 0)
		return false;
	if (has_text((enum peer_kind)peer->kind))
		return peer->text < n_texts;
	return peer->text == PEER_NO_TEXT;
}

static bool
peers_are_sound(const struct ace *ace, size_t n_texts)
{
	for (size_t i = 0; i < ACE_PEERS; i++) {
		const struct peer *peer = &ace->peers[i];

		if (i < ace->n_peers && !peer_is_sound(peer, n_texts))
			return false;
		if (i >= ace->n_peers &&
		    (peer->kind != 0 || peer->zero != 0 || peer->text != 0))
			return false;
	}
	return true;
}

static bool
text_ends(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

bool
ace_is_sound(const struct ace *ace, size_t n_texts, struct fault *why)
{
	if (!text_ends(ace->acl, sizeof(ace->acl)) ||
	    !text_ends(ace->name, sizeof(ace->name)))
		return fault_set(
		    why, FAULT_RECORD, clause, "a name does not end");
	if (ace->direction > TO_DEVICE || ace->forwarding > FORWARD_REJECT ||
	    ace->understood > 1 || ace->n_peers > ACE_PEERS)
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": a field out of range", ace->name);
	if (ace->families == 0 || ace->families > (FAMILY_4 | FAMILY_6))
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": families %u", ace->name, ace->families);
	if (ace->protocol < -1 || ace->protocol > UINT8_MAX)
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": protocol %d", ace->name, ace->protocol);
	/* RFC 8520 s4.8: TCP only (M-DIR-1). */
	if (ace->initiated > INITIATED_TO_DEVICE ||
	    (ace->initiated != INITIATED_ANY && ace->protocol != 6))
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": initiated %u", ace->name, ace->initiated);
	if (!icmp_is_sound(ace))
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": ICMP type or code", ace->name);
	if (!ports_are_sound(&ace->source, ace->protocol) ||
	    !ports_are_sound(&ace->destination, ace->protocol))
		return fault_set(
		    why, FAULT_RECORD, clause, "ACE \"%s\": ports", ace->name);
	if (!prefixes_are_sound(ace))
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": a prefix", ace->name);
	if (!peers_are_sound(ace, n_texts))
		return fault_set(
		    why, FAULT_RECORD, clause, "ACE \"%s\": a peer", ace->name);
	if (!fields_are_sound(ace->fields, ace->families, ace->protocol,
		ace->direction == FROM_DEVICE))
		return fault_set(why, FAULT_RECORD, clause,
		    "ACE \"%s\": a header field", ace->name);
	return true;
}
