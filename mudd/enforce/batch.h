/*
 * A batch of nftables messages: one transaction in the making.
 *
 * Each message carries a sequence number of its own, and the batch remembers
 * what it is about, so that the kernel's answer can name the object.
 */
#ifndef ENFORCE_BATCH_H
#define ENFORCE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlmsghdr;

#define BATCH_NOTE 64

/* What a message is about: a constant text, and a number unless that is 0. */
struct about {
	const char *what;
	uint32_t number;
};

/* What the tables that a batch makes are like. */
struct batch_tables {
	uint32_t flags;        /* NFT_TABLE_F_* */
	bool can_destroy;      /* the kernel knows how to delete what may not be
	                          there */
	char note[BATCH_NOTE]; /* for whoever finds them; "" : none */
};

/* Room that a message may take; above the 64 kB that an attribute can. */
#define BATCH_MESSAGE (96 * 1024)

struct batch {
	uint8_t *data;
	size_t len, room;
	size_t last; /* where the last message begins */
	uint32_t first_seq;
	size_t n, n_room; /* messages, BEGIN and END not counted */
	struct about *about;
	struct batch_tables tables; /* the owner's to set, before the first */
	bool without_log;           /* rules lose their log expressions */
};

/* An empty batch whose BEGIN has this sequence number. */
void batch_init(struct batch *batch, uint32_t first_seq);
void batch_done(struct batch *batch);

/*
 * Opens a message (NFT_MSG_*, NFPROTO_*, NLM_F_* besides REQUEST); it is lent
 * until the next call, and may grow to BATCH_MESSAGE bytes.  batch_close ends
 * it; one at a time.
 */
struct nlmsghdr *batch_open(struct batch *batch, uint16_t type, uint16_t family,
    uint16_t flags, struct about about);
void batch_close(struct batch *batch);
/* The same message as one of another batch. */
void batch_copy(
    struct batch *batch, const struct nlmsghdr *message, struct about about);

/*
 * Ends the batch: BATCH_END follows, and the last message asks for an answer,
 * which gives a good transaction exactly one.
 */
void batch_end(struct batch *batch);
/* The sequence number of the message that answers for all. */
uint32_t batch_last_seq(const struct batch *batch);
/* NULL if no message of the batch has this number. */
const struct about *batch_about(const struct batch *batch, uint32_t seq);

#endif
