/*
 * How many new MUD URLs may be fetched.  Role: engine.  Things and ports are
 * named by whoever sits on the LAN, so the tables are bounded: the entry that
 * was used longest ago makes room.
 */
#include "engine/fetchbudget.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/limits.h"
#include "libmud/mem.h"

/* S-25: so many at once, then so many an hour. */
#define THING_BURST 2
#define THING_HOUR  4
#define PORT_BURST  32
#define PORT_HOUR   12
#define TOTAL_BURST 64
#define TOTAL_HOUR  60

#define THINGS 1024
#define HOUR   3600

/* A token is an hour's worth of seconds, so that nothing is lost by rounding:
 * a second adds as many parts as the bucket gets tokens an hour. */
struct bucket {
	int64_t parts;
	int64_t at; /* when they were counted; 0: never used */
};

struct thing_bucket {
	struct mac mac;
	struct bucket bucket;
};

struct port_bucket {
	uint32_t port;
	struct bucket bucket;
};

struct fetchbudget {
	struct bucket total;
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
refill(struct bucket *bucket, int64_t burst, int64_t an_hour, int64_t now)
{
	const int64_t full = burst * HOUR;
	int64_t past = now - bucket->at;

	if (bucket->at == 0 || past > full)
		bucket->parts = full;
	else if (past > 0)
		bucket->parts += past * an_hour;
	if (bucket->parts > full)
		bucket->parts = full;
	bucket->at = now;
}

static struct bucket *
bucket_of_thing(struct fetchbudget *budget, const struct mac *mac)
{
	struct thing_bucket *oldest = &budget->things[0];

	for (size_t i = 0; i < THINGS; i++) {
		struct thing_bucket *at = &budget->things[i];

		if (at->bucket.at != 0 && mac_equal(&at->mac, mac))
			return &at->bucket;
		if (at->bucket.at < oldest->bucket.at)
			oldest = at;
	}
	*oldest = (struct thing_bucket){ .mac = *mac };
	return &oldest->bucket;
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

bool
fetchbudget_take(struct fetchbudget *budget, const struct mac *thing,
    uint32_t port, int64_t now)
{
	struct bucket *bucket[3] = {
		bucket_of_thing(budget, thing),
		bucket_of_port(budget, port),
		&budget->total,
	};

	refill(bucket[0], THING_BURST, THING_HOUR, now);
	refill(bucket[1], PORT_BURST, PORT_HOUR, now);
	refill(bucket[2], TOTAL_BURST, TOTAL_HOUR, now);
	for (size_t i = 0; i < 3; i++)
		if (bucket[i]->parts < HOUR)
			return false;
	for (size_t i = 0; i < 3; i++)
		bucket[i]->parts -= HOUR;
	return true;
}
