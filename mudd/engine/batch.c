/*
 * A batch in the making.  Role: engine.
 */
#include "engine/batch.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

void
batch_put(struct batch *batch, enum record_type type, const void *body)
{
	size_t size = msg_size(type);
	uint32_t tag = (uint32_t)type;

	if (batch->len + sizeof(tag) + size > batch->room) {
		batch->room = 2 * (batch->room + sizeof(tag) + size);
		batch->records = xrealloc(batch->records, batch->room, 1);
	}
	memcpy(batch->records + batch->len, &tag, sizeof(tag));
	memcpy(batch->records + batch->len + sizeof(tag), body, size);
	batch->len += sizeof(tag) + size;
	batch->n++;
}

void
batch_send(
    struct batch *batch, struct channel *mudd, uint32_t number, uint32_t flags)
{
	struct record_batch frame = {
		.batch = number,
		.flags = flags,
		.n = batch->n,
	};

	channel_send(mudd, RECORD_BATCH_BEGIN, &frame, NULL, 0);
	for (size_t at = 0; at < batch->len;) {
		uint32_t tag;

		memcpy(&tag, batch->records + at, sizeof(tag));
		at += sizeof(tag);
		channel_send(
		    mudd, (enum record_type)tag, batch->records + at, NULL, 0);
		at += msg_size((enum record_type)tag);
	}
	channel_send(mudd, RECORD_BATCH_END, &frame, NULL, 0);
	batch->n = 0;
	batch->len = 0;
}

void
batch_done(struct batch *batch)
{
	free(batch->records);
	memset(batch, 0, sizeof(*batch));
}
