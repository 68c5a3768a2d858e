/*
 * Presence.  Role: watcher.  Input: what the kernel's tables learnt from
 * hostile frames, and its clock.
 */
#include "watch/presence.h"

#include <stdlib.h>

#include "libmud/limits.h"
#include "libmud/mem.h"
#include "watch/machash.h"
#include "watch/share.h"

#define BUCKET_BITS 14
#define BUCKETS     (1u << BUCKET_BITS)

struct seen {
	struct share_link link;
	struct seen *next; /* in its bucket */
	struct mac mac;
	bool in_bridge;   /* a bridge has it on ifindex now */
	bool was_settled; /* before `since` it was known on `settled` */
	uint32_t ifindex, settled;
	uint32_t generation; /* when the bridge last named it */
	int64_t since_msec;
};

struct presence {
	uint64_t key;
	uint32_t generation;
	struct share share;
	struct seen *bucket[BUCKETS];
};

static uint32_t
bucket_of(const struct presence *presence, const struct mac *mac)
{
	return machash(mac, 0, presence->key, BUCKET_BITS);
}

static struct seen *
seen_find(const struct presence *presence, const struct mac *mac)
{
	struct seen *seen = presence->bucket[bucket_of(presence, mac)];

	while (seen != NULL && !mac_equal(&seen->mac, mac))
		seen = seen->next;
	return seen;
}

static void
seen_free(struct presence *presence, struct seen *seen)
{
	struct seen **at = &presence->bucket[bucket_of(presence, &seen->mac)];

	while (*at != seen)
		at = &(*at)->next;
	*at = seen->next;
	share_remove(&presence->share, &seen->link);
	free(seen);
}

static struct seen *
seen_new(struct presence *presence, const struct mac *mac, uint32_t ifindex)
{
	const uint32_t bucket = bucket_of(presence, mac);
	struct seen *seen;

	if (presence->share.total >= LIMIT_PRESENCE)
		seen_free(presence, LIST_ENTRY(share_victim(&presence->share),
					struct seen, link));
	seen = xcalloc(1, sizeof(*seen));
	seen->mac = *mac;
	seen->ifindex = ifindex;
	seen->next = presence->bucket[bucket];
	presence->bucket[bucket] = seen;
	share_add(&presence->share, &seen->link, ifindex);
	return seen;
}

/* Has it been on its port long enough for that to count as "before"? */
static bool
is_settled(const struct seen *seen, int64_t at_msec)
{
	const int64_t needs =
	    seen->was_settled ? PRESENCE_MOVE_MSEC : PRESENCE_APPEAR_MSEC;

	return at_msec - seen->since_msec >= needs;
}

struct presence *
presence_new(uint64_t key)
{
	struct presence *presence = xcalloc(1, sizeof(*presence));

	presence->key = key;
	share_init(&presence->share);
	return presence;
}

void
presence_free(struct presence *presence)
{
	if (presence == NULL)
		return;
	while (presence->share.total > 0)
		seen_free(presence, LIST_ENTRY(share_victim(&presence->share),
					struct seen, link));
	free(presence);
}

void
presence_learn(struct presence *presence, const struct mac *mac,
    uint32_t ifindex, enum presence_source source, int64_t at_msec)
{
	struct seen *seen;

	if (!mac_is_host(mac))
		return;
	seen = seen_find(presence, mac);
	if (seen == NULL) {
		seen = seen_new(presence, mac, ifindex);
		seen->in_bridge = source == PRESENCE_BRIDGE;
		seen->generation = presence->generation;
		seen->since_msec = at_msec;
		return;
	}
	if (source == PRESENCE_BRIDGE) {
		seen->generation = presence->generation;
		seen->in_bridge = true;
	} else if (seen->in_bridge || ifindex == 0)
		ifindex = seen->ifindex;
	/* As the newest of the port that it is on now. */
	share_remove(&presence->share, &seen->link);
	share_add(&presence->share, &seen->link, ifindex);
	if (ifindex == seen->ifindex)
		return;
	/* Where it was settled stays, however often it moves meanwhile. */
	if (is_settled(seen, at_msec)) {
		seen->was_settled = true;
		seen->settled = seen->ifindex;
	}
	seen->ifindex = ifindex;
	seen->since_msec = at_msec;
}

void
presence_aged(
    struct presence *presence, const struct mac *mac, uint32_t ifindex)
{
	struct seen *seen = seen_find(presence, mac);

	if (seen != NULL && seen->ifindex == ifindex)
		seen->in_bridge = false;
}

void
presence_resync(struct presence *presence)
{
	presence->generation++;
}

void
presence_settle(struct presence *presence)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct seen *seen = presence->bucket[i]; seen != NULL;
		     seen = seen->next)
			if (seen->generation != presence->generation)
				seen->in_bridge = false;
}

void
presence_port_gone(struct presence *presence, uint32_t ifindex)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct seen *seen = presence->bucket[i]; seen != NULL;
		     seen = seen->next) {
			if (seen->ifindex == ifindex) {
				seen->ifindex = 0;
				seen->in_bridge = false;
			}
			if (seen->settled == ifindex)
				seen->settled = 0;
		}
}

uint32_t
presence_now(const struct presence *presence, const struct mac *mac)
{
	const struct seen *seen = seen_find(presence, mac);

	return seen != NULL && seen->in_bridge ? seen->ifindex : 0;
}

bool
presence_before(const struct presence *presence, const struct mac *mac,
    int64_t at_msec, uint32_t *ifindex)
{
	const struct seen *seen = seen_find(presence, mac);

	if (seen == NULL)
		return false;
	if (is_settled(seen, at_msec))
		*ifindex = seen->ifindex;
	else if (seen->was_settled)
		*ifindex = seen->settled;
	else
		return false;
	return true;
}
