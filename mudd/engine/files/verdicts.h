/*
 * What the outcome of an attempt means for its MUD URL: in force, held for an
 * administrator, refused, or tried again (RFC 8520 s13.2, s16; S-37).
 *
 * A candidate never removes what runs: it waits beside it (S-39).
 */
#ifndef ENGINE_VERDICTS_H
#define ENGINE_VERDICTS_H

#include <stdint.h>

#include "engine/files/mudurl.h"

struct config;

/* All lent. */
struct verdicts {
	const struct config *config;
	struct state *state;
	struct policies *policies;
	const struct trust *trust;
};

/* A fetch has ended, one way or the other. */
void verdicts_fetched(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome, int64_t now);
/* The candidate that an administrator approved has been read. */
void verdicts_approved(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome);
/* The stored file that was in force has been judged again, after a restart;
 * mud->is_unsettled stays if its reader died and may be tried once more. */
void verdicts_stored(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome);

/* The accepted file, which nobody approved, has been judged by the anchors of
 * today: what is trusted no more waits for an administrator. mud->is_doubted
 * stays if its reader died and may be tried once more. */
void verdicts_reviewed(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome);
/* The candidate has been judged anew from its stored bytes, at `now`: in force
 * if all holds, else it waits for whatever reason there is today. The same
 * with mud->is_retried. */
void verdicts_retried(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome, int64_t now);
/* A signer has just been distrusted: of those candidates of its that wait,
 * this is now the reason (S-34). */
void verdicts_distrusted(const struct verdicts *verdicts, struct mudurl *mud);

/* Writes a version down; bytes NULL: those that are stored stay. 0 once it is
 * durable, or -errno, which was logged. */
int verdicts_store(const struct verdicts *verdicts, const struct mudurl *mud,
    const struct version *version, const struct mud_bytes *bytes);

#endif
