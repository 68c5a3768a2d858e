/*
 * New devices on a port.  Role: engine.  Input: ports, as the watcher names
 * them; who is behind them may make up a MAC address for each frame.
 */
#include "engine/things/newcomers.h"

#include <stdlib.h>

#include "engine/bucket.h"
#include "engine/events.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

#define MINUTE 60

/* S-61: new records. */
static const struct bucket_rate port_rate = { 256, 20, MINUTE };
/* The same bucket, half empty. */
static const struct bucket_rate crowd_rate = { 128, 20, MINUTE };
static const struct bucket_rate total_rate = { 512, 60, MINUTE };
/* Rows of 600 bytes at most: a port's flood adds 40 KiB at once (S-64). */
static const struct bucket_rate store_rate = { 64, 1, MINUTE };

struct newcomers {
	struct bucket total;
	struct bucket_of_port ports[LIMIT_PORTS], stored[LIMIT_PORTS];
	unsigned int n_refused;
	int64_t told_at;
};

struct newcomers *
newcomers_new(void)
{
	return xcalloc(1, sizeof(struct newcomers));
}

void
newcomers_free(struct newcomers *newcomers)
{
	free(newcomers);
}

/* Once a minute, whatever the port: others have other things to be told. */
static void
tell(struct newcomers *newcomers, uint32_t port, int64_t now)
{
	newcomers->n_refused++;
	if (now >= newcomers->told_at && now - newcomers->told_at < MINUTE)
		return;
	newcomers->told_at = now;
	events_tell(EVENT_LIMIT, NULL,
	    "port %u brings more new devices than S-61 allows; %u so far were "
	    "passed over, and are taken when they ask again and there is room",
	    port, newcomers->n_refused);
}

bool
newcomers_may(struct newcomers *newcomers, uint32_t port, int64_t now)
{
	struct bucket *bucket =
	    bucket_of_port(newcomers->ports, LIMIT_PORTS, port);

	if (bucket_has(bucket, &port_rate, now) &&
	    bucket_take(&newcomers->total, &total_rate, now)) {
		(void)bucket_take(bucket, &port_rate, now);
		return true;
	}
	tell(newcomers, port, now);
	return false;
}

bool
newcomers_is_crowded(struct newcomers *newcomers, uint32_t port, int64_t now)
{
	return !bucket_has(bucket_of_port(newcomers->ports, LIMIT_PORTS, port),
	    &crowd_rate, now);
}

bool
newcomers_may_store(struct newcomers *newcomers, uint32_t port, int64_t now)
{
	return bucket_take(bucket_of_port(newcomers->stored, LIMIT_PORTS, port),
	    &store_rate, now);
}
