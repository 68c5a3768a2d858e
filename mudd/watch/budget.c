/*
 * Budgets for what comes from the LAN.  Role: watcher.  Input: addresses that
 * hostile frames carry, before anything else of the frame is looked at.
 */
#include "watch/budget.h"

#include <stdlib.h>

#include "libmud/addr.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "watch/machash.h"

#define MAC_BITS 12
#define MACS     (1u << MAC_BITS)

/* What was used; 0 is a full bucket.  A frame is as many units as the period
 * has milliseconds, so that nothing is lost to rounding. */
struct bucket {
	int64_t at_msec;
	int64_t used;
};

struct budget {
	uint64_t key;
	struct bucket port[LIMIT_PORTS];
	struct bucket mac[MACS];
};

/* frames may come at once, and as many again in `period_msec`. */
static bool
bucket_take(struct bucket *bucket, int64_t frames, int64_t period_msec,
    int64_t now_msec)
{
	int64_t past = now_msec - bucket->at_msec;

	if (past > period_msec)
		past = period_msec;
	if (past > 0) {
		bucket->used -= frames * past;
		bucket->at_msec = now_msec;
	}
	if (bucket->used < 0)
		bucket->used = 0;
	if (bucket->used > (frames - 1) * period_msec)
		return false;
	bucket->used += period_msec;
	return true;
}

struct budget *
budget_new(uint64_t key)
{
	struct budget *budget = xcalloc(1, sizeof(*budget));

	budget->key = key;
	return budget;
}

void
budget_free(struct budget *budget)
{
	free(budget);
}

/* The kernel counts interfaces upwards, so ports seldom meet in one slot. */
bool
budget_port(struct budget *budget, uint32_t ifindex, int64_t now_msec)
{
	return bucket_take(&budget->port[ifindex % LIMIT_PORTS],
	    BUDGET_PORT_SECOND, 1000, now_msec);
}

bool
budget_mac(struct budget *budget, const struct mac *mac, uint32_t ifindex,
    int64_t now_msec)
{
	return bucket_take(
	    &budget->mac[machash(mac, ifindex, budget->key, MAC_BITS)],
	    BUDGET_MAC_MINUTE, 60 * 1000, now_msec);
}
