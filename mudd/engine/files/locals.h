/*
 * The gateway's own policies: what a device may do whose MUD file is not in
 * force, that an administrator has taken out of service, or that announces no
 * MUD URL (policies/README.md).
 *
 * A file of root's needs no signature.  It is read by a reader, like any
 * other, when it is first needed; until it has been read, and where it is
 * missing or cannot be used, what stands in its place is narrower.
 */
#ifndef ENGINE_LOCALS_H
#define ENGINE_LOCALS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/files/policies.h"

struct fetching;
struct jobs;
struct materials;
struct trust;

enum local {
	LOCAL_PENDING,    /* pending.json, or DNS and NTP */
	LOCAL_QUARANTINE, /* quarantine.json, or nothing */
	LOCAL_DENIED,     /* nothing */
	LOCAL_UNKNOWN,    /* unknown.json, or nothing; of unknown devices */
	LOCAL_CLOSED,     /* nothing; of unknown devices */
	LOCALS
};

struct locals_options {
	struct jobs *jobs;
	struct policies *policies;
	const struct materials *materials;
	const struct fetching *fetching;
	const struct trust *trust;
	/* One of them is another one now. */
	void (*changed)(void *arg);
	void *arg;
};

struct locals;

struct locals *locals_new(const struct locals_options *options);
void locals_free(struct locals *locals);

/* It is needed: read at this time, unless it has been. What it is until then.
 * NULL if there are LIMIT_POLICIES in use. */
struct kernel_policy *locals_need(
    struct locals *locals, enum local which, int64_t now);
/* What it is; NULL if it was not needed yet. */
struct kernel_policy *locals_now(const struct locals *locals, enum local which);
/* How many are being read? */
size_t locals_reading(const struct locals *locals);

#endif
