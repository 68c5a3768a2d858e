/*
 * A MUD URL's files read for the eye alone, when an administrator asks what it
 * is that waits (RFC 8520 s13.2, s16).
 *
 * A file whose verdict is not good may not be processed until an administrator
 * approves it (M-SIG-2, M-SIG-6); a reader parses it here because one asked,
 * and what it finds goes to whoever asked and nowhere else.  This module knows
 * neither attempts nor versions' policies: what it reads is only lent out, as
 * const, and freed, so that it cannot come into force.
 */
#ifndef ENGINE_SHOWING_H
#define ENGINE_SHOWING_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/fault.h"
#include "libmud/signer.h"

struct event_base;
struct jobs;
struct materials;
struct mudurl;
struct policy;
struct showing;
struct state;
struct trust;

/* One file, as far as it could be read. */
struct shown_file {
	bool is_there;               /* there is such a file */
	uint8_t digest[32];          /* of it */
	uint32_t size;               /* in bytes; 0: it is not stored */
	struct fault why;            /* not FAULT_NONE: no policy, and why */
	struct fault verdict;        /* of the signature, now */
	struct signer signer;        /* subject "": none */
	const struct policy *policy; /* NULL: see why */
};

/* Lent until the callback returns. */
struct shown {
	struct shown_file candidate, accepted;
};
typedef void showing_done_fn(void *arg, const struct shown *shown);

/* All lent. */
struct showing_options {
	struct event_base *base;
	struct jobs *jobs;
	struct state *state;
	const struct materials *materials;
	const struct trust *trust;
	int64_t now; /* certificates are judged at this time */
	showing_done_fn *done;
	void *arg;
};

/* `done` is called later, exactly once, whatever becomes of the readers; the
 * showing is freed after it. Never NULL: where no reader is to be had, `done`
 * is told so. mud is used only within this call. */
struct showing *showing_start(
    const struct showing_options *options, const struct mudurl *mud);
/* Gives it up: `done` is not called. NULL is fine. */
void showing_free(struct showing *showing);

#endif
