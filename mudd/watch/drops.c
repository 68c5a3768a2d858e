/*
 * Logged drops, summed up.  Role: watcher.  Input: what nflog.c made of
 * hostile packets: any number of kinds of them.
 */
#include "watch/drops.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

#define SLOT_BITS   9 /* twice DROPS_MAX, so that there is always a free one */
#define SLOTS       (1u << SLOT_BITS)
#define SENDER_BITS 12
#define SENDERS     (1u << SENDER_BITS)

_Static_assert(SLOTS > DROPS_MAX, "a table without a free slot has no end");

/* All before the count; it has no padding. */
#define KEY_SIZE offsetof(struct record_drop, count)
_Static_assert(sizeof(struct record_drop) == KEY_SIZE + sizeof(uint32_t),
    "padding in record_drop");

struct slot {
	bool is_used;
	struct record_drop drop; /* count: packets that were not told yet */
};

struct drops {
	uint64_t key;
	drops_tell_fn *tell;
	void *arg;
	size_t n;
	struct slot slots[SLOTS];
	uint8_t senders[SENDERS]; /* kinds that each has, by its hash */
};

/* The upper bits of a keyed hash: nobody outside can make two meet. */
static uint32_t
hash(
    const struct drops *drops, const void *data, size_t size, unsigned int bits)
{
	const uint8_t *byte = data;
	uint64_t x = drops->key;

	for (size_t i = 0; i < size; i++) {
		x = (x ^ byte[i]) * 0xbf58476d1ce4e5b9u;
		x ^= x >> 29;
	}
	return (uint32_t)(x * (drops->key | 1) >> (64 - bits));
}

static uint8_t *
sender_of(struct drops *drops, const struct record_drop *drop)
{
	const uint32_t at =
	    drop->kind == DROP_TO
		? hash(drops, &drop->own, sizeof(drop->own), SENDER_BITS)
		: hash(drops, &drop->mac, sizeof(drop->mac), SENDER_BITS);

	return &drops->senders[at];
}

/* Its slot, or the free one where it would be. */
static struct slot *
slot_of(struct drops *drops, const struct record_drop *drop)
{
	uint32_t at = hash(drops, drop, KEY_SIZE, SLOT_BITS);

	while (drops->slots[at].is_used &&
	       memcmp(&drops->slots[at].drop, drop, KEY_SIZE) != 0)
		at = (at + 1) % SLOTS;
	return &drops->slots[at];
}

struct drops *
drops_new(uint64_t key, drops_tell_fn *tell, void *arg)
{
	struct drops *drops = xcalloc(1, sizeof(*drops));

	drops->key = key;
	drops->tell = tell;
	drops->arg = arg;
	return drops;
}

void
drops_free(struct drops *drops)
{
	free(drops);
}

bool
drops_add(struct drops *drops, const struct record_drop *drop)
{
	struct slot *slot = slot_of(drops, drop);
	uint8_t *sender;

	if (slot->is_used) {
		slot->drop.count += drop->count;
		return true;
	}
	sender = sender_of(drops, drop);
	if (drops->n == DROPS_MAX || *sender == DROPS_SENDER)
		return false;
	drops->n++;
	(*sender)++;
	slot->is_used = true;
	slot->drop = *drop;
	slot->drop.count = 0;
	drops->tell(drops->arg, drop);
	return true;
}

void
drops_end(struct drops *drops)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &drops->slots[i];

		if (slot->is_used && slot->drop.count > 0)
			drops->tell(drops->arg, &slot->drop);
		slot->is_used = false;
	}
	memset(drops->senders, 0, sizeof(drops->senders));
	drops->n = 0;
}
