/*
 * How many new MUD URLs may be fetched.  Role: engine.  Things and ports are
 * named by whoever sits on the LAN, so the tables are bounded: the entry that
 * was used longest ago makes room.
 */
#include "engine/fetchbudget.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

/* S-25: so many at once, then so many an hour. */
#define THING_BURST 2
#define THING_HOUR  4
#define PORT_BURST  32
#define PORT_HOUR   12
#define TOTAL_BURST 64
#define TOTAL_HOUR  60
/* S-27: URLs of a Thing a day, exactly; new hosts at once, and then a day. */
#define THING_DAY   4
#define HOSTS_BURST 32
#define HOSTS_DAY   20

#define THINGS 1024
#define HOUR   3600
#define DAY    86400

/* A token is as many parts as its period has seconds, so that nothing is lost
 * by rounding: a second adds as many parts as the bucket gets tokens a
 * period. */
struct bucket {
	int64_t parts;
	int64_t at; /* when they were counted; 0: never used */
};

struct thing_bucket {
	struct mac mac;
	struct bucket bucket;
	int64_t fetched_at[THING_DAY]; /* the last ones, oldest first */
};

struct port_bucket {
	uint32_t port;
	struct bucket bucket;
};

struct fetchbudget {
	struct bucket total, hosts;
	struct port_bucket ports[LIMIT_PORTS];
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

static void
refill(struct bucket *bucket, int64_t burst, int64_t tokens, int64_t period,
    int64_t now)
{
	const int64_t full = burst * period;
	int64_t past = now - bucket->at;

	if (bucket->at == 0 || past > full)
		bucket->parts = full;
	else if (past > 0)
		bucket->parts += past * tokens;
	if (bucket->parts > full)
		bucket->parts = full;
	bucket->at = now;
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

static struct bucket *
bucket_of_port(struct fetchbudget *budget, uint32_t port)
{
	struct port_bucket *oldest = &budget->ports[0];

	for (size_t i = 0; i < LIMIT_PORTS; i++) {
		struct port_bucket *at = &budget->ports[i];

		if (at->bucket.at != 0 && at->port == port)
			return &at->bucket;
		if (at->bucket.at < oldest->bucket.at)
			oldest = at;
	}
	*oldest = (struct port_bucket){ .port = port };
	return &oldest->bucket;
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
	struct bucket *port = bucket_of_port(budget, wish->port);

	refill(&thing->bucket, THING_BURST, THING_HOUR, HOUR, now);
	refill(port, PORT_BURST, PORT_HOUR, HOUR, now);
	refill(&budget->total, TOTAL_BURST, TOTAL_HOUR, HOUR, now);
	if (thing->bucket.parts < HOUR || port->parts < HOUR ||
	    budget->total.parts < HOUR)
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
	refill(&budget->hosts, HOSTS_BURST, HOSTS_DAY, DAY, now);
	if (wish->is_new_host && budget->hosts.parts < DAY)
		return fault_set(why, FAULT_BUSY, "S-27",
		    "too many MUD file servers that were never asked before; "
		    "fetched later");
	thing = bucket_of_thing(budget, wish->thing);
	thing->bucket.parts -= HOUR;
	bucket_of_port(budget, wish->port)->parts -= HOUR;
	budget->total.parts -= HOUR;
	if (wish->is_new_host)
		budget->hosts.parts -= DAY;
	take_day(thing, now);
	return true;
}
