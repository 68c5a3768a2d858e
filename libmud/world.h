/*
 * The world that a flow is judged in, as plain values: the Thing and who else
 * is there.  The evaluator reads it; mudctl fills it from a document or from
 * options, the tests fill it by hand.
 *
 * Pure, without JSON.  A world owns all that hangs from it.  Every list is
 * bounded by limits.h; what does not fit is refused, never left out quietly.
 */
#ifndef LIBMUD_WORLD_H
#define LIBMUD_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/addr.h"
#include "libmud/limits.h"
#include "libmud/url.h"

struct fault;

struct world_hosts {
	size_t n;
	struct addr *addr; /* owned; no two the same */
};

/* A class's members, or a name's addresses. */
struct world_group {
	char key[LIMIT_URL + 1]; /* a class's URI, or a name in lower case */
	struct world_hosts hosts;
};

struct world_groups {
	size_t n;
	struct world_group *group; /* owned */
};

/* Another Thing, and by what MUD URL it is known. */
struct world_thing {
	struct url url;
	struct world_hosts hosts;
};

struct world {
	struct mac mac;               /* of the Thing; all zero: not known */
	struct url url;               /* of the Thing; text "": not known */
	struct world_hosts addresses; /* of the Thing */
	struct world_hosts gateway;   /* the gateway's own */
	struct world_hosts mine;      /* my-controllers */
	size_t n_locals;
	struct prefix locals[LIMIT_LOCALS]; /* besides link-local */
	struct world_groups classes, names;
	size_t n_things;
	struct world_thing *things; /* owned */
};

/* Nothing but the link-local networks, which are in every world. */
void world_init(struct world *world);
void world_done(struct world *world);

/*
 * Each adds to what is there and refuses, with FAULT_TOO_MANY, what goes past
 * LIMIT_WORLD_HOSTS, LIMIT_WORLD_GROUPS or LIMIT_LOCALS.  What is there
 * already is not added again.
 */
bool world_add_host(
    struct world_hosts *hosts, const struct addr *addr, struct fault *why);
bool world_add_local(
    struct world *world, const struct prefix *local, struct fault *why);

/*
 * The group or the Thing of that name, made empty if there is none; NULL with
 * *why if it cannot be: FAULT_TOO_MANY, or FAULT_TOO_LONG past LIMIT_URL.
 * Lent until the next one is made.  A class with no members is a class all
 * the same: see world_class.
 */
struct world_hosts *world_class_of(
    struct world *world, const char *uri, struct fault *why);
struct world_hosts *world_name_of(
    struct world *world, const char *name, struct fault *why);
struct world_hosts *world_thing_of(
    struct world *world, const struct url *url, struct fault *why);

/*
 * The members of a class.  The two services of RFC 8520 Appendix A are the
 * gateway's unless the world says otherwise, be it that they have no member;
 * any other class that it does not name has none (M-CLS-1).
 */
const struct world_hosts *world_class(
    const struct world *world, const char *uri);
/* The addresses of a name, compared as DNS does: without regard to case, or
 * to a dot at its end (M-DNS-4). */
const struct world_hosts *world_name(
    const struct world *world, const char *name);

bool world_has(const struct world_hosts *hosts, const struct addr *addr);

/* IPv4 or IPv6 multicast; or 255.255.255.255, or the last address of one of
 * the local IPv4 networks of at most 30 bits. */
bool world_is_group(const struct world *world, const struct addr *addr);

/*
 * Is it in the local networks (RFC 8520 s4.6)?  These are the listed ones and
 * the link-local ones; never the gateway's own addresses, and no multicast or
 * broadcast unless it is listed as such (architecture.md, 7).
 */
bool world_is_local(const struct world *world, const struct addr *addr);

/*
 * Do the two live on one link, as far as their addresses tell?  `peer` is in
 * the local networks, and `own` in the same one; all link-local addresses are
 * near.  Of an `own` that is not known (family 0) nothing is asked.
 */
bool world_is_near(
    const struct world *world, const struct addr *own, const struct addr *peer);

#endif
