/*
 * Local doors of policies.  Role: engine.  Input: policies that readers parsed
 * and stage.c judged.
 */
#include "engine/files/grants.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/digest.h"
#include "libmud/mem.h"
#include "libmud/policy.h"

#define DIGEST 32

struct grants {
	size_t n;
	bool has_drops;
	uint8_t digest[][DIGEST]; /* in the order of the policy */
};

/* A peer behind this gateway; the rest are names on the internet. */
static bool
is_local(const struct ace *ace)
{
	for (size_t i = 0; i < ace->n_peers; i++)
		if (ace->peers[i].kind != PEER_DNSNAME)
			return true;
	/* No peer is anybody, an address may be anywhere. */
	return ace->n_peers == 0;
}

/* May the peer begin?  Only TCP can say no (RFC 8520 s4.8). */
static bool
is_inbound(const struct ace *ace)
{
	return ace->direction == TO_DEVICE &&
	       ace->initiated != INITIATED_FROM_DEVICE;
}

/* What the ACE says, without its name; texts by what they are, not where. */
static void
digest_ace(
    const struct policy *policy, const struct ace *ace, uint8_t digest[DIGEST])
{
	struct {
		struct ace ace;
		char texts[ACE_PEERS][LIMIT_URL + 1];
	} whole;

	memset(&whole, 0, sizeof(whole));
	memcpy(&whole.ace, ace, sizeof(*ace));
	memset(whole.ace.acl, 0, sizeof(whole.ace.acl));
	memset(whole.ace.name, 0, sizeof(whole.ace.name));
	for (size_t i = 0; i < ace->n_peers; i++) {
		uint16_t text = ace->peers[i].text;

		if (text == PEER_NO_TEXT)
			continue;
		whole.ace.peers[i].text = 0;
		text_copy(whole.texts[i], sizeof(whole.texts[i]),
		    policy->texts[text].text);
	}
	digest_of(
	    (struct bytes){ (const uint8_t *)&whole, sizeof(whole) }, digest);
}

struct grants *
grants_of(const struct policy *policy)
{
	struct grants *grants =
	    xcalloc(1, sizeof(*grants) + policy->n_aces * DIGEST);

	for (size_t i = 0; i < policy->n_aces; i++) {
		const struct ace *ace = &policy->aces[i];

		if (!is_local(ace) && !is_inbound(ace))
			continue;
		if (ace->forwarding != FORWARD_ACCEPT)
			grants->has_drops = true;
		else if (ace->understood == 0)
			continue;
		digest_ace(policy, ace, grants->digest[grants->n++]);
	}
	return grants;
}

void
grants_free(struct grants *grants)
{
	free(grants);
}

static bool
have(const struct grants *grants, const uint8_t digest[DIGEST])
{
	for (size_t i = 0; i < grants->n; i++)
		if (memcmp(grants->digest[i], digest, DIGEST) == 0)
			return true;
	return false;
}

bool
grants_cover(const struct grants *old, const struct grants *fresh)
{
	if (old->has_drops || fresh->has_drops)
		return old->n == fresh->n &&
		       memcmp(old->digest, fresh->digest, old->n * DIGEST) == 0;
	for (size_t i = 0; i < fresh->n; i++)
		if (!have(old, fresh->digest[i]))
			return false;
	return true;
}
