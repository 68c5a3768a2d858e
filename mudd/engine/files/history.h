/*
 * What is remembered of a MUD URL besides its files, for longer than they are
 * kept: the freshest file that was in force (S-36), who signed it (S-31), how
 * fetching it went (S-29).
 *
 * It lies in the state, and of the URLs in use in struct mudurl as well.
 */
#ifndef ENGINE_HISTORY_H
#define ENGINE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct mudurl;
struct outcome;
struct signer;
struct state;
struct url;
struct version;

/* Fills mud->history, and what follows from it: a URL that could not be
 * fetched is not asked for again before its time, restart or not. */
void history_load(struct state *state, struct mudurl *mud, int64_t now);

/* Was anything ever asked of this URL's host (S-27)? */
bool history_knows_host(struct state *state, const struct url *url);

/*
 * May a file that was found signed and trusted come into force by itself, as
 * far as the past has a say?  Not if it is older than what was in force, is
 * another file of the same date, or is of a day that has not come (S-36); nor
 * if another signed for this URL before, or for others of its authority
 * (S-31): then false, and *why.
 */
bool history_judge(struct state *state, const struct mudurl *mud,
    const struct outcome *outcome, int64_t now, struct fault *why);

/* The version is in force, by itself or approved. 0 or -errno. */
int history_accepted(struct state *state, struct mudurl *mud,
    const struct version *version, int64_t now);
/* Trusts this signer's key for the URL from now on (S-33). 0 once it is
 * durable, or -errno. */
int history_pin(struct state *state, struct mudurl *mud,
    const struct signer *signer, int64_t now);
/* A fetch has ended; mud->fault, failures and next_fetch_at say how. */
void history_fetched(struct state *state, struct mudurl *mud, int64_t now);

#endif
