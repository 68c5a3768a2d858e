/*
 * One MUD file being read: the policy so far, its texts within their limits
 * (S-8), why it is held, and what its maker should hear.
 *
 * Shared by mudfile.c, acl.c and ace.c, and by nothing else.
 */
#ifndef LIBMUD_READING_H
#define LIBMUD_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/finding.h"
#include "libmud/json.h"
#include "libmud/policy.h"

struct reading {
	struct policy *policy; /* owned until reading_take */
	struct findings *findings;
	bool is_unused; /* in an ACL that no policy names: judged, not taken */
	bool is_again;  /* in an ACL that was read before, for the other side */
	uint8_t kinds[LIMIT_TEXTS]; /* enum peer_kind of each text */
};

void reading_init(struct reading *reading, struct findings *findings);
/* The policy, cut to size; the caller owns it. */
struct policy *reading_take(struct reading *reading);
/* Frees what was not taken. */
void reading_done(struct reading *reading);

/* Tells the listener about the place `at`. */
void reading_note(struct reading *reading, enum finding_severity severity,
    const struct json_at *at, enum fault_code code, const char *clause,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Passes a fault on that was made elsewhere. */
void reading_pass(struct reading *reading, enum finding_severity severity,
    const struct fault *note);

/* Holds the policy for an administrator; the first reason stays. */
void reading_hold(struct reading *reading, const struct fault *hold);

/* A node outside `matches` that we do not know: ignored, counted, told
 * (M-EXT-2, M-EXT-3).  A json_read_fn over a struct reading. */
bool reading_ignore(const struct json_at *at, void *reading, struct fault *why);

/* Of another module, as RFC 7951 s4 writes it: not of those of RFC 8520. */
bool reading_is_foreign(const char *name);

/* The index of this text in the policy's table, made if it is new. */
bool reading_text(struct reading *reading, enum peer_kind kind,
    const char *text, uint16_t *index, struct fault *why);

/* Adds an ACE to the policy. */
bool reading_add(
    struct reading *reading, const struct ace *ace, struct fault *why);

#endif
