/*
 * How many new MUD URLs may be fetched.  Role: engine.  Things and ports are
 * named by whoever sits on the LAN, so the tables are bounded: the entry that
 * was used longest ago makes room.
 */
#include "engine/files/fetchbudget.h"

#include <stdlib.h>
#include <string.h>

#include "engine/bucket.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

#define HOUR 3600
#define DAY  86400

/* S-25, and S-27 for hosts that were never asked. */
static const struct bucket_rate thing_rate = { 2, 4, HOUR };
static const struct bucket_rate port_rate = { 32, 12, HOUR };
static const struct bucket_rate total_rate = { 64, 60, HOUR };
static const struct bucket_rate hosts_rate = { 32, 20, DAY };

/* S-27: URLs of a Thing a day, exactly. */
#define THING_DAY 4

#define THINGS 1024

struct thing_bucket {
	struct mac mac;
	struct bucket bucket;
	int64_t fetched_at[THING_DAY]; /* the last ones, oldest first */
};

struct fetchbudget {
	struct bucket total, hosts;
	struct bucket_of_port ports[LIMIT_PORTS];
	struct thing_bucket things[THINGS];
};

struct fetchbudget *
fetchbudget_new(void)
{
	return xcalloc(1, sizeof(struct fetchbudget));
}

void
fetchbudget_free(struct fetchbudget *budget)
{
	free(budget);
}

static struct thing_bucket *
bucket_of_thing(struct fetchbudget *budget, const struct mac *mac)
{
	struct thing_bucket *oldest = &budget->things[0];

	for (size_t i = 0; i < THINGS; i++) {
		struct thing_bucket *at = &budget->things[i];

		if (at->bucket.at != 0 && mac_equal(&at->mac, mac))
			return at;
		if (at->bucket.at < oldest->bucket.at)
			oldest = at;
	}
	*oldest = (struct thing_bucket){ .mac = *mac };
	return oldest;
}

/* Four a day, exactly: the oldest of the last four is a day old, or there was
 * none.  A clock that ran backwards makes nobody wait for longer than that. */
static bool
has_day(const struct thing_bucket *thing, int64_t now)
{
	int64_t oldest = thing->fetched_at[0];

	return oldest == 0 || now - oldest >= DAY || now < oldest - DAY;
}

static void
take_day(struct thing_bucket *thing, int64_t now)
{
	memmove(thing->fetched_at, thing->fetched_at + 1,
	    (THING_DAY - 1) * sizeof(thing->fetched_at[0]));
	thing->fetched_at[THING_DAY - 1] = now;
}

bool
fetchbudget_may(struct fetchbudget *budget, const struct fetchbudget_wish *wish,
    int64_t now, struct fault *why)
{
	struct thing_bucket *thing = bucket_of_thing(budget, wish->thing);
	struct bucket *port =
	    bucket_of_port(budget->ports, LIMIT_PORTS, wish->port);
	const bool thing_has = bucket_has(&thing->bucket, &thing_rate, now);
	const bool port_has = bucket_has(port, &port_rate, now);

	if (!thing_has || !port_has ||
	    !bucket_has(&budget->total, &total_rate, now))
		return fault_set(why, FAULT_BUSY, "S-25",
		    "too many new MUD URLs from this device, its port, or in "
		    "all; fetched later");
	if (!has_day(thing, now))
		return fault_set(why, FAULT_BUSY, "S-27",
		    "this device has announced more than %d MUD URLs in a "
		    "day; fetched later",
		    THING_DAY);
	return true;
}

bool
fetchbudget_take(struct fetchbudget *budget,
    const struct fetchbudget_wish *wish, int64_t now, struct fault *why)
{
	struct thing_bucket *thing;

	if (!fetchbudget_may(budget, wish, now, why))
		return false;
	if (wish->is_new_host && !bucket_take(&budget->hosts, &hosts_rate, now))
		return fault_set(why, FAULT_BUSY, "S-27",
		    "too many MUD file servers that were never asked before; "
		    "fetched later");
	thing = bucket_of_thing(budget, wish->thing);
	(void)bucket_take(&thing->bucket, &thing_rate, now);
	(void)bucket_take(
	    bucket_of_port(budget->ports, LIMIT_PORTS, wish->port), &port_rate,
	    now);
	(void)bucket_take(&budget->total, &total_rate, now);
	take_day(thing, now);
	return true;
}
