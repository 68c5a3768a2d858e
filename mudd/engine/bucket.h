/*
 * Buckets of tokens: so many at once, then so many a period.
 */
#ifndef ENGINE_BUCKET_H
#define ENGINE_BUCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* burst at once, and `tokens` more in each `period` seconds. */
struct bucket_rate {
	int64_t burst, tokens, period;
};

/*
 * What was taken, and when that was counted; all 0 is a full one.  A token is
 * as many parts as its period has seconds, so that nothing is lost by rounding.
 */
struct bucket {
	int64_t used, at;
};

/* Is a token there?  While the clock runs backwards none comes back. */
bool bucket_has(
    struct bucket *bucket, const struct bucket_rate *rate, int64_t now);
/* Takes one; false, and nothing is taken, if there is none. */
bool bucket_take(
    struct bucket *bucket, const struct bucket_rate *rate, int64_t now);
/* When will there be one?  Not before now. */
int64_t bucket_due(
    struct bucket *bucket, const struct bucket_rate *rate, int64_t now);

/* One of a table, each port's own. */
struct bucket_of_port {
	uint32_t port;
	struct bucket bucket;
};

/* The port's bucket in a table of n; the one that was used longest ago makes
 * room for it. */
struct bucket *bucket_of_port(
    struct bucket_of_port *table, size_t n, uint32_t port);

#endif
