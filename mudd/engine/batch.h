/*
 * A batch in the making: records for the enforcer, sent as one.
 */
#ifndef ENGINE_BATCH_H
#define ENGINE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "core/channel.h"

struct batch {
	uint32_t n; /* records */
	size_t len, room;
	uint8_t *records; /* type (u32) and body, one after another; owned */
};

void batch_put(struct batch *batch, enum record_type type, const void *body);
/* Sends BATCH_BEGIN, the records, BATCH_END, and empties it. */
void batch_send(
    struct batch *batch, struct channel *mudd, uint32_t number, uint32_t flags);
void batch_done(struct batch *batch);

#endif
