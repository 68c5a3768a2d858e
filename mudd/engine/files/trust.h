/*
 * Whom the gateway trusts to sign MUD files: the anchors of trust.d, those an
 * administrator added at run time, and signers that are distrusted (S-34).
 *
 * The engine never parses a certificate: readers list them (anchorjob.c), and
 * readers judge by them.  What an administrator decides is durable before it
 * is acknowledged; what was stored is judged again at start.
 */
#ifndef ENGINE_TRUST_H
#define ENGINE_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/state/statetrust.h"
#include "libmud/anchor.h"
#include "libmud/fault.h"
#include "libmud/list.h"

struct jobs;
struct material;
struct materials;
struct state;
struct trust;

#define TRUST_ID_MIN     8  /* hex digits that name an anchor */
#define TRUST_SIGNER_MIN 16 /* hex digits that name a signer */

/* What is different now; the manager looks which files that touches. */
enum trust_change {
	TRUST_SETTLED,    /* the anchors have been listed: judging may begin */
	TRUST_ADDED,      /* an anchor */
	TRUST_REMOVED,    /* an anchor */
	TRUST_DISTRUSTED, /* a signer */
	TRUST_RESTORED,   /* a signer */
};

struct trust_anchor {
	struct anchor anchor;
	struct fault why; /* not FAULT_NONE: broken, trusts nobody */
	char file[256];   /* in trust.d; "": added by an administrator */
	int64_t added_at; /* of an added one */
	int64_t added_by; /* uid, likewise */
	struct bytes pem; /* owned by trust */
	struct list link;
};

struct trust_signer {
	struct state_distrust row;
	struct list link;
};

/* All lent. */
struct trust_options {
	struct state *state;
	struct jobs *jobs;
	const struct materials *materials; /* what lies in trust.d */
	void (*changed)(void *arg, enum trust_change change);
	void *arg;
};

/* Loads the state and starts to list; `changed` is not called yet. */
struct trust *trust_new(const struct trust_options *options);
void trust_free(struct trust *trust); /* NULL is fine */

/* Are the anchors known? Until then nothing may be judged by them. */
bool trust_is_ready(const struct trust *trust);
/* What readers judge by: good certificates alone. Lent for trust's life; its
 * descriptor only until the next change. */
const struct material *trust_material(const struct trust *trust);
bool trust_is_distrusted(const struct trust *trust, const uint8_t spki[32]);

/* Of struct trust_anchor and struct trust_signer. Lent. */
const struct list *trust_anchors(const struct trust *trust);
const struct list *trust_signers(const struct trust *trust);

/*
 * Adds the one certificate that the text holds.  `done` is called exactly
 * once, perhaps before trust_add returns: with the anchor once it is durable
 * (also if it was there before), or with NULL and the reason.  It is not
 * called any more after trust_free.
 */
typedef void trust_added_fn(
    void *arg, const struct trust_anchor *anchor, const struct fault *why);
void trust_add(struct trust *trust, struct bytes pem, uid_t uid, int64_t now,
    trust_added_fn *done, void *arg);

/*
 * Removes an added anchor, named by TRUST_ID_MIN hex digits or more.  0 once
 * that is durable; -ENOENT: there is none; -ENOTUNIQ: there are several;
 * -EPERM: it lies in trust.d, *file says in which file (lent); -EIO.
 */
int trust_remove(struct trust *trust, const char *id, const char **file);

/* 0 once it is durable; -ENOSPC: too many; -EIO. Distrusting twice, or
 * restoring who is not distrusted, is fine. */
int trust_distrust(struct trust *trust, const uint8_t spki[32],
    const char *subject, uid_t uid, int64_t now);
int trust_restore(struct trust *trust, const uint8_t spki[32]);

#endif
