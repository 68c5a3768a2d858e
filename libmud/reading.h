/*
 * One MUD file being read: the policy so far, its texts within their limits
 * (S-8), why it is held, and what its maker should hear.
 *
 * Shared by the files that read: mudfile.c, acl.c, ace.c, matches.c, peers.c.
 * They run behind schema_judge, which has told of every broken leaf; they
 * pass over such a one, and go on.
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
	bool is_unused;  /* in an ACL that no policy names: judged, not taken */
	bool has_frames; /* some ACL is of a type with Ethernet headers */
	bool is_again; /* in an ACL that was read before, for the other side */
	uint8_t kinds[LIMIT_TEXTS];   /* enum peer_kind of each text */
	struct finding_place *places; /* owned; of each ACE, if any listens */
	size_t texts_room, aces_room; /* in the policy's arrays */
};

void reading_init(struct reading *reading, struct findings *findings);
/* The policy, cut to size; the caller owns it. */
struct policy *reading_take(struct reading *reading);
/* Frees what was not taken. */
void reading_done(struct reading *reading);

/* Tells of the place `at`, but not a second time of an ACL that serves both
 * directions.  `fix` may be NULL, as in findings_add. */
void reading_tell(struct reading *reading, const struct finding_kind *kind,
    const struct json_at *at, const char *fix, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Holds the policy for an administrator; the first reason stays.  Tells
 * nobody. */
void reading_hold(struct reading *reading, const struct finding_kind *kind,
    const struct finding_place *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Of another module, as RFC 7951 s4 writes it: not of those of RFC 8520. */
bool reading_is_foreign(const char *name);

/*
 * Lends the URI at `at`: visible ASCII, 1..LIMIT_URL bytes.  NULL if it is no
 * text, which the schema's judge has told, or no such text, which is told here
 * and refuses the file.
 */
const char *reading_uri(struct reading *reading, const struct json_at *at);

/* The index of this text in the policy's table, made if it is new.  False: it
 * was one too many; told. */
bool reading_text(struct reading *reading, const struct json_at *at,
    enum peer_kind kind, const char *text, uint16_t *index);

/* Adds an ACE to the policy; one too many is told. */
void reading_add(
    struct reading *reading, const struct json_at *at, const struct ace *ace);

#endif
