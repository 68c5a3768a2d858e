/*
 * Buckets of tokens.  Role: engine.
 */
#include "engine/bucket.h"

bool
bucket_has(struct bucket *bucket, const struct bucket_rate *rate, int64_t now)
{
	const int64_t past = now - bucket->at;

	bucket->at = now;
	/* Never so long that the product is more than a number holds. */
	if (past >= rate->burst * rate->period)
		bucket->used = 0;
	else if (past > 0)
		bucket->used -= past * rate->tokens;
	if (bucket->used < 0)
		bucket->used = 0;
	return bucket->used <= (rate->burst - 1) * rate->period;
}

bool
bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t now)
{
	if (!bucket_has(bucket, rate, now))
		return false;
	bucket->used += rate->period;
	return true;
}

int64_t
bucket_due(struct bucket *bucket, const struct bucket_rate *rate, int64_t now)
{
	int64_t over;

	if (bucket_has(bucket, rate, now))
		return now;
	over = bucket->used - (rate->burst - 1) * rate->period;
	return now + (over + rate->tokens - 1) / rate->tokens;
}

struct bucket *
bucket_of_port(struct bucket_of_port *table, size_t n, uint32_t port)
{
	struct bucket_of_port *oldest = &table[0];

	for (size_t i = 0; i < n; i++) {
		if (table[i].bucket.at != 0 && table[i].port == port)
			return &table[i].bucket;
		if (table[i].bucket.at < oldest->bucket.at)
			oldest = &table[i];
	}
	*oldest = (struct bucket_of_port){ .port = port };
	return &oldest->bucket;
}
