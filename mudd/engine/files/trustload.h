/*
 * The trust anchors that are there at start: those of trust.d, and those that
 * were added and stored.  One reader lists them all; for each certificate it
 * is then known where it comes from.
 */
#ifndef ENGINE_TRUSTLOAD_H
#define ENGINE_TRUSTLOAD_H

#include "engine/files/anchorjob.h"
#include "engine/state/statetrust.h"

struct materials;
struct state;
struct trustload;

struct trust_origin {
	const char *file; /* in trust.d, lent; NULL: it was added: */
	int64_t added_at, added_by;
	uint8_t id[32]; /* of the stored one */
};

/* All lent. */
struct trustload_options {
	struct state *state;
	struct jobs *jobs;
	const struct materials *materials;
	/* One certificate, good or broken; pem is lent. */
	void (*found)(void *arg, const struct anchor_found *found,
	    struct bytes pem, const struct trust_origin *origin);
	/* After the last one, or if they cannot be listed: why is then not
	 * FAULT_NONE, and text (lent) is all that there is. */
	void (*done)(void *arg, const struct fault *why, struct bytes text);
	void *arg;
};

/* NULL if there is nothing to list; otherwise `done` is called later, exactly
 * once, and it is freed after it. */
struct trustload *trustload_start(const struct trustload_options *options);
/* Gives it up: nothing is called. NULL is fine. */
void trustload_free(struct trustload *load);

#endif
